//! `oracle serve`: the engine over HTTP.

use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;

use super::console::{Console, Look};
use super::status::{CliError, Status};
use super::{data, rules};
use crate::config::Config;
use crate::engine::{Engine, EngineOptions};
use crate::http::{Auth, Service, ServiceOptions, server};
use crate::state::ExecutionLog;

/// Threads that answer requests; work that waits has its own.
const MOST_THREADS: usize = 4;

/// Serves the REST API: events in, notifications out.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  oracle serve\n  oracle serve --listen 127.0.0.1:9000 --rules rules")]
pub(super) struct ServeArgs {
    /// The address to listen at; port 0 takes a free one [default: 127.0.0.1:8377]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
}

/// Serves until the process is told to stop; what was accepted by then is finished.
pub(super) fn run(args: ServeArgs, mut config: Config, console: &mut Console) -> Result<Status, CliError> {
    if let Some(listen) = args.listen {
        config.listen = listen;
    }
    let auth = Auth::Open(config.user.as_str().into());
    let loaded = rules::load(&config, console)?;
    let store = data::open(&config)?;
    let engine_options = EngineOptions {
        executions: Some(Arc::new(ExecutionLog::new(Arc::clone(&store)))),
        store,
        ..EngineOptions::default()
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(MOST_THREADS);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .map_err(|error| CliError::Input(format!("the server's threads cannot start: {error}")))?;
    runtime.block_on(async {
        let listener = listen(&config.listen, &auth).await?;
        let address = listener.local_addr()?;
        let engine = Engine::new(loaded.rules, engine_options);
        let options =
            ServiceOptions { auth, project: config.project.as_str().into(), ..ServiceOptions::default() };
        let service = Service::new(Arc::new(engine), options);
        greet(address, &service, console)?;
        if server::serve(listener, service, stopped()).await {
            console.note("stopped");
            Ok(Status::Ok)
        } else {
            console.complain("stopped before everything that was accepted was finished");
            Ok(Status::Problems)
        }
    })
}

/// Listens; without tokens, only where nobody but this machine can call.
async fn listen(address: &str, auth: &Auth) -> Result<TcpListener, CliError> {
    let refuse = |error: std::io::Error| {
        CliError::Input(format!("cannot listen at `{address}`: {error}: choose another with `--listen`"))
    };
    let addresses: Vec<SocketAddr> = tokio::net::lookup_host(address).await.map_err(refuse)?.collect();
    if auth.is_open() && addresses.iter().any(|it| !it.ip().is_loopback()) {
        return Err(CliError::Misuse(format!(
            "`{address}` can be reached from elsewhere, and nobody needs a token: make one with `oracle token new`, \
             or listen at 127.0.0.1"
        )));
    }
    TcpListener::bind(&*addresses).await.map_err(refuse)
}

fn greet(address: SocketAddr, service: &Service, console: &mut Console) -> Result<(), CliError> {
    let rules = service.engine().rules().rules().len();
    let paint = console.paint();
    let url = format!("http://{address}");
    writeln!(console.out(), "{} with {rules} rules", paint.show(Look::Bold, format!("listening at {url}")))?;
    writeln!(console.out(), "try:")?;
    writeln!(
        console.out(),
        "  curl -s {url}/api/events -H 'content-type: application/json' \\\n    \
         -d '{{\"type\": \"agent.turn.start\", \"payload\": {{\"token_usage\": 0.9}}}}'"
    )?;
    console.flush()?;
    Ok(())
}

/// Done when the process is told to stop: by the terminal, or by whoever supervises it.
async fn stopped() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        let terminate = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => drop(signal.recv().await),
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! { () = interrupt => {}, () = terminate => {} }
    }
    #[cfg(not(unix))]
    interrupt.await;
}
