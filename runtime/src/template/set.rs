//! The templates of a rule, and how they are rendered.

use std::fmt;
use std::sync::LazyLock;

use minijinja::value::Value;
use minijinja::{Environment, Error, Template};
use oracle_compiler::template;
use oracle_vm::value::Data;

use super::convert::to_data;
use super::object::TemplateContext;
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
    /// None until there is a template: most texts are none.
    environment: Option<Box<Environment<'static>>>,
    names: Vec<String>,
    /// Those that do without the template engine, by their ids.
    quick: Vec<Option<Quick>>,
}

impl TemplateSet {
    /// Compiles a template that gives text.
    ///
    /// # Errors
    /// Text that is not a template.
    pub fn add(&mut self, source: &str) -> Result<TemplateId, TemplateError> {
        let id =
            u32::try_from(self.names.len()).map_err(|_| TemplateError("too many templates".to_owned()))?;
        let name = id.to_string();
        self.environment
            .get_or_insert_with(|| Box::new(BASE.clone()))
            .add_template_owned(name.clone(), source.to_owned())
            .map_err(|error| TemplateError(words(&error)))?;
        self.names.push(name);
        self.quick.push(Quick::compile(source));
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
    pub fn render(&self, id: TemplateId, context: &TemplateContext) -> Result<String, TemplateError> {
        let quick = self.quick.get(id.0 as usize).and_then(Option::as_ref);
        quick.and_then(|quick| quick.render(context)).map_or_else(|| self.render_by_engine(id, context), Ok)
    }

    pub(super) fn render_by_engine(
        &self,
        id: TemplateId,
        context: &TemplateContext,
    ) -> Result<String, TemplateError> {
        let seen = Value::from_object(context.clone());
        template::render(&self.template(id)?, seen).map_err(|error| TemplateError(words(&error)))
    }

    /// Evaluates a template that keeps its type.
    ///
    /// # Errors
    /// As [`TemplateSet::render`], and values that data cannot hold.
    pub fn evaluate(&self, id: TemplateId, context: &TemplateContext) -> Result<Data, TemplateError> {
        let seen = Value::from_object(context.clone());
        let captured =
            self.template(id)?.render_captured(seen).map_err(|error| TemplateError(words(&error)))?;
        to_data(&captured.state().lookup(KEPT).unwrap_or_default()).map_err(TemplateError)
    }

    fn template(&self, id: TemplateId) -> Result<Template<'_, '_>, TemplateError> {
        let name = self.names.get(id.0 as usize).map_or("", String::as_str);
        let environment = self.environment.as_deref().unwrap_or(&BASE);
        environment.get_template(name).map_err(|error| TemplateError(words(&error)))
    }
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
