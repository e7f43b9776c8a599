//! The context as scripts see it.

use serde_json::json;

use crate::support::{answer, data, error, stored, value};
use oracle_runtime::script::Answer;

#[test]
fn every_part_of_the_context_is_there() {
    for (expression, expected) in [
        ("context.turn.number", json!(7)),
        ("context.turn.token_usage", json!(0.85)),
        ("context.turn.iteration_limit", json!(null)),
        ("#context.history.tools", json!(3)),
        ("context.history.tools[1].name", json!("search")),
        ("context.history.tools[2].result", json!(null)),
        ("context.history.tools[1].arguments.n[3][2]", json!(4)),
        ("context.history.failures.read", json!(1)),
        ("context.history.messages[1].content", json!("find it")),
        ("context.user.id", json!("ann")),
        ("context.user.settings.language", json!("de")),
        ("context.session.id", json!("s1")),
        ("context.event.type", json!("tool.call.failure")),
        ("context.event.payload.deep[1][1][1][1]", json!("x")),
        ("context.result.error", json!("timeout")),
        ("context.state.warned", json!(3)),
        ("context.state:get(\"warned\")", json!(3)),
        ("context.state:get(\"missing\")", json!(null)),
        ("context.state:get(\"missing\", 5)", json!(5)),
        ("context.state:get(\"get\")", json!("odd")),
        ("context.state:has(\"warned\")", json!(true)),
        ("context.state:has(\"missing\")", json!(false)),
        ("#context.state:keys()", json!(4)),
        ("params.limit", json!(3)),
        ("params.share", json!(0.8)),
        ("settings.max_sources", json!(10)),
        ("params.missing", json!(null)),
        ("context.missing", json!(null)),
        (
            "context.turn",
            json!({"number": 7, "token_usage": 0.85, "context_usage": 0.25, "iteration_count": 3}),
        ),
        ("context.event.payload.list", json!([10, 20, 30])),
        ("params", json!({"limit": 3, "share": 0.8})),
        ("type(context)", json!("table")),
        ("type(context.history.tools)", json!("table")),
    ] {
        assert_eq!(value(expression), data(expected), "{expression}");
    }
}

#[test]
fn tables_of_the_context_are_plain_tables() {
    for (source, expected) in [
        ("local n = 0 for _, t in ipairs(context.history.tools) do n = n + t.turn end return n", 6),
        ("local n = 0 for _, t in pairs(context.history.tools) do n = n + t.turn end return n", 6),
        ("local n = 0 for _, t in context.history.tools do n = n + t.turn end return n", 6),
        (
            "local n = 0 for i = 1, #context.history.tools do n = n + context.history.tools[i].turn end return n",
            6,
        ),
        (
            "local n, k, v = 0, next(context.history.failures) while k do n = n + v \
          k, v = next(context.history.failures, k) end return n",
            2,
        ),
        ("local n = 0 for _ in pairs(context) do n = n + 1 end return n", 8),
        ("local n = 0 for _ in pairs(context.turn) do n = n + 1 end return n", 4),
        ("local a, b, c = unpack(context.event.payload.list) return a + b + c", 60),
        ("local a, b, c = table.unpack(context.event.payload.list) return a + b + c", 60),
        ("return table.concat(context.event.payload.list, '') + 0", 102030),
        ("return table.getn(context.event.payload.list)", 3),
        ("return table.maxn(context.event.payload.list)", 3),
        ("return table.find(context.event.payload.list, 30)", 3),
        ("return table.clone(context.event.payload.list)[3]", 30),
        ("local t = {} table.move(context.event.payload.list, 1, 3, 1, t) return t[2]", 20),
        ("local n = 0 table.foreach(context.event.payload.list, function(_, v) n = n + v end) return n", 60),
        ("local n = 0 table.foreachi(context.event.payload.list, function(_, v) n = n + v end) return n", 60),
        (
            "local t = context.turn local n = 0 for _ in pairs(context) do n = n + 1 end \
          return (t == context.turn) and n or 0",
            8,
        ),
        ("return (('[x]'):gsub('%w', { x = context.turn.number })):match('%d+') + 0", 7),
        ("return (('[number]'):gsub('%w+', context.turn)):match('%d+') + 0", 7),
    ] {
        let source = format!(
            "local function f() {source} end return {{ type = 'set_state', key = 'k', value = f() }}"
        );
        assert_eq!(stored(&source), data(json!(expected)), "{source}");
    }
}

#[test]
fn nothing_of_the_context_can_be_changed() {
    for write in [
        "context.turn = 1",
        "context.turn.number = 99",
        "context.history.tools[1] = nil",
        "context.history.tools[1].name = 'x'",
        "context.new = 1",
        "context.state.key = 1",
        "params.limit = 5",
        "settings.max_sources = 5",
        "table.insert(context.history.tools, 1)",
        "table.remove(context.history.tools)",
        "table.sort(context.event.payload.list)",
        "table.clear(context.event.payload.list)",
        "table.move({ 1 }, 1, 1, 1, context.event.payload.list)",
        "string.x = 1",
        "table.insert = nil",
        "math.pi = 3",
    ] {
        let message = error(write);
        assert!(message.starts_with("test.lua:1: "), "{write}: {message}");
        assert!(message.contains("readonly"), "{write}: {message}");
    }
    assert_eq!(answer("context = nil params = nil return context == nil and params == nil"), Answer::Yes);
}

#[test]
fn values_come_back_as_they_were() {
    for part in ["user.settings", "event.payload", "history.failures", "state"] {
        let (group, field) = part.split_once('.').unwrap_or((part, ""));
        let context = crate::support::context();
        let expected = if field.is_empty() { &context[group] } else { &context[group][field] };
        assert_eq!(value(&format!("context.{part}")), data(expected.clone()), "{part}");
        // Also after it was looked at.
        let source = format!(
            "for _ in pairs(context.{part}) do end return {{ type = 'set_state', key = 'k', value = context.{part} }}"
        );
        assert_eq!(stored(&source), data(expected.clone()), "{part}");
    }
    assert_eq!(value("context.event.payload.exact"), data(json!(9_007_199_254_740_992_u64)));
    assert_eq!(value("context.event.payload.big"), data(json!(9_223_372_036_854_775_807.0_f64)));
    assert_eq!(value("context.event.payload.big == 9223372036854775807"), data(json!(true)));
    assert_eq!(value("context.user.settings.empty"), data(json!([])));
    assert_eq!(value("context.user.settings.none"), data(json!({})));
    assert_eq!(value("context.user.settings['']"), data(json!(1)));
    assert_eq!(value("context.user.settings['1']"), data(json!("one")));
    assert_eq!(value("{ 1, { 2, { x = 3 } } }"), data(json!([1, [2, {"x": 3}]])));
    assert_eq!(value("{ [2] = 'b' }"), data(json!({"2": "b"})));
    assert_eq!(value("{ 1, x = 2 }"), data(json!({"1": 1, "x": 2})));
    assert_eq!(value("{}"), data(json!([])));
    assert_eq!(value("'\\255ok'"), data(json!("\u{fffd}ok")));
    assert_eq!(value("0.5"), data(json!(0.5)));
    assert_eq!(value("-0.0"), data(json!(0)));
}
