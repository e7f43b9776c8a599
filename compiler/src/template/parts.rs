//! Templates that only put values into text: what they are made of, without the template engine.

use minijinja::machinery::ast::{Expr, Stmt};
use minijinja::machinery::parse;
use minijinja::syntax::SyntaxConfig;

/// A part of a template that has nothing but text and paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplatePart {
    /// Text as it is.
    Text(String),
    /// A path, such as `context`, `turn`, `number`.
    Path(Vec<String>),
}

/// The parts of a template in which every `{{ .. }}` is a path and nothing else; `None` for all others.
pub fn parts(text: &str) -> Option<Vec<TemplatePart>> {
    let Ok(Stmt::Template(template)) = parse(text, "", SyntaxConfig::default()) else { return None };
    let part = |stmt: &Stmt<'_>| match stmt {
        Stmt::EmitRaw(raw) => Some(TemplatePart::Text(raw.raw.to_owned())),
        Stmt::EmitExpr(emit) => path(&emit.expr).map(TemplatePart::Path),
        _ => None,
    };
    template.children.iter().map(part).collect()
}

fn path(mut expr: &Expr<'_>) -> Option<Vec<String>> {
    let mut names = Vec::new();
    loop {
        match expr {
            Expr::GetAttr(attr) => {
                names.push(attr.name.to_owned());
                expr = &attr.expr;
            }
            Expr::Var(var) => {
                names.push(var.id.to_owned());
                names.reverse();
                return Some(names);
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_of_text_and_paths_are_taken_apart() {
        let text = |text: &str| TemplatePart::Text(text.to_owned());
        let path = |path: &str| TemplatePart::Path(path.split('.').map(str::to_owned).collect());
        assert_eq!(
            parts("Turn {{ context.turn.number }}: {{- params.x }}!\n"),
            Some(vec![text("Turn "), path("context.turn.number"), text(":"), path("params.x"), text("!")])
        );
        assert_eq!(parts("{# nothing #}a"), Some(vec![text("a")]));
        for other in [
            "{{ a | int }}",
            "{{ a + 1 }}",
            "{{ a[0] }}",
            "{{ a() }}",
            "{% if a %}{% endif %}",
            "{{",
            "{{ 'x' }}",
        ] {
            assert_eq!(parts(other), None, "{other}");
        }
    }
}
