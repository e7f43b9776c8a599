//! The server over a socket: connections, and stopping.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::harness::Api;
use crate::http::{Limits, ServiceOptions, server};

/// A server on a port of its own.
pub(super) struct Running {
    pub(super) api: Api,
    address: std::net::SocketAddr,
    stop: Arc<Notify>,
    done: JoinHandle<bool>,
}

impl Running {
    pub(super) async fn with(limits: Limits) -> Running {
        let api = Api::with(ServiceOptions { limits, ..ServiceOptions::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(Notify::new());
        let (told, service) = (Arc::clone(&stop), api.service.clone());
        let done = tokio::spawn(async move {
            server::serve(listener, service, async move { told.notified().await }).await
        });
        Running { api, address, stop, done }
    }

    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes and reads until the server closes the connection or is silent.
    pub(super) async fn exchange(&self, request: &[u8]) -> String {
        let mut stream = self.connect().await;
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(request).await;
        read(&mut stream).await
    }

    /// Whether the server still answers others.
    pub(super) async fn answers(&self) {
        let answer =
            self.exchange(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// Stops the server; whether everything was finished.
    pub(super) async fn stop(self) -> bool {
        self.stop.notify_one();
        self.done.await.unwrap()
    }
}

/// What the server sends until it closes the connection.
pub(super) async fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(Ok(count)) = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut chunk)).await {
        if count == 0 {
            break;
        }
        bytes.extend_from_slice(&chunk[..count]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let server = Running::with(Limits::default()).await;
    let request = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(2)
        + "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let answer = server.exchange(request.as_bytes()).await;
    assert_eq!(answer.matches("HTTP/1.1 200").count(), 3, "{answer}");
    assert!(server.stop().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_finishes_what_was_accepted() {
    let server = Running::with(Limits::default()).await;
    let body = r#"{"type": "agent.turn.end", "session_id": "s"}"#;
    let mut stream = server.connect().await;
    let head = format!(
        "POST /api/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    // The request is half sent when the server is told to stop.
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body.as_bytes()[..10]).await.unwrap();
    while server.api.service.traffic.in_flight.load(std::sync::atomic::Ordering::Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    server.stop.notify_one();
    while !server.api.service.is_stopping() {
        tokio::task::yield_now().await;
    }
    assert!(TcpStream::connect(server.address).await.is_err(), "nothing new is accepted");
    stream.write_all(&body.as_bytes()[10..]).await.unwrap();
    let answer = read(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("counter"), "{answer}");
    assert!(server.done.await.unwrap());
}

#[tokio::test]
async fn stopping_does_not_wait_for_ever() {
    let limits = Limits { stop_time: Duration::from_millis(50), ..Limits::default() };
    let server = Running::with(limits).await;
    let mut stream = server.connect().await;
    stream.write_all(b"POST /api/events HTTP/1.1\r\nhost: localhost\r\n").await.unwrap();
    server.answers().await;
    assert!(!server.stop().await);
}
