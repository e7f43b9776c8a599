//! What a token allows.

use std::fmt;

/// One thing that a token allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Reading rules, plugins, one's own settings, state and executions.
    Read,
    /// Sending events, draining notifications, trying rules.
    Evaluate,
    /// Changing one's own settings and state, reloading.
    Manage,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Scope; 3] = [Scope::Read, Scope::Evaluate, Scope::Manage];

    /// Its name in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Evaluate => "evaluate",
            Scope::Manage => "manage",
        }
    }

    /// The scope with this name.
    pub fn from_word(word: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a caller may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// Everything.
    pub const ALL: Scopes = Scopes(0b111);

    /// Whether this is among it.
    pub fn allows(self, scope: Scope) -> bool {
        self.0 >> (scope as u8) & 1 == 1
    }

    /// Reads names, between plus signs, commas or spaces.
    ///
    /// # Errors
    /// The first name that is no scope.
    pub fn parse(names: &str) -> Result<Scopes, String> {
        let names = names.split(['+', ',', ' ']).filter(|name| !name.is_empty());
        names.map(|name| Scope::from_word(name).ok_or_else(|| name.to_owned())).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Scopes {
        Scopes(scopes.into_iter().fold(0, |all, scope| all | 1 << (scope as u8)))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = Scope::ALL.iter().filter(|it| self.allows(**it)).map(|it| it.word()).collect();
        f.write_str(&words.join(", "))
    }
}
