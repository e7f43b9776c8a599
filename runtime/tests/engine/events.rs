//! Reading events: what is needed, what is filled in, what is refused and how.

use oracle_runtime::event::{Event, Severity};
use oracle_vm::value::Data;
use serde_json::{Value, json};

fn refused(json: Value) -> String {
    Event::from_json(&json).unwrap_err().to_string()
}

#[test]
fn only_the_type_is_required() {
    let event = Event::from_json(&json!({"type": "query.start"})).unwrap();
    assert_eq!((event.id.clone(), event.timestamp, event.severity), (None, None, Severity::Info));
    assert_eq!((event.user_id.as_str(), event.project_id.as_str()), ("local", "default"));
    assert_eq!((event.session_id.as_str(), event.source.as_str()), ("default", "agent"));
    assert!(event.payload.is_empty());
    let nulls =
        json!({"type": "query.start", "id": null, "timestamp": null, "payload": null, "severity": null});
    assert_eq!(Event::from_json(&nulls).unwrap(), event);
    assert_eq!(refused(json!({})), "`type` is missing: add it");
    assert_eq!(refused(json!({"type": " "})), "`type` must be a name with text in it, not \" \"");
}

#[test]
fn known_fields_have_their_types_and_ranges() {
    let turn = |payload: Value| refused(json!({"type": "agent.turn.start", "payload": payload}));
    for (json, message) in [
        (json!({"type": 5}), "`type` must be text, not 5"),
        (json!([]), "`event` must be an object, not a list of 0"),
        (json!({"type": "a", "payload": []}), "`payload` must be an object, not a list of 0"),
        (
            json!({"type": "a", "severity": "fatal"}),
            "`severity` must be one of debug, info, warning, error, critical, not \"fatal\"",
        ),
        (
            json!({"type": "a", "timestamp": "now"}),
            "`timestamp` must be seconds since 1970, or a time such as `2025-12-24T10:00:00Z`, not \"now\"",
        ),
    ] {
        assert_eq!(refused(json), message);
    }
    assert_eq!(turn(json!({"token_usage": 1.7})), "`payload.token_usage` must be from 0.0 to 1.0, not 1.7");
    assert_eq!(turn(json!({"turn_number": 0})), "`payload.turn_number` must be at least 1, not 0");
    assert_eq!(turn(json!({"iteration_count": -1})), "`payload.iteration_count` must be at least 0, not -1");
    assert_eq!(turn(json!({"token_usage": "high"})), "`payload.token_usage` must be a number, not \"high\"");
    assert_eq!(turn(json!({"turn_number": 1.5})), "`payload.turn_number` must be a whole number, not 1.5");
    assert_eq!(turn(json!({"messages": [1]})), "`payload.messages[0]` must be an object, not 1");
    assert_eq!(turn(json!({"messages": [{"role": 1}]})), "`payload.messages[0].role` must be text, not 1");
}

#[test]
fn numbers_take_their_declared_form_and_null_is_missing() {
    let payload = json!({"token_usage": 1, "turn_number": 2.0, "context_usage": null, "own": null});
    let event = Event::from_json(&json!({"type": "agent.turn.start", "payload": payload})).unwrap();
    assert_eq!(event.get("token_usage"), Some(&Data::Float(1.0)));
    assert_eq!(event.get("turn_number"), Some(&Data::Int(2)));
    assert_eq!(event.get("context_usage"), None);
    assert_eq!(event.get("own"), Some(&Data::None));
    let unknown = json!({"type": "own.type", "payload": {"token_usage": "anything"}});
    assert!(Event::from_json(&unknown).is_ok(), "payloads of unknown types are free");
}

#[test]
fn times_are_text_or_seconds() {
    let at = |time: Value| Event::from_json(&json!({"type": "a", "timestamp": time})).unwrap().timestamp;
    assert_eq!(at(json!("2025-12-24T10:00:00Z")), Some(1_766_570_400.0));
    assert_eq!(at(json!(12)), Some(12.0));
    assert_eq!(at(json!(12.5)), Some(12.5));
}

#[test]
fn hostile_text_is_refused() {
    let refused = |text: &str| Event::from_json_text(text).unwrap_err().to_string();
    assert!(refused("{").contains("not valid JSON"));
    assert!(refused("").contains("not valid JSON"));
    let deep =
        format!("{{\"type\": \"a\", \"payload\": {{\"x\": {}1{}}}}}", "[".repeat(500), "]".repeat(500));
    assert!(Event::from_json_text(&deep).is_err());
    assert!(refused(&"x".repeat(9 * 1024 * 1024)).contains("at most"));
}
