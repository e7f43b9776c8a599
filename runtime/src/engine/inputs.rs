//! Effective params and settings: defaults, and what a user set instead.

use std::sync::Arc;

use oracle_compiler::rule::{ParamSpec, ParamType};
use oracle_vm::value::{Data, Map};

use crate::error::FieldError;
use crate::input::{Path, nearest};
use crate::template::Inputs;

/// The declared defaults, in order of declaration.
pub(super) fn defaults(specs: &[ParamSpec]) -> Inputs {
    Inputs {
        names: specs.iter().map(|spec| spec.name.clone()).collect(),
        values: specs.iter().map(|spec| in_declared_form(spec, &spec.default)).collect(),
    }
}

/// The effective values: what was set, else the default, in order of declaration.
///
/// # Errors
/// Every value that is unknown, has the wrong type or is out of bounds; `root` is `params` or `settings`.
pub fn effective(specs: &[ParamSpec], set: &Map, root: &str) -> Result<Arc<[Data]>, Vec<FieldError>> {
    let root = Path::Root(root);
    let mut errors = unknown(specs, set, &root);
    let mut values = Vec::with_capacity(specs.len());
    for spec in specs {
        let value = set.get(spec.name.as_str()).unwrap_or(&spec.default);
        match check(spec, value, Path::Key(&root, &spec.name)) {
            Ok(value) => values.push(value),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(values.into()) } else { Err(errors) }
}

/// The effective values, with the default wherever what was set is not taken (any more), and what that is.
pub fn effective_with_defaults(specs: &[ParamSpec], set: &Map, root: &str) -> (Arc<[Data]>, Vec<FieldError>) {
    let root = Path::Root(root);
    let mut errors = unknown(specs, set, &root);
    let mut value = |spec: &ParamSpec| {
        let checked = check(spec, set.get(spec.name.as_str())?, Path::Key(&root, &spec.name));
        checked.map_err(|error| errors.push(error)).ok()
    };
    let or_default = |spec| value(spec).unwrap_or_else(|| in_declared_form(spec, &spec.default));
    let values = specs.iter().map(or_default).collect();
    (values, errors)
}

/// What was set and is not declared.
fn unknown(specs: &[ParamSpec], set: &Map, root: &Path<'_>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for key in set.keys().map(|key| key.as_str()) {
        if !specs.iter().any(|spec| spec.name == key) {
            let near = nearest(key, specs.iter().map(|spec| spec.name.as_str()));
            errors.push(FieldError::unknown(Path::Key(root, key), near));
        }
    }
    errors
}

fn in_declared_form(spec: &ParamSpec, value: &Data) -> Data {
    #[expect(clippy::cast_precision_loss, reason = "a float was declared: the nearest one is meant")]
    match (spec.ty, value) {
        (ParamType::Float, Data::Int(int)) => Data::Float(*int as f64),
        _ => value.clone(),
    }
}

fn check(spec: &ParamSpec, value: &Data, path: Path<'_>) -> Result<Data, FieldError> {
    let value = in_declared_form(spec, value);
    match (spec.ty, &value) {
        (ParamType::Integer, Data::Int(_)) | (ParamType::Boolean, Data::Bool(_)) => {}
        (ParamType::Float, Data::Float(float)) if float.is_finite() => {}
        (ParamType::String, Data::Str(text)) => {
            if !spec.options.is_empty() && !spec.options.iter().any(|option| option == text.as_str()) {
                return Err(FieldError::range(path, &value, format!("one of {}", spec.options.join(", "))));
            }
        }
        (ParamType::Integer, _) => return Err(FieldError::wrong_type(path, &value, "a whole number")),
        (ParamType::Float, _) => return Err(FieldError::wrong_type(path, &value, "a finite number")),
        (ParamType::String, _) => return Err(FieldError::wrong_type(path, &value, "text")),
        (ParamType::Boolean, _) => return Err(FieldError::wrong_type(path, &value, "true or false")),
    }
    #[expect(clippy::cast_precision_loss, reason = "bounds are floats: whole numbers are compared as such")]
    let number = match value {
        Data::Int(int) => int as f64,
        Data::Float(float) => float,
        _ => return Ok(value),
    };
    if let Some(min) = spec.min.filter(|min| number < *min) {
        return Err(FieldError::range(path, &value, format!("at least {min}")));
    }
    if let Some(max) = spec.max.filter(|max| number > *max) {
        return Err(FieldError::range(path, &value, format!("at most {max}")));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(name: &str, ty: ParamType, default: Data) -> ParamSpec {
        ParamSpec {
            name: name.to_owned(),
            ty,
            default,
            min: Some(0.0),
            max: Some(10.0),
            options: Vec::new(),
            title: None,
            description: String::new(),
        }
    }

    #[test]
    fn every_bad_value_is_named() {
        let specs = [
            spec("share", ParamType::Float, Data::Int(1)),
            spec("count", ParamType::Integer, Data::Int(3)),
            spec("flag", ParamType::Boolean, Data::Bool(true)),
        ];
        let set = Map::from_iter([
            ("share".into(), Data::Float(11.0)),
            ("count".into(), Data::text("3")),
            ("coutn".into(), Data::Int(3)),
        ]);
        let errors = effective(&specs, &set, "params").unwrap_err();
        let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "`params.coutn` is unknown: did you mean `count`?",
                "`params.share` must be at most 10, not 11.0",
                "`params.count` must be a whole number, not \"3\"",
            ]
        );
        let (kept, stale) = effective_with_defaults(&specs, &set, "params");
        assert_eq!(stale, errors);
        assert_eq!(*kept, [Data::Float(1.0), Data::Int(3), Data::Bool(true)]);
    }
}
