//! The templates of a rule, and how they are rendered.

use std::fmt;
use std::sync::{LazyLock, OnceLock};

use minijinja::value::Value;
use minijinja::{Environment, Error, Template};
use oracle_compiler::template;
use oracle_vm::value::Data;

use super::convert::to_data;
use super::object::{Seen, TemplateContext};
use super::quick::Quick;

/// The variable in which a template that keeps its type leaves its value.
const KEPT: &str = "value";

/// A template of a [`TemplateSet`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TemplateId(u32);

/// Why a template was not compiled or rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError(pub String);

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TemplateError {}

/// Filters, tests and functions, which all sets share.
static BASE: LazyLock<Environment<'static>> = LazyLock::new(template::environment);

/// Compiled templates that belong together: those of one rule.
#[derive(Debug, Default)]
pub struct TemplateSet {
    /// None until there is a template that the quick way cannot render: most texts are no templates, and most templates
    /// only put a few values into text.
    environment: Option<Box<Environment<'static>>>,
    /// By their ids.
    templates: Vec<Compiled>,
}

#[derive(Debug)]
enum Compiled {
    /// The template of this name, in the set's environment.
    Engine(String),
    /// In parts. What they cannot render the template engine does, which compiles it then.
    Quick { parts: Quick, source: Box<str>, engine: OnceLock<Box<Environment<'static>>> },
}

/// The name of a template that is alone in its environment.
const ALONE: &str = "0";

impl TemplateSet {
    /// Compiles a template that gives text.
    ///
    /// # Errors
    /// Text that is not a template.
    pub fn add(&mut self, source: &str) -> Result<TemplateId, TemplateError> {
        let id = u32::try_from(self.templates.len())
            .map_err(|_| TemplateError("too many templates".to_owned()))?;
        self.templates.push(match Quick::compile(source) {
            Some(parts) => Compiled::Quick { parts, source: source.into(), engine: OnceLock::new() },
            None => {
                let environment = self.environment.get_or_insert_with(|| Box::new(BASE.clone()));
                let name = id.to_string();
                add(environment, name.clone(), source)?;
                Compiled::Engine(name)
            }
        });
        Ok(TemplateId(id))
    }

    /// Compiles a template that is one single `{{ .. }}` and keeps the type of its value; `None` when it is not one.
    pub fn add_kept(&mut self, source: &str) -> Option<TemplateId> {
        let inner = template::single_expression(source)?;
        self.add(&format!("{{% set {KEPT} = {inner} %}}")).ok()
    }

    /// Renders a template to text.
    ///
    /// # Errors
    /// Undefined names, failing filters, too much output or work.
    pub fn render(&self, id: TemplateId, context: &TemplateContext<'_>) -> Result<String, TemplateError> {
        let quick = match self.templates.get(id.0 as usize) {
            Some(Compiled::Quick { parts, .. }) => parts.render(context),
            _ => None,
        };
        quick.map_or_else(|| self.render_by_engine(id, context), Ok)
    }

    pub(super) fn render_by_engine(
        &self,
        id: TemplateId,
        context: &TemplateContext<'_>,
    ) -> Result<String, TemplateError> {
        let seen = Value::from_object(Seen::from(context));
        template::render(&self.template(id)?, seen).map_err(|error| TemplateError(words(&error)))
    }

    /// Evaluates a template that keeps its type.
    ///
    /// # Errors
    /// As [`TemplateSet::render`], and values that data cannot hold.
    pub fn evaluate(&self, id: TemplateId, context: &TemplateContext<'_>) -> Result<Data, TemplateError> {
        let seen = Value::from_object(Seen::from(context));
        let captured =
            self.template(id)?.render_captured(seen).map_err(|error| TemplateError(words(&error)))?;
        to_data(&captured.state().lookup(KEPT).unwrap_or_default()).map_err(TemplateError)
    }

    fn template(&self, id: TemplateId) -> Result<Template<'_, '_>, TemplateError> {
        let (environment, name) = match self.templates.get(id.0 as usize) {
            Some(Compiled::Engine(name)) => (self.environment.as_deref().unwrap_or(&BASE), name.as_str()),
            Some(Compiled::Quick { source, engine, .. }) => (alone(source, engine)?, ALONE),
            None => (&*BASE, ""),
        };
        environment.get_template(name).map_err(|error| TemplateError(words(&error)))
    }
}

/// The environment of a template that the quick way could not render this time.
fn alone<'e>(
    source: &str,
    engine: &'e OnceLock<Box<Environment<'static>>>,
) -> Result<&'e Environment<'static>, TemplateError> {
    if let Some(made) = engine.get() {
        return Ok(made);
    }
    let mut made = Box::new(BASE.clone());
    add(&mut made, ALONE.to_owned(), source)?;
    Ok(engine.get_or_init(|| made))
}

fn add(environment: &mut Environment<'static>, name: String, source: &str) -> Result<(), TemplateError> {
    environment.add_template_owned(name, source.to_owned()).map_err(|error| TemplateError(words(&error)))
}

/// An error of the template engine in one line.
fn words(error: &Error) -> String {
    let what = match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    match error.line() {
        Some(line) if line > 1 => format!("{what} (line {line})"),
        _ => what,
    }
}
