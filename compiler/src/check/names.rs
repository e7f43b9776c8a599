//! Names: variables, the parts of the context, params, settings, functions.

use super::hints;
use super::walk::{Checked, Checker};
use crate::diag::codes::Code;
use crate::diag::suggest::nearest;
use crate::hir::{ExprKind, LocalId};
use crate::rule::{ParamSpec, ParamType};
use crate::source::Span;
use crate::syntax::ast;
use oracle_vm::builtin;
use oracle_vm::ids::InputId;
use oracle_vm::schema::{self, Presence, SlotRow, slot};
use oracle_vm::ty::{Kinds, Ty};

/// A name that leads to values and is none itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// `context`
    Context,
    /// `turn`, `context.turn` and so on.
    Part(&'static str),
    /// `params`
    Params,
    /// `settings`
    Settings,
}

impl Group {
    fn name(self) -> String {
        match self {
            Group::Context => "context".to_owned(),
            Group::Part(part) => format!("context.{part}"),
            Group::Params => "params".to_owned(),
            Group::Settings => "settings".to_owned(),
        }
    }
}

/// The part of the context with this name, where it only holds others.
fn part(name: &str) -> Option<&'static str> {
    let part =
        schema::SLOTS.iter().find_map(|row| row.path.split_once('.').filter(|(part, _)| *part == name))?.0;
    schema::slot_at(part).is_none().then_some(part)
}

/// The slot `part.name`.
fn slot_in(part: &str, name: &str) -> Option<&'static SlotRow> {
    schema::SLOTS
        .iter()
        .find(|row| row.path.strip_prefix(part).and_then(|rest| rest.strip_prefix('.')) == Some(name))
}

/// What stands directly below `context`, without repetition.
pub(super) fn context_parts() -> Vec<&'static str> {
    let mut parts: Vec<&'static str> = vec!["state"];
    for row in schema::SLOTS.iter().filter(|row| !row.path.is_empty()) {
        let part = row.path.split('.').next().unwrap_or_default();
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts
}

/// Paths of the context that end with this name.
fn paths_to(name: &str) -> Vec<String> {
    schema::SLOTS
        .iter()
        .filter(|row| row.path.rsplit_once('.').is_some_and(|(_, last)| last == name))
        .map(|row| format!("context.{}", row.path))
        .collect()
}

