//! The runtime: everything with effects.
//!
//! | from | to | lives in |
//! | --- | --- | --- |
//! | folders of rule files and plugins, the built-in rules | [`engine::RuleSet`] | [`ruleset`], [`plugin`] |
//! | JSON | [`event::Event`] | [`event`], [`input`] |
//! | events of a session | [`context::Context`] | [`session`], [`context`] |
//! | rules + context | which rules fire | [`engine`], [`limits`] |
//! | requests | answers of the engine | [`http`] |
//! | fired rules | notifications, log lines, state, events | [`action`], [`template`], [`notify`], [`state`] |
//!
//! [`engine::Engine`] is what an embedder needs.

pub mod action;
pub mod cli;
pub mod config;
pub mod context;
pub mod engine;
pub mod error;
pub mod event;
pub mod http;
pub mod input;
pub mod limits;
pub mod metrics;
pub mod notify;
pub mod pack;
pub mod plugin;
pub mod reload;
pub mod ruleset;
pub mod script;
pub mod session;
pub mod state;
pub mod template;
pub mod trace;

/// The README's example is a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
