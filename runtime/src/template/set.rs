//! All templates of a rule set, and how they are rendered.

use std::fmt;

use minijinja::value::Value;
use minijinja::{Environment, Error, UndefinedBehavior};
use oracle_vm::value::Data;

use super::convert::to_data;
use super::object::TemplateContext;
use super::output::{MAX_OUTPUT_BYTES, Output};

/// The work that one rendering may do, in instructions of the template engine.
const FUEL: u64 = 100_000;
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

/// Compiled templates that share one environment.
#[derive(Debug)]
pub struct TemplateSet {
    environment: Environment<'static>,
    names: Vec<String>,
}

impl Default for TemplateSet {
    fn default() -> Self {
        TemplateSet { environment: environment(), names: Vec::new() }
    }
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
            .add_template_owned(name.clone(), source.to_owned())
            .map_err(|error| TemplateError(words(&error)))?;
        self.names.push(name);
        Ok(TemplateId(id))
    }

    /// Compiles a template that is one single `{{ .. }}` and keeps the type of its value; `None` when it is not one.
    pub fn add_kept(&mut self, source: &str) -> Option<TemplateId> {
        let inner = source.strip_prefix("{{")?.strip_suffix("}}")?;
        let inner = inner.strip_prefix(['-', '+']).unwrap_or(inner);
        let inner = inner.strip_suffix(['-', '+']).unwrap_or(inner);
        // What stands between the first `{{` and the last `}}` is one expression only if it parses as one.
        self.environment.compile_expression(inner).ok()?;
        self.add(&format!("{{% set {KEPT} = {inner} %}}")).ok()
    }

    /// Renders a template to text.
    ///
    /// # Errors
    /// Undefined names, failing filters, output longer than [`MAX_OUTPUT_BYTES`], too much work.
    pub fn render(&self, id: TemplateId, context: &TemplateContext) -> Result<String, TemplateError> {
        let mut output = Output::default();
        let rendered = self.run(id, context, &mut output).map(drop);
        if output.is_full {
            return Err(TemplateError(format!(
                "the text is longer than {MAX_OUTPUT_BYTES} bytes: render less"
            )));
        }
        rendered.map(|()| output.into_text())
    }

    /// Evaluates a template that keeps its type.
    ///
    /// # Errors
    /// As [`TemplateSet::render`], and values that data cannot hold.
    pub fn evaluate(&self, id: TemplateId, context: &TemplateContext) -> Result<Data, TemplateError> {
        let value = self.run(id, context, &mut Output::default())?;
        to_data(&value).map_err(TemplateError)
    }

    fn run(
        &self,
        id: TemplateId,
        context: &TemplateContext,
        output: &mut Output,
    ) -> Result<Value, TemplateError> {
        let name = self.names.get(id.0 as usize).map_or("", String::as_str);
        let template = self.environment.get_template(name).map_err(|error| TemplateError(words(&error)))?;
        let captured = template
            .render_captured_to(Value::from_object(context.clone()), output)
            .map_err(|error| TemplateError(words(&error)))?;
        Ok(captured.state().lookup(KEPT).unwrap_or_default())
    }
}

/// The environment of all templates: undefined names are errors, work is bounded, nothing is escaped.
fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.add_filter("percent", |share: f64| format!("{:.0}%", share * 100.0));
    environment
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
