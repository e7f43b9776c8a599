--> os: error attempt to index nil with 'execute'
os.execute('true')
--> io: error attempt to index nil with 'open'
io.open('/etc/passwd')
--> debug: error attempt to index nil with 'getinfo'
debug.getinfo(1)
--> require: error attempt to call a nil value
require('os')
--> package: error attempt to index nil
package.loaded.os.exit()
--> loadstring: error attempt to call a nil value
loadstring('return 1')()
--> load of bytecode: error attempt to call a nil value
load('\27Lua')()
--> dofile: error attempt to call a nil value
dofile('/etc/passwd')
--> getfenv: error attempt to call a nil value
getfenv(0).string = nil
--> setfenv: error attempt to call a nil value
setfenv(1, {})
--> getmetatable of a text: error attempt to call a nil value
getmetatable('').__index = nil
--> getmetatable of the context: error attempt to call a nil value
getmetatable(context).__index(context, 'x')
--> setmetatable: error attempt to call a nil value
setmetatable({}, { __gc = print })
--> rawset of the context: error attempt to call a nil value
rawset(context, 'x', 1)
--> rawget: error attempt to call a nil value
rawget(context, 'x')
--> newproxy: error attempt to call a nil value
newproxy(true)
--> coroutine: error attempt to index nil
coroutine.wrap(function() while true do end end)()
--> collectgarbage: error attempt to call a nil value
collectgarbage('count')
--> buffer: error attempt to index nil
buffer.create(1e9)
--> vector: error attempt to index nil
vector.create(1, 2, 3)
--> string.dump: error attempt to call a nil value
string.dump(function() end)
--> string.pack: error attempt to call a nil value
string.pack('s', 'x')
--> the global table: yes
return _G == nil and _ENV == nil and _VERSION == nil
--> globals of a script: yes
leak = 'x'
return leak == 'x'
--> a global that hides the library: yes
string = 5
return string == 5
--> a global that hides pairs: yes
pairs = function() return nil end
return pairs() == nil
--> writing into string: error readonly
string.find = function() return 1 end
--> writing into string through a text: error attempt to index string with 'find'
local s = ''
s.find = function() return 1 end
--> writing into math: error readonly
math.huge = 0
--> writing into table: error readonly
table.concat = nil
--> table functions on the library: error readonly
table.clear(string)
--> table.insert on the library: error readonly
table.insert(string, 'x')
--> table.sort on the library: any
table.sort(math)
return true
--> table.move onto the library: error readonly
table.move({ 1 }, 1, 1, 1, string)
--> cloning the library does not change it: yes
local s = table.clone(string)
s.find = nil
return ('x'):find('x') == 1
--> the library's functions have no metatable: yes
return pcall(function() return print.x end) == false
--> indexing a number: error attempt to index number with 'x'
return (1).x
--> indexing a boolean: error attempt to index boolean with 'x'
return (true).x
--> indexing nil: error attempt to index nil with 'x'
return (nil).x
--> an error of the host seen by pcall is a text: yes
local _, e = pcall(function() return ('x'):rep(1e9) end)
return type(e) == 'string'
--> an error of a native seen by xpcall is a text: yes
local kind
xpcall(function() return ('x'):find('[') end, function(e) kind = type(e) end)
return kind == 'string'
--> the host's names are not there: yes
return host == nil and stock == nil and base == nil and settle == nil
--> library functions with the wrong self: error
return context.state.get(nil, 'x')
--> state methods on a table of one's own: yes
return context.state.get({ x = 1 }, 'x') == 1
--> state methods on a text: any
return context.state.get('x', 'len')
--> state has no metatable that can be changed: error readonly
context.state.get = print
--> the context is nobody's prototype: yes
return context.__index == nil and context.__metatable == nil and context.turn.__index == nil
--> calling the context: error attempt to call a table value
context()
--> comparing the context: error attempt to compare
return context < context
--> adding to the context: error attempt to perform arithmetic
return context + 1
--> joining the context: error attempt to concatenate
return context .. ''
--> length of the context: yes
return #context == 0 and #context.history.tools == 3
--> writing by a numeric index: error readonly
context.history.tools[1] = { name = 'x' }
--> appending to a list of the context: error readonly
context.history.tools[#context.history.tools + 1] = 1
--> clearing a list of the context: error readonly
table.clear(context.history.tools)
--> sorting a list of the context: error readonly
table.sort(context.history.tools, function() return true end)
--> a clone of the context is one's own: yes
local tools = table.clone(context.history.tools)
tools[1] = nil
return context.history.tools[1].name == 'search'
--> odd keys of the context: yes
return context[1] == nil and context[true] == nil and context[{}] == nil and context[0.5] == nil and context[''] == nil
--> nan as a key of the context: yes
return context[0/0] == nil and context.turn[0/0] == nil
--> next with a key that is not there: error
next(context.turn, 'nothing')
--> next on the context with odd arguments: error
next(nil)
--> pairs over a number: error bad argument #1 to 'pairs'
pairs(1)
--> the loader's words in a text do nothing: yes
return ('function os io debug'):find('debug') == 16
--> a type annotation does nothing: yes
local x: number = 1
type T = { a: number }
return x == 1
--> a class of functions with colon: yes
local t = {}
function t:name() return self end
return t:name() == t
--> a comment of the loader does nothing: yes
--!native
--!strict
return true
--> typeof as a type: yes
local x: typeof(1) = 1
return x == 1
