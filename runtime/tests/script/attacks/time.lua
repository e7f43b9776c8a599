--> while true: timeout
while true do end
--> repeat until false: timeout
repeat until false
--> numeric for to infinity: timeout
for i = 1, math.huge do end
--> numeric for with step zero: any
for i = 1, 2, 0 do end
--> numeric for with a nan: any
for i = 1, 0/0 do end return false
--> generic for with an endless iterator: timeout
for _ in function() return 1 end do end
--> generic for over next that is given the first key again: timeout
local t = { 1, 2 }
for _ in function() return next(t) end do end
--> goto by recursion of tail calls: any
local function f() return f() end
return f()
--> two functions that call each other: any
local a, b
function a(n) if n > 0 then return b(n) end end
function b(n) return a(n) end
return a(1)
--> deep recursion: error stack overflow
local function f(n) return f(n + 1) + 1 end
return f(1)
--> deep recursion again and again: timeout
local function f(n) return f(n + 1) + 1 end
while true do pcall(f, 1) end
--> recursion that never gets deep: timeout
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
return fib(60) > 0
--> pcall around an endless loop: timeout
pcall(function() while true do end end)
return true
--> pcall around an endless loop, again and again: timeout
while true do pcall(function() while true do end end) end
--> pcall of pcall of pcall: timeout
local function deep(n) if n == 0 then while true do end end return pcall(deep, n - 1) end
while true do deep(50) end
--> pcall that calls itself: any
local function f() return pcall(f) end
f()
return true
--> pcall tree: timeout
local function f() pcall(f) pcall(f) end
f()
return true
--> pcall of an error forever: timeout
while true do pcall(error, 'x') end
--> xpcall with a handler that loops: timeout
xpcall(error, function() while true do end end)
return true
--> xpcall with a handler that fails: any
xpcall(error, function() error('again') end)
return true
--> xpcall with a handler that calls xpcall: any
local function handler() return xpcall(error, handler) end
xpcall(error, handler)
return true
--> xpcall whose body loops and whose handler loops: timeout
xpcall(function() while true do end end, function() while true do end end)
return true
--> xpcall handlers forever: timeout
while true do xpcall(function() while true do end end, function(e) return e end) end
--> xpcall with itself as handler: any
return xpcall(xpcall, xpcall)
--> error in a comparator: error test.lua:1: no
table.sort({ 3, 2, 1 }, function() error('no') end)
--> comparator that loops: timeout
table.sort({ 3, 2, 1 }, function() while true do end end)
--> comparator that always says yes: yes
local t = {}
for i = 1, 500 do t[i] = i end
table.sort(t, function() return true end)
return #t == 500
--> comparator that always says no: yes
local t = {}
for i = 1, 500 do t[i] = i end
table.sort(t, function() return false end)
return #t == 500
--> comparator that is random: yes
local t = {}
for i = 1, 500 do t[i] = i end
table.sort(t, function() return math.random() < 0.5 end)
return #t == 500
--> comparator that changes the table: any
local t = { 5, 4, 3, 2, 1 }
table.sort(t, function(a, b) t[#t + 1] = a t[1] = nil return a < b end)
return true
--> comparator that sorts the table: any
local t = { 5, 4, 3, 2, 1 }
local function less(a, b) table.sort(t, less) return a < b end
table.sort(t, less)
return true
--> comparator that is a native: any
local t = {}
for i = 1, 50000 do t[i] = i end
table.sort(t, math.max)
return true
--> sorting the same large array forever: timeout
local t = {}
for i = 1, 100000 do t[i] = (i * 7919) % 100003 end
while true do table.sort(t) table.sort(t, function(a, b) return a > b end) end
--> sorting long equal texts: timeout
local t = {}
local s = ('x'):rep(100000)
for i = 1, 100 do t[i] = s .. (100 - i) end
while true do table.sort(t) end
--> pattern of many stars: timeout
return (('a'):rep(100000)):find(('a*'):rep(30) .. 'b') ~= nil
--> pattern of many minuses: timeout
return (('a'):rep(100000)):match(('.-'):rep(30) .. 'b') ~= nil
--> pattern of many questions: any
return (('a'):rep(100)):find(('a?'):rep(100) .. ('a'):rep(100) .. 'b') ~= nil
--> pattern with balanced brackets that never close: timeout
local s = ('('):rep(1000000)
return s:find('%b()') ~= nil
--> pattern with a frontier over a long text: timeout
local s = ('a'):rep(1000000)
while true do s:find('%f[%d]x') end
--> pattern with a large set: timeout
local s = ('a'):rep(1000000)
while true do s:find('[' .. ('b-z'):rep(1000) .. ']') end
--> pattern with back references: timeout
return (('a'):rep(50000)):find('(.+)%1b') ~= nil
--> pattern with captures that nest: timeout
return (('a'):rep(100000)):find('((.-)(.-)(.-)(.-))b$') ~= nil
--> gmatch over a text where nothing matches: timeout
for _ in (('a'):rep(100000)):gmatch('.-.-.-b') do end
return true
--> gmatch forever: timeout
while true do for _ in ('abc'):gmatch('') do end end
--> gsub that backtracks: timeout
return (('a'):rep(100000)):gsub('.-.-.-b', '') == ''
--> gsub with a function that loops: timeout
return ('abc'):gsub('.', function() while true do end end)
--> gsub with a function that calls gsub: any
local function f(c) return (c:gsub('.', f)) end
return (('a'):gsub('.', f)) ~= nil
--> plain find with a long needle: any
local s, n = ('a'):rep(400000), ('a'):rep(200000) .. 'b'
return s:find(n, 1, true) == nil
--> plain find with a long needle forever: timeout
local s, n = ('a'):rep(400000), ('a'):rep(200000) .. 'b'
while true do s:find(n, 1, true) end
--> find without specials and a long needle: timeout
local s, n = ('a'):rep(400000), ('a'):rep(200000) .. 'b'
while true do string.find(s, n) end
--> split with a long separator: timeout
local s, n = ('a'):rep(400000), ('a'):rep(200000) .. 'b'
while true do s:split(n) end
--> split into millions of pieces: limit
while true do (('a,'):rep(4000000)):split(',') end
--> rep forever: limit
while true do ('x'):rep(1000000) end
--> rep of nothing many times: any
return #(''):rep(1e300) == 0
--> rep with a number that is none: any
return #('x'):rep(0/0) == 0
--> lower of a long text forever: limit
local s = ('x'):rep(2000000)
while true do s:lower() s:upper() s:reverse() end
--> concatenation of many forever: timeout
local t = {}
for i = 1, 100000 do t[i] = 'x' end
while true do table.concat(t, ',') end
--> concat over a range that is not there: error
return table.concat({}, ',', 1, 1e15)
--> concat over an endless range: any
return table.concat({}, ',', -math.huge, math.huge)
--> move over an endless range: timeout
table.move({}, 1, 1e15, 2)
--> move down over an endless range: timeout
table.move({}, 1, 1e15, 1)
--> move to infinity: any
table.move({ 1 }, 1, 1, math.huge)
return true
--> insert in front of a long list forever: limit
local t = {}
while true do table.insert(t, 1, 1) end
--> insert far below: any
table.insert({}, -1e300, 1)
return true
--> remove from the front forever: timeout
local t = {}
for i = 1, 200000 do t[i] = i end
while true do table.insert(t, table.remove(t, 1)) end
--> unpack of a huge range: error
return unpack({}, 1, 1e8)
--> unpack of many forever: timeout
local t = {}
for i = 1, 5000 do t[i] = i end
while true do select('#', unpack(t)) end
--> select over many forever: timeout
local t = {}
for i = 1, 5000 do t[i] = i end
while true do select(2500, unpack(t)) end
--> foreach with a function that loops: timeout
table.foreach({ 1 }, function() while true do end end)
--> foreach with a native forever: timeout
local t = {}
for i = 1, 100000 do t[i] = i end
while true do table.foreach(t, type) table.foreachi(t, type) end
--> maxn forever: timeout
local t = {}
for i = 1, 100000 do t[i] = i end
while true do table.maxn(t) table.find(t, 0) table.getn(t) end
--> clone forever: timeout
local t = {}
for i = 1, 100000 do t[i] = i end
while true do table.clone(t) end
--> tostring forever: timeout
while true do tostring({}) tostring(1.5) tostring(print) end
--> tonumber of a long text forever: limit
local s = ('1'):rep(1000000)
while true do tonumber(s) end
--> arithmetic on a long text forever: limit
local s = ('1'):rep(1000000)
while true do local _ = s + 1 end
--> format forever: timeout
while true do ('%99.99f %s %q'):format(1e308, 'x', 'y') end
--> format of long texts forever: limit
local s = ('x'):rep(1000000)
while true do ('%s%s'):format(s, s) end
--> comparing long texts forever: limit
local a, b = ('x'):rep(2000000) .. 'a', ('x'):rep(2000000) .. 'b'
while true do local _ = a < b end
--> byte and char forever: timeout
while true do string.char(('x'):rep(5000):byte(1, -1)) end
--> print forever: timeout
while true do print('x') end
--> print of much forever: limit
local s = ('x'):rep(1000000)
while true do print(s, s, s) end
--> iterating the context forever: timeout
while true do for _, t in ipairs(context.history.tools) do local _ = t.name end end
--> state methods forever: timeout
while true do context.state:get('warned') context.state:keys() context.state:get('get') end
--> state method with an endless default: timeout
while true do context.state:get(('x'):rep(1000), {}) end
--> computing in a loop without calls: timeout
local x = 0
while x >= 0 do x = x + 1 - 1 end
--> nested loops: timeout
for i = 1, 1e9 do for j = 1, 1e9 do for k = 1, 1e9 do end end end
--> closures in a loop: timeout
while true do local f = function() return f end f() end
--> an iterator that is the context: error
for _ in context.turn.number do end
--> random numbers forever: timeout
while true do math.random(100) math.randomseed(1) end
--> math forever: timeout
while true do math.pow(2, 0.5) math.noise(1, 2, 3) math.fmod(1e308, 3) end
