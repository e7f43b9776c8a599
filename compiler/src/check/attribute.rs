//! Attributes: fields of records, keys of maps.

use super::flow::Flow;
use super::hints::{self, Member};
use super::types;
use super::walk::{Checked, Checker, Typed, Use};
use crate::diag::codes::Code;
use crate::diag::suggest::nearest;
use crate::hir::ExprKind;
use crate::source::Span;
use crate::syntax::ast;
use oracle_vm::builtin;
use oracle_vm::hook::Hook;
use oracle_vm::schema::{self, RecordId, slot};
use oracle_vm::ty::{Kinds, Ty, TyDesc};
use oracle_vm::value::Text;

const HOLDERS: Kinds = Kinds(Kinds::MAP.0 | Kinds::RECORD.0);

impl Checker<'_> {
    /// `of.name`
    pub(super) fn attribute(&mut self, of: &ast::Expr, name: &ast::Name, span: Span) -> Checked {
        if let Some(group) = self.group(of) {
            return self.member(group, name, span);
        }
        let of = self.expr(of, Use::Once)?;
        let kinds = of.ty.kinds;
        if kinds.is_never() {
            return self.attr_node(&of, &name.text, Ty::dynamic(), span);
        }
        if kinds == Kinds::NONE {
            self.none_attribute(&of, name, span);
            return None;
        }
        if self.is_method(&name.text, kinds) {
            self.report(
                Code::NotCalled,
                name.span,
                format!("`{}` is a method and must be called", name.text),
            )
            .help(format!("write `.{}()`; a key of that name is read by `['{}']`", name.text, name.text));
            return None;
        }
        if !kinds.meets(HOLDERS) {
            self.no_attribute(&of, name, span);
            return None;
        }
        self.warn_other_kinds(&of, HOLDERS, &format!("`.{}`", name.text));
        let checked = if kinds.and(HOLDERS) == Kinds::RECORD {
            match of.ty.record {
                Some(record) if record.field(&name.text).is_some() => {
                    self.field(&of, record, &name.text, span)
                }
                Some(record) => {
                    self.unknown_field(record, name);
                    None
                }
                None => self.attr_node(&of, &name.text, Ty::dynamic(), span),
            }
        } else {
            self.key(&of, &name.text, name.span, span, false)
        };
        self.learn(of.id, HOLDERS);
        checked
    }

    /// A field of a record. Where the record is a group of the context and certain, the field's own slot is read.
    pub(super) fn field(&mut self, of: &Typed, record: RecordId, name: &str, span: Span) -> Checked {
        let (field, row) = record.field(name)?;
        let mut ty = row.ty.ty();
        let slot = self.group_field(of.id, field);
        if slot == Some(slot::EVENT_PAYLOAD) {
            ty.shape = self.payload_shape();
        }
        self.learn(of.id, Kinds::RECORD);
        let kind = match slot {
            Some(slot) if of.ty.kinds == Kinds::RECORD => ExprKind::Slot(slot),
            _ => ExprKind::Field(of.id, field),
        };
        self.place_node(kind, ty, span)
    }

    /// A key of a map, as `.name` or `['name']`.
    pub(super) fn key(&mut self, of: &Typed, key: &str, at: Span, span: Span, indexed: bool) -> Checked {
        let text = Text::from(key);
        let mut ty = types::held(&of.ty.elem);
        if !of.ty.kinds.within(HOLDERS.union(Kinds::NONE)) {
            ty = Ty::dynamic();
        }
        if let Some(shape) = of.ty.shape.and_then(schema::ShapeId::row) {
            match shape.fields.iter().find(|field| field.name == key) {
                // What events carry is what hosts write: the declared type is a hint and no promise.
                Some(field) => ty = Ty { dynamic: true, ..field.ty.ty() },
                None => self.near_key(shape, key, at),
            }
        } else if !of.ty.dynamic && !ty.dynamic && !self.has_key(of.id, &text) {
            let map = self.called(of.id);
            self.report(Code::MayBeMissing, at, format!("{map} may have no key `{key}`"))
                .help(format!("write `.get('{key}', ...)` with a default, or test `'{key}' in ...` first"));
        }
        if !indexed {
            return self.attr_node(of, key, ty, span);
        }
        let index = self.constant(oracle_vm::value::Data::Str(text), at)?;
        self.place_node(ExprKind::Index(of.id, index.id), ty, span)
    }

    fn near_key(&mut self, shape: &schema::ShapeRow, key: &str, at: Span) {
        if let Some(near) = nearest(key, shape.fields.iter().map(|field| field.name)) {
            self.report(Code::NearKey, at, format!("the {} has no known key `{key}`", shape.name))
                .help(format!("did you mean `{near}`?"))
                .suggest(format!("write `{near}`"), at, near);
        }
    }

    fn attr_node(&mut self, of: &Typed, name: &str, ty: Ty, span: Span) -> Checked {
        self.place_node(ExprKind::Attr(of.id, Text::from(name)), ty, span)
    }

    fn is_method(&self, name: &str, kinds: Kinds) -> bool {
        // A map has keys of its own, which may be called as a text's methods are.
        let kinds = if kinds.meets(Kinds::MAP) { Kinds::MAP } else { kinds };
        builtin::TABLE.iter().any(|row| row.name == name && row.receiver.is_some_and(|on| on.meets(kinds)))
    }

    fn unknown_field(&mut self, record: RecordId, name: &ast::Name) {
        let Some(row) = record.row() else { return };
        let fields: Vec<&str> = row.fields.iter().map(|field| field.name).collect();
        let near = nearest(&name.text, fields.iter().copied());
        let report = self.report(
            Code::UnknownField,
            name.span,
            format!("a {} has no field `{}`", row.name, name.text),
        );
        match near {
            Some(near) => report.help(format!("did you mean `{near}`?")).suggest(
                format!("write `{near}`"),
                name.span,
                near,
            ),
            None => report.help(format!("it has {}", hints::quoted(&fields))),
        };
    }

    /// `.name` on what is certainly `None`.
    pub(super) fn none_attribute(&mut self, of: &Typed, name: &ast::Name, span: Span) {
        let called = self.called(of.id);
        let absent = self.absent_result(of);
        let message = match self.scope.hook.filter(|_| absent) {
            Some(hook) => format!("{called} is always None at `{hook}`, so it has no `{}`", name.text),
            None => format!("{called} is always None here, so it has no `{}`", name.text),
        };
        let report = self.report(Code::NoneAttribute, span, message);
        if absent {
            let hooks: Vec<&str> = Hook::all()
                .filter(|hook| schema::result_presence(Some(*hook)) == schema::Presence::Certain)
                .map(Hook::name)
                .collect();
            report.help(format!(
                "a result is there at {}: give the rule one of them as its trigger",
                hints::quoted(&hooks)
            ));
        } else {
            report.help("use a value that can be there");
        }
    }

    fn absent_result(&self, of: &Typed) -> bool {
        let is_result = matches!(self.hir.get(of.id).map(|it| &it.kind), Some(ExprKind::Slot(slot::RESULT)));
        is_result && schema::result_presence(self.scope.hook) == schema::Presence::Never
    }

    /// A value that has no attributes at all.
    fn no_attribute(&mut self, of: &Typed, name: &ast::Name, span: Span) {
        let called = self.spell(of.id);
        let code = match hints::member(&name.text) {
            Some(Member::Changes) => Code::CannotChange,
            _ => Code::UnknownAttribute,
        };
        let what = if of.ty.kinds == Kinds::STATE { "the state".to_owned() } else { article(of.ty.kinds) };
        let methods: Vec<&str> = builtin::TABLE
            .iter()
            .filter(|row| row.receiver.is_some_and(|on| on.meets(of.ty.kinds)))
            .map(|row| row.name)
            .collect();
        let near = nearest(&name.text, methods.iter().copied());
        let report = self.report(code, name.span, format!("{what} has no attribute `{}`", name.text));
        if of.ty.kinds == Kinds::STATE {
            report.help(format!("entries are read by key: `state.get('{}')`", name.text)).suggest(
                "read the entry",
                span,
                format!("state.get('{}')", name.text),
            );
        } else if let Some(help) =
            hints::member(&name.text).map(|it| it.help(called.as_deref(), None, &name.text))
        {
            report.help(help);
        } else if let Some(near) = near {
            report.help(format!("did you mean the method `{near}()`?"));
        } else if of.ty.kinds.meets(Kinds::LIST) {
            report.help("take an element first: `[-1]` is the last one, `any(x. ... for x in ...)` asks all");
        } else {
            report.help("use the value itself");
        }
    }

    /// Warns where a value may be of a kind that an operation cannot take. Data that nobody declared is not warned
    /// about: whoever uses it knows it.
    pub(super) fn warn_other_kinds(&mut self, of: &Typed, takes: Kinds, by: &str) {
        let other = of.ty.kinds.minus(takes);
        if of.ty.dynamic || other.is_never() || of.ty.kinds.is_never() {
            return;
        }
        let span = self.hir.get(of.id).map_or(Span::default(), |expr| expr.span);
        let called = self.called(of.id);
        if other.meets(Kinds::NONE) {
            let path = self.spell(of.id).unwrap_or_else(|| "x".to_owned());
            self.report(Code::MayBeNone, span, format!("{called} may be None, which {by} cannot take"))
                .help(format!("test it first: `{path} is not None and ...`"));
        } else {
            let kinds = other;
            self.report(Code::MayFail, span, format!("{called} may be a {kinds}, which {by} cannot take"))
                .help("test or convert it first");
        }
    }

    /// What the schema says about the values of a node.
    pub(super) fn described(&self, id: crate::hir::ExprId) -> Option<&'static TyDesc> {
        match &self.hir.get(id)?.kind {
            ExprKind::Slot(slot) => Some(&slot.row()?.ty),
            ExprKind::Field(of, field) => {
                let record = self.hir.get(*of)?.ty.record?.row()?;
                Some(&record.fields.get(field.index())?.ty)
            }
            ExprKind::Attr(of, name) => Some(&self.hir.get(*of)?.ty.shape?.field(name.as_str())?.ty),
            ExprKind::Index(of, key) => match self.known(*key)? {
                oracle_vm::value::Data::Str(key) => {
                    Some(&self.hir.get(*of)?.ty.shape?.field(key.as_str())?.ty)
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// A kind with its article, for messages.
pub(super) fn article(kinds: Kinds) -> String {
    match kinds {
        Kinds::NONE => "None".to_owned(),
        Kinds::INT | Kinds::ITER => format!("an {kinds}"),
        _ => format!("a {kinds}"),
    }
}

impl Typed {
    /// The same part with nothing known from its truth.
    pub(super) fn without_flow(mut self) -> Typed {
        self.flow = Flow::default();
        self
    }
}
