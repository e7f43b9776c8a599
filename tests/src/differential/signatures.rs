//! What the generator knows about functions, methods and the paths of the context. Data only.

use super::generate::Ty;

/// The type of an argument or result, as the tables write it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum A {
    /// A boolean.
    Bool,
    /// A whole number.
    Int,
    /// A small whole number, where a large one would make huge texts.
    Small,
    /// A float.
    Float,
    /// Any number.
    Num,
    /// Text.
    Str,
    /// Text that looks like a number, most of the time.
    Numeral,
    /// Name of a tool.
    ToolName,
    /// Anything.
    Any,
    /// A key of a map.
    Key,
    /// A list of numbers.
    Nums,
    /// A list of texts.
    Strs,
    /// A list of anything.
    List,
    /// A list whose elements have an order.
    Ordered,
    /// Something that can be iterated: list, text, map, reversed list, generator.
    Iter,
    /// A map.
    Map,
    /// A tuple of texts.
    StrTuple,
    /// A regular expression.
    Pattern,
    /// The element type of the first argument.
    Elem,
    /// The type of the first argument.
    Same,
    /// `None`.
    None,
    /// The given keyword belongs to this argument.
    Keyword(&'static str, &'static A),
}

/// One form of a call: name, receiver for methods, arguments, result.
pub type Row = (&'static str, Option<A>, &'static [A], A);

/// The functions, in every form.
pub const FUNCTIONS: &[Row] = &[
    ("int", None, &[], A::Int),
    ("int", None, &[A::Num], A::Int),
    ("int", None, &[A::Numeral], A::Int),
    ("float", None, &[], A::Float),
    ("float", None, &[A::Num], A::Float),
    ("float", None, &[A::Numeral], A::Float),
    ("str", None, &[], A::Str),
    ("str", None, &[A::Num], A::Str),
    ("str", None, &[A::Any], A::Str),
    ("bool", None, &[], A::Bool),
    ("bool", None, &[A::Any], A::Bool),
    ("abs", None, &[A::Num], A::Num),
    ("abs", None, &[A::Int], A::Int),
    ("min", None, &[A::Ordered], A::Elem),
    ("min", None, &[A::Num, A::Num], A::Num),
    ("min", None, &[A::Int, A::Int, A::Int], A::Int),
    ("min", None, &[A::Str, A::Str], A::Str),
    ("min", None, &[A::Ordered, A::Keyword("default", &A::Any)], A::Any),
    ("min", None, &[A::Iter], A::Any),
    ("max", None, &[A::Ordered], A::Elem),
    ("max", None, &[A::Num, A::Num], A::Num),
    ("max", None, &[A::Int, A::Int, A::Int], A::Int),
    ("max", None, &[A::Str, A::Str], A::Str),
    ("max", None, &[A::Nums, A::Keyword("default", &A::Num)], A::Num),
    ("max", None, &[A::Iter], A::Any),
    ("round", None, &[A::Num], A::Int),
    ("round", None, &[A::Float, A::Small], A::Float),
    ("round", None, &[A::Int, A::Small], A::Int),
    ("round", None, &[A::Num, A::None], A::Int),
    ("sum", None, &[A::Nums], A::Num),
    ("sum", None, &[A::Nums, A::Num], A::Num),
    ("sum", None, &[A::Iter], A::Num),
    ("len", None, &[A::Str], A::Int),
    ("len", None, &[A::List], A::Int),
    ("len", None, &[A::Map], A::Int),
    ("any", None, &[A::Iter], A::Bool),
    ("all", None, &[A::Iter], A::Bool),
    ("sorted", None, &[A::Ordered], A::List),
    ("sorted", None, &[A::Nums], A::Nums),
    ("sorted", None, &[A::Strs], A::Strs),
    ("sorted", None, &[A::Iter], A::List),
    ("sorted", None, &[A::Ordered, A::Keyword("reverse", &A::Bool)], A::List),
    ("tool_completed", None, &[A::ToolName], A::Bool),
    ("tool_failed", None, &[A::ToolName], A::Bool),
    ("failure_count", None, &[A::ToolName], A::Int),
    ("context_above_threshold", None, &[A::Num], A::Bool),
    ("message_count_above", None, &[A::Int], A::Bool),
    ("tool_count", None, &[A::ToolName], A::Int),
    ("recent_tool_count", None, &[A::ToolName, A::Int], A::Int),
    ("consecutive_failures", None, &[A::ToolName], A::Int),
    ("time_since_last_tool", None, &[A::ToolName], A::Float),
    ("session_duration_minutes", None, &[], A::Float),
    ("matches", None, &[A::Str, A::Pattern], A::Bool),
];

