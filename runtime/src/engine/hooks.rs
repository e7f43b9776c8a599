//! The rules of one hook, ready for its events.

use oracle_compiler::codegen::slots_read;
use oracle_compiler::rule::{ActionSpec, ActionType, Condition};
use oracle_vm::hook::Hook;
use oracle_vm::ids::{ChunkId, RuleId, SlotId};
use oracle_vm::index::HookProgram;
use oracle_vm::op::Op;
use oracle_vm::verify::VerifiedPack;

use super::Rule;

/// All rules of a hook: those with code in one program, the others beside it.
#[derive(Debug)]
pub(super) struct HookRules {
    /// Every rule, in firing order.
    pub(super) order: Vec<RuleId>,
    /// The rules with an expression as their condition; their order is the firing order.
    pub(super) program: HookProgram,
    /// The rules without code: their condition is a script.
    pub(super) scripts: Vec<RuleId>,
    /// Positions in the program of rules whose limits have to see every evaluation, not only matches.
    pub(super) watched: Vec<u32>,
    /// What the rules' code reads of the context.
    pub(super) slots: Vec<SlotId>,
    /// The rules that may wait: for a script, for the disk, or for what follows from an event that they emit.
    pub(super) waiting: Vec<RuleId>,
}

impl HookRules {
    /// Gathers the rules of a hook and tells each of them its places.
    pub(super) fn new(pack: &VerifiedPack, hook: Hook, rules: &mut [Rule]) -> HookRules {
        let order = pack.rules_of(hook).to_vec();
        let program = HookProgram::new(pack, hook, |id| {
            rules.get(id.index()).map_or(&[][..], |rule| &rule.params.values)
        });
        for (rank, id) in (0..).zip(&order) {
            if let Some(rule) = rules.get_mut(id.index()) {
                rule.rank = rank;
            }
        }
        let mut watched = Vec::new();
        for (at, id) in (0..).zip(program.rules()) {
            let Some(rule) = rules.get_mut(id.index()) else { continue };
            rule.at = at;
            if rule.is_watched {
                watched.push(at);
            }
        }
        let has_code = |id: &&RuleId| rules.get(id.index()).is_some_and(|rule| rule.condition.is_some());
        let scripts = order.iter().filter(|id| !has_code(id)).copied().collect();
        let chunks = order.iter().filter_map(|id| rules.get(id.index())).flat_map(chunks_of);
        let mut slots: Vec<SlotId> =
            chunks.filter_map(|id| pack.chunk(id)).flat_map(|chunk| slots_read(&chunk)).collect();
        slots.sort_unstable();
        slots.dedup();
        let waits = |id: &&RuleId| rules.get(id.index()).is_some_and(may_wait);
        let waiting = order.iter().filter(waits).copied().collect();
        HookRules { order, program, scripts, watched, slots, waiting }
    }
}

fn may_wait(rule: &Rule) -> bool {
    let writes =
        |action: &ActionSpec| matches!(action.action_type(), ActionType::SetState | ActionType::EmitEvent);
    matches!(rule.spec.condition, Condition::Script(_)) || rule.spec.actions.iter().any(writes)
}

fn chunks_of(rule: &Rule) -> impl Iterator<Item = ChunkId> + use<> {
    [rule.condition, rule.clear_when].into_iter().flatten()
}

/// Whether any of these chunks reads the state of the rule's plugin.
pub(super) fn reads_state(pack: &VerifiedPack, chunks: [Option<ChunkId>; 2]) -> bool {
    let reads = |id: ChunkId| {
        let code = pack.chunk(id).map_or(&[][..], |chunk| chunk.code);
        code.iter().any(|op| matches!(op, Op::LoadState { .. }))
    };
    chunks.into_iter().flatten().any(reads)
}
