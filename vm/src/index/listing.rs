//! The readable form of a hook program, for `oracle disasm`: which event wakes which rule.
//!
//! ```text
//! index of before_turn: 3 rules
//!   token-budget-warning  when turn.token_usage > 0.8
//!   long-session          when turn.number >= 20, then by its code
//!   vault-hint            when result.tool_name.startswith('vault_')
//!   tidy-up               by its code, for every event
//! ```

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use super::HookProgram;
use super::table::{Key, Posting};
use super::test::Exact;
use crate::hook::Hook;
use crate::ids::SlotId;
use crate::pack::Pack;
use crate::ty::TyDesc;
use crate::value::{Value, repr};

/// The index over rules of a hook, to be written.
#[derive(Clone, Debug)]
pub struct IndexListing<'a> {
    hook: Hook,
    /// The rules in the order of firing, and what wakes them.
    rules: Vec<(&'a str, String)>,
}

/// What the tables say about a rule.
#[derive(Default)]
struct Filing {
    slot: Option<SlotId>,
    values: Vec<String>,
    /// Whether the slot starts with one of the values; else it equals one.
    starts: bool,
    bounds: Vec<(Key, f64)>,
    exact: bool,
}

impl HookProgram {
    /// The index in readable form, for those rules whose ids are wanted; `pack` is the one that the program was made
    /// from.
    pub fn listing<'a>(&self, pack: &'a Pack, wanted: impl Fn(&str) -> bool) -> IndexListing<'a> {
        let filings = self.filings();
        let entries = (0..).zip(self.rules.iter().map(|rule| pack.rules().get(*rule)));
        let rules = entries.filter_map(|(at, entry)| {
            let id = entry?.id;
            let filing = || filings.get(&at).map_or_else(|| "never".to_owned(), Filing::to_string);
            wanted(id).then(|| (id, filing()))
        });
        IndexListing { hook: self.hook, rules: rules.collect() }
    }

    /// What the tables say, by the position of the rule.
    fn filings(&self) -> BTreeMap<u32, Filing> {
        let mut filings: BTreeMap<u32, Filing> = BTreeMap::new();
        let mut note =
            |bounds: &[(Key, f64)], posting: Posting, looked_up: Option<(SlotId, String, bool)>| {
                let filing = filings.entry(posting.at).or_default();
                filing.exact = posting.exact;
                filing.bounds = bounds.to_vec();
                if let Some((slot, value, starts)) = looked_up {
                    filing.slot = Some(slot);
                    filing.values.push(value);
                    filing.starts = starts;
                }
            };
        self.plain.rows(&mut |bounds, posting| note(bounds, posting, None));
        for equal in &self.equals {
            equal.rows(&mut |slot, value, bounds, posting| {
                note(bounds, posting, Some((slot, constant(slot, value), false)));
            });
        }
        for starts in &self.starts {
            starts.rows(&mut |slot, text, bounds, posting| {
                note(bounds, posting, Some((slot, quoted(text), true)));
            });
        }
        filings
    }
}

impl IndexListing<'_> {
    /// Whether it has no rule.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

impl Display for IndexListing<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let plural = if self.rules.len() == 1 { "" } else { "s" };
        writeln!(f, "index of {}: {} rule{plural}", self.hook, self.rules.len())?;
        let width = self.rules.iter().map(|(id, _)| id.chars().count()).max().unwrap_or_default();
        for (id, filing) in &self.rules {
            writeln!(f, "  {id:<width$}  {filing}")?;
        }
        Ok(())
    }
}

impl Display for Filing {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut tests = Vec::new();
        if let Some(slot) = self.slot {
            let path = path(slot);
            let mut values = self.values.clone();
            values.sort();
            tests.push(match (values.as_slice(), self.starts) {
                ([value], false) => format!("{path} == {value}"),
                (several, false) => format!("{path} in [{}]", several.join(", ")),
                ([value], true) => format!("{path}.startswith({value})"),
                (several, true) => format!("{path}.startswith(({}))", several.join(", ")),
            });
        }
        tests.extend(self.bounds.iter().map(|(key, bound)| order(*key, *bound)));
        match (tests.is_empty(), self.exact) {
            (true, true) => f.write_str("for every event"),
            (true, false) => f.write_str("by its code, for every event"),
            (false, true) => write!(f, "when {}", tests.join(" and ")),
            (false, false) => write!(f, "when {}, then by its code", tests.join(" and ")),
        }
    }
}

/// A bound as its condition had it: `>=` is stored as `>` of the double below.
fn order(key: Key, bound: f64) -> String {
    let above = bound.next_up();
    let show = |x: f64| number(key.slot, if key.negated { -x } else { x });
    let (strict, or_equal) = (show(bound), show(above));
    let (sign, bound) = match (or_equal.len() < strict.len(), key.negated) {
        (true, false) => (">=", or_equal),
        (true, true) => ("<=", or_equal),
        (false, false) => (">", strict),
        (false, true) => ("<", strict),
    };
    format!("{} {sign} {bound}", path(key.slot))
}

fn constant(slot: SlotId, value: &Exact) -> String {
    match value {
        Exact::None => "None".to_owned(),
        Exact::Number(bits) => number(slot, f64::from_bits(*bits)),
        Exact::Text(text) => quoted(text),
    }
}

fn quoted(text: &str) -> String {
    repr::brief(Value::text(text)).into()
}

/// A number of the index, which has doubles alone, as the slot's type would have it.
fn number(slot: SlotId, x: f64) -> String {
    let shown: String = repr::brief(Value::Float(x)).into();
    let is_whole = slot.row().is_some_and(|row| matches!(row.ty, TyDesc::Int));
    shown.strip_suffix(".0").filter(|_| is_whole).map(Into::into).unwrap_or(shown)
}

fn path(slot: SlotId) -> &'static str {
    crate::listing::slot_path(slot).unwrap_or("?")
}
