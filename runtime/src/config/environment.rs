//! Variables `ORACLE_*`.

use super::keys::{self, Slot};
use super::{Config, ConfigError, Origin};

/// What the names of our variables begin with.
pub(super) const PREFIX: &str = "ORACLE_";

/// Names with our prefix that are not keys.
const OTHERS: &[&str] = &["ORACLE_CONFIG"];

/// Takes over what the environment says. Variables with our prefix that no key is near to belong to somebody
/// else (a database of that name has some) and are left alone.
pub(super) fn apply(
    config: &mut Config,
    environment: impl IntoIterator<Item = (String, String)>,
    errors: &mut Vec<ConfigError>,
) {
    for (variable, value) in environment {
        let Some(name) = variable.strip_prefix(PREFIX) else { continue };
        match keys::find(&name.to_ascii_lowercase()) {
            Ok(row) => {
                config.origins.set(row.name, Origin::Variable(variable.clone()));
                if let Err(wanted) = assign((row.slot)(config), &value) {
                    let message = format!("must be {wanted}, not `{value}`");
                    errors.push(ConfigError { place: variable, message, help: None });
                }
            }
            Err(Some(near)) if !OTHERS.contains(&variable.as_str()) => {
                let help = Some(format!("did you mean `{PREFIX}{}`?", near.to_ascii_uppercase()));
                errors.push(ConfigError { place: variable, message: "unknown variable".to_owned(), help });
            }
            Err(_) => {}
        }
    }
}

/// Puts a text into its place; what was wanted, where it does not fit.
fn assign(slot: Slot<'_>, value: &str) -> Result<(), String> {
    let wanted = slot.wanted();
    match slot {
        Slot::Paths(paths) => {
            *paths = std::env::split_paths(value).filter(|it| !it.as_os_str().is_empty()).collect();
        }
        Slot::Words(words) => {
            let found = value.split(',').map(str::trim).filter(|it| !it.is_empty());
            *words = found.map(str::to_owned).collect();
        }
        Slot::Path(path) if !value.is_empty() => *path = Some(value.into()),
        Slot::Text(text) if !value.is_empty() => value.clone_into(text),
        Slot::Secret(secret) if !value.is_empty() => *secret = value.into(),
        Slot::OneOf(place, words) => *place = words.iter().find(|it| **it == value).ok_or(wanted)?,
        Slot::Whole(place, range) => {
            *place = value.trim().parse().ok().filter(|it| range.contains(it)).ok_or(wanted)?;
        }
        Slot::Path(_) | Slot::Text(_) | Slot::Secret(_) => return Err(wanted),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(pairs: &[(&str, &str)]) -> (Config, Vec<String>) {
        let (mut config, mut errors) = (Config::default(), Vec::new());
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        apply(&mut config, pairs, &mut errors);
        (config, errors.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn variables_set_keys() {
        let (config, errors) =
            load(&[("ORACLE_USER", "ada"), ("ORACLE_LUA_TIMEOUT_MS", "20"), ("HOME", "/x")]);
        assert_eq!((config.user.as_str(), config.lua_timeout_ms), ("ada", 20));
        assert_eq!(errors, [""; 0]);
    }

    #[test]
    fn slips_are_errors_and_strangers_are_not() {
        let (_, errors) = load(&[
            ("ORACLE_PROJEKT", "x"),
            ("ORACLE_HOME", "/opt/db"),
            ("ORACLE_CONFIG", "x.toml"),
            ("ORACLE_LUA_TIMEOUT_MS", "0"),
            ("ORACLE_USER", ""),
        ]);
        assert_eq!(
            errors,
            [
                "ORACLE_PROJEKT: unknown variable: did you mean `ORACLE_PROJECT`?",
                "ORACLE_LUA_TIMEOUT_MS: must be a whole number from 1 to 3600000, not `0`",
                "ORACLE_USER: must be text that is not empty, not ``",
            ]
        );
    }
}
