//! Arguments: their number, their keywords, their kinds.

use super::attribute::article;
use super::types;
use super::walk::{Checker, Typed, Use};
use crate::diag::codes::Code;
use crate::diag::suggest::nearest;
use crate::hir::{ExprKind, LoopKind};
use crate::source::Span;
use crate::syntax::ast;
use oracle_vm::builtin::{Builtin, How, Param};
use oracle_vm::ty::Kinds;

impl Checker<'_> {
    /// Checks the arguments of a call and puts them in order, the receiver first.
    pub(super) fn arguments(
        &mut self,
        row: &'static Builtin,
        receiver: Option<Typed>,
        call: &ast::Call,
        span: Span,
    ) -> Option<Vec<Typed>> {
        let placed = self.argument_count(row, call, span);
        let mut done: Vec<Option<Typed>> = receiver.into_iter().map(Some).collect();
        if placed.is_none() {
            self.arguments_only(call);
            return None;
        }
        for (at, arg) in call.args.iter().enumerate() {
            let param = positional(row, at);
            let only = call.args.len() == 1;
            done.push(self.argument(row, param, arg, only));
        }
        for (name, value) in &call.keywords {
            let param = row.params.iter().find(|param| param.how == How::Keyword && param.name == name.text);
            done.push(self.argument(row, param, value, false));
        }
        let args = done.into_iter().collect::<Option<Vec<Typed>>>()?;
        self.comparable_arguments(row, call, &args)?;
        Some(args)
    }

    fn argument_count(&mut self, row: &'static Builtin, call: &ast::Call, span: Span) -> Option<()> {
        let name = row.name;
        let mut seen: Vec<&str> = Vec::new();
        for (keyword, _) in &call.keywords {
            let known: Vec<&str> =
                row.params.iter().filter(|param| param.how == How::Keyword).map(|param| param.name).collect();
            if seen.contains(&keyword.text.as_str()) {
                self.report(Code::UnknownKeyword, keyword.span, format!("`{}` is given twice", keyword.text))
                    .help("leave one out");
                return None;
            }
            seen.push(&keyword.text);
            if known.contains(&keyword.text.as_str()) {
                continue;
            }
            let near = nearest(&keyword.text, known.iter().copied());
            let positional = row.params.iter().any(|param| param.name == keyword.text);
            let text = &keyword.text;
            let report = self.report(
                Code::UnknownKeyword,
                keyword.span,
                format!("`{name}` has no keyword argument `{text}`"),
            );
            match (near, known.first()) {
                (Some(near), _) => report.help(format!("did you mean `{near}`?")),
                _ if positional => report.help("give it by position, without the name"),
                (_, Some(only)) => report.help(format!("it has `{only}=`")),
                _ => report.help("it takes its arguments by position only"),
            };
            return None;
        }
        let required = row.params.iter().filter(|param| param.how == How::Required).count();
        let rest = row.params.iter().any(|param| param.how == How::Rest);
        let most =
            row.params.iter().filter(|param| matches!(param.how, How::Required | How::Optional)).count();
        let given = call.args.len();
        if given < required || (given > most && !rest) {
            let wanted = match (required, most) {
                (least, _) if rest => format!("at least {}", counted(least)),
                (least, most) if least == most => counted(most),
                (least, most) => format!("{least} to {}", counted(most)),
            };
            let message = format!("`{name}` takes {wanted}, not {given}");
            self.report(Code::ArgumentCount, span, message).help(format!(
                "`{}` gives {}",
                signature(row),
                row.doc
            ));
            return None;
        }
        if rest && given > 1 && seen.contains(&"default") {
            self.report(Code::UnknownKeyword, span, format!("`{name}` takes `default=` only with one list"))
                .help(format!("put the values into a list: `{name}([a, b], default=c)`"));
            return None;
        }
        Some(())
    }

    fn argument(
        &mut self,
        row: &'static Builtin,
        param: Option<&'static Param>,
        arg: &ast::Expr,
        only: bool,
    ) -> Option<Typed> {
        let checked = match &arg.kind {
            ast::ExprKind::Generator(it) => {
                if param.is_some_and(|param| !param.accepts.meets(Kinds::ITER)) {
                    self.report(
                        Code::IteratorKept,
                        arg.span,
                        format!("`{}` cannot take a generator", row.name),
                    )
                    .help("put it in brackets: `[x for x in xs]`");
                    return None;
                }
                self.comprehension(it, LoopKind::List, arg.span)
            }
            ast::ExprKind::Tuple(items) if matches!(row.name, "startswith" | "endswith") => {
                self.tuple(items, arg.span)
            }
            _ => self.expr(arg, Use::Once),
        }?;
        let Some(param) = param else { return Some(checked) };
        let mut takes = param.accepts;
        // Of one argument, `min` and `max` take the elements.
        if only && row.params.iter().any(|param| param.how == How::Rest) {
            takes = Kinds::ITERABLE;
        } else if row.params.iter().any(|param| param.how == How::Rest) {
            takes = takes.minus(Kinds::ITER);
        }
        if row.name == "len" && self.is_view(&checked) {
            takes = takes.union(Kinds::ITER);
        }
        let kinds = checked.ty.kinds;
        if !kinds.is_never() && !kinds.meets(takes) {
            self.wrong_argument(row, param, &checked, takes, arg.span);
            return None;
        }
        self.warn_other_kinds(&checked, takes, &format!("`{}`", row.name));
        self.learn(checked.id, takes);
        self.element_kinds(row, param, &checked, arg.span)?;
        Some(checked)
    }

    /// Whether this is `.keys()`, `.values()` or `.items()`, which have a length.
    fn is_view(&self, arg: &Typed) -> bool {
        match self.hir.get(arg.id).map(|expr| &expr.kind) {
            Some(ExprKind::Call(f, _)) => {
                f.row().is_some_and(|row| matches!(row.name, "keys" | "values" | "items"))
            }
            _ => false,
        }
    }

    fn wrong_argument(&mut self, row: &Builtin, param: &Param, arg: &Typed, takes: Kinds, span: Span) {
        let kinds = arg.ty.kinds;
        if kinds == Kinds::ITER {
            self.report(Code::IteratorKept, span, format!("`{}` cannot take an iterator", row.name))
                .help("make a list of it: `sorted(...)`, or `[x for x in ...]`");
            return;
        }
        let message = format!(
            "`{}` of `{}` is {} and cannot be {}",
            param.name,
            row.name,
            wanted(takes),
            article(kinds)
        );
        let message = if param.name == "value" || param.name == "values" {
            format!("`{}` takes {} and not {}", row.name, wanted(takes), article(kinds))
        } else {
            message
        };
        let report = self.report(Code::ArgumentType, span, message);
        if kinds == Kinds::NONE {
            report.help("this is always None; give a value that can be there");
        } else if matches!(row.name, "min" | "max") {
            report.help("give a list, or several values");
        } else if row.name == "len" {
            report.help("texts, lists and maps have a length");
        } else if takes.meets(Kinds::NUMBER) && kinds.meets(Kinds::STR) {
            report.help("convert the text: `int(...)` or `float(...)`");
        } else if takes.meets(Kinds::STR) && kinds.meets(Kinds::NUMBER) {
            report.help("convert the number: `str(...)`");
        } else if matches!(row.name, "startswith" | "endswith") && kinds == Kinds::LIST {
            report.help("write several as a tuple: `('a', 'b')`");
        } else {
            report.help(format!("`{}` gives {}", signature(row), row.doc));
        }
    }

    /// Elements that the function never takes: `sum` of texts.
    fn element_kinds(&mut self, row: &Builtin, param: &Param, arg: &Typed, span: Span) -> Option<()> {
        if param.elements == Kinds::VALUE || !arg.ty.kinds.within(Kinds::ITERABLE) {
            return Some(());
        }
        let element = types::element(&arg.ty);
        let other = element.kinds.minus(param.elements);
        if element.kinds.is_never() || other.is_never() {
            return Some(());
        }
        if !element.kinds.meets(param.elements) {
            let message = format!("`{}` cannot work with elements that are {}", row.name, element.kinds);
            let report = self.report(Code::ArgumentType, span, message);
            if row.name == "sum" && element.kinds.meets(Kinds::STR) {
                report.help("texts are joined by `' '.join(...)`");
            } else if row.name == "join" {
                report.help("convert them: `' '.join(str(x) for x in xs)`");
            } else {
                report.help("choose a field of the elements: `x.name for x in xs`");
            }
            return None;
        }
        if !element.dynamic && !arg.ty.dynamic {
            let (code, help) = if other.meets(Kinds::NONE) {
                (Code::MayBeNone, "leave those out: `... for x in xs if x is not None`")
            } else {
                (Code::MayFail, "test or convert them first")
            };
            self.report(
                code,
                span,
                format!("some elements may be {}, which `{}` cannot take", article(other), row.name),
            )
            .help(help);
        }
        Some(())
    }

    /// `min(1, 'a')`
    fn comparable_arguments(&mut self, row: &Builtin, call: &ast::Call, args: &[Typed]) -> Option<()> {
        if call.args.len() < 2 || !row.params.iter().any(|param| param.how == How::Rest) {
            return Some(());
        }
        for (one, other) in args.iter().zip(args.iter().skip(1)) {
            let (left, right) = (one.ty.kinds, other.ty.kinds);
            if left.is_never() || right.is_never() || types::orderable(left, right) {
                continue;
            }
            let span = self.place_of(other);
            let message = format!("`{}` cannot compare {} with {}", row.name, article(left), article(right));
            self.report(Code::OrderTypes, span, message)
                .help("numbers compare with numbers, texts with texts");
            return None;
        }
        Some(())
    }
}

