//! Loading rules: the built-in ones and folders of rule files.
//!
//! [`find`] collects files, [`load`] compiles them into a [`RuleSet`](crate::engine::RuleSet). Whatever is wrong with
//! a file is a diagnostic and keeps only that file out; [`OnBad`] says whether the caller wants the rest then.

mod builtin;
mod find;
mod load;
mod script_files;

pub use builtin::{BUILTIN_RULES, BUILTIN_SCRIPTS, builtin_inputs};
pub(crate) use find::{Disk, NOT_RULES, Plain, entries, read_bounded};
pub use find::{Found, Unreadable, find};
pub use load::{LoadError, LoadOptions, LoadReport, OnBad, compile_with_plugins, load, load_inputs};
pub(crate) use load::{gather, report_unreadable};
pub use script_files::{ScriptFiles, compile};
