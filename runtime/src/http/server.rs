//! Connections: bounded, and ended after their last answer.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Service, router};

/// How long accepting pauses when the system has no more sockets to give.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stop` is done; then nothing new is accepted, and what was accepted gets time to finish. Says
/// whether all of it did.
pub async fn serve(listener: TcpListener, service: Service, stop: impl Future<Output = ()>) -> bool {
    let limits = service.limits().clone();
    let connections = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let routes = router(service.clone());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_buf_size(limits.header_bytes.max(8192));
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, permit) = tokio::select! {
            accepted = accept(&listener, &connections) => match accepted {
                Some(accepted) => accepted,
                None => continue,
            },
            () = &mut stop => break,
        };
        let connection = http.serve_connection(TokioIo::new(stream), hyper_service(&routes));
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A connection that breaks is the caller's business.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
            drop(permit);
        });
    }
    service.stop();
    drop(listener);
    tokio::time::timeout(limits.stop_time, graceful.shutdown()).await.is_ok()
}

fn hyper_service(routes: &Router) -> TowerToHyperService<Router> {
    TowerToHyperService::new(routes.clone())
}

/// The next connection, once there is room for it.
async fn accept(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let permit = Arc::clone(connections).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => {
            // Answers are small: waiting to fill a packet would only delay them.
            let _ = stream.set_nodelay(true);
            Some((stream, permit))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(PAUSE).await;
            None
        }
    }
}
