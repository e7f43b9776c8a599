//! What authors read is what there is: the type definitions and the page about the built-in script.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use oracle_vm::schema::{FieldRow, RECORDS, SHAPES, SLOTS};
use oracle_vm::ty::TyDesc;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// `tool call` is `ToolCall`.
fn type_name(name: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
    };
    name.split([' ', '.', '_']).map(capital).collect()
}

fn luau(ty: &TyDesc) -> String {
    match ty {
        TyDesc::Bool => "boolean".to_owned(),
        TyDesc::Int | TyDesc::Float | TyDesc::Time => "number".to_owned(),
        TyDesc::Str => "string".to_owned(),
        TyDesc::OneOf(words) => {
            words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" | ")
        }
        TyDesc::Dyn => "any".to_owned(),
        TyDesc::DynMap => "{ [string]: any }".to_owned(),
        TyDesc::Map(value) => format!("{{ [string]: {} }}", luau(value)),
        TyDesc::List(item) => format!("{{ {} }}", luau(item)),
        TyDesc::Record(id) => type_name(id.row().expect("a record").name),
        TyDesc::Shape(id) => type_name(id.row().expect("a shape").name),
        TyDesc::Opt(inner) => {
            format!("({})?", luau(inner)).replace("(string)?", "string?").replace("(number)?", "number?")
        }
        TyDesc::State => "State".to_owned(),
    }
}

fn fields<'a>(
    made: &mut String,
    name: &str,
    fields: impl Iterator<Item = (&'a str, &'a TyDesc, &'a str)>,
    more: &str,
) {
    writeln!(made, "export type {name} = {{").expect("text");
    for (field, ty, doc) in fields {
        writeln!(made, "    -- {doc}\n    {field}: {},", luau(ty)).expect("text");
    }
    writeln!(made, "{more}}}\n").expect("text");
}

fn rows(rows: &'static [FieldRow]) -> impl Iterator<Item = (&'static str, &'static TyDesc, &'static str)> {
    rows.iter().map(|row| (row.name, &row.ty, row.doc))
}

/// The definitions, made from the schema.
fn definitions() -> String {
    let mut made = "-- What scripts see, for editors. Made from the schema by a test.\n\n".to_owned();
    for record in RECORDS {
        fields(&mut made, &type_name(record.name), rows(record.fields), "");
    }
    let used = |name: &str| SLOTS.iter().any(|slot| luau(&slot.ty).contains(name));
    for shape in SHAPES.iter().filter(|shape| used(&type_name(shape.name))) {
        fields(&mut made, &type_name(shape.name), rows(shape.fields), "    [string]: any,\n");
    }
    made.push_str(
        "export type State = {\n    get: (self: State, key: string, default: any?) -> any,\n    \
         has: (self: State, key: string) -> boolean,\n    keys: (self: State) -> { string },\n    \
         [string]: any,\n}\n\n",
    );
    let groups = ["turn", "history", "user", "project", "session"];
    for group in groups {
        let of_group = SLOTS.iter().filter_map(|slot| {
            let (first, field) = slot.path.split_once('.')?;
            (first == group).then_some((field, &slot.ty, slot.doc))
        });
        fields(&mut made, &type_name(group), of_group, "");
    }
    made.push_str("export type Context = {\n");
    for group in groups {
        writeln!(made, "    {group}: {},", type_name(group)).expect("text");
    }
    made.push_str("    state: State,\n    event: Event?,\n    result: Result?,\n}\n\n");
    made.push_str(
        "declare context: Context\ndeclare params: { [string]: any }\ndeclare settings: { [string]: any }\n",
    );
    made
}

#[test]
fn the_definitions_follow_the_schema() {
    let path = root().join("docs/context.d.luau");
    let made = definitions();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &made).expect("the file can be written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == made, "run `UPDATE_DOCS=1 cargo test -p oracle-runtime --test script definitions`");
}

#[test]
fn the_page_about_the_built_in_script_shows_all_of_it() {
    let page = fs::read_to_string(root().join("docs/failure-loop.md")).expect("the page is there");
    let script = fs::read_to_string(root().join("scripts/failure-loop.lua")).expect("the script is there");
    let blocks = page.split("```lua\n").skip(1).filter_map(|rest| rest.split("\n```").next());
    let lines = |text: &str| {
        text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let shown: Vec<String> = blocks.flat_map(lines).collect();
    assert_eq!(shown, lines(&script));
}
