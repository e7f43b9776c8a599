//! The environment, and what bounds it.

use std::io::{self, Write};

use minijinja::machinery::ast::Stmt;
use minijinja::machinery::parse;
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Template, UndefinedBehavior, Value};
use minijinja_contrib::pycompat::unknown_method_callback;

use super::filters;

/// Fuel of one rendering, in the units of the template engine: about one for each instruction.
pub const FUEL: u64 = 100_000;
/// Bytes of the text that one template makes.
pub const OUTPUT_BYTES: usize = 256 * 1024;
/// Bytes of one template.
pub const TEMPLATE_BYTES: usize = 64 * 1024;
/// Calls of macros inside macros.
const RECURSION: usize = 50;

/// The environment of every template. It knows no other template, no file and no object of the host.
pub fn environment() -> Environment<'static> {
    let mut made = Environment::new();
    made.set_undefined_behavior(UndefinedBehavior::Strict);
    made.set_auto_escape_callback(|_| AutoEscape::None);
    made.set_unknown_method_callback(unknown_method_callback);
    made.set_fuel(Some(FUEL));
    made.set_recursion_limit(RECURSION);
    made.set_debug(true);
    made.remove_global("debug");
    filters::add(&mut made);
    made
}

/// Renders a template; text beyond [`OUTPUT_BYTES`] is an error.
///
/// # Errors
/// What the template does wrong at run time: undefined names, wrong types, too much fuel or output.
pub fn render(template: &Template<'_, '_>, context: Value) -> Result<String, Error> {
    let mut out = Bounded { text: Vec::new(), is_full: false };
    let done = template.render_captured_to(context, &mut out).map(drop);
    if out.is_full {
        let message = format!("the template makes more than {OUTPUT_BYTES} bytes of text");
        return Err(Error::new(ErrorKind::WriteFailure, message));
    }
    done?;
    String::from_utf8(out.text)
        .map_err(|_| Error::new(ErrorKind::WriteFailure, "the template cut a character"))
}

struct Bounded {
    text: Vec<u8>,
    is_full: bool,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.text.len().saturating_add(bytes.len()) > OUTPUT_BYTES {
            self.is_full = true;
            return Err(io::Error::other("too much text"));
        }
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether rendering gives the text itself: it has nothing that is evaluated, and no last newline to be dropped.
pub fn is_plain(text: &str) -> bool {
    !["{{", "{%", "{#"].iter().any(|it| text.contains(it)) && !text.ends_with('\n')
}

/// The expression of a template that is one single `{{ ... }}` and nothing else: evaluated by itself, its value
/// keeps its type.
pub fn single_expression(text: &str) -> Option<&str> {
    let inner = text.strip_suffix('\n').unwrap_or(text).strip_prefix("{{")?.strip_suffix("}}")?;
    let Ok(Stmt::Template(template)) = parse(text, "", SyntaxConfig::default()) else { return None };
    match template.children.as_slice() {
        [Stmt::EmitExpr(_)] => {
            let inner = inner.strip_prefix(['-', '+']).unwrap_or(inner);
            let inner = inner.strip_suffix('-').unwrap_or(inner);
            Some(inner.trim())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    fn rendered(text: &str) -> Result<String, ErrorKind> {
        let env = environment();
        let template = env.template_from_str(text).map_err(|it| it.kind())?;
        render(&template, context! { x => 0.9, n => 3, s => "ab", none => (), xs => vec![1, 2] })
            .map_err(|it| it.kind())
    }

    #[test]
    fn filters_behave_as_in_jinja2() {
        for (template, text) in [
            ("{{ (x * 100) | int }}%", "90%"),
            ("{{ x | percent }}", "90%"),
            ("{{ 0.876 | percent(1) }}", "87.6%"),
            ("{{ 'abc' | int }}", "0"),
            ("{{ 'abc' | int(7) }}", "7"),
            ("{{ '12.7' | int }}", "12"),
            ("{{ none | int }}", "0"),
            ("{{ 'abc' | float }}", "0.0"),
            ("{{ '1.5' | float }}", "1.5"),
            ("{{ 2.567 | round(1) }}", "2.6"),
            ("{{ 2.5 | round }}", "2.0"),
            ("{{ xs | length }}", "2"),
            ("{{ missing | default('d') }}", "d"),
            ("{{ none | default('d', true) }}", "d"),
            ("{{ s.upper() }} {{ 'a,b'.split(',')[1] }}", "AB b"),
            ("{{ true }} {{ none }}", "True None"),
            ("<{{ '<b>' }}>", "<<b>>"),
        ] {
            assert_eq!(rendered(template).as_deref(), Ok(text), "{template}");
        }
    }

    #[test]
    fn nothing_of_the_host_can_be_reached() {
        for template in [
            "{{ missing }}",
            "{{ s.missing }}",
            "{{ debug() }}",
            "{{ cycler.__init__.__globals__ }}",
            "{{ s.__class__ }}",
            "{% include 'x' %}",
            "{% import 'x' as x %}",
            "{% extends 'x' %}",
        ] {
            assert!(rendered(template).is_err(), "{template}");
        }
    }

    #[test]
    fn time_and_text_are_bounded() {
        let loops = "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}";
        assert_eq!(rendered(loops), Err(ErrorKind::OutOfFuel));
        let text = format!(
            "{{% set a = '{}' %}}{{% for b in range(900) %}}{{{{ a }}}}{{% endfor %}}",
            "x".repeat(999)
        );
        assert_eq!(rendered(&text), Err(ErrorKind::WriteFailure));
        assert!(rendered("{{ 'x' * 99999999999 }}").is_err());
        assert!(rendered("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}").is_err());
    }

    #[test]
    fn a_single_expression_is_found() {
        for (text, found) in [
            ("{{ a }}", Some("a")),
            ("{{- a.b | int -}}", Some("a.b | int")),
            ("{{ a }}\n", Some("a")),
            ("{{ '}}' }}", Some("'}}'")),
            ("{{ a }}{{ b }}", None),
            (" {{ a }}", None),
            ("{{ a }}%", None),
            ("{{ a", None),
            ("a", None),
        ] {
            assert_eq!(single_expression(text), found, "{text}");
        }
    }
}
