//! Reads, verifies and runs a pack, whatever its bytes.

use oracle_compiler::packfile;
use oracle_runtime::engine::RuleSet;
use oracle_vm::hook::Hook;
use oracle_vm::machine::Machine;
use oracle_vm::pack::Container;
use oracle_vm::value::{Data, repr};
use oracle_vm::verify::verify;

use crate::condition::Bound;
use crate::differential::context::{Inputs, PARAMS, SETTINGS};
use crate::differential::rng::Rng;

/// How far a pack got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// The frame is broken.
    Frame,
    /// A section is broken.
    Content,
    /// The verifier refuses it.
    Verify,
    /// Its rules ran.
    Ran,
}

impl Fate {
    /// All of them, in order.
    pub const ALL: [Fate; 4] = [Fate::Frame, Fate::Content, Fate::Verify, Fate::Ran];
}

/// Runs packs against generated contexts.
pub struct Runner {
    machine: Machine,
    bound: Vec<Bound>,
}

/// Contexts that a chunk runs against.
const CONTEXTS: usize = 6;
/// Runs of one pack at most: each may use up its fuel.
const RUNS: usize = 96;

impl Runner {
    /// A runner with contexts from a seed.
    pub fn new(seed: u64) -> Runner {
        let mut rng = Rng::new(seed);
        let hooks: Vec<Hook> = Hook::all().collect();
        let bound = (0..CONTEXTS).map(|at| {
            let hook = (at > 0).then(|| *rng.pick(&hooks));
            let given = Inputs::random(&mut rng, hook);
            let mut bound = Bound::context(&given.context, hook).expect("generated contexts are good");
            bound.params = vec![Data::Float(0.5); PARAMS.len()];
            bound.settings = vec![Data::text("x"); SETTINGS.len()];
            bound
        });
        Runner { machine: Machine::new(), bound: bound.collect() }
    }

    /// Does with a pack everything that a host does. Returns how far that got; never panics.
    pub fn run(&mut self, bytes: &[u8], rng: &mut Rng) -> Fate {
        let Ok(container) = Container::open(bytes) else { return Fate::Frame };
        let Ok(packed) = packfile::read(container) else { return Fate::Content };
        let Ok(pack) = verify(packed.pack.clone()) else { return Fate::Verify };
        let mut runs = 0;
        for (id, _) in pack.chunks() {
            for _ in 0..2 {
                let bound = &self.bound[rng.below(self.bound.len())];
                let (frame, scope) = crate::condition::frame_of(bound);
                let value =
                    self.machine.evaluate(&pack, id, &frame, &scope, |value| repr::brief(value).len());
                let truth = self.machine.truth(&pack, id, &frame, &scope);
                for fault in [value.err(), truth.err()].into_iter().flatten() {
                    assert!(!fault.trouble.to_string().contains("is broken"), "{fault:?}");
                }
                runs += 1;
            }
            if runs >= RUNS {
                break;
            }
        }
        // Templates are compiled here, which takes longer.
        if rng.percent(5) {
            assert!(RuleSet::new(packed.rules, packed.pack).is_ok(), "verified, but no rule set");
        }
        Fate::Ran
    }
}