impl Checker<'_> {
    /// The variable with this name, innermost first.
    pub(super) fn variable(&self, name: &str) -> Option<Option<LocalId>> {
        self.bindings.iter().rev().find(|binding| binding.name == name).map(|binding| binding.local)
    }

    /// The group that an expression names.
    pub(super) fn group(&self, ast: &ast::Expr) -> Option<Group> {
        match &ast.kind {
            ast::ExprKind::Name(name) if self.variable(name).is_none() => match name.as_str() {
                "context" => Some(Group::Context),
                "params" => Some(Group::Params),
                "settings" => Some(Group::Settings),
                name => part(name).map(Group::Part),
            },
            ast::ExprKind::Attribute(of, name) if self.group(of) == Some(Group::Context) => {
                part(&name.text).map(Group::Part)
            }
            _ => None,
        }
    }

    /// A name on its own.
    pub(super) fn name(&mut self, name: &str, span: Span) -> Checked {
        match self.variable(name) {
            Some(Some(local)) => {
                let ty = self.locals.get(usize::from(local.0)).cloned().unwrap_or_else(Ty::dynamic);
                return self.place_node(ExprKind::Local(local), ty, span);
            }
            Some(None) => {
                self.report(
                    Code::UnboundName,
                    span,
                    format!("`{name}` is used before its `for` gives it a value"),
                )
                .help("a comprehension's own variables hide those outside; use another name");
                return None;
            }
            None => {}
        }
        if let Some(row) = schema::slot_at(name).filter(|_| !name.is_empty()) {
            return self.slot(row, span);
        }
        if name == "state" {
            return self.node(ExprKind::State, Ty::of(Kinds::STATE), span);
        }
        let ast = ast::Expr { kind: ast::ExprKind::Name(name.to_owned()), span };
        if let Some(group) = self.group(&ast) {
            self.group_as_value(group, span);
            return None;
        }
        if builtin::TABLE.iter().any(|row| row.receiver.is_none() && row.name == name) {
            self.report(Code::NotCalled, span, format!("`{name}` is a function and must be called"))
                .help(format!("write `{name}(...)`"));
            return None;
        }
        self.unknown_name(name, span);
        None
    }

    fn unknown_name(&mut self, name: &str, span: Span) {
        let path = paths_to(name).into_iter().next();
        let input = |specs: &[ParamSpec], group: &str| {
            specs.iter().any(|spec| spec.name == name).then(|| format!("{group}.{name}"))
        };
        let path = path
            .or_else(|| input(self.scope.params, "params"))
            .or_else(|| input(self.scope.settings, "settings"));
        let mut known: Vec<&str> = self.bindings.iter().map(|it| it.name.as_str()).collect();
        known.extend(["context", "params", "settings", "True", "False", "None"]);
        known.extend(context_parts());
        known.extend(builtin::TABLE.iter().filter(|row| row.receiver.is_none()).map(|row| row.name));
        let near = nearest(name, known.iter().copied()).map(str::to_owned);
        let report = self.report(Code::UnknownName, span, format!("unknown name `{name}`"));
        if let Some(path) = path.or(near) {
            report.help(format!("did you mean `{path}`?")).suggest(format!("write `{path}`"), span, path);
        } else {
            report.help(format!(
                "conditions know `context` and its parts, `params`, `settings` and the functions; for a text write `'{name}'`"
            ));
        }
    }

    fn group_as_value(&mut self, group: Group, span: Span) {
        let members = self.members(group);
        let name = group.name();
        let report = self.report(Code::NotAValue, span, format!("`{name}` is a group and not a value"));
        match members.first() {
            Some(first) => report.help(format!("read one of its fields, such as `{name}.{first}`")),
            None => report.help(format!("no {name} are declared here")),
        };
    }

    fn members(&self, group: Group) -> Vec<String> {
        let inputs = |specs: &[ParamSpec]| specs.iter().map(|spec| spec.name.clone()).collect();
        match group {
            Group::Context => context_parts().into_iter().map(str::to_owned).collect(),
            Group::Part(part) => schema::SLOTS
                .iter()
                .filter_map(|row| row.path.strip_prefix(part)?.strip_prefix('.'))
                .map(str::to_owned)
                .collect(),
            Group::Params => inputs(self.scope.params),
            Group::Settings => inputs(self.scope.settings),
        }
    }

    /// `group.name`
    pub(super) fn member(&mut self, group: Group, name: &ast::Name, span: Span) -> Checked {
        match group {
            Group::Context => {
                if let Some(row) = schema::slot_at(&name.text).filter(|_| !name.text.is_empty()) {
                    return self.slot(row, span);
                }
                if name.text == "state" {
                    return self.node(ExprKind::State, Ty::of(Kinds::STATE), span);
                }
                if let Some(part) = part(&name.text) {
                    self.group_as_value(Group::Part(part), span);
                    return None;
                }
            }
            Group::Part(part) => {
                if let Some(row) = slot_in(part, &name.text) {
                    return self.slot(row, span);
                }
            }
            Group::Params => {
                if let Some((input, ty)) = input(self.scope.params, &name.text) {
                    return self.place_node(ExprKind::Param(input), ty, span);
                }
            }
            Group::Settings => {
                if let Some((input, ty)) = input(self.scope.settings, &name.text) {
                    return self.place_node(ExprKind::Setting(input), ty, span);
                }
            }
        }
        self.unknown_member(group, name, span);
        None
    }

    fn unknown_member(&mut self, group: Group, name: &ast::Name, span: Span) {
        let members = self.members(group);
        let elsewhere = match group {
            Group::Context | Group::Part(_) => paths_to(&name.text).into_iter().next(),
            Group::Params | Group::Settings => None,
        };
        let near = nearest(&name.text, members.iter().map(String::as_str)).map(str::to_owned);
        let (path, text) = (group.name(), &name.text);
        let declared = matches!(group, Group::Params | Group::Settings);
        let report = self.report(Code::UnknownField, name.span, format!("`{path}` has no field `{text}`"));
        if let Some(near) = near {
            let full = format!("{path}.{near}");
            report.help(format!("did you mean `{full}`?")).suggest(
                format!("write `{near}`"),
                name.span,
                near,
            );
        } else if let Some(full) = elsewhere {
            report.help(format!("did you mean `{full}`?")).suggest(format!("write `{full}`"), span, full);
        } else if members.is_empty() {
            report.help(format!("no {path} are declared here; declare it as `[{path}.{text}]`"));
        } else if declared {
            report.help(format!("declared are: {}", hints::quoted(&members)));
        } else {
            report.help(format!("it has {}", hints::quoted(&members)));
        }
    }

    /// A slot of the context; never one below `event` or `result`, whose fields hang on the group.
    pub(super) fn slot(&mut self, row: &'static SlotRow, span: Span) -> Checked {
        let mut ty = row.ty.ty();
        if let Some(presence) = self.presence(row) {
            match presence {
                Presence::Certain => {}
                Presence::Maybe => ty = ty.optional(),
                Presence::Never => ty = Ty::of(Kinds::NONE),
            }
        }
        self.place_node(ExprKind::Slot(row.id), ty, span)
    }

    /// Whether a group that may be missing is there.
    pub(super) fn presence(&self, row: &SlotRow) -> Option<Presence> {
        match row.id {
            slot::EVENT => Some(schema::event_presence(self.scope.hook)),
            slot::RESULT => Some(schema::result_presence(self.scope.hook)),
            _ => None,
        }
    }

    /// The shape of the payload, where all events of the hook agree.
    pub(super) fn payload_shape(&self) -> Option<schema::ShapeId> {
        let mut shapes = schema::payload_shapes(self.scope.hook?);
        let first = shapes.next()?;
        let names =
            |id: schema::ShapeId| id.row().map(|row| row.fields.iter().map(|it| it.name).collect::<Vec<_>>());
        shapes.all(|other| names(other) == names(first)).then_some(first)
    }
}

/// The position and type of a param or setting.
fn input(specs: &[ParamSpec], name: &str) -> Option<(InputId, Ty)> {
    let at = specs.iter().position(|spec| spec.name == name)?;
    let kinds = match specs.get(at)?.ty {
        ParamType::Integer => Kinds::INT,
        ParamType::Float => Kinds::FLOAT.union(Kinds::INT),
        ParamType::String => Kinds::STR,
        ParamType::Boolean => Kinds::BOOL,
    };
    Some((InputId(u16::try_from(at).ok()?), Ty::of(kinds)))
}
