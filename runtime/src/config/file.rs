//! The file `oracle.toml`.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{self, Slot};
use super::{Config, ConfigError, Origin};

/// Takes over what a file says. Relative paths in it count from its folder.
pub(super) fn apply(config: &mut Config, path: &Path, errors: &mut Vec<ConfigError>) {
    let name = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => apply_text(config, &name, path.parent().unwrap_or(Path::new("")), &text, errors),
        Err(error) => {
            errors.push(ConfigError { place: name, message: format!("cannot be read: {error}"), help: None });
        }
    }
}

fn apply_text(config: &mut Config, name: &str, folder: &Path, text: &str, errors: &mut Vec<ConfigError>) {
    let (table, syntax) = DeTable::parse_recoverable(text);
    let mut found: Vec<(usize, String, Option<String>)> = Vec::new();
    for error in syntax {
        let at = error.span().map_or(0, |span| span.start);
        found.push((at, format!("not TOML: {}", error.message()), None));
    }
    for (key, value) in table.get_ref() {
        let written = key.get_ref().as_ref();
        match keys::find(written) {
            Ok(row) => {
                if let Err(wanted) = assign((row.slot)(config), value, folder) {
                    found.push((value.span().start, format!("`{written}` must be {wanted}"), None));
                }
                config.origins.set(row.name, Origin::File(place(name, text, key.span().start)));
            }
            Err(near) => {
                let help = near.map_or_else(known, |near| format!("did you mean `{near}`?"));
                found.push((key.span().start, format!("unknown key `{written}`"), Some(help)));
            }
        }
    }
    // In the order of the file; what a syntax error left half-read is not reported a second time.
    found.sort_by_key(|(at, ..)| *at);
    found.dedup_by_key(|(at, ..)| *at);
    errors.extend(found.into_iter().map(|(at, message, help)| ConfigError {
        place: place(name, text, at),
        message,
        help,
    }));
}

fn known() -> String {
    format!("known are {}", keys::KEYS.iter().map(|row| row.name).collect::<Vec<_>>().join(", "))
}

/// Puts a value into its place; what was wanted, where it does not fit.
fn assign(slot: Slot<'_>, value: &Spanned<DeValue<'_>>, folder: &Path) -> Result<(), String> {
    let wanted = slot.wanted();
    let text = |value: &DeValue<'_>| match value {
        DeValue::String(text) if !text.is_empty() => Some(text.to_string()),
        _ => None,
    };
    match (slot, value.get_ref()) {
        (Slot::Paths(paths), DeValue::Array(items)) => {
            let found: Option<Vec<PathBuf>> =
                items.iter().map(|item| text(item.get_ref()).map(|it| folder.join(it))).collect();
            *paths = found.ok_or(wanted)?;
        }
        (Slot::Paths(paths), value) => *paths = vec![folder.join(text(value).ok_or(wanted)?)],
        (Slot::Words(words), DeValue::Array(items)) => {
            let found: Option<Vec<String>> = items.iter().map(|item| text(item.get_ref())).collect();
            *words = found.ok_or(wanted)?;
        }
        (Slot::Words(_), _) => return Err(wanted),
        (Slot::Path(path), value) => *path = Some(folder.join(text(value).ok_or(wanted)?)),
        (Slot::Text(place), value) => *place = text(value).ok_or(wanted)?,
        (Slot::Secret(place), value) => *place = text(value).ok_or(wanted)?.as_str().into(),
        (Slot::OneOf(place, words), value) => {
            let word = text(value).ok_or_else(|| wanted.clone())?;
            *place = words.iter().find(|it| **it == word).ok_or(wanted)?;
        }
        (Slot::Whole(place, range), DeValue::Integer(number)) => {
            let number = u64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok();
            *place = number.filter(|it| range.contains(it)).ok_or(wanted)?;
        }
        (Slot::Whole(..), _) => return Err(wanted),
    }
    Ok(())
}

/// `oracle.toml:3:7`: line and column count from 1, columns in code points.
fn place(name: &str, text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{name}:{line}:{column}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> (Config, Vec<String>) {
        let (mut config, mut errors) = (Config::default(), Vec::new());
        apply_text(&mut config, "oracle.toml", Path::new("etc"), text, &mut errors);
        (config, errors.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn keys_are_read() {
        let (config, errors) =
            load("rules = ['a', 'b']\nplugins = 'p'\nuser = 'ada'\nlua_timeout_ms = 1_000\n");
        assert_eq!(errors, [""; 0]);
        assert_eq!(config.rules, [Path::new("etc/a"), Path::new("etc/b")]);
        assert_eq!(config.plugins, [Path::new("etc/p")]);
        assert_eq!((config.user.as_str(), config.lua_timeout_ms), ("ada", 1_000));
    }

    #[test]
    fn every_problem_is_reported_with_its_place() {
        let (_, errors) = load("projekt = 'x'\nuser = 5\n  lua_memory_mb = -1\ncolour = true\nlisten =\n");
        insta::assert_snapshot!(errors.join("\n"));
    }
}
