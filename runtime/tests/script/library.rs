//! What scripts can call.

use serde_json::json;

use oracle_runtime::script::limits::ERROR_BYTES;

use crate::support::{data, error, run, value};

#[test]
fn the_globals_are_those_of_the_handbook() {
    let there = [
        "print", "type", "tostring", "tonumber", "pairs", "ipairs", "next", "select", "unpack", "pcall",
        "xpcall", "error", "assert", "string", "table", "math", "context", "params", "settings",
    ];
    for name in there {
        assert_eq!(value(&format!("{name} ~= nil")), data(json!(true)), "{name}");
    }
    let absent = [
        "os",
        "io",
        "debug",
        "require",
        "dofile",
        "loadfile",
        "load",
        "loadstring",
        "rawget",
        "rawset",
        "rawequal",
        "rawlen",
        "getmetatable",
        "setmetatable",
        "getfenv",
        "setfenv",
        "coroutine",
        "collectgarbage",
        "package",
        "module",
        "newproxy",
        "gcinfo",
        "bit32",
        "buffer",
        "utf8",
        "vector",
        "integer",
        "class",
        "typeof",
        "_G",
        "_VERSION",
        "string.dump",
        "string.pack",
        "string.unpack",
        "string.packsize",
        "table.freeze",
        "table.isfrozen",
        "host",
        "stock",
    ];
    for name in absent {
        assert_eq!(value(&format!("{name} == nil")), data(json!(true)), "{name}");
    }
}

#[test]
fn text_functions_do_what_lua_does() {
    for (expression, expected) in [
        ("('hello'):find('l')", json!(3)),
        ("('hello'):find('xyz')", json!(null)),
        ("('hello'):find('')", json!(1)),
        ("('hello'):find('', 10)", json!(null)),
        ("('hello'):find('', 6)", json!(6)),
        ("('a.b'):find('.', 1, true)", json!(2)),
        ("('hello'):find('l', -2)", json!(4)),
        ("select(2, ('hello world'):find('o w'))", json!(7)),
        ("select(3, ('key=val'):find('(%w+)=(%w+)'))", json!("key")),
        ("('key = val'):match('^(%w+)%s*=%s*(%w+)$')", json!("key")),
        ("('  trim  '):match('^%s*(.-)%s*$')", json!("trim")),
        ("('f(a(b)c)d'):match('%b()')", json!("(a(b)c)")),
        ("('THE (quick) fox'):find('%((%a+)%)')", json!(5)),
        ("('hello'):match('()ll()')", json!(3)),
        ("('abcabc'):match('(a)(b)(c)%1')", json!("a")),
        ("('THE fox'):gsub('%f[%a]%a+', 'x')", json!("x x")),
        ("('hello'):gsub('', '-')", json!("-h-e-l-l-o-")),
        ("('hello'):gsub('l', 'L', 1)", json!("heLlo")),
        ("select(2, ('hello'):gsub('l', 'L'))", json!(2)),
        ("('hello world'):gsub('(%w+) (%w+)', '%2 %1')", json!("world hello")),
        ("('hello'):gsub('^h', 'j')", json!("jello")),
        ("('hhh'):gsub('^h', function() return 'j' end)", json!("jhh")),
        ("('$name!'):gsub('%$(%w+)', { name = 'x' })", json!("x!")),
        ("('abc'):gsub('%w', function(c) return c:upper() .. '.' end)", json!("A.B.C.")),
        ("('abc'):gsub('b', function() return nil end)", json!("abc")),
        ("('abc'):gsub('', function() return '-' end)", json!("-a-b-c-")),
        ("('100%'):gsub('%%', '%%%%')", json!("100%%")),
        ("#('a,b,,c'):split(',')", json!(4)),
        ("('a,b,,c'):split(',')[4]", json!("c")),
        ("#('abc'):split('')", json!(3)),
        ("('ab'):rep(3)", json!("ababab")),
        ("('ab'):rep(-1)", json!("")),
        ("('%5.1f|%d|%s|%q'):format(3.14159, 42, 'x', 'y')", json!("  3.1|42|x|\"y\"")),
        ("('Abc'):lower() .. ('Abc'):upper() .. ('Abc'):reverse()", json!("abcABCcbA")),
        ("(5):type()", json!(null)),
        ("string.rep('x', 3)", json!("xxx")),
        ("string.find(123, 2)", json!(2)),
        ("tostring(1e15) .. tostring(0.1) .. tostring(nil)", json!("10000000000000000.1nil")),
        ("('x'):byte() + #string.char(65, 66)", json!(122)),
    ] {
        if expression.contains("type()") {
            assert!(error(&format!("return {expression}")).contains("test.lua:1: "), "{expression}");
            continue;
        }
        assert_eq!(value(&format!("({expression})")), data(expected), "{expression}");
    }
    let all = "local r = {} for w in ('one two three'):gmatch('%a+') do r[#r + 1] = w end return r";
    assert_eq!(value(&format!("(function() {all} end)()")), data(json!(["one", "two", "three"])));
    let pairs = "local r = {} for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do r[k] = v end return r";
    assert_eq!(value(&format!("(function() {pairs} end)()")), data(json!({"a": "1", "b": "2"})));
    let empty = "local n = 0 for _ in ('abc'):gmatch('') do n = n + 1 end return n";
    assert_eq!(value(&format!("(function() {empty} end)()")), data(json!(4)));
}

