//! What a template reads: paths, filters and tests, with their places.

use std::collections::HashSet;

use minijinja::machinery::Span;
use minijinja::machinery::ast::{self, CallArg, Expr, Stmt};

/// A path such as `context.turn.number`.
#[derive(Debug)]
pub(super) struct PathUse {
    /// The first name.
    pub(super) root: String,
    /// The names after it.
    pub(super) rest: Vec<String>,
    /// Bytes of the template.
    pub(super) at: (usize, usize),
    /// The first argument, where the last name is called with a text.
    pub(super) argument: Option<String>,
    /// Whether the last name is called.
    pub(super) called: bool,
    /// Whether the template says what to do when it is not there.
    pub(super) soft: bool,
    /// Whether the template says what to do when it is None.
    pub(super) tested: bool,
}

/// Everything that a template uses.
#[derive(Debug, Default)]
pub(super) struct Uses {
    pub(super) paths: Vec<PathUse>,
    pub(super) filters: Vec<(String, (usize, usize))>,
    pub(super) tests: Vec<(String, (usize, usize))>,
    /// Names that the template gives values to.
    pub(super) defined: HashSet<String>,
}

#[derive(Clone, Copy, Default)]
struct Ctx {
    soft: bool,
    tested: bool,
}

fn range(span: Span) -> (usize, usize) {
    (span.start_offset as usize, span.end_offset as usize)
}

impl Uses {
    /// What the statement uses.
    pub(super) fn of(template: &Stmt<'_>) -> Uses {
        let mut uses = Uses::default();
        uses.stmt(template);
        uses
    }

