//! What is wrong with one field of an event, a context or a set of params.

use std::fmt;

use oracle_vm::value::Data;

use super::{Path, json_from_data};

/// The most characters of a value that a message shows.
const SHOWN: usize = 60;

/// A field that cannot be taken: where, what was there, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The path of the field, such as `payload.token_usage`.
    pub path: String,
    /// The value as JSON, shortened; empty where there is none.
    pub value: String,
    /// What is wrong.
    pub problem: FieldProblem,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldProblem {
    /// It is needed and not there.
    Missing,
    /// It has another type; what was wanted, in words.
    Type(String),
    /// It has the right type and is outside its range; the range in words.
    Range(String),
    /// Nothing has this name; the nearest name, where one is near.
    Unknown(Option<String>),
    /// It is nested deeper than this.
    Depth(usize),
    /// The text is not JSON; what the reader says.
    Json(String),
}

impl FieldError {
    /// A field that is needed and not there.
    pub fn missing(path: Path<'_>) -> FieldError {
        FieldError { path: path.to_string(), value: String::new(), problem: FieldProblem::Missing }
    }
    /// A field of another type than `wanted`.
    pub fn wrong_type(path: Path<'_>, value: &Data, wanted: impl Into<String>) -> FieldError {
        FieldError { path: path.to_string(), value: shown(value), problem: FieldProblem::Type(wanted.into()) }
    }
    /// A field outside its range.
    pub fn range(path: Path<'_>, value: &Data, range: impl Into<String>) -> FieldError {
        FieldError { path: path.to_string(), value: shown(value), problem: FieldProblem::Range(range.into()) }
    }
    /// A name that nothing has.
    pub fn unknown(path: Path<'_>, nearest: Option<&str>) -> FieldError {
        FieldError {
            path: path.to_string(),
            value: String::new(),
            problem: FieldProblem::Unknown(nearest.map(str::to_owned)),
        }
    }
}

/// A value as JSON, cut to what fits into a message.
fn shown(value: &Data) -> String {
    let text = match value {
        Data::List(items) => format!("a list of {}", items.len()),
        Data::Map(map) => format!("an object with {} keys", map.len()),
        other => json_from_data(other).to_string(),
    };
    if text.chars().count() <= SHOWN {
        return text;
    }
    text.chars().take(SHOWN).chain("...".chars()).collect()
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FieldError { path, value, problem } = self;
        match problem {
            FieldProblem::Missing => write!(f, "`{path}` is missing: add it"),
            FieldProblem::Type(wanted) => write!(f, "`{path}` must be {wanted}, not {value}"),
            FieldProblem::Range(range) => write!(f, "`{path}` must be {range}, not {value}"),
            FieldProblem::Unknown(Some(near)) => write!(f, "`{path}` is unknown: did you mean `{near}`?"),
            FieldProblem::Unknown(None) => write!(f, "`{path}` is unknown: leave it out"),
            FieldProblem::Depth(limit) => {
                write!(f, "`{path}` is nested deeper than {limit} levels: flatten it")
            }
            FieldProblem::Json(what) => write!(f, "not valid JSON: {what}"),
        }
    }
}

impl std::error::Error for FieldError {}
