//! Good packs: the built-in rules, generated rules, code that no compiler writes.

use oracle_compiler::packfile::{self, Packed, PluginSpec, SourceFile, SourceKind};
use oracle_compiler::rule::ParamType;
use oracle_compiler::session::{Options, RuleInput, compile_rules};
use oracle_runtime::ruleset::builtin_inputs;
use oracle_vm::asm;
use oracle_vm::hook::Hook;
use oracle_vm::ids::ChunkId;
use oracle_vm::pack::{self, RuleEntry};

use crate::condition::spec;
use crate::differential::context::PARAMS;
use crate::differential::generate::Gen;

/// Rules of a generated pack.
const RULES: u64 = 40;

/// Loops, lists, patterns and calls, packed more densely than conditions do.
const LISTING: &str = r#"
re0 = "a+|[b-d]{2}"
chunk 0: 9 registers, 0 params, 0 settings
  k0 = [1, {"a": [2.5, "b"], "é": null}, 18446744073709551615]
  k1 = "name"
  load_const r0 k0
  list_begin
  iter_begin r1 r0
  iter_next r1 @8
  jump_if_none r3 @3
  list_push r3
  jump @7
  iter_loop @3
  list_end r4
  load_slot r5 s14
  matches r6 r5 re0
  jump_unless r6 @13
  return r4
  attr r7 r0 k1
  return r7
"#;

/// A rule file with this condition.
pub fn rule_file(id: &str, hook: Hook, condition: &str) -> String {
    let text = serde_json::Value::from(condition).to_string();
    let params: String = PARAMS
        .iter()
        .map(|(name, ty)| {
            let default = match *ty {
                "integer" => "3",
                "float" => "0.5",
                "boolean" => "true",
                _ => "'grep'",
            };
            format!("[params.{name}]\ntype = '{ty}'\ndefault = {default}\n")
        })
        .collect();
    format!(
        "[rule]\nid = '{id}'\ntrigger = '{hook}'\n{params}[condition]\nexpression = {text}\n[limits]\ncooldown_turns = 2\n\
         [[action]]\ntype = 'notify_self'\nmessage = 'turn {{{{ context.turn.number }}}}'\n[[action]]\ntype = 'set_state'\n\
         key = 'k'\nvalue = {{ at = 1.5, list = [1, 'x', nan] }}\n[[test]]\nname = 't'\ncontext = {{}}\nfires = false\n"
    )
}

/// What compiles of generated rules.
pub fn generated(seed: u64) -> Packed {
    let hooks: Vec<Hook> = Hook::all().collect();
    let inputs: Vec<RuleInput> = (0..RULES)
        .map(|at| {
            let text = Gen::new(seed.wrapping_mul(RULES).wrapping_add(at)).expression().text(at);
            let hook = hooks[at as usize % hooks.len()];
            RuleInput::loose(format!("rules/r{at}.toml"), rule_file(&format!("r{at}"), hook, &text))
        })
        .collect();
    of(&inputs)
}

fn of(inputs: &[RuleInput]) -> Packed {
    let compiled = compile_rules(inputs, Options::default());
    let sources =
        compiled.files.iter().zip(inputs).filter(|(file, _)| file.rule.is_some()).map(|(_, input)| {
            SourceFile {
                kind: SourceKind::Rule,
                plugin: String::new(),
                path: input.path.clone(),
                rule: String::new(),
                bytes: input.bytes.clone(),
            }
        });
    let sources = sources.collect();
    let plugin = PluginSpec {
        id: "research".to_owned(),
        requires: vec!["web_search".to_owned()],
        settings: vec![spec("topic", "string")],
        ..PluginSpec::default()
    };
    debug_assert_eq!(plugin.settings[0].ty, ParamType::String);
    Packed { pack: compiled.pack, rules: compiled.rules, plugins: vec![plugin], sources }
}

/// All samples.
pub fn all() -> Vec<Vec<u8>> {
    let built_in = of(&builtin_inputs());
    let mut listing = asm::assemble(LISTING).expect("the listing is one");
    listing = listing.with_rules(vec![RuleEntry {
        id: "dense",
        hook: Hook::OnTurnEnd,
        priority: 7,
        condition: Some(ChunkId(0)),
        clear_when: None,
    }]);
    let mut samples = vec![
        packfile::write(&built_in, false),
        packfile::write(&built_in, true),
        pack::write(&listing),
        packfile::write(&Packed::default(), false),
    ];
    samples.extend((0..4).map(|seed| packfile::write(&generated(seed), seed % 2 == 1)));
    samples
}
