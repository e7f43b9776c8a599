//! Calls: which function or method, and what it gives.

use super::attribute::article;
use super::flow::Flow;
use super::hints;
use super::walk::{Checked, Checker, Typed, Use};
use crate::diag::codes::Code;
use crate::diag::suggest::nearest;
use crate::hir::{ExprId, ExprKind, LoopKind};
use crate::source::Span;
use crate::syntax::{ast, print};
use oracle_vm::builtin::{self, Builtin};
use oracle_vm::ids::BuiltinId;
use oracle_vm::ty::{Kinds, Ty};
use oracle_vm::value::{Data, Text};

impl Checker<'_> {
    /// `callee(args)`
    pub(super) fn call(&mut self, call: &ast::Call, span: Span) -> Checked {
        match &call.callee.kind {
            ast::ExprKind::Error => None,
            ast::ExprKind::Name(name) if self.variable(name).is_none() && self.is_function_name(name) => {
                self.function_call(name, call, span)
            }
            ast::ExprKind::Attribute(of, name) if self.group(of).is_none() => {
                self.method_call(of, name, call, span)
            }
            _ => {
                let callee = self.expr(&call.callee, Use::Once)?;
                self.not_callable(&callee, call.callee.span);
                None
            }
        }
    }

    /// Names that are no values may be functions, known or not.
    fn is_function_name(&self, name: &str) -> bool {
        oracle_vm::schema::slot_at(name).is_none_or(|_| name.is_empty())
            && name != "state"
            && self
                .group(&ast::Expr { kind: ast::ExprKind::Name(name.to_owned()), span: Span::default() })
                .is_none()
    }

    fn not_callable(&mut self, callee: &Typed, span: Span) {
        let message =
            format!("{} is {} and cannot be called", self.called(callee.id), article(callee.ty.kinds));
        self.report(Code::NotCallable, span, message).help("leave the parentheses out");
    }

    fn function_call(&mut self, name: &str, call: &ast::Call, span: Span) -> Checked {
        let Some((id, row)) = builtin::function(name) else {
            self.arguments_only(call);
            self.unknown_function(name, call);
            return None;
        };
        if name == "matches" {
            return self.matches(row, call, span);
        }
        if let ([arg], "any" | "all") = (call.args.as_slice(), name)
            && let ast::ExprKind::Generator(it) = &arg.kind
            && call.keywords.is_empty()
        {
            let kind = if name == "any" { LoopKind::Any } else { LoopKind::All };
            return self.comprehension(it, kind, span);
        }
        let args = self.arguments(row, None, call, span)?;
        let called = if call.keywords.is_empty() { id } else { row.keyworded.unwrap_or(id) };
        let flow = match (name, args.as_slice()) {
            ("bool", [only]) => only.flow.clone(),
            _ => Flow::default(),
        };
        let mut typed = self.builtin_call(called, &args, span)?;
        typed.flow = flow;
        Some(typed)
    }

    fn method_call(&mut self, of: &ast::Expr, name: &ast::Name, call: &ast::Call, span: Span) -> Checked {
        let receiver = self.expr(of, Use::Once);
        let Some((id, row)) = builtin::method(&name.text) else {
            self.arguments_only(call);
            let receiver = receiver?;
            if receiver.ty.kinds == Kinds::NONE {
                self.none_attribute(&receiver, name, span);
                return None;
            }
            self.unknown_method(&receiver, name, call);
            return None;
        };
        let on = row.receiver.unwrap_or(Kinds::VALUE);
        let Some(receiver) = receiver else {
            self.arguments_only(call);
            return None;
        };
        let kinds = receiver.ty.kinds;
        if kinds == Kinds::NONE {
            self.arguments_only(call);
            self.none_attribute(&receiver, name, span);
            return None;
        }
        if !kinds.is_never() && !kinds.meets(on) {
            self.arguments_only(call);
            self.unknown_method(&receiver, name, call);
            return None;
        }
        self.warn_other_kinds(&receiver, on, &format!("`.{}()`", name.text));
        self.learn(receiver.id, on);
        let args = self.arguments(row, Some(receiver), call, span)?;
        let mut typed = self.builtin_call(id, &args, span)?;
        if let Some(place) = self.place(typed.id)
            && let Some(kinds) = super::flow::kinds_at(&self.facts, &place)
        {
            typed.ty = typed.ty.narrowed(kinds);
        }
        Some(typed)
    }

    fn builtin_call(&mut self, id: BuiltinId, args: &[Typed], span: Span) -> Checked {
        let row = id.row()?;
        let types: Vec<Ty> = args.iter().map(|arg| arg.ty.clone()).collect();
        let ty = (row.result)(&types);
        let kind = ExprKind::Call(id, args.iter().map(|arg| arg.id).collect::<Vec<ExprId>>());
        self.place_node(kind, ty, span)
    }

    /// `matches(text, 'pattern')`: the pattern is compiled here, once, to see that it is one.
    fn matches(&mut self, row: &'static Builtin, call: &ast::Call, span: Span) -> Checked {
        let args = self.arguments(row, None, call, span)?;
        let [text, pattern] = args.as_slice() else { return None };
        let at = call.args.get(1).map_or(span, |arg| arg.span);
        let Some(Data::Str(pattern)) = self.known(pattern.id).cloned() else {
            self.report(Code::PatternNotLiteral, at, "the pattern must be written out")
                .help("write it as a text: `matches(x, '^rm ')`; to look for another value use `in`");
            return None;
        };
        if let Err(error) = oracle_vm::verify::compile(pattern.as_str()) {
            self.bad_pattern(&pattern, &error.to_string(), at);
            return None;
        }
        self.node(ExprKind::Matches(text.id, pattern), Ty::of(Kinds::BOOL), span)
    }

    fn bad_pattern(&mut self, pattern: &Text, error: &str, at: Span) {
        // The last line says what is wrong; those before it draw the place.
        let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let place = error
            .lines()
            .find_map(|line| line.find('^').filter(|_| line.trim().chars().all(|c| c == '^')))
            .and_then(|column| {
                pattern.as_str().chars().nth(column.saturating_sub(4)).map(|c| (column.saturating_sub(4), c))
            });
        let report =
            self.report(Code::BadPattern, at, format!("the pattern is no regular expression: {reason}"));
        if let Some((column, c)) = place {
            report.label(format!("at `{c}`, character {}", column.saturating_add(1)));
        }
        if reason.contains("look-around") || reason.contains("backreference") {
            report.help("patterns match in linear time, so they have no look-around and no back references; combine two `matches` with `and`");
        } else {
            report.help(
                "put a backslash before a character that stands for itself; write `'\\\\.'` for a point",
            );
        }
    }

    /// Looks for what is wrong inside arguments whose call is wrong itself.
    pub(super) fn arguments_only(&mut self, call: &ast::Call) {
        for arg in &call.args {
            if !matches!(arg.kind, ast::ExprKind::Generator(_) | ast::ExprKind::Tuple(_)) {
                self.expr(arg, Use::Once);
            }
        }
    }

    fn unknown_function(&mut self, name: &str, call: &ast::Call) {
        let span = call.callee.span;
        let known: Vec<&str> = builtin::TABLE
            .iter()
            .filter(|row| row.receiver.is_none() && !row.name.contains('('))
            .map(|row| row.name)
            .collect();
        let near = nearest(name, known.iter().copied());
        let method = builtin::method(name).is_some();
        let report = self.report(Code::UnknownFunction, span, format!("unknown function `{name}`"));
        if let Some(help) = hints::function(name) {
            report.help(match call.args.as_slice() {
                [of, part] if hints::is_contains(name) => format!("write `{} in {}`", print(part), print(of)),
                _ => help.to_owned(),
            });
        } else if method {
            report.help(format!("it is a method: write `x.{name}(...)`"));
        } else if let Some(near) = near {
            report.help(format!("did you mean `{near}`?")).suggest(format!("write `{near}`"), span, near);
        } else {
            report.help(format!("there are {}", hints::quoted(&known)));
        }
    }

    fn unknown_method(&mut self, receiver: &Typed, name: &ast::Name, call: &ast::Call) {
        let kinds = receiver.ty.kinds;
        let member = hints::member(&name.text);
        let code = match member {
            Some(hints::Member::Changes) => Code::CannotChange,
            _ => Code::UnknownMethod,
        };
        let methods: Vec<&str> = builtin::TABLE
            .iter()
            .filter(|row| row.receiver.is_some_and(|on| on.meets(kinds)))
            .map(|row| row.name)
            .collect();
        let near = nearest(&name.text, methods.iter().copied());
        let called = self.spell(receiver.id);
        let function = builtin::function(&name.text).is_some();
        let what = if kinds == Kinds::STATE {
            "the state".to_owned()
        } else if receiver.ty.dynamic {
            "a value".to_owned()
        } else {
            article(kinds)
        };
        let report = self.report(code, name.span, format!("{what} has no method `{}`", name.text));
        if let Some(member) = member {
            let part = call.args.first().map(print);
            report.help(member.help(called.as_deref(), part.as_deref(), &name.text));
        } else if let Some(near) = near {
            report.help(format!("did you mean `{near}`?")).suggest(
                format!("write `{near}`"),
                name.span,
                near,
            );
        } else if function && call.args.is_empty() {
            report.help(format!(
                "it is a function: write `{}({})`",
                name.text,
                called.unwrap_or_else(|| "x".to_owned())
            ));
        } else if methods.is_empty() {
            report.help("values of this kind have no methods");
        } else {
            report.help(format!("it has {}", hints::quoted(&methods)));
        }
    }
}
