//! `[params.NAME]` of rules and `[settings.NAME]` of plugins: values that users may change.

use oracle_vm::value::Data;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::data::in_order;
use super::fields::{Fields, kind_name, span_of};
use super::keys::SectionRow;
use crate::diag::{Code, Sink};
use crate::rule::{ParamSpec, ParamType};
use crate::source::{SourceId, Span};

/// Declarations in one file.
const MOST: usize = 1000;

/// What was declared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params {
    /// The declarations, in the order in which they were written.
    pub specs: Vec<ParamSpec>,
    /// The places of their names.
    pub spans: Vec<Span>,
    /// Whether one is missing because it could not be read: nothing is to be said about unknown names.
    pub is_broken: bool,
}

/// Reads all declarations of a table with the places of their names.
/// `section` is [`PARAM`](super::keys::PARAM) or [`SETTING`](super::keys::SETTING).
pub fn read(source: SourceId, table: &DeTable<'_>, section: &'static SectionRow, sink: &mut Sink) -> Params {
    let mut made = Params::default();
    for (key, value) in in_order(table) {
        let (name, span): (&str, Span) = (key.get_ref(), span_of(source, key));
        if made.specs.len() >= MOST {
            sink.report(Code::FileLimit, span, format!("more than {MOST} declarations"));
            break;
        }
        check_name(name, span, sink);
        let Some(inner) = value.get_ref().as_table() else {
            let found = kind_name(value.get_ref());
            sink.report(
                Code::WrongType,
                span_of(source, value),
                format!("`{name}` must be a table, not {found}"),
            )
            .help(format!("declare it: `{name} = {{ type = \"integer\", default = 3 }}`"));
            made.is_broken = true;
            continue;
        };
        let fields = Fields::check(source, inner, span_of(source, value), section, sink);
        match declaration(source, name, &fields, sink) {
            Some(spec) => {
                made.specs.push(spec);
                made.spans.push(span);
            }
            None => made.is_broken = true,
        }
    }
    made
}

fn check_name(name: &str, span: Span, sink: &mut Sink) {
    let mut chars = name.chars();
    let starts = chars.next().is_some_and(|it| it.is_ascii_alphabetic() || it == '_');
    let good = starts && chars.all(|it| it.is_ascii_alphanumeric() || it == '_') && !name.contains("__");
    if !good {
        let near = name.replace(|it: char| !it.is_ascii_alphanumeric(), "_");
        sink.report(
            Code::BadParam,
            span,
            format!("conditions cannot read the name `{}`", name.escape_debug()),
        )
        .help(format!("use letters, digits and single underscores, such as `{near}`"));
    }
}

fn declaration(source: SourceId, name: &str, fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<ParamSpec> {
    let ty = match fields.text("type")? {
        "integer" => ParamType::Integer,
        "float" => ParamType::Float,
        "string" => ParamType::String,
        _ => ParamType::Boolean,
    };
    let (min, max) = (fields.number("min"), fields.number("max"));
    let options = fields.texts("options");
    check_bounds(ty, min, max, fields, sink);
    let value = fields.value("default")?;
    let mut spec = ParamSpec {
        name: name.to_owned(),
        ty,
        default: Data::None,
        min,
        max,
        options,
        title: fields.text("name").map(str::to_owned),
        description: fields.text("description").unwrap_or_default().to_owned(),
    };
    let default = fields.data("default", sink)?;
    match spec.accept(&default) {
        Ok(default) => {
            spec.default = default;
            Some(spec)
        }
        Err(why) => {
            report_default(source, value, name, &why, sink);
            None
        }
    }
}

fn report_default(source: SourceId, value: &Spanned<DeValue<'_>>, name: &str, why: &str, sink: &mut Sink) {
    sink.report(Code::BadDefault, span_of(source, value), format!("the default of `{name}` {why}"))
        .help("change the default, or what is declared about it");
}

fn check_bounds(ty: ParamType, min: Option<f64>, max: Option<f64>, fields: &Fields<'_, '_>, sink: &mut Sink) {
    let numeric = matches!(ty, ParamType::Integer | ParamType::Float);
    for key in ["min", "max"] {
        if let Some(span) = fields.span(key).filter(|_| !numeric) {
            sink.report(Code::BadParam, span, format!("`{key}` is for numbers only")).help("remove it");
        }
    }
    if let Some(span) = fields.span("options") {
        if ty != ParamType::String {
            sink.report(Code::BadParam, span, "`options` is for strings only")
                .help("remove it, or use `min` and `max` for numbers");
        } else if fields.texts("options").is_empty() {
            sink.report(Code::BadParam, span, "`options` is empty, so no value is possible")
                .help("name the options, or remove the key");
        }
    }
    if let (Some(low), Some(high), Some(span)) = (min, max, fields.span("min"))
        && low > high
    {
        let report =
            sink.report(Code::BadParam, span, format!("`min` is {low}, above `max`, which is {high}"));
        report.help("swap the two");
        if let Some(other) = fields.span("max") {
            report.also(other, "the greatest value");
        }
    }
}

impl ParamSpec {
    /// The value as this param takes it: a whole number for a float becomes one.
    ///
    /// # Errors
    /// What is wrong with the value, to follow the name in a sentence.
    pub fn accept(&self, value: &Data) -> Result<Data, String> {
        let value = match (self.ty, value) {
            #[expect(clippy::cast_precision_loss, reason = "a float is what was declared")]
            (ParamType::Float, Data::Int(x)) => Data::Float(*x as f64),
            (ParamType::Float, Data::Float(x)) if x.is_finite() => Data::Float(*x),
            (ParamType::Integer, Data::Int(_))
            | (ParamType::String, Data::Str(_))
            | (ParamType::Boolean, Data::Bool(_)) => value.clone(),
            _ => return Err(format!("must be {}, not {}", self.ty.describe(), describe(value))),
        };
        #[expect(clippy::cast_precision_loss, reason = "bounds are floats")]
        let number = match &value {
            Data::Int(x) => Some(*x as f64),
            Data::Float(x) => Some(*x),
            _ => None,
        };
        if let (Some(x), Some(min)) = (number, self.min)
            && x < min
        {
            return Err(format!("must be at least {min}, not {x}"));
        }
        if let (Some(x), Some(max)) = (number, self.max)
            && x > max
        {
            return Err(format!("must be at most {max}, not {x}"));
        }
        if let Data::Str(text) = &value
            && !self.options.is_empty()
            && !self.options.iter().any(|it| it == text.as_str())
        {
            let options: Vec<String> = self.options.iter().map(|it| format!("`{it}`")).collect();
            return Err(format!("must be one of {}, not `{}`", options.join(", "), text.as_str()));
        }
        Ok(value)
    }
}

impl ParamType {
    /// What operators call it.
    pub fn describe(self) -> &'static str {
        match self {
            ParamType::Integer => "a whole number",
            ParamType::Float => "a finite number",
            ParamType::String => "text",
            ParamType::Boolean => "`true` or `false`",
        }
    }
}

fn describe(value: &Data) -> &'static str {
    match value {
        Data::None => "null",
        Data::Bool(_) => "a boolean",
        Data::Int(_) => "a whole number",
        Data::Big(_) => "a whole number beyond 64 bits",
        Data::Float(x) if x.is_finite() => "a float",
        Data::Float(_) => "a float that is not finite",
        Data::Str(_) => "text",
        Data::List(_) => "a list",
        Data::Map(_) => "a table",
        Data::Record(_) => "a record",
    }
}
