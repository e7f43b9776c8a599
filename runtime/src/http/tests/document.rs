//! The OpenAPI document against the routes.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::Value;

use super::harness::Api;
use crate::http::{ERRORS, document};

#[tokio::test]
async fn the_document_is_served_and_sound() {
    let served = Api::guarded().get("/openapi.json").await.good();
    assert_eq!(served, serde_json::to_value(document(true)).unwrap());
    assert!(served["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut references = Vec::new();
    collect(&served, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.trim_start_matches('#');
        assert!(served.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[tokio::test]
async fn an_open_server_asks_for_no_tokens() {
    let served = Api::open().get("/openapi.json").await;
    assert!(!served.text.contains("\"security"));
    let guarded = Api::guarded().get("/openapi.json").await.good();
    assert_eq!(guarded["security"], serde_json::json!([{"bearer": []}]));
    assert_eq!(guarded["paths"]["/healthz"]["get"]["security"], serde_json::json!([{}]));
}

fn collect<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str));
            map.values().for_each(|it| collect(it, found));
        }
        Value::Array(items) => items.iter().for_each(|it| collect(it, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_route_is_documented_and_every_documented_call_exists() {
    let api = Api::open();
    let document = serde_json::to_value(document(true)).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let routes = include_str!("../router.rs").lines().filter_map(|it| it.trim().strip_prefix(".route(\""));
    let routes: Vec<&str> = routes.map(|it| it.split('"').next().unwrap()).collect();
    assert!(routes.len() > 5);
    let mut documented: Vec<&str> = paths.keys().map(String::as_str).collect();
    let mut known = routes.clone();
    known.sort_unstable();
    documented.sort_unstable();
    assert_eq!(known, documented);
    for (path, item) in paths {
        for (method, documented) in [("get", "GET"), ("put", "PUT"), ("post", "POST"), ("delete", "DELETE")] {
            let uri = path.replace(['{', '}'], "x");
            let method_name = Method::from_bytes(documented.as_bytes()).unwrap();
            // A body that is no JSON is refused by every handler that reads one, a stream would not end.
            let status = if path.ends_with("stream") && method == "get" {
                StatusCode::OK
            } else {
                api.call(method_name, &uri, Some(Body::from("{")), &[]).await.status
            };
            let exists = status != StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(item.get(method).is_some(), exists, "{documented} {path}");
        }
    }
}

#[test]
fn every_call_has_a_name_of_its_own() {
    let document = serde_json::to_value(document(true)).unwrap();
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|it| it.as_object().unwrap().values());
    let mut names: Vec<&str> = operations.map(|it| it["operationId"].as_str().unwrap()).collect();
    assert!(names.contains(&"get_rules_by_rule_id_params"), "{names:?}");
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn every_call_documents_every_error() {
    let document = serde_json::to_value(document(true)).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            for (_, _, status, _) in ERRORS {
                assert!(operation["responses"][status.to_string()].is_object(), "{path} {status}");
            }
        }
    }
}

#[test]
fn the_handbook_lists_every_error() {
    let page = include_str!("../../../../docs/api.md");
    for (_, word, status, doc) in ERRORS {
        let row = format!("| {status} | `{word}` | {} |", doc.trim());
        assert!(page.contains(&row), "docs/api.md needs: {row}");
    }
}
