//! From rule files to bytecode.
//!
//! [`session::compile_rules`] is the whole compiler, top to bottom; [`expression::compile`] compiles one expression.
//! Every stage reports into one [`diag::Sink`].
//!
//! # The pipeline
//!
#![doc = include_str!("../../docs/architecture.md")]

pub mod check;
pub mod codegen;
pub mod diag;
pub mod expression;
pub mod hir;
pub mod lint;
pub mod opt;
pub mod packfile;
pub mod rule;
pub mod rulefile;
pub mod script;
pub mod session;
pub mod source;
pub mod syntax;
pub mod template;
