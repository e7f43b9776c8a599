--> nil: no
return nil
--> nothing: no
local x = 1
--> false: no
return false
--> nil and a reason: no
return nil, 'why'
--> false and a table: no
return false, { type = 'log' }
--> zero: no
return 0
--> an empty text: no
return ''
--> true: yes
return true
--> a number: yes
return 1
--> a text: yes
return 'yes'
--> a function: yes
return print
--> an empty table: error it is not a table with a `type`
return {}
--> a table of unknown type: error `type` is `explode`, which is none of
return { type = 'explode' }
--> a table without a type: error it has no `type`
return { message = 'x' }
--> a type that is a number: error `type` must be text
return { type = 1 }
--> a notification without a message: error `notify_self` needs `message`
return { type = 'notify_self' }
--> a notification with an empty message: error `message` is empty
return { type = 'notify_self', message = ' ' }
--> a notification with a message that is a table: error `message` must be text
return { type = 'notify_self', message = {} }
--> a notification with an unknown priority: error `priority` is `urgent`, which is none of
return { type = 'notify_self', message = 'x', priority = 'urgent' }
--> a notification for an unknown point: error `deliver_at` is `never`, which is none of
return { type = 'notify_self', message = 'x', deliver_at = 'never' }
--> a log with an unknown level: error `level` is `loud`, which is none of
return { type = 'log', level = 'loud' }
--> a write without a key: error `set_state` needs `key`
return { type = 'set_state', value = 1 }
--> an event without a type: error `emit_event` needs `event_type`
return { type = 'emit_event' }
--> an event whose payload is a list: error `payload` must be a table with names
return { type = 'emit_event', event_type = 'x', payload = { 1 } }
--> an event whose payload is a text: error `payload` must be a table with names
return { type = 'emit_event', event_type = 'x', payload = 'x' }
--> a list with one that is none: error action 2 of those that the script returned: it is not a table with a `type`
return { { type = 'log' }, 5 }
--> a list of lists: error it is not a table with a `type`
return { { { type = 'log' } } }
--> too many actions: error more than 100 actions
local t = {}
for i = 1, 101 do t[i] = { type = 'log' } end
return t
--> a table that holds itself: error nests deeper than 32 levels
local t = { type = 'set_state', key = 'k' }
t.value = t
return t
--> two tables that hold each other: error nests deeper than 32 levels
local a, b = {}, {}
a.b, b.a = b, a
return { type = 'set_state', key = 'k', value = a }
--> a table that is its own key: error
local t = {}
t[t] = t
return { type = 'set_state', key = 'k', value = t }
--> a deep table: error nests deeper than 32 levels
local t = {}
for i = 1, 10000 do t = { t } end
return { type = 'set_state', key = 'k', value = t }
--> a table that fans out: error more than 10000 values
local t = { 1 }
for i = 1, 25 do t = { t, t, t, t } end
return { type = 'set_state', key = 'k', value = t }
--> a huge list: error more than 10000 values
local t = {}
for i = 1, 20000 do t[i] = i end
return { type = 'set_state', key = 'k', value = t }
--> a huge text: error bytes of text
return { type = 'notify_self', message = ('x'):rep(2000000) }
--> huge keys: error bytes of text
return { type = 'set_state', key = 'k', value = { [('x'):rep(2000000)] = 1 } }
--> a function inside: error a function, which is no data
return { type = 'set_state', key = 'k', value = { f = print } }
--> a table full of functions: error a function, which is no data
return { print, type, pairs }
--> a boolean as key: error a boolean as key
return { type = 'set_state', key = 'k', value = { [true] = 1 } }
--> a fraction as key: error a number as key
return { type = 'set_state', key = 'k', value = { [0.5] = 1 } }
--> not a number: error not finite
return { type = 'set_state', key = 'k', value = 0/0 }
--> infinity: error not finite
return { type = 'set_state', key = 'k', value = math.huge }
--> the library: error
return string
--> the context: error
return context
--> a part of the context: error
return context.turn
--> many results: yes
return true, unpack((function() local t = {} for i = 1, 5000 do t[i] = i end return t end)())
--> an error that is a table: error the script raised a table
error({})
--> an error that is a function: error the script raised a function
error(print)
--> an error that is nil: error the script raised nil
error(nil)
--> an error that is a number: error 5
error(5)
--> an error that is very long: error
error(('x'):rep(1000000))
--> an error that is a table of errors: error the script raised a table
local t = {}
t[1] = t
error(t)
--> an error with a percent sign: error 100%s%n
error('100%s%n', 0)
--> an error with invalid UTF-8: error
error('\255\254', 0)
--> an error at a level far up: error up
error('up', 1000)
--> assert with a table: error invalid argument
assert(false, {})
