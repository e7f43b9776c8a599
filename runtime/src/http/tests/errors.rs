//! Every refusal: its status, its code, and a text that helps.

use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use super::harness::Api;
use crate::http::{Limits, ServiceOptions};

/// The error of a call, as `status code`.
async fn refused(api: &Api, method: Method, uri: &str, body: Option<&str>) -> String {
    let body = body.map(|text| Body::from(text.to_owned()));
    let (status, code, _) = api.call(method, uri, body, &[]).await.error();
    format!("{status} {code}")
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let api = Api::open();
    for uri in [
        "/",
        "/api",
        "/api/nothing",
        "/api/rules/none",
        "/api/rules/none/params",
        "/api/rules/..%2f..%2fetc%2fpasswd",
        "/api/rules/%00",
        "/api/rules/a%3Ab%3Ac",
        "/api/rules/../../etc/passwd",
        "//api/rules",
    ] {
        assert_eq!(refused(&api, Method::GET, uri, None).await, "404 not_found", "{uri}");
    }
    for (uri, body) in [
        ("/api/rules/none/toggle", r#"{"enabled": true}"#),
        ("/api/rules/none/test", "{}"),
        ("/api/rules/none%20none/test", "{}"),
    ] {
        assert_eq!(refused(&api, Method::POST, uri, Some(body)).await, "404 not_found", "{uri}");
    }
    assert_eq!(refused(&api, Method::PUT, "/api/rules/none/params", Some("{}")).await, "404 not_found");
}

#[tokio::test]
async fn wrong_methods_are_told_which_are_right() {
    let api = Api::open();
    for (method, uri) in [
        (Method::DELETE, "/api/rules"),
        (Method::GET, "/api/events"),
        (Method::PATCH, "/api/rules/counter/params"),
        (Method::POST, "/healthz"),
        (Method::OPTIONS, "/api/rules"),
    ] {
        let answer = api.call(method, uri, None, &[]).await;
        assert_eq!(answer.error().1, "method_not_allowed", "{uri}");
        assert!(answer.headers.contains_key("allow"), "{uri}");
    }
}

#[tokio::test]
async fn paths_and_queries_that_cannot_be_read_are_bad_requests() {
    let api = Api::open();
    for uri in [
        "/api/rules?limit=-1",
        "/api/rules?limit=x",
        "/api/rules?limit=99999999999999999999",
        "/api/rules?colour=red",
        "/api/rules?enabled_only=maybe",
        "/api/rules?trigger=on_nothing",
        "/api/rules?limit=1&limit=2",
        "/api/rules/%ff",
        "/api/sessions/s/notifications?deliver_at=never",
        "/api/sessions/%ff/notifications",
        "/api/sessions/s/notifications?project_id=",
    ] {
        assert_eq!(refused(&api, Method::GET, uri, None).await, "400 bad_request", "{uri}");
    }
    let (_, _, detail) = api.get("/api/rules?triger=x").await.error();
    assert!(detail.starts_with("the query cannot be read: triger: unknown field"), "{detail}");
    // Not a part of the state is forgotten, but all of it: what asks for a part is refused.
    let part = "/api/plugins/research/state?limit=1";
    assert_eq!(refused(&api, Method::DELETE, part, None).await, "400 bad_request");
    let long = format!("/api/sessions/{}/notifications", "x".repeat(257));
    assert_eq!(refused(&api, Method::GET, &long, None).await, "400 bad_request");
}

#[tokio::test]
async fn ids_that_play_tricks_with_paths_name_nothing() {
    let api = Api::guarded().as_user("ada");
    let tricks = [
        "..",
        ".",
        "%2e%2e",
        "%2F",
        "..%2F..%2F..%2Fetc%2Fpasswd",
        "%5c..%5cmanifest",
        "%00",
        "counter%00",
        "a%0d%0aset-cookie:%20x",
        "research%2F..%2F_rules",
        "counter%2Fparams",
        "COUNTER",
        "%E2%80%AEcounter",
    ];
    for trick in tricks {
        for (method, uri, body) in [
            (Method::GET, format!("/api/rules/{trick}"), None),
            (Method::GET, format!("/api/rules/{trick}/params"), None),
            (Method::PUT, format!("/api/rules/{trick}/params"), Some("{}")),
            (Method::POST, format!("/api/rules/{trick}/toggle"), Some(r#"{"enabled": false}"#)),
            (Method::POST, format!("/api/rules/{trick}/test"), Some("{}")),
            (Method::GET, format!("/api/plugins/{trick}"), None),
            (Method::GET, format!("/api/plugins/{trick}/settings"), None),
            (Method::GET, format!("/api/plugins/{trick}/state"), None),
            (Method::DELETE, format!("/api/plugins/{trick}/state"), None),
        ] {
            let answer = api.call(method, &uri, body.map(Body::from), &[]).await;
            let (status, code, _) = answer.error();
            assert!((400..500).contains(&status), "{uri}: {status} {code}");
            assert!(!answer.headers.contains_key("set-cookie"), "{uri}");
        }
        // A session may have any id: nobody has spoken in this one.
        let answer = api.get(&format!("/api/sessions/{trick}/notifications")).await;
        match answer.status.as_u16() {
            200 => assert_eq!(answer.json()["notifications"], json!([]), "{trick}"),
            status => assert!((400..500).contains(&status), "{trick}: {status}"),
        }
    }
}

const BODIES: [(Method, &str); 4] = [
    (Method::POST, "/api/rules/counter/toggle"),
    (Method::POST, "/api/rules/counter/test"),
    (Method::PUT, "/api/rules/counter/params"),
    (Method::POST, "/api/events"),
];

#[tokio::test]
async fn bodies_must_be_json_that_says_one_thing() {
    let api = Api::open();
    let deep = format!("{}1{}", r#"{"payload":"#.repeat(100), "}".repeat(100));
    for body in [
        &b""[..],
        b"{",
        b"\xff\xfe",
        b"{\"type\": \"\xff\"}",
        b"nul",
        b"{} {}",
        b"{'type': 1}",
        deep.as_bytes(),
        b"{\"type\": 1, \"type\": 2}",
        b"{\"enabled\": true, \"enabled\": false}",
        b"{\"x\": 18446744073709551616}",
        b"{\"x\": 1e999}",
        b"\xef\xbb\xbf{}",
        b"[1,]",
    ] {
        for (method, uri) in BODIES {
            let answer = api.call(method, uri, Some(Body::from(body.to_vec())), &[]).await;
            let (status, code, detail) = answer.error();
            assert_eq!((status, code.as_str()), (400, "bad_json"), "{uri} {body:?} {detail}");
        }
    }
}

#[tokio::test]
async fn bodies_must_have_the_shape_of_the_call() {
    let api = Api::open();
    for body in ["null", "1", "\"x\"", "true", "[1]", "[[]]", "[null]", "1.5"] {
        for (method, uri) in BODIES {
            assert_eq!(refused(&api, method, uri, Some(body)).await, "422 invalid", "{uri} {body}");
        }
    }
    for (uri, body, says) in [
        ("/api/rules/counter/toggle", "{}", "missing field `enabled`"),
        ("/api/rules/counter/toggle", r#"{"enabled": "yes"}"#, "expected a boolean"),
        ("/api/rules/counter/toggle", r#"{"enabled": 1}"#, "expected a boolean"),
        ("/api/rules/counter/toggle", r#"{"enabled": true, "x": 1}"#, "unknown field `x`"),
        ("/api/rules/counter/test", r#"{"context": {}}"#, "unknown field `context`"),
        ("/api/rules/counter/test", r#"{"context_override": []}"#, "must be an object"),
        (
            "/api/rules/counter/test",
            r#"{"context_override": {"turn": {"nubmer": 1}}}"#,
            "did you mean `number`?",
        ),
        ("/api/rules/counter/test", r#"{"context_override": {"turn_number": 0}}"#, "at least 1"),
        ("/api/rules/counter/test", r#"{"context_override": {"token_usage": 1.7}}"#, "from 0.0 to 1.0"),
        ("/api/events", "{}", "`type` is missing"),
        ("/api/events", r#"{"type": ""}"#, "a name with text in it"),
        ("/api/events", r#"{"type": 5}"#, "`type` must be text"),
        ("/api/events", r#"{"type": "x", "severity": "loud"}"#, "one of debug"),
        ("/api/events", r#"{"type": "x", "timestamp": "yesterday"}"#, "`timestamp` must be"),
        ("/api/events", r#"{"type": "x", "payload": []}"#, "`payload` must be an object"),
        ("/api/events", r#"{"type": "x", "session_id": {}}"#, "`session_id` must be text"),
        ("/api/events", r#"{"type": "x", "session_id": ""}"#, "1 to 256 bytes"),
        ("/api/events", r#"[{"type": "x"}, {"type": ""}]"#, "event 1 (counted from 0)"),
        ("/api/events", r#"{"type": "agent.turn.start", "payload": {"token_usage": 7}}"#, "from 0.0 to 1.0"),
    ] {
        let (status, code, detail) = api.post(uri, body).await.error();
        assert_eq!((status, code.as_str()), (422, "invalid"), "{uri} {body} {detail}");
        assert!(detail.contains(says), "{uri} {body}: {detail}");
    }
    assert_eq!(api.service.engine().session_count(), 0, "a bad batch handles none of its events");
}

#[tokio::test]
async fn bad_settings_are_all_named() {
    let api = Api::open();
    let body = r#"{"step": 99, "label": "c", "setp": 1}"#;
    let (status, code, detail) = api.put("/api/rules/counter/params", body).await.error();
    assert_eq!((status, code.as_str()), (400, "invalid_settings"));
    for part in
        ["`params.step` must be at most 10", "`params.label` must be one of a, b", "did you mean `step`?"]
    {
        assert!(detail.contains(part), "{detail}");
    }
    assert_eq!(api.get("/api/rules/counter/params").await.good()["step"], 1);
}

#[tokio::test]
async fn core_rules_stay_on() {
    let api = Api::open();
    let uri = "/api/rules/token-budget-warning/toggle";
    let (status, code, _) = api.post(uri, r#"{"enabled": false}"#).await.error();
    assert_eq!((status, code.as_str()), (400, "cannot_disable_core_rule"));
    assert_eq!(api.post(uri, r#"{"enabled": true}"#).await.good()["enabled"], json!(true));
}

#[tokio::test]
async fn bodies_must_say_that_they_are_json() {
    let api = Api::open();
    for content_type in ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "\u{1}"]
    {
        let Ok(_) = content_type.parse::<axum::http::HeaderValue>() else { continue };
        for (method, uri) in BODIES {
            let body = Some(Body::from("{}"));
            let answer = api.call(method, uri, body, &[("content-type", content_type)]).await;
            assert_eq!(answer.error().0, 415, "{uri} {content_type}");
        }
    }
    let headers = [("content-type", "Application/JSON; charset=utf-8")];
    let body = Some(Body::from(r#"{"type": "x"}"#));
    api.call(Method::POST, "/api/events", body, &headers).await.good();
}

#[tokio::test]
async fn sizes_are_bounded() {
    let limits = Limits { body_bytes: 100, batch: 2, sessions_per_user: 2, ..Limits::default() };
    let api = Api::with(ServiceOptions { limits, ..ServiceOptions::default() });
    let large = format!("{{\"type\": \"{}\"}}", "x".repeat(100));
    assert_eq!(refused(&api, Method::POST, "/api/events", Some(&large)).await, "413 too_large");
    let many = r#"[{"type": "x"}, {"type": "x"}, {"type": "x"}]"#;
    assert_eq!(refused(&api, Method::POST, "/api/events", Some(many)).await, "413 too_large");
    for session in ["a", "b", "a"] {
        api.post("/api/events", json!({"type": "x", "session_id": session}).to_string()).await.good();
    }
    let third = r#"{"type": "x", "session_id": "c"}"#;
    assert_eq!(refused(&api, Method::POST, "/api/events", Some(third)).await, "429 too_many");
}

#[tokio::test]
async fn a_full_server_says_so() {
    let limits = Limits { in_flight: 1, ..Limits::default() };
    let api = Api::with(ServiceOptions { limits, ..ServiceOptions::default() });
    let permit = api.service.room.clone().try_acquire_owned().unwrap();
    let answer = api.get("/healthz").await;
    assert_eq!((answer.error().0, answer.error().1.as_str()), (503, "overloaded"));
    assert!(answer.headers.contains_key("retry-after"));
    drop(permit);
    api.get("/healthz").await.good();
}

#[tokio::test]
async fn calls_need_a_token_that_allows_them() {
    let api = Api::guarded();
    let calls = [
        (Method::GET, "/api/rules", None, "read"),
        (Method::GET, "/api/rules/counter", None, "read"),
        (Method::GET, "/api/rules/counter/params", None, "read"),
        (Method::POST, "/api/rules/counter/toggle", Some(r#"{"enabled": true}"#), "manage"),
        (Method::PUT, "/api/rules/counter/params", Some("{}"), "manage"),
        (Method::POST, "/api/rules/counter/test", Some("{}"), "evaluate"),
        (Method::POST, "/api/events", Some(r#"{"type": "x"}"#), "evaluate"),
        (Method::GET, "/api/sessions/s/notifications", None, "evaluate"),
        (Method::GET, "/api/reports/never-fired", None, "manage"),
        (Method::GET, "/metrics", None, "read"),
        (Method::GET, "/api/plugins", None, "read"),
        (Method::GET, "/api/executions", None, "read"),
        (Method::GET, "/api/plugins/research", None, "read"),
        (Method::GET, "/api/plugins/research/settings", None, "read"),
        (Method::PUT, "/api/plugins/research/settings", Some("{}"), "manage"),
        (Method::GET, "/api/plugins/research/state", None, "read"),
        (Method::DELETE, "/api/plugins/research/state", None, "manage"),
    ];
    for (method, uri, body, scope) in calls {
        let call = async |api: &Api| api.call(method.clone(), uri, body.map(Body::from), &[]).await;
        let answer = call(&api).await;
        assert_eq!((answer.error().0, answer.error().1.as_str()), (401, "unauthorized"), "{uri}");
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
        let expired = api.with_claims(r#"{"sub": "ada", "exp": 1}"#);
        assert_eq!(call(&expired).await.error().0, 401, "{uri}");
        for other in ["read", "evaluate", "manage"] {
            let claims = json!({"sub": "ada", "exp": 99_999_999_999_u64, "scope": other}).to_string();
            let answer = call(&api.with_claims(&claims)).await;
            if other == scope {
                assert!(answer.status.is_success(), "{uri}");
            } else {
                assert_eq!(answer.error().1, "forbidden", "{uri} {other}");
            }
        }
    }
    for header in ["Bearer", "Bearer ", "Basic YTpi", "bearer oracle_nope", "Bearer a.b.c", "\u{7f}"] {
        let Ok(_) = header.parse::<axum::http::HeaderValue>() else { continue };
        let answer = api.call(Method::GET, "/api/rules", None, &[("authorization", header)]).await;
        assert_eq!(answer.error().0, 401, "{header}");
    }
}

#[tokio::test]
async fn pages_of_strangers_cannot_call_an_open_server() {
    let api = Api::open();
    let toggle = async |headers: &[(&str, &str)]| {
        let body = Some(Body::from(r#"{"enabled": true}"#));
        api.call(Method::POST, "/api/rules/counter/toggle", body, headers).await.status.as_u16()
    };
    assert_eq!(toggle(&[("host", "evil.example")]).await, 403);
    assert_eq!(toggle(&[("host", "localhost:8377"), ("origin", "https://evil.example")]).await, 403);
    assert_eq!(toggle(&[("host", "localhost:8377"), ("origin", "null")]).await, 403);
    assert_eq!(toggle(&[("host", "localhost:8377"), ("origin", "http://127.0.0.1:8377")]).await, 200);
    assert_eq!(toggle(&[]).await, 200);
}

#[tokio::test]
async fn other_origins_are_told_nothing_unless_configured() {
    let origin = [("origin", "https://app.example"), ("access-control-request-method", "POST")];
    let ask = async |api: &Api| api.call(Method::OPTIONS, "/api/events", None, &origin).await;
    let plain = ask(&Api::open()).await;
    assert!(!plain.headers.contains_key("access-control-allow-origin"));
    let listed =
        ServiceOptions { cors_origins: vec!["https://app.example".to_owned()], ..Default::default() };
    let allowed = ask(&Api::with(listed.clone())).await;
    assert_eq!(allowed.headers["access-control-allow-origin"], "https://app.example");
    let other = [("origin", "https://other.example"), ("access-control-request-method", "POST")];
    let refused = Api::with(listed).call(Method::OPTIONS, "/api/events", None, &other).await;
    assert!(!refused.headers.contains_key("access-control-allow-origin"));
}