#[test]
fn table_functions_do_what_lua_does() {
    for (body, expected) in [
        ("local t = { 3, 1, 2 } table.sort(t) return t", json!([1, 2, 3])),
        ("local t = { 3, 1, 2 } table.sort(t, function(a, b) return a > b end) return t", json!([3, 2, 1])),
        (
            "local t = {} for i = 1, 100 do t[i] = (i * 37) % 101 end table.sort(t) \
          for i = 2, 100 do assert(t[i - 1] < t[i]) end return #t",
            json!(100),
        ),
        ("local t = { 'b', 'a' } table.sort(t) return t", json!(["a", "b"])),
        ("local t = { 1, 2, 3 } table.insert(t, 4) table.insert(t, 1, 0) return t", json!([0, 1, 2, 3, 4])),
        ("local t = { 1, 2, 3 } local x = table.remove(t, 1) table.insert(t, x) return t", json!([2, 3, 1])),
        ("local t = { 1, 2, 3 } table.remove(t) return t", json!([1, 2])),
        ("local t = {} return tostring(table.remove(t))", json!("nil")),
        ("return table.concat({ 1, 2, 3 }, ', ')", json!("1, 2, 3")),
        ("return table.concat({ 1, 2, 3 }, ', ', 2)", json!("2, 3")),
        ("return table.concat({ 1, 2, 3 }, ', ', 2, 2)", json!("2")),
        ("return table.concat({})", json!("")),
        ("local t = {} for i = 1, 5000 do t[i] = 'x' end return #table.concat(t, ',')", json!(9999)),
        ("return table.move({ 1, 2, 3 }, 1, 3, 2)", json!([1, 1, 2, 3])),
        ("return table.pack(1, 2).n", json!(2)),
        ("return #table.create(3, 0)", json!(3)),
        ("local t = { 1, 2 } table.clear(t) return #t", json!(0)),
        ("return select('#', unpack({ 1, 2, 3 }, 2))", json!(2)),
        ("return select(-1, 1, 2, 3)", json!(3)),
        ("local n = 0 for k in next, { a = 1, b = 2 } do n = n + 1 end return n", json!(2)),
        ("return math.floor(math.max(1.5, 2.5)) + math.huge * 0 ~= 2 and math.abs(-1) or 0", json!(1)),
        ("return { pcall(error, 'x') }", json!([false, "x"])),
        ("return select(2, pcall(error, { code = 5 })).code", json!(5)),
        (
            "return select(2, xpcall(function() error('x', 0) end, function(e) return e .. '!' end))",
            json!("x!"),
        ),
        ("return math.random(1000) == math.random(1000)", json!(false)),
    ] {
        assert_eq!(value(&format!("(function() {body} end)()")), data(expected), "{body}");
    }
    let random = value("math.random(1000000)");
    assert_eq!(random, value("math.random(1000000)"), "the same in every run");
}

#[test]
fn errors_name_the_script_and_the_line() {
    for (source, expected) in [
        ("\n\nerror('boom')", "test.lua:3: boom"),
        ("local x\nreturn x.y", "test.lua:2: attempt to index nil with 'y'"),
        ("\nreturn ('x'):rep(1e9)", "test.lua:2: resulting string too large"),
        ("\nreturn ('x'):find('[')", "test.lua:2: malformed pattern (missing ']')"),
        ("\nlocal t = { 1, 'x' }\ntable.sort(t)", "test.lua:3: attempt to compare string < number"),
        ("\nreturn string.rep()", "test.lua:2: bad argument #1 to 'rep' (string expected, got nil)"),
        ("\nfor _ in pairs(nil) do end", "test.lua:2: bad argument #1 to 'pairs' (table expected, got nil)"),
        ("\nreturn function_that_is_not_there()", "test.lua:2: attempt to call a nil value"),
        ("\nassert(false, 'no')", "test.lua:2: no"),
        ("return ('x'):format(1, os.time())", "test.lua:1: attempt to index nil with 'time'"),
    ] {
        assert_eq!(error(source), expected, "{source}");
    }
    let long = error("\nerror(('x'):rep(100000))");
    assert!(long.starts_with("test.lua:2: xxx") && long.ends_with(".."), "{}", long.len());
    assert!(long.len() <= ERROR_BYTES + 2);
    assert_eq!(error("error('no line', 0)"), "no line");
    assert_eq!(error("local function f() error('of the caller', 2) end\n\nf()"), "test.lua:3: of the caller");
    assert_eq!(error("error({ 1 })"), "the script raised a table");
    assert_eq!(error("error()"), "the script raised nil");
}

#[test]
fn what_is_printed_is_kept_with_its_line_up_to_a_bound() {
    let ran = run("print('a', 1, nil, true)\nprint()\nreturn true");
    let lines: Vec<_> = ran.printed.iter().map(|it| (it.line, it.text.as_str())).collect();
    assert_eq!(lines, [(1, "a\t1\tnil\ttrue"), (2, "")]);
    let ran = run("for i = 1, 1000 do print(i) end return true");
    assert_eq!(ran.printed.len(), 101);
    assert!(ran.printed[100].text.contains("left out"));
    let ran = run("print(('x'):rep(100000)) print('more') return true");
    assert_eq!(ran.printed.len(), 1);
    let ran = run("print('before') error('x')");
    assert_eq!(ran.printed.len(), 1);
}