/// The methods, in every form.
pub const METHODS: &[Row] = &[
    ("lower", Some(A::Str), &[], A::Str),
    ("upper", Some(A::Str), &[], A::Str),
    ("title", Some(A::Str), &[], A::Str),
    ("strip", Some(A::Str), &[], A::Str),
    ("strip", Some(A::Str), &[A::Str], A::Str),
    ("strip", Some(A::Str), &[A::None], A::Str),
    ("lstrip", Some(A::Str), &[], A::Str),
    ("lstrip", Some(A::Str), &[A::Str], A::Str),
    ("rstrip", Some(A::Str), &[], A::Str),
    ("rstrip", Some(A::Str), &[A::Str], A::Str),
    ("startswith", Some(A::Str), &[A::Str], A::Bool),
    ("startswith", Some(A::Str), &[A::StrTuple], A::Bool),
    ("startswith", Some(A::Str), &[A::Str, A::Int], A::Bool),
    ("startswith", Some(A::Str), &[A::StrTuple, A::Int, A::Int], A::Bool),
    ("endswith", Some(A::Str), &[A::Str], A::Bool),
    ("endswith", Some(A::Str), &[A::StrTuple], A::Bool),
    ("endswith", Some(A::Str), &[A::Str, A::Int], A::Bool),
    ("endswith", Some(A::Str), &[A::Str, A::Int, A::Int], A::Bool),
    ("find", Some(A::Str), &[A::Str], A::Int),
    ("find", Some(A::Str), &[A::Str, A::Int], A::Int),
    ("find", Some(A::Str), &[A::Str, A::Int, A::Int], A::Int),
    ("replace", Some(A::Str), &[A::Str, A::Str], A::Str),
    ("replace", Some(A::Str), &[A::Str, A::Str, A::Int], A::Str),
    ("split", Some(A::Str), &[], A::Strs),
    ("split", Some(A::Str), &[A::Str], A::Strs),
    ("split", Some(A::Str), &[A::Str, A::Int], A::Strs),
    ("split", Some(A::Str), &[A::None, A::Int], A::Strs),
    ("join", Some(A::Str), &[A::Strs], A::Str),
    ("join", Some(A::Str), &[A::Iter], A::Str),
    ("count", Some(A::Str), &[A::Str], A::Int),
    ("count", Some(A::Str), &[A::Str, A::Int], A::Int),
    ("count", Some(A::Str), &[A::Str, A::Int, A::Int], A::Int),
    ("index", Some(A::Str), &[A::Str], A::Int),
    ("index", Some(A::Str), &[A::Str, A::Int], A::Int),
    ("index", Some(A::Str), &[A::Str, A::Int, A::Int], A::Int),
    ("isdigit", Some(A::Str), &[], A::Bool),
    ("isalpha", Some(A::Str), &[], A::Bool),
    ("get", Some(A::Map), &[A::Key], A::Any),
    ("get", Some(A::Map), &[A::Key, A::Any], A::Any),
    ("count", Some(A::List), &[A::Any], A::Int),
    ("count", Some(A::Ordered), &[A::Elem], A::Int),
    ("index", Some(A::Ordered), &[A::Elem], A::Int),
    ("index", Some(A::List), &[A::Any, A::Int], A::Int),
    ("index", Some(A::Ordered), &[A::Elem, A::Int, A::Int], A::Int),
];

/// The paths below `context` with their types; those of groups that may be missing stand in [`GUARDED`].
pub const PATHS: &[(&str, A)] = &[
    ("turn.number", A::Int),
    ("turn.token_usage", A::Float),
    ("turn.context_usage", A::Float),
    ("turn.iteration_count", A::Int),
    ("history.messages", A::List),
    ("history.tools", A::List),
    ("history.failures", A::Map),
    ("history.total_tool_calls", A::Int),
    ("history.total_failures", A::Int),
    ("user.id", A::Str),
    ("user.settings", A::Map),
    ("project.id", A::Str),
    ("project.settings", A::Map),
    ("session.id", A::Str),
    ("session.started_at", A::Float),
    ("session.duration_seconds", A::Float),
];

/// The paths that may be `None`, or lie below what may be: path, what is `None` when it is, type.
pub const GUARDED: &[(&str, &str, A)] = &[
    ("turn.iteration_limit", "turn.iteration_limit", A::Int),
    ("event.type", "event", A::Str),
    ("event.source", "event", A::Str),
    ("event.severity", "event", A::Str),
    ("event.payload", "event", A::Map),
    ("event.timestamp", "event", A::Float),
    ("result.tool_name", "result", A::Str),
    ("result.success", "result", A::Bool),
    ("result.result", "result.result", A::Str),
    ("result.error", "result.error", A::Str),
    ("result.duration_ms", "result.duration_ms", A::Float),
    ("result.count", "result.count", A::Int),
];

