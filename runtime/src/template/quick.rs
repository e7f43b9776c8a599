//! Templates that only put whole numbers and texts into text: most messages. They need neither the template engine nor
//! its values.

use std::fmt::Write;

use oracle_compiler::template::{OUTPUT_BYTES, TemplatePart, parts};
use oracle_vm::ids::SlotId;
use oracle_vm::schema::slot_at;
use oracle_vm::value::Data;

use super::object::TemplateContext;

/// A template in parts whose values are looked up by position.
#[derive(Clone, Debug)]
pub(super) struct Quick(Box<[Part]>);

#[derive(Clone, Debug)]
enum Part {
    Text(Box<str>),
    Slot(SlotId),
    Param(Box<str>),
    Setting(Box<str>),
}

impl Quick {
    /// Takes a template apart; `None` where it needs the template engine.
    pub(super) fn compile(source: &str) -> Option<Quick> {
        let part = |part| {
            let path = match part {
                TemplatePart::Text(text) => return Some(Part::Text(text.into())),
                TemplatePart::Path(path) => path,
            };
            match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["context", group, field] => Some(Part::Slot(slot_at(&format!("{group}.{field}"))?.id)),
                ["params", name] => Some(Part::Param((*name).into())),
                ["settings", name] => Some(Part::Setting((*name).into())),
                _ => None,
            }
        };
        parts(source)?.into_iter().map(part).collect::<Option<_>>().map(Quick)
    }

    /// The text; `None` where a value is of another kind or not there, or the text too long: the template engine knows
    /// what to make of that.
    pub(super) fn render(&self, seen: &TemplateContext<'_>) -> Option<String> {
        let room = self.0.iter().map(|part| if let Part::Text(text) = part { text.len() } else { 16 });
        let mut out = String::with_capacity(room.sum());
        for part in &self.0 {
            let value = match part {
                Part::Text(text) => {
                    out.push_str(text);
                    continue;
                }
                Part::Slot(slot) => seen.context.context().get(*slot),
                Part::Param(name) => seen.params.get(name)?,
                Part::Setting(name) => seen.settings.get(name)?,
            };
            match value {
                Data::Int(int) => write!(out, "{int}").ok()?,
                Data::Str(text) => out.push_str(text.as_str()),
                _ => return None,
            }
        }
        (out.len() <= OUTPUT_BYTES).then_some(out)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::super::{Inputs, Snapshot, TemplateSet};
    use super::*;
    use crate::context::Context;

    /// What the templates of these tests see.
    fn with_seen(json: &serde_json::Value, check: impl FnOnce(&TemplateContext<'_>)) {
        let inputs = |name: &str, value| Inputs { names: [name.to_owned()].into(), values: [value].into() };
        let (params, settings) = (inputs("most", Data::Int(-3)), inputs("name", Data::text("x")));
        let context = Context::from_json(json, None).unwrap();
        check(&TemplateContext {
            context: &Snapshot::new(&context, None),
            state: &Arc::default(),
            params: params.lend(),
            settings: settings.lend(),
        });
    }

    fn context_json() -> serde_json::Value {
        json!({
            "turn": {"number": 7, "token_usage": 0.5},
            "user": {"id": "a\u{e9}\n<b>"},
            "result": {"tool_name": "grep", "error": null},
        })
    }

    /// Everything that the quick way writes is what the template engine writes.
    #[test]
    fn the_quick_way_and_the_engine_agree() {
        for (source, is_quick) in [
            ("Turn {{ context.turn.number }} of {{ context.user.id }}", true),
            ("  {{- context.result.tool_name -}}  \n", true),
            ("{{ params.most }}/{{ settings.name }}{# no #}\n\n", true),
            ("{{ context.turn.token_usage }}", false),
            ("{{ context.result.error }}", false),
            ("{{ context.event.type }}", false),
            ("{{ params.other }}", false),
            ("{{ context.turn.number | int }}", false),
            ("{{ context.user.settings }}", false),
            ("{{ context.state.x }}", false),
        ] {
            with_seen(&context_json(), |seen| {
                let quick = Quick::compile(source).and_then(|quick| quick.render(seen));
                assert_eq!(quick.is_some(), is_quick, "{source}");
                let mut set = TemplateSet::default();
                let id = set.add(source).unwrap();
                let by_engine = set.render_by_engine(id, seen).map_err(|error| error.to_string());
                if let Some(quick) = quick {
                    assert_eq!(Ok(quick), by_engine, "{source}");
                }
                assert_eq!(set.render(id, seen).map_err(|error| error.to_string()), by_engine, "{source}");
            });
        }
    }

    #[test]
    fn long_texts_are_left_to_the_engine() {
        with_seen(&json!({"user": {"id": "x".repeat(OUTPUT_BYTES)}}), |seen| {
            assert_eq!(Quick::compile("{{ context.user.id }}!").unwrap().render(seen), None);
            assert!(Quick::compile("{{ context.user.id }}").unwrap().render(seen).is_some());
        });
    }
}
