//! a-tree: an index over boolean expressions, for many rules at once.

use a_tree::{ATree, AttributeDefinition};

use super::said;
use crate::cases::{Case, RuleSet};
use crate::context::Context;
use crate::engine::{Engine, Kept, Runner, runner};

/// The engine; it has no state of its own.
pub(super) struct Tree;

fn empty() -> Result<ATree<usize>, String> {
    let definitions = [AttributeDefinition::float("token_usage"), AttributeDefinition::integer("calls")];
    ATree::new(&definitions).map_err(said)
}

/// Each rule takes longer to insert than the one before: 100,000 take minutes.
fn grow(set: RuleSet) -> Result<ATree<usize>, String> {
    let mut tree = empty()?;
    for at in 0..set.count {
        let (share, calls) = set.constants(at);
        tree.insert(&at, &format!("token_usage > {share:?} and calls > {calls}")).map_err(said)?;
    }
    Ok(tree)
}

impl Engine for Tree {
    fn name(&self) -> &'static str {
        "a-tree"
    }

    fn version(&self) -> &'static str {
        "0.6"
    }

    fn prepare<'a>(&'a self, _: &Case, _: &'a Context) -> Result<Option<Runner<'a>>, String> {
        Ok(None)
    }

    fn rules<'a>(&'a self, set: RuleSet, context: &'a Context) -> Result<Option<Runner<'a>>, String> {
        let tree = grow(set)?;
        let mut event = tree.make_event();
        // Decimals, as digits and how many of them stand behind the point.
        let digits = (context.turn.token_usage * 1e9).round() as i64;
        event.with_float("token_usage", digits, 9).map_err(said)?;
        event.with_integer("calls", context.history.total_tool_calls).map_err(said)?;
        let event = event.build().map_err(said)?;
        let expected = set.matches(context);
        Ok(Some(runner(move || tree.search(&event).is_ok_and(|report| report.matches().len() == expected))))
    }

    fn keep<'a>(&'a self, set: RuleSet) -> Result<Option<Kept<'a>>, String> {
        Ok(Some(Box::new(grow(set)?)))
    }

    /// An empty tree and one insertion.
    fn compiler<'a>(&'a self, case: &'a Case) -> Option<Runner<'a>> {
        let insert = || empty()?.insert(&0, "token_usage > 0.8 and calls > 5").map_err(said);
        (case.name == "C2").then(|| runner(move || insert().is_ok()))
    }
}
