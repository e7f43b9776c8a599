--> doubling a text: limit
local s = 'x'
while true do s = s .. s end
--> doubling a text inside pcall: limit
while true do pcall(function() local s = 'x' while true do s = s .. s end end) end
--> rep of a long text: error resulting string too large
return ('x'):rep(1e9)
--> rep of a rep: error resulting string too large
return (('x'):rep(1e6)):rep(1e6)
--> many texts: limit
local t = {}
while true do t[#t + 1] = ('x'):rep(10000) .. #t end
--> many small texts: limit
local t = {}
for i = 1, math.huge do t[i] = 'text number ' .. i end
--> many tables: limit
local t = {}
while true do t[#t + 1] = {} end
--> tables in tables: limit
local t = {}
while true do t = { t } end
--> a table with many keys: limit
local t = {}
for i = 1, math.huge do t['k' .. i] = true end
--> a table with many numbers: limit
local t = {}
for i = 1, math.huge do t[i] = i end
--> a table with fractions as keys: limit
local t = {}
for i = 1, math.huge do t[i + 0.5] = i end
--> a huge index: yes
local t = {}
t[1e15] = 1
return t[1e15] == 1
--> create of a huge table: error size out of range
return table.create(1e9, 0)
--> create of a negative table: error size out of range
return table.create(-1)
--> create of many tables: limit
local t = {}
while true do t[#t + 1] = table.create(10000, 0) end
--> create of a table beyond the memory: limit
return #table.create(2000000, 1) > 0
--> closures: limit
local t = {}
for i = 1, math.huge do t[i] = function() return i end end
--> closures that hold each other: limit
local f = function() end
while true do local g = f f = function() return g end end
--> concat of a text with itself: limit
local t = { 'x' }
while true do t[1] = table.concat({ t[1], t[1] }) end
--> concat of long texts many times: limit
local s = ('x'):rep(1000000)
local t = {}
for i = 1, 4096 do t[i] = s end
return #table.concat(t) > 0
--> gsub with a long replacement: any
return #((('x'):rep(10000)):gsub('x', ('y'):rep(10000))) > 0
--> gsub with references to a long capture: any
return #((('x'):rep(5000)):gsub('(.*)', ('%1'):rep(5000))) > 0
--> gsub with a function that makes long texts: any
local s = ('y'):rep(100000)
return #((('x'):rep(10000)):gsub('x', function() return s end)) > 0
--> format with long texts: any
local s = ('x'):rep(1000000)
return #(('%s'):rep(50)):format(unpack((function() local t = {} for i = 1, 50 do t[i] = s end return t end)())) > 0
--> format of a very wide field: error
return ('%999999d'):format(1)
--> split into pieces that are kept: limit
local t = {}
while true do t[#t + 1] = (('a,'):rep(100000)):split(',') end
--> captures that are kept: limit
local t = {}
while true do t[#t + 1] = { (('abcdefgh'):rep(4)):match(('(.)'):rep(32)) } end
--> print that is kept: yes
for i = 1, 300 do print(('x'):rep(1000)) end
return true
--> arguments: any
local function f(...) return f(1, ...) end
return f()
--> results: any
local function f(n, ...) return f(n + 1, n, ...) end
return (f(1))
--> arguments from unpack: limit
local t = {}
for i = 1, 200000 do t[i] = i end
local kept = {}
while true do kept[#kept + 1] = { unpack(t) } end
--> deep recursion with locals: any
local function f(a, b, c, d, e, g, h) return f(b, c, d, e, g, h, { a }) + 1 end
return f(1)
--> globals: limit
for i = 1, math.huge do x = { x } end
--> memory error that is caught: any
local ok = pcall(function() local t = {} while true do t[#t + 1] = ('x'):rep(100000) .. #t end end)
return not ok
--> memory error that is caught forever: limit
while true do pcall(function() local t = {} while true do t[#t + 1] = {} end end) end
--> memory error in a handler: limit
while true do
    xpcall(function() local t = {} while true do t[#t + 1] = {} end end, function(e) local t = {} while true do t[#t + 1] = {} end end)
end
--> memory error inside sort: limit
local t = {}
table.sort({ 3, 2, 1 }, function(a, b) while true do t[#t + 1] = {} end end)
--> memory error inside gsub: limit
local t = {}
return ('abc'):gsub('.', function() while true do t[#t + 1] = {} end end)
--> garbage: timeout
while true do local t = { {}, {}, {} } end
--> garbage of long texts: limit
while true do local s = ('x'):rep(1000000) .. math.random() end
--> random keys: limit
local t = {}
while true do t[math.random()] = math.random() end
--> cloning and keeping: limit
local t, kept = {}, {}
for i = 1, 1000 do t[i] = i end
while true do kept[#kept + 1] = table.clone(t) end
--> upvalues: limit
local function chain(f) return function() return f end end
local f = chain(nil)
while true do f = chain(f) end
--> iterators: limit
local t = {}
while true do t[#t + 1] = ('abc'):gmatch('.') end
--> errors that carry much: limit
local t = {}
while true do local _, e = pcall(error, { ('x'):rep(100000) .. #t }) t[#t + 1] = e end
--> lower of what is too long: any
local s = ('x'):rep(4000000)
local t = {}
for i = 1, 100 do t[i] = (s .. i):upper() end
return true
--> a long error: error xxxx
error(('x'):rep(3000000))
--> a long error at no line: error xxxx
error(('x'):rep(3000000), 0)
--> a long error in a table: error the script raised a table
error({ ('x'):rep(3000000) })
--> a long message of an assertion: error xxxx
assert(false, ('x'):rep(3000000))
--> a long error out of a handler: any
return xpcall(error, function() error(('x'):rep(3000000)) end)
--> a key that is too long for a message: error
local t = nil
return t[('x'):rep(3000000)]
--> much is returned when memory is full: any
local t, list = {}, {}
for i = 1, 1000 do
    if not pcall(function() t[i] = ('x'):rep(100000) .. i end) then break end
end
for i = 1, 9 do list[i] = t[i] end
return { type = 'set_state', key = 'k', value = list }
--> many values are returned when memory is full: any
local t, list = {}, {}
for i = 1, 9000 do list[i] = 'value ' .. i end
for i = 1, 1000 do
    if not pcall(function() t[i] = ('x'):rep(100000) .. i end) then break end
end
return { type = 'set_state', key = 'k', value = list }
--> quoting a long text: any
local s = ('\0'):rep(3000000)
return #('%q'):format(s) > 0
