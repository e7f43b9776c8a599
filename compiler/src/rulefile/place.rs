//! Places of a rule file that later stages report at.

use crate::source::Span;

/// A TOML string with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct TextPlace {
    /// The decoded text.
    pub text: String,
    /// The place, quotes included.
    pub span: Span,
}

/// A template with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct TemplatePlace {
    /// Which action it is part of, from 0.
    pub action: usize,
    /// The template.
    pub text: TextPlace,
}

/// Where the parts of a rule stand in its file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    /// `[rule]`, or the whole file where it is missing.
    pub rule: Span,
    /// The id.
    pub id: Span,
    /// The trigger; `None` where the default is used.
    pub trigger: Option<Span>,
    /// The names of the params, in the order of the params.
    pub params: Vec<Span>,
    /// Whether a param is missing because its declaration was wrong.
    pub has_broken_params: bool,
    /// The condition, where it is an expression.
    pub condition: Option<TextPlace>,
    /// The path of the script, where the condition is one.
    pub script: Option<TextPlace>,
    /// The expression of `clear_when`.
    pub clear_when: Option<TextPlace>,
    /// The actions, in their order.
    pub actions: Vec<Span>,
    /// The templates of all actions, in their order.
    pub templates: Vec<TemplatePlace>,
    /// The keys that `set_state` actions write.
    pub state_keys: Vec<TextPlace>,
    /// The tests, in their order.
    pub tests: Vec<Span>,
}
