//! The figures as tables, or as JSON, one a line.

use std::io::{self, Write};

use oracle_benches::shapes::SHAPES;
use serde_json::json;

use crate::figures::{Figure, Value};

/// A table: its title, its cases, and how many nanoseconds its unit has.
const TABLES: [(&str, &[&str], f64); 5] = [
    ("nanoseconds per evaluation", &["C1", "C2", "C3", "C4", "C5", "C6", "C7"], 1.0),
    (
        "microseconds to compile",
        &["compile-C1", "compile-C2", "compile-C3", "compile-C4", "compile-C5", "compile-C6", "compile-C7"],
        1e3,
    ),
    (
        "microseconds to bind, from a struct and from JSON text; bytes per rule",
        &["bind", "bind-json", "bytes"],
        1e3,
    ),
    (
        "microseconds for one event, one rule in a hundred matching",
        &["rules-1000", "rules-10000", "rules-100000"],
        1e3,
    ),
    ("microseconds for one event, ten rules matching", &["curve-1000", "curve-10000", "curve-100000"], 1e3),
];

/// Where figures are printed to.
pub(crate) type Out<'o> = &'o mut dyn Write;

pub(crate) fn json(out: Out<'_>, figures: &[Figure]) -> io::Result<()> {
    for it in figures {
        let line = match it.value {
            Value::Nanoseconds(ns) => {
                json!({"case": it.case, "engine": it.engine, "ns": ns, "version": it.version})
            }
            Value::Bytes(bytes) => json!({"case": it.case, "engine": it.engine, "ns": null,
                                          "bytes": bytes, "version": it.version}),
        };
        writeln!(out, "{line}")?;
    }
    Ok(())
}

pub(crate) fn tables(out: Out<'_>, figures: &[Figure]) -> io::Result<()> {
    for (title, cases, unit) in TABLES {
        table(out, figures, title, cases, unit)?;
    }
    let hostile = SHAPES.map(|shape| shape.name);
    table(out, figures, "microseconds for one event, hostile shapes", &hostile, 1e3)?;
    if let (Some(few), Some(many)) = (ours(figures, "curve-1000"), ours(figures, "curve-100000")) {
        let growth = many / few;
        writeln!(out, "from 1,000 to 100,000 rules of which ten match, the time grows to {growth:.1} times")?;
    }
    Ok(())
}

fn table(out: Out<'_>, figures: &[Figure], title: &str, cases: &[&str], unit: f64) -> io::Result<()> {
    let of = |case: &str, engine: &str| figures.iter().find(|it| it.case == case && it.engine == engine);
    let mut engines: Vec<(&str, &str)> = Vec::new();
    for it in figures.iter().filter(|it| cases.contains(&it.case.as_str())) {
        if !engines.contains(&(it.engine, it.version)) {
            engines.push((it.engine, it.version));
        }
    }
    if engines.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title}:\n\n| engine | {} |\n| --- |{}", cases.join(" | "), " --- |".repeat(cases.len()))?;
    for (engine, version) in engines {
        let cells: Vec<String> = cases
            .iter()
            .map(|case| of(case, engine).map_or(String::new(), |it| cell(it.value, unit)))
            .collect();
        writeln!(out, "| {engine} {version} | {} |", cells.join(" | "))?;
    }
    writeln!(out)
}

fn cell(value: Value, unit: f64) -> String {
    match value {
        Value::Bytes(bytes) => format!("{bytes:.0}"),
        Value::Nanoseconds(ns) if ns / unit < 10.0 => format!("{:.2}", ns / unit),
        Value::Nanoseconds(ns) if ns / unit < 100.0 => format!("{:.1}", ns / unit),
        Value::Nanoseconds(ns) => format!("{:.0}", ns / unit),
    }
}

fn ours(figures: &[Figure], case: &str) -> Option<f64> {
    figures.iter().find(|it| it.case == case && it.engine == "oracle").and_then(|it| match it.value {
        Value::Nanoseconds(ns) => Some(ns),
        Value::Bytes(_) => None,
    })
}
