//! A stream of what happens in the caller's sessions.

use std::convert::Infallible;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event as Frame, KeepAlive};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::Service;
use super::auth::Reads;
use super::error::{ApiError, Code};
use super::live::{Happening, Listener};

/// Frames that wait for a slow reader; beyond, happenings wait in the channel that all readers share.
const WAITING: usize = 16;

/// Server-sent events of the caller's own sessions: `execution` for each rule that matched or failed, `notification`
/// for each notification that was queued, and `lagged` with a count where the reader was too slow to get all.
#[utoipa::path(get, path = "/api/stream", tag = "events",
    responses((status = 200, description = "server-sent events, until either side ends them",
        content_type = "text/event-stream", body = String)))]
pub(super) async fn open(
    State(service): State<Service>,
    Reads(caller): Reads,
) -> Result<Sse<impl tokio_stream::Stream<Item = Result<Frame, Infallible>>>, ApiError> {
    let most = service.limits().streams_per_user;
    let listener = service
        .live
        .listen(&caller.user, most)
        .ok_or_else(|| ApiError::new(Code::TooMany, format!("you have {most} streams open: close one")))?;
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(forward(service, listener, sender));
    Ok(Sse::new(ReceiverStream::new(receiver)).keep_alive(KeepAlive::default()))
}

/// Hands on what is about the listener's user, until the reader goes away or the server stops.
async fn forward(service: Service, mut listener: Listener, sender: mpsc::Sender<Result<Frame, Infallible>>) {
    service.traffic.streams.fetch_add(1, Ordering::Relaxed);
    loop {
        let heard = tokio::select! {
            heard = listener.hear() => heard,
            () = sender.closed() => break,
            () = service.stopped() => break,
        };
        let frame = match heard {
            Ok(happening) => frame(&happening),
            Err(RecvError::Lagged(missed)) => Frame::default().event("lagged").data(missed.to_string()),
            Err(RecvError::Closed) => break,
        };
        if sender.send(Ok(frame)).await.is_err() {
            break;
        }
    }
    service.traffic.streams.fetch_sub(1, Ordering::Relaxed);
}

fn frame(happening: &Happening) -> Frame {
    Frame::default().event(happening.kind).data(&*happening.json)
}