/// Params and settings that every rule of the test declares.
pub const INPUTS: &[(&str, A)] = &[
    ("params.threshold", A::Float),
    ("params.limit", A::Int),
    ("params.tool", A::Str),
    ("params.strict", A::Bool),
    ("settings.ratio", A::Float),
    ("settings.max_sources", A::Int),
    ("settings.topic", A::Str),
    ("settings.verbose", A::Bool),
];

/// The keys that dynamic maps of the test have, sometimes.
pub const KEYS: &[&str] =
    &["query", "limit", "ratio", "tags", "deep", "flag", "nothing", "numbers", "big", "name_1", "unusual key", "é"];

/// The fields of a tool call.
pub const TOOL_FIELDS: &[(&str, A)] = &[
    ("name", A::Str),
    ("arguments", A::Map),
    ("result", A::Any),
    ("success", A::Bool),
    ("timestamp", A::Float),
    ("duration_ms", A::Any),
    ("turn", A::Int),
];

/// The payload keys of each event type that is known to have some.
pub const PAYLOAD_KEYS: &[(&str, A)] = &[
    ("query", A::Str),
    ("turn_number", A::Int),
    ("token_usage", A::Float),
    ("tokens_used", A::Int),
    ("tool_name", A::Str),
    ("arguments", A::Map),
    ("result", A::Any),
    ("error", A::Str),
    ("duration_ms", A::Float),
    ("reason", A::Str),
    ("messages", A::List),
];

/// Whole numbers worth trying.
pub const INTS: &[&str] = &[
    "0", "0", "1", "1", "2", "2", "3", "4", "5", "7", "8", "10", "16", "63", "64", "100", "255", "1_000", "0xff", "0XFF",
    "0x7fff_ffff", "0o17", "0b101", "9007199254740992", "9007199254740993", "4611686018427387904", "9223372036854775807",
    "9223372036854775808", "00",
];

/// Floats worth trying.
pub const FLOATS: &[&str] = &[
    "0.0", "0.0", "0.5", "0.5", "0.1", "0.2", "0.3", "0.8", "1.0", "1.5", "2.0", "2.5", "3.5", "0.25", "1e3", "1e308",
    "1.7976931348623157e308", "5e-324", "2.2250738585072014e-308", "1e16", "1e15", "1e22", "1e23", "123456.789", "9007199254740993.0",
    "9.223372036854775807e18", "1e-5", "0.0001", "1_0.2_5", "1E+2", "2.675", "1.005", ".5", "5.",
];

/// Texts worth trying.
pub const TEXTS: &[&str] = &[
    "", "", "a", "b", "ab", "abc", "search", "vault_search", "web_search", "grep", " ", "a b c", "  padded  ", "A,B,,C", "Hello World",
    "hello", "0", "7", "42", "-3", " 12 ", "1_000", "0x10", "3.5", "1e3", "nan", "inf", "-Infinity", "tool's", "say \"x\"", "tab\there",
    "line\nbreak", "back\\slash", "é", "e\u{301}", "ß", "ΑΣ", "σς", "İ", "ı", "ﬁ", "ŉ", "Ǆ", "ǆ", "日本", "😀", "a😀b", "👩\u{200d}👩",
    "\u{1c}x\u{1d}", "\u{85}y", "\u{2028}z\u{2029}", "\u{a0}n\u{3000}", "\u{200b}", "٣", "²", "Ⅷ", "½", "\u{0}", "\u{7f}", "ﷺ",
    "they're bill's friends", "x.y-z_w", "ÀÉ", "ǅ", "ΌΣΟΣ", "aaaa", "abab", "\r\n", "\u{b}\u{c}", "\u{feff}", "שלום", "\u{202e}rtl",
    "error", "warning", "on_turn_start", "True", "None", "१२", "1__0", "_1", "+5", "--5", "1e400", "9223372036854775808", "0.1e1_0",
];

/// Regular expressions that mean the same in both languages.
pub const PATTERNS: &[&str] = &[
    "a", "^a", "[a-c]+", "search", "(web|vault)_search", "a.c", "^$", "x?", "[0-9]{2,3}", "é", "[^a-z]", "a*b", "\\\\.", "(?i)HELLO",
    "\\\\bx", "😀", "(?:ab)+", "^.*z",
];

/// What the checker's tables call a type.
pub fn ty(a: A) -> Ty {
    match a {
        A::Bool => Ty::Bool,
        A::Int | A::Small => Ty::Int,
        A::Float => Ty::Float,
        A::Num => Ty::Num,
        A::Str | A::Numeral | A::ToolName | A::Pattern | A::Key => Ty::Str,
        A::Nums => Ty::List(Box::new(Ty::Num)),
        A::Strs => Ty::List(Box::new(Ty::Str)),
        A::List | A::Ordered | A::Iter => Ty::List(Box::new(Ty::Any)),
        A::Map => Ty::Map,
        A::None => Ty::None,
        A::Any | A::Elem | A::Same | A::StrTuple | A::Keyword(..) => Ty::Any,
    }
}
