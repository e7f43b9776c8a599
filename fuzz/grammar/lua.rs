//! Lua programs out of bytes: every function that scripts reach, with odd arguments. The same bytes give the same
//! program.

/// Every function that scripts reach.
pub(crate) const FUNCTIONS: &[&str] = &[
    "type",
    "tostring",
    "tonumber",
    "pairs",
    "ipairs",
    "next",
    "select",
    "unpack",
    "pcall",
    "xpcall",
    "error",
    "assert",
    "print",
    "string.byte",
    "string.char",
    "string.find",
    "string.format",
    "string.gmatch",
    "string.gsub",
    "string.len",
    "string.lower",
    "string.match",
    "string.rep",
    "string.reverse",
    "string.split",
    "string.sub",
    "string.upper",
    "table.clear",
    "table.clone",
    "table.concat",
    "table.create",
    "table.find",
    "table.foreach",
    "table.foreachi",
    "table.getn",
    "table.insert",
    "table.maxn",
    "table.move",
    "table.pack",
    "table.remove",
    "table.sort",
    "table.unpack",
    "math.abs",
    "math.clamp",
    "math.floor",
    "math.fmod",
    "math.frexp",
    "math.ldexp",
    "math.log",
    "math.map",
    "math.max",
    "math.noise",
    "math.pow",
    "math.random",
    "math.randomseed",
    "math.round",
    "context.state.get",
    "context.state.has",
    "context.state.keys",
];

const VALUES: &[&str] = &[
    "nil",
    "true",
    "false",
    "0",
    "-0.0",
    "1",
    "-1",
    "0.5",
    "1e15",
    "-1e300",
    "2^53",
    "math.huge",
    "-math.huge",
    "0/0",
    "''",
    "'x'",
    "'%d'",
    "'[a-'",
    "'(.-)%1'",
    "'%b()'",
    "'^$'",
    "('a'):rep(1000)",
    "('.-'):rep(10)",
    "'\\0\\255'",
    "{}",
    "{ 1, 2, 3 }",
    "{ x = 1 }",
    "context",
    "context.turn",
    "context.history.tools",
    "context.event",
    "context.state",
    "params",
    "string",
    "math",
    "print",
    "pcall",
    "function() return 1 end",
    "function(...) return ... end",
    "function() error({}) end",
    "v1",
    "v2",
    "v3",
];

const OPERATORS: &[&str] = &["+", "-", "*", "/", "%", "^", "..", "==", "~=", "<", "<=", "and", "or"];

/// Takes choices from bytes; when they are used up, always the first one.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first)
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        from.get(self.next() % from.len().max(1)).copied().unwrap_or("nil")
    }
}

/// The program of these bytes.
pub(crate) fn program(bytes: &[u8]) -> String {
    let mut bytes = Bytes(bytes);
    let mut made = String::from("local v1, v2, v3 = 1, {}, 'x'\n");
    while !bytes.0.is_empty() && made.len() < 8_192 {
        statement(&mut bytes, 3, &mut made);
    }
    made.push_str("return v1, v2, v3\n");
    made
}

fn statement(bytes: &mut Bytes<'_>, depth: usize, made: &mut String) {
    let kind = if depth == 0 { 0 } else { bytes.next() % 9 };
    let block = |bytes: &mut Bytes<'_>, made: &mut String| {
        for _ in 0..1 + bytes.next() % 2 {
            statement(bytes, depth - 1, made);
        }
    };
    match kind {
        0 | 1 => {
            let name = bytes.pick(&["v1", "v2", "v3"]);
            let value = expression(bytes, 3);
            made.push_str(&format!("pcall(function() {name} = {value} end)\n"));
        }
        2 => {
            made.push_str("pcall(function()\n");
            block(bytes, made);
            made.push_str("end)\n");
        }
        3 => {
            made.push_str(&format!("if {} then\n", expression(bytes, 2)));
            block(bytes, made);
            made.push_str("end\n");
        }
        4 => {
            made.push_str(&format!("for i = 1, {} do\n", bytes.pick(&["3", "1e9", "0", "-1"])));
            block(bytes, made);
            made.push_str("end\n");
        }
        5 => {
            made.push_str(&format!(
                "for k, v in pairs({}) do\n",
                bytes.pick(&["{ 1, 2 }", "context", "v2", "math"])
            ));
            block(bytes, made);
            made.push_str("end\n");
        }
        6 => {
            let (key, value) = (expression(bytes, 1), expression(bytes, 2));
            made.push_str(&format!("pcall(function() v2[{key}] = {value} end)\n"));
        }
        7 => made.push_str(&format!("v3 = tostring(v3) .. tostring({})\n", expression(bytes, 2))),
        _ => {
            made.push_str("while v1 do\n");
            block(bytes, made);
            made.push_str("end\n");
        }
    }
}

fn expression(bytes: &mut Bytes<'_>, depth: usize) -> String {
    if depth == 0 {
        return format!("({})", bytes.pick(VALUES));
    }
    match bytes.next() % 5 {
        0 => format!("({})", bytes.pick(VALUES)),
        1 => format!(
            "({} {} {})",
            expression(bytes, depth - 1),
            bytes.pick(OPERATORS),
            expression(bytes, depth - 1)
        ),
        _ => {
            let function = bytes.pick(FUNCTIONS);
            let count = bytes.next() % 5;
            let arguments: Vec<String> = (0..count).map(|_| expression(bytes, depth - 1)).collect();
            format!("{function}({})", arguments.join(", "))
        }
    }
}
