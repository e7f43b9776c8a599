//! The sections about rules: one entry for each rule, in the order of the machine's.

use std::sync::Arc;

use oracle_vm::pack::{ContentError, Contents, In, Out, PackError, PackWriter, RuleEntry, Rules, Section};

use super::plugins::{params, put_params};
use crate::rule::{
    ActionSpec, Condition, DeliverAt, LimitSpec, LogLevel, Priority, RuleSpec, ScriptSpec, TestSpec,
};

const EXPRESSION: u8 = 0;
const SCRIPT: u8 = 1;

const NOTIFY_SELF: u8 = 0;
const LOG: u8 = 1;
const SET_STATE: u8 = 2;
const EMIT_EVENT: u8 = 3;

/// Bytes that an action or an example takes at least.
const LEAST: usize = 9;

pub(super) fn write(writer: &mut PackWriter, rules: &[Arc<RuleSpec>]) {
    each(writer, Section::About, rules, put_about);
    each(writer, Section::Params, rules, |out, rule| put_params(out, &rule.params));
    each(writer, Section::Limits, rules, |out, rule| put_limits(out, &rule.limits));
    each(writer, Section::Actions, rules, |out, rule| {
        out.count(rule.actions.len());
        rule.actions.iter().for_each(|action| put_action(out, action));
    });
    each(writer, Section::Scripts, rules, put_script);
    each(writer, Section::Tests, rules, |out, rule| {
        out.count(rule.tests.len());
        rule.tests.iter().for_each(|test| put_test(out, test));
    });
}

