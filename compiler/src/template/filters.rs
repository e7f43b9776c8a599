//! Filters and tests: those of ours, and the names of all.

use minijinja::value::Kwargs;
use minijinja::{Environment, Error, ErrorKind, State, Value, filters};

/// The names of all filters.
pub(super) const FILTERS: &[&str] = &[
    "abs",
    "attr",
    "batch",
    "bool",
    "capitalize",
    "chain",
    "count",
    "d",
    "default",
    "dictsort",
    "e",
    "escape",
    "first",
    "float",
    "format",
    "groupby",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "percent",
    "pprint",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "safe",
    "select",
    "selectattr",
    "slice",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "trim",
    "unique",
    "upper",
    "zip",
];

/// The names of all tests.
pub(super) const TESTS: &[&str] = &[
    "boolean",
    "defined",
    "divisibleby",
    "endingwith",
    "eq",
    "equalto",
    "escaped",
    "even",
    "false",
    "filter",
    "float",
    "ge",
    "greaterthan",
    "gt",
    "in",
    "int",
    "integer",
    "iterable",
    "le",
    "lessthan",
    "lower",
    "lt",
    "mapping",
    "ne",
    "none",
    "number",
    "odd",
    "safe",
    "sameas",
    "sequence",
    "startingwith",
    "string",
    "test",
    "true",
    "undefined",
    "upper",
];

/// The functions that templates can call.
pub(super) const FUNCTIONS: &[&str] = &["dict", "namespace", "range"];

/// Adds what differs from the engine's own.
pub(super) fn add(environment: &mut Environment<'static>) {
    environment.add_filter("int", int);
    environment.add_filter("float", float);
    environment.add_filter("percent", percent);
}

/// As in Jinja2: what is no number gives the default, which is 0.
fn int(
    state: &State<'_, '_>,
    value: &Value,
    default: Option<Value>,
    base: Option<u32>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let default = or_keyword(default, &kwargs)?.unwrap_or_else(|| Value::from(0));
    if let Some(x) = float_of(value).filter(|x| !x.is_finite()) {
        return Err(Error::new(ErrorKind::InvalidOperation, format!("{x} has no whole number")));
    }
    filters::int(state, value, Some(default), base, kwargs)
}

/// As in Jinja2: what is no number gives the default, which is 0.0.
fn float(
    state: &State<'_, '_>,
    value: &Value,
    default: Option<Value>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let default = or_keyword(default, &kwargs)?.unwrap_or_else(|| Value::from(0.0));
    filters::float(state, value, Some(default), kwargs)
}

fn or_keyword(given: Option<Value>, kwargs: &Kwargs) -> Result<Option<Value>, Error> {
    match given {
        Some(given) => Ok(Some(given)),
        None => kwargs.get("default"),
    }
}

fn float_of(value: &Value) -> Option<f64> {
    value.is_number().then(|| f64::try_from(value.clone()).ok()).flatten()
}

/// A share from 0.0 to 1.0 as per cent: `0.9` is `90%`. The argument is the number of decimal places.
fn percent(value: &Value, places: Option<usize>) -> Result<String, Error> {
    let Some(share) = float_of(value) else {
        let message = format!("`percent` takes a number, not {}", value.kind());
        return Err(Error::new(ErrorKind::InvalidOperation, message));
    };
    let places = places.unwrap_or(0).min(20);
    Ok(format!("{:.places$}%", share * 100.0))
}

#[cfg(test)]
mod tests {
    use super::super::environment;
    use super::*;

    #[test]
    fn the_tables_name_what_is_there() {
        let environment = environment();
        let mut state = environment.empty_state();
        for name in FILTERS {
            let result = state.apply_filter(name, &[Value::from(1)]);
            assert!(!result.is_err_and(|it| it.kind() == ErrorKind::UnknownFilter), "{name}");
        }
        for name in TESTS {
            let result = state.perform_test(name, &[Value::from(1)]);
            assert!(!result.is_err_and(|it| it.kind() == ErrorKind::UnknownTest), "{name}");
        }
        let mut globals: Vec<&str> = environment.globals().map(|(name, _)| name).collect();
        globals.sort_unstable();
        assert_eq!(globals, FUNCTIONS);
    }
}
