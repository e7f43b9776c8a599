//! From rule files to bytecode.
//!
//! | from | to | lives in |
//! | --- | --- | --- |
//! | a file's text | [`source::SourceId`] | [`source`] |
//! | TOML text | [`rulefile`]'s spanned rule file | [`rulefile`] |
//! | condition text | tokens, then [`syntax::ast`] | [`syntax`] |
//! | AST + schema + functions + hook | typed [`hir::Hir`] | [`check`] |
//! | [`hir::Hir`] | [`hir::Hir`] | [`opt`] |
//! | [`hir::Hir`] | [`oracle_vm::pack::Pack`] | [`codegen`] |
//!
//! Every stage reports into one [`diag::Sink`] and goes on: a file with five mistakes gets five diagnostics.
//! The crate is pure: it reads no file, clock or environment.

pub mod check;
pub mod codegen;
pub mod diag;
pub mod expression;
pub mod hir;
pub mod lint;
pub mod opt;
pub mod rule;
pub mod rulefile;
pub mod session;
pub mod source;
pub mod syntax;
pub mod template;