fn each(
    writer: &mut PackWriter,
    section: Section,
    rules: &[Arc<RuleSpec>],
    put: impl Fn(&mut Out<'_>, &RuleSpec),
) {
    writer.section(section, |out| {
        out.count(rules.len());
        rules.iter().for_each(|rule| put(out, rule));
    });
}

/// Reads what a section says about each rule.
fn all<T>(
    contents: &Contents<'_>,
    section: Section,
    rules: usize,
    mut entry: impl FnMut(&mut In<'_, '_>) -> Result<T, ContentError>,
) -> Result<Option<Vec<T>>, PackError> {
    contents.section(section, |input| {
        // An entry may be empty; the number of rules was already compared with the size of their section.
        if input.count(0)? != rules {
            return Err(ContentError::RuleCount);
        }
        (0..rules).map(|_| entry(input)).collect()
    })
}

fn needed<T>(found: Option<T>, section: Section) -> Result<T, PackError> {
    found.ok_or(PackError::MissingSection(section))
}

pub(super) fn read(contents: &Contents<'_>, entries: &Rules) -> Result<Vec<Arc<RuleSpec>>, PackError> {
    let count = entries.len();
    let mut ids = entries.iter();
    let about = all(contents, Section::About, count, |input| match ids.next() {
        Some(entry) => about(input, &entry),
        None => Err(ContentError::RuleCount),
    })?;
    let mut rules = needed(about, Section::About)?;
    let params = needed(all(contents, Section::Params, count, params)?, Section::Params)?;
    let limits = needed(all(contents, Section::Limits, count, limits)?, Section::Limits)?;
    let actions = all(contents, Section::Actions, count, |input| {
        let count = input.count(LEAST)?;
        (0..count).map(|_| action(input)).collect::<Result<Vec<_>, _>>()
    })?;
    let actions = needed(actions, Section::Actions)?;
    let tests = all(contents, Section::Tests, count, |input| {
        let count = input.count(LEAST)?;
        (0..count).map(|_| test(input)).collect::<Result<Vec<_>, _>>()
    })?;
    for ((rule, params), (limits, actions)) in
        rules.iter_mut().zip(params).zip(limits.into_iter().zip(actions))
    {
        rule.params = params;
        rule.limits = limits;
        rule.actions = actions;
    }
    let scripts = all(contents, Section::Scripts, count, |input| input.option(|it| it.string()))?;
    for (rule, script) in rules.iter_mut().zip(needed(scripts, Section::Scripts)?) {
        if let Condition::Script(spec) = &mut rule.condition {
            spec.source = script.map(Into::into);
        }
    }
    for (rule, tests) in rules.iter_mut().zip(tests.unwrap_or_default()) {
        rule.tests = tests;
    }
    Ok(rules.into_iter().map(Arc::new).collect())
}

/// The source text of a script, where the rule has one that was read.
fn put_script(out: &mut Out<'_>, rule: &RuleSpec) {
    let source = match &rule.condition {
        Condition::Script(script) => script.source.as_deref(),
        Condition::Expression(_) => None,
    };
    out.option(source, |out, text| out.str(text));
}

fn put_about(out: &mut Out<'_>, rule: &RuleSpec) {
    // What the machine's sections have is not here; the others have sections of their own.
    let RuleSpec {
        id: _,
        hook: _,
        priority: _,
        params: _,
        limits: _,
        actions: _,
        tests: _,
        plugin,
        name,
        description,
        version,
        enabled,
        core,
        condition,
        source_path,
    } = rule;
    for text in [name, description, version, source_path] {
        out.str(text);
    }
    out.option(plugin.as_deref(), |out, id| out.str(id));
    out.bool(*enabled);
    out.bool(*core);
    let (kind, text) = match condition {
        Condition::Expression(text) => (EXPRESSION, text),
        Condition::Script(script) => (SCRIPT, &script.path),
    };
    out.u8(kind);
    out.str(text);
}

fn about(input: &mut In<'_, '_>, entry: &RuleEntry<'_>) -> Result<RuleSpec, ContentError> {
    let (name, description) = (input.string()?, input.string()?);
    let (version, source_path) = (input.string()?, input.string()?);
    let plugin = input.option(|it| it.string())?;
    let (enabled, core) = (input.bool()?, input.bool()?);
    let condition = match input.u8()? {
        EXPRESSION => Condition::Expression(input.string()?),
        SCRIPT => Condition::Script(ScriptSpec { path: input.string()?, source: None }),
        _ => return Err(ContentError::Tag),
    };
    Ok(RuleSpec {
        id: entry.id.to_owned(),
        plugin,
        name,
        description,
        version,
        hook: entry.hook,
        priority: entry.priority,
        enabled,
        core,
        params: Vec::new(),
        condition,
        limits: LimitSpec::default(),
        actions: Vec::new(),
        tests: Vec::new(),
        source_path,
    })
}

fn put_limits(out: &mut Out<'_>, limits: &LimitSpec) {
    let LimitSpec { hold_turns, cooldown_turns, cooldown_seconds, max_per_session, rising, clear_when } =
        limits;
    for number in [hold_turns, cooldown_turns, max_per_session] {
        out.option(*number, |out, number| out.u32(number));
    }
    out.option(*cooldown_seconds, |out, number| out.f64(number));
    out.bool(*rising);
    out.option(clear_when.as_deref(), |out, text| out.str(text));
}

fn limits(input: &mut In<'_, '_>) -> Result<LimitSpec, ContentError> {
    Ok(LimitSpec {
        hold_turns: input.option(|it| it.u32())?,
        cooldown_turns: input.option(|it| it.u32())?,
        max_per_session: input.option(|it| it.u32())?,
        cooldown_seconds: input.option(|it| it.f64())?,
        rising: input.bool()?,
        clear_when: input.option(|it| it.string())?,
    })
}

fn put_action(out: &mut Out<'_>, action: &ActionSpec) {
    match action {
        ActionSpec::NotifySelf { message, category, priority, deliver_at } => {
            out.u8(NOTIFY_SELF);
            for text in [message, category, priority.word(), deliver_at.word()] {
                out.str(text);
            }
        }
        ActionSpec::Log { message, level } => {
            out.u8(LOG);
            out.str(message);
            out.str(level.word());
        }
        ActionSpec::SetState { key, value } => {
            out.u8(SET_STATE);
            out.str(key);
            out.data(value);
        }
        ActionSpec::EmitEvent { event_type, payload } => {
            out.u8(EMIT_EVENT);
            out.str(event_type);
            out.data(payload);
        }
    }
}

fn action(input: &mut In<'_, '_>) -> Result<ActionSpec, ContentError> {
    Ok(match input.u8()? {
        NOTIFY_SELF => ActionSpec::NotifySelf {
            message: input.string()?,
            category: input.string()?,
            priority: Priority::from_word(input.str()?).ok_or(ContentError::Tag)?,
            deliver_at: DeliverAt::from_word(input.str()?).ok_or(ContentError::Tag)?,
        },
        LOG => ActionSpec::Log {
            message: input.string()?,
            level: LogLevel::from_word(input.str()?).ok_or(ContentError::Tag)?,
        },
        SET_STATE => ActionSpec::SetState { key: input.string()?, value: input.data()? },
        EMIT_EVENT => ActionSpec::EmitEvent { event_type: input.string()?, payload: input.data()? },
        _ => return Err(ContentError::Tag),
    })
}

fn put_test(out: &mut Out<'_>, test: &TestSpec) {
    let TestSpec { name, context, params, settings, fires, message } = test;
    out.str(name);
    out.bool(*fires);
    out.option(message.as_deref(), |out, text| out.str(text));
    for data in [context, params, settings] {
        out.data(data);
    }
}

fn test(input: &mut In<'_, '_>) -> Result<TestSpec, ContentError> {
    Ok(TestSpec {
        name: input.string()?,
        fires: input.bool()?,
        message: input.option(|it| it.string())?,
        context: input.data()?,
        params: input.data()?,
        settings: input.data()?,
    })
}