/// The parameter that a positional argument is for.
fn positional(row: &'static Builtin, at: usize) -> Option<&'static Param> {
    let mut by_position = row.params.iter().filter(|param| param.how != How::Keyword);
    by_position.nth(at).or_else(|| row.params.iter().find(|param| param.how == How::Rest))
}

fn counted(count: usize) -> String {
    match count {
        0 => "no arguments".to_owned(),
        1 => "1 argument".to_owned(),
        more => format!("{more} arguments"),
    }
}

fn wanted(kinds: Kinds) -> String {
    match kinds {
        Kinds::NUMBER => "a number".to_owned(),
        Kinds::WHOLE => "a whole number".to_owned(),
        Kinds::ITERABLE => "a list or something else with elements".to_owned(),
        Kinds::SIZED => "something with a length".to_owned(),
        _ => article(kinds),
    }
}

/// How a function is called: `min(values, ..., default=)`.
fn signature(row: &Builtin) -> String {
    let params: Vec<String> = row
        .params
        .iter()
        .map(|param| match param.how {
            How::Required => param.name.to_owned(),
            How::Optional => format!("[{}]", param.name),
            How::Keyword => format!("{}=", param.name),
            How::Rest => "...".to_owned(),
        })
        .collect();
    let receiver = if row.receiver.is_some() { "x." } else { "" };
    format!("{receiver}{}({})", row.name, params.join(", "))
}
