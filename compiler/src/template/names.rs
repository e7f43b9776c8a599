//! Paths of templates against the schema of the context.

use oracle_vm::hook::Hook;
use oracle_vm::schema::{Presence, SLOTS, event_presence, result_presence, slot_at};
use oracle_vm::ty::TyDesc;

use crate::diag::suggest::nearest;

/// What a path below `context` leads to.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    /// A value that is always there, or whose kind nobody declared.
    Value,
    /// A value that is None sometimes; the path that is.
    MaybeNone(String),
    /// Part of something that is always None at this hook; the path that is.
    AlwaysNone(String),
    /// Nothing: the path that is known, the name that is not, and what may have been meant.
    Unknown {
        /// The part that is known.
        known: String,
        /// The name that is not.
        name: String,
        /// The whole path that may have been meant.
        near: Option<String>,
    },
}

/// What the path `context.rest` leads to at a hook.
pub(super) fn find(rest: &[String], hook: Hook) -> Found {
    match rest.first().map(String::as_str) {
        None | Some("state") => return Found::Value,
        Some("result") if result_presence(Some(hook)) == Presence::Never => {
            return Found::AlwaysNone("context.result".to_owned());
        }
        Some("event") if event_presence(Some(hook)) == Presence::Never => {
            return Found::AlwaysNone("context.event".to_owned());
        }
        _ => {}
    }
    let mut path = String::new();
    for (at, name) in rest.iter().enumerate() {
        let known = path.clone();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
        if let Some(row) = slot_at(&path) {
            let rest = rest.get(at + 1..).unwrap_or_default();
            return descend(&row.ty, format!("context.{path}"), rest);
        }
        let group = format!("{path}.");
        if !SLOTS.iter().any(|row| row.path.starts_with(&group)) {
            let near = near_slot(&known, name);
            return Found::Unknown { known: joined("context", &known), name: name.clone(), near };
        }
    }
    Found::Value
}

fn joined(root: &str, path: &str) -> String {
    if path.is_empty() { root.to_owned() } else { format!("{root}.{path}") }
}

/// A path with the same last name elsewhere, or a near name at the same place.
fn near_slot(known: &str, name: &str) -> Option<String> {
    let elsewhere = SLOTS.iter().find(|row| row.path.rsplit('.').next() == Some(name));
    if let Some(row) = elsewhere {
        return Some(format!("context.{}", row.path));
    }
    let prefix = if known.is_empty() { String::new() } else { format!("{known}.") };
    let here = SLOTS.iter().filter_map(|row| row.path.strip_prefix(&prefix)?.split('.').next());
    let near = nearest(name, here.chain(known.is_empty().then_some("state")).filter(|it| !it.is_empty()))?;
    Some(format!("context.{prefix}{near}"))
}

fn descend(ty: &TyDesc, path: String, rest: &[String]) -> Found {
    let Some((name, deeper)) = rest.split_first() else {
        return if matches!(ty, TyDesc::Opt(_)) { Found::MaybeNone(path) } else { Found::Value };
    };
    match *ty {
        TyDesc::Opt(_) => Found::MaybeNone(path),
        TyDesc::Record(id) => match id.field(name) {
            Some((_, row)) => descend(&row.ty, format!("{path}.{name}"), deeper),
            None => {
                let fields = id.row().map_or(&[][..], |row| row.fields);
                let near =
                    nearest(name, fields.iter().map(|row| row.name)).map(|near| format!("{path}.{near}"));
                Found::Unknown { known: path, name: name.clone(), near }
            }
        },
        TyDesc::Dyn | TyDesc::DynMap | TyDesc::Map(_) | TyDesc::Shape(_) | TyDesc::State => Found::Value,
        TyDesc::Bool | TyDesc::Int | TyDesc::Float | TyDesc::Str | TyDesc::OneOf(_) | TyDesc::Time => {
            Found::Unknown { known: path, name: name.clone(), near: None }
        }
        // `xs.0` is an element, as in Jinja2.
        TyDesc::List(_) => Found::Value,
    }
}
