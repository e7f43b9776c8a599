//! Rule files: TOML text in, a [`RuleFile`] with the place of everything out.
//!
//! `text` makes sure that it is UTF-8 of a sane size, [`read()`] parses it as TOML and gives each table to the file
//! that knows the section: `rule`, [`params`], `condition`, `limits`, `action`, `test`. What keys there are, their types
//! and ranges is the [table of keys](keys); `fields` checks every table against it, so a section only takes what
//! is there. Everything that is wrong with a file is reported in one go.
//!
//! The [manifest] of a plugin is read with the same building blocks.
//!
//! TOML dates and times become text, as they were written: conditions, templates and state know no other form.

mod action;
mod condition;
mod data;
mod fields;
mod file;
pub mod keys;
mod limits;
pub mod manifest;
pub mod params;
mod place;
mod rule;
mod test;
mod text;
mod version;

pub use data::data;
pub use fields::Fields;
pub use file::{PluginContext, RuleFile, read};
pub use place::{Places, TemplatePlace, TextPlace};
pub use rule::{check_id, check_version, is_id};
pub use text::{FILE_BYTES, decode};