    fn body(&mut self, body: &[Stmt<'_>]) {
        body.iter().for_each(|it| self.stmt(it));
    }

    fn stmt(&mut self, stmt: &Stmt<'_>) {
        let plain = Ctx::default();
        match stmt {
            Stmt::Template(it) => self.body(&it.children),
            Stmt::EmitExpr(it) => self.expr(&it.expr, plain),
            Stmt::EmitRaw(_) => {}
            Stmt::ForLoop(it) => {
                self.define(&it.target);
                self.defined.insert("loop".to_owned());
                self.expr(&it.iter, plain);
                self.optional(it.filter_expr.as_ref(), plain);
                self.body(&it.body);
                self.body(&it.else_body);
            }
            Stmt::IfCond(it) => {
                self.expr(&it.expr, Ctx { tested: true, ..plain });
                self.body(&it.true_body);
                self.body(&it.false_body);
            }
            Stmt::WithBlock(it) => {
                for (target, value) in &it.assignments {
                    self.define(target);
                    self.expr(value, plain);
                }
                self.body(&it.body);
            }
            Stmt::Set(it) => {
                self.define(&it.target);
                self.expr(&it.expr, plain);
            }
            Stmt::SetBlock(it) => {
                self.define(&it.target);
                self.optional(it.filter.as_ref(), plain);
                self.body(&it.body);
            }
            Stmt::AutoEscape(it) => {
                self.expr(&it.enabled, plain);
                self.body(&it.body);
            }
            Stmt::FilterBlock(it) => {
                self.expr(&it.filter, plain);
                self.body(&it.body);
            }
            Stmt::Macro(it) => self.template_macro(it),
            Stmt::CallBlock(it) => {
                self.call(&it.call, it.call.span(), plain);
                self.template_macro(&it.macro_decl);
            }
            Stmt::Do(it) => self.call(&it.call, it.call.span(), plain),
            #[expect(unreachable_patterns, reason = "features of the engine that are off add statements")]
            _ => {}
        }
    }

    fn template_macro(&mut self, it: &ast::Macro<'_>) {
        self.defined.insert(it.name.to_owned());
        self.defined.insert("caller".to_owned());
        it.args.iter().for_each(|arg| self.define(arg));
        it.defaults.iter().for_each(|value| self.expr(value, Ctx::default()));
        self.body(&it.body);
    }

    fn define(&mut self, target: &Expr<'_>) {
        match target {
            Expr::Var(var) => {
                self.defined.insert(var.id.to_owned());
            }
            Expr::List(list) => list.items.iter().for_each(|it| self.define(it)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|it| self.define(it)),
            other => self.expr(other, Ctx::default()),
        }
    }

    fn optional(&mut self, expr: Option<&Expr<'_>>, ctx: Ctx) {
        if let Some(expr) = expr {
            self.expr(expr, ctx);
        }
    }

    fn args(&mut self, args: &[CallArg<'_>], ctx: Ctx) {
        for arg in args {
            match arg {
                CallArg::Pos(it)
                | CallArg::Kwarg(_, it)
                | CallArg::PosSplat(it)
                | CallArg::KwargSplat(it) => {
                    self.expr(it, ctx);
                }
            }
        }
    }

    fn call(&mut self, call: &ast::Call<'_>, span: Span, ctx: Ctx) {
        match path(&call.expr) {
            Some((root, rest, start)) => {
                let argument = match call.args.first() {
                    Some(CallArg::Pos(Expr::Const(it))) => it.value.as_str().map(str::to_owned),
                    _ => None,
                };
                let Ctx { soft, tested } = ctx;
                self.paths.push(PathUse {
                    root,
                    rest,
                    at: (start, range(span).1),
                    argument,
                    called: true,
                    soft,
                    tested,
                });
            }
            None => self.expr(&call.expr, ctx),
        }
        self.args(&call.args, Ctx::default());
    }

    fn expr(&mut self, expr: &Expr<'_>, ctx: Ctx) {
        if let Some((root, rest, start)) = path(expr) {
            let Ctx { soft, tested } = ctx;
            let at = (start, range(expr.span()).1);
            self.paths.push(PathUse { root, rest, at, argument: None, called: false, soft, tested });
            return;
        }
        let plain = Ctx::default();
        match expr {
            Expr::Var(_) | Expr::Const(_) => {}
            Expr::Slice(it) => {
                self.expr(&it.expr, plain);
                for part in [&it.start, &it.stop, &it.step] {
                    self.optional(part.as_ref(), plain);
                }
            }
            Expr::UnaryOp(it) => self.expr(&it.expr, ctx),
            Expr::BinOp(it) => {
                let tested = ctx.tested || matches!(it.op, ast::BinOpKind::ScAnd | ast::BinOpKind::ScOr);
                self.expr(&it.left, Ctx { tested, ..ctx });
                self.expr(&it.right, ctx);
            }
            Expr::Compare(it) => {
                self.expr(&it.expr, ctx);
                it.ops.iter().for_each(|op| self.expr(&op.expr, ctx));
            }
            Expr::IfExpr(it) => {
                self.expr(&it.test_expr, Ctx { tested: true, ..ctx });
                self.expr(&it.true_expr, ctx);
                self.optional(it.false_expr.as_ref(), ctx);
            }
            Expr::Filter(it) => {
                self.filters.push((it.name.to_owned(), range(expr.span())));
                let is_default = matches!(it.name, "default" | "d");
                let inner = Ctx {
                    soft: ctx.soft || is_default,
                    tested: ctx.tested || (is_default && it.args.len() > 1),
                };
                self.optional(it.expr.as_ref(), inner);
                self.args(&it.args, plain);
            }
            Expr::Test(it) => {
                self.tests.push((it.name.to_owned(), range(expr.span())));
                let soft = ctx.soft || matches!(it.name, "defined" | "undefined");
                self.expr(&it.expr, Ctx { soft, tested: true });
                self.args(&it.args, plain);
            }
            Expr::GetAttr(it) => self.expr(&it.expr, ctx),
            Expr::GetItem(it) => {
                self.expr(&it.expr, ctx);
                self.expr(&it.subscript_expr, plain);
            }
            Expr::Call(it) => self.call(it, expr.span(), ctx),
            Expr::List(it) => it.items.iter().for_each(|item| self.expr(item, plain)),
            Expr::Tuple(it) => it.items.iter().for_each(|item| self.expr(item, plain)),
            Expr::Map(it) => it.keys.iter().chain(&it.values).for_each(|item| self.expr(item, plain)),
        }
    }
}

/// The expression as a path of names: `a.b` and `a['b']`; with the byte at which it starts.
fn path(expr: &Expr<'_>) -> Option<(String, Vec<String>, usize)> {
    let mut names = Vec::new();
    let mut at = expr;
    loop {
        match at {
            Expr::Var(it) => {
                names.reverse();
                return Some((it.id.to_owned(), names, it.span().start_offset as usize));
            }
            Expr::GetAttr(it) => {
                names.push(it.name.to_owned());
                at = &it.expr;
            }
            Expr::GetItem(it) => {
                let Expr::Const(key) = &it.subscript_expr else { return None };
                names.push(key.value.as_str()?.to_owned());
                at = &it.expr;
            }
            _ => return None,
        }
    }
}
