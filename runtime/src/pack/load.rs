//! From the bytes of a pack file to rules that are ready for a rule set.

use std::fmt;
use std::io;

use oracle_compiler::diag::Severity;
use oracle_compiler::packfile::{self, Packed, sources};
use oracle_vm::pack::{Container, PackError};
use oracle_vm::verify::{VerifyError, verify};

use super::keys::PublicKey;
use super::trust::{Trust, TrustError};

/// A pack that was loaded.
#[derive(Clone, Debug)]
pub struct LoadedPack {
    /// What is in it; its code is verified when the rule set is made.
    pub packed: Packed,
    /// The trusted key that signed it, where one is needed.
    pub signed_by: Option<PublicKey>,
    /// Why it was compiled again from its own sources, where it was.
    pub recompiled: Option<PackError>,
}

/// Why a pack was not loaded.
#[derive(Debug)]
#[non_exhaustive]
pub enum LoadPackError {
    /// It cannot be read.
    Io(io::Error),
    /// Its bytes are no pack of this version, and it has no sources to compile again.
    Pack(PackError),
    /// The host does not take it.
    Trust(TrustError),
    /// Its code is not what the machine runs.
    Verify(VerifyError),
    /// It is of another version, and its sources do not compile: what the first error says.
    Sources(PackError, String),
    /// Its rules and plugins contradict each other: the rule and how.
    Rule(String, &'static str),
}

impl fmt::Display for LoadPackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadPackError::Io(error) => error.fmt(f),
            LoadPackError::Pack(error) if error.is_of_another_version() => {
                write!(f, "{error}: it has no sources to do so by itself")
            }
            LoadPackError::Pack(error) => error.fmt(f),
            LoadPackError::Trust(error) => error.fmt(f),
            LoadPackError::Verify(error) => error.fmt(f),
            LoadPackError::Sources(error, why) => {
                write!(f, "{error}: the sources in it do not compile, {why}")
            }
            LoadPackError::Rule(id, why) => write!(f, "its rule `{}` {why}", id.escape_debug()),
        }
    }
}

impl std::error::Error for LoadPackError {}

impl From<PackError> for LoadPackError {
    fn from(error: PackError) -> Self {
        LoadPackError::Pack(error)
    }
}

/// Loads a pack: checks its frame, that the host trusts it, its content and its code. A pack of another version is
/// compiled again from its own sources.
///
/// # Errors
/// Whatever is wrong; nothing is loaded then.
pub fn load_pack(bytes: &[u8], trust: &Trust) -> Result<LoadedPack, LoadPackError> {
    let container = Container::open(bytes)?;
    let signed_by = trust.check(&container).map_err(LoadPackError::Trust)?;
    let (packed, recompiled) = match packfile::read(container.clone()) {
        Ok(packed) => (packed, None),
        Err(error) if error.is_of_another_version() => (recompile(&container, &error)?, Some(error)),
        Err(error) => return Err(error.into()),
    };
    let Packed { pack, rules, plugins, sources } = packed;
    let pack = verify(pack).map_err(LoadPackError::Verify)?.into_pack();
    let packed = Packed { pack, rules, plugins, sources };
    check_rules(&packed)?;
    Ok(LoadedPack { packed, signed_by, recompiled })
}

fn recompile(container: &Container<'_>, why: &PackError) -> Result<Packed, LoadPackError> {
    let files = sources::read(container)?;
    if files.is_empty() {
        return Err(LoadPackError::Pack(why.clone()));
    }
    packfile::recompile(files).map_err(|compiled| {
        let errors = compiled.diagnostics.iter().filter(|it| it.severity == Severity::Error);
        let first = errors.map(|it| it.message.clone()).next();
        LoadPackError::Sources(why.clone(), first.unwrap_or_else(|| "and nothing says why".to_owned()))
    })
}

/// A pack may say of its rules what no compiler would: what the runtime relies on is checked.
fn check_rules(packed: &Packed) -> Result<(), LoadPackError> {
    for (rule, entry) in packed.rules.iter().zip(packed.pack.rules().iter()) {
        let wrong = |why| Err(LoadPackError::Rule(rule.id.clone(), why));
        let prefix = rule.id.split_once(':').map(|(plugin, _)| plugin);
        if prefix != rule.plugin.as_deref() {
            return wrong("does not belong to the plugin that it names");
        }
        let settings = packed.plugins.iter().find(|it| rule.plugin.as_deref() == Some(it.id.as_str()));
        let settings = settings.map_or(0, |plugin| plugin.settings.len());
        for chunk in [entry.condition, entry.clear_when].into_iter().flatten() {
            let Some(chunk) = packed.pack.chunk(chunk) else { continue };
            if usize::from(chunk.params) > rule.params.len() {
                return wrong("reads more params than it has");
            }
            if usize::from(chunk.settings) > settings {
                return wrong("reads more settings than its plugin has");
            }
        }
    }
    Ok(())
}
