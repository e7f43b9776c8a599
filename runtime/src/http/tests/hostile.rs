//! Requests that mean harm, over a socket: a clear refusal, and the server goes on answering others.

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::socket::{Running, read};
use crate::http::Limits;

/// Short times, so that the tests are quick.
fn limits() -> Limits {
    Limits {
        header_time: Duration::from_millis(300),
        body_time: Duration::from_millis(300),
        body_bytes: 100_000,
        ..Limits::default()
    }
}

fn post(body_headers: &str) -> String {
    format!(
        "POST /api/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n{body_headers}\r\n\r\n"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_bodies_are_cut() {
    let server = Running::with(limits()).await;
    let mut slow = Vec::new();
    for _ in 0..20 {
        let mut stream = server.connect().await;
        stream.write_all(post("content-length: 1000").as_bytes()).await.unwrap();
        stream.write_all(b"{\"type\": ").await.unwrap();
        slow.push(stream);
    }
    server.answers().await;
    for mut stream in slow {
        let answer = read(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("\"error\":\"timeout\""), "{answer}");
    }
    assert!(server.stop().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_headers_are_cut() {
    let server = Running::with(limits()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: ").await.unwrap();
    let mut idle = server.connect().await;
    server.answers().await;
    assert_eq!(read(&mut stream).await, "");
    assert_eq!(read(&mut idle).await, "");
    assert!(server.stop().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_bodies_are_refused_before_they_are_read() {
    let server = Running::with(limits()).await;
    let mut stream = server.connect().await;
    stream.write_all(post("content-length: 99999999999").as_bytes()).await.unwrap();
    let answer = read(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("too_large"), "{answer}");

    let mut stream = server.connect().await;
    stream.write_all(post("transfer-encoding: chunked").as_bytes()).await.unwrap();
    let chunk = format!("{:x}\r\n{}\r\n", 50_000, " ".repeat(50_000));
    for _ in 0..10 {
        // The server closes the connection when it has seen enough.
        if stream.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    let answer = read(&mut stream).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
    server.answers().await;
    assert!(server.stop().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn header_floods_are_refused() {
    let server = Running::with(limits()).await;
    let many: String = (0..500).map(|at| format!("x-{at}: y\r\n")).collect();
    let large = format!("x: {}\r\n", "y".repeat(40_000));
    let long = format!("GET /{} HTTP/1.1\r\nhost: localhost\r\n\r\n", "a".repeat(100_000));
    for request in [
        format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\n{many}\r\n"),
        format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\n{large}\r\n"),
        long,
    ] {
        let answer = server.exchange(request.as_bytes()).await;
        let status: u16 =
            answer.get(9..12).and_then(|it| it.parse().ok()).unwrap_or_else(|| panic!("{answer}"));
        assert!((400..500).contains(&status), "{answer}");
    }
    server.answers().await;
    assert!(server.stop().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_http_is_refused() {
    let server = Running::with(limits()).await;
    for request in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nhost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: localhost\r\nx: \x00\r\n\r\n",
        b"POST /api/events HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n",
        b"POST /api/events HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx",
        b"\r\n\r\n\r\n\r\n",
    ] {
        let answer = server.exchange(request).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{request:?}: {answer}");
    }
    server.answers().await;
    assert!(server.stop().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deep_and_wide_json_is_refused() {
    let server = Running::with(limits()).await;
    let deep = "[".repeat(90_000);
    let keys: Vec<String> = (0..8_000).map(|at| format!("\"k{at}\": 1")).collect();
    let wide = format!("{{{}, \"k7999\": 2}}", keys.join(", "));
    let numbers = format!("[{}]", "1".repeat(90_000));
    for body in [deep, wide, numbers, "\u{feff}{}".to_owned()] {
        let request = post(&format!("connection: close\r\ncontent-length: {}", body.len())) + &body;
        let answer = server.exchange(request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("bad_json"), "{answer}");
    }
    server.answers().await;
    assert!(server.stop().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_connections_wait_and_are_served() {
    let server = Running::with(Limits { connections: 4, ..limits() }).await;
    let mut idle = Vec::new();
    for _ in 0..12 {
        idle.push(server.connect().await);
    }
    // The idle ones are cut after the time for headers, then there is room.
    server.answers().await;
    assert!(server.stop().await);
}
