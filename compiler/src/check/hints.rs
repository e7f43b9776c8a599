//! What to write instead of what other languages have.

/// What a member of another language is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member {
    /// `len(x)`
    Length,
    /// `y in x`
    Contains,
    /// Would change something.
    Changes,
    /// Another method.
    Method(&'static str),
    /// A sentence.
    Write(&'static str),
}

/// Attributes and methods that people try.
const MEMBERS: &[(&[&str], Member)] = &[
    (&["length", "size", "len"], Member::Length),
    (&["contains", "includes", "include", "has", "has_key", "__contains__"], Member::Contains),
    (
        &[
            "append",
            "push",
            "pop",
            "clear",
            "add",
            "remove",
            "insert",
            "update",
            "extend",
            "set",
            "delete",
            "sort",
            "reverse",
            "setdefault",
            "popitem",
            "shift",
            "unshift",
            "splice",
            "discard",
        ],
        Member::Changes,
    ),
    (&["startsWith", "starts_with", "hasPrefix"], Member::Method("startswith")),
    (&["endsWith", "ends_with", "hasSuffix"], Member::Method("endswith")),
    (&["toLowerCase", "toLower", "lowercase", "downcase", "casefold"], Member::Method("lower")),
    (&["toUpperCase", "toUpper", "uppercase", "upcase"], Member::Method("upper")),
    (&["trim"], Member::Method("strip")),
    (&["trimStart", "trim_start"], Member::Method("lstrip")),
    (&["trimEnd", "trim_end"], Member::Method("rstrip")),
    (&["indexOf", "index_of"], Member::Method("find")),
    (&["replaceAll", "replace_all"], Member::Method("replace")),
    (&["match", "matches", "test", "search"], Member::Write("write `matches(text, 'pattern')`")),
    (&["substring", "substr", "slice"], Member::Write("write a slice: `x[from:to]`")),
    (&["isEmpty", "is_empty", "empty"], Member::Write("write `not x`")),
    (&["first"], Member::Write("write `x[0]`")),
    (&["last"], Member::Write("write `x[-1]`")),
    (
        &["filter", "map", "some", "every", "find_all"],
        Member::Write("write a comprehension: `[f(x) for x in xs if c]`, `any(c for x in xs)`"),
    ),
    (&["format"], Member::Write("join texts with `+` and `str(...)`")),
    (&["entries"], Member::Method("items")),
];

/// Functions that people try.
const FUNCTIONS: &[(&[&str], &str)] = &[
    (&["contains", "includes", "has"], "write `y in x`"),
    (&["length", "size", "count", "strlen"], "write `len(x)`"),
    (&["list", "tuple", "set", "array"], "write `[x for x in xs]`, or `sorted(xs)`"),
    (&["dict"], "maps cannot be made in a condition"),
    (&["string", "toString", "text"], "write `str(x)`"),
    (&["number", "double", "decimal"], "write `float(x)` or `int(x)`"),
    (&["integer", "parseInt"], "write `int(x)`"),
    (&["boolean"], "write `bool(x)`"),
    (&["regex", "regexp", "search", "match", "re"], "write `matches(text, 'pattern')`"),
    (&["now", "time", "today", "datetime"], "time is the event's own: `context.event.timestamp`"),
    (&["exists", "defined", "isset"], "write `x is not None`, or `'key' in m`"),
    (
        &["isinstance", "type", "typeof"],
        "what a value is cannot be asked; test the value, such as `x is not None`",
    ),
    (
        &["range", "enumerate", "zip", "iter", "next"],
        "loops run over the context's own lists; positions are not counted",
    ),
    (&["map", "filter"], "write a comprehension: `[f(x) for x in xs if c]`"),
    (
        &["print", "open", "eval", "exec", "input", "getattr", "setattr", "hasattr"],
        "conditions only compute; a script can do more",
    ),
];

/// What is known about an attribute that people try.
pub(super) fn member(name: &str) -> Option<Member> {
    MEMBERS.iter().find(|(names, _)| names.contains(&name)).map(|(_, member)| *member)
}

/// Whether people take a function of this name to look for its second argument in its first.
pub(super) fn is_contains(name: &str) -> bool {
    matches!(MEMBERS.iter().find(|(names, _)| names.contains(&name)), Some((_, Member::Contains)))
}

/// What to write instead of a function that people try.
pub(super) fn function(name: &str) -> Option<&'static str> {
    FUNCTIONS.iter().find(|(names, _)| names.contains(&name)).map(|(_, help)| *help)
}

impl Member {
    /// What to write instead; `of` is how the receiver is written, where that is short, `part` how its argument is.
    pub(super) fn help(self, of: Option<&str>, part: Option<&str>, name: &str) -> String {
        let of = of.unwrap_or("x");
        match self {
            Member::Length => format!("write `len({of})`"),
            Member::Contains => format!("write `{} in {of}`", part.unwrap_or("y")),
            Member::Changes => {
                format!(
                    "conditions cannot change anything, so there is no `{name}`; an action can, such as `set_state`"
                )
            }
            Member::Method(method) => format!("write `.{method}(...)`"),
            Member::Write(help) => help.to_owned(),
        }
    }
}

/// Names in backticks, with commas.
pub(super) fn quoted(names: &[impl AsRef<str>]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    names.join(", ")
}
