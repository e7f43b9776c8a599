//! `oracle serve`: the engine over HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use clap::builder::PossibleValuesParser;
use oracle_compiler::diag::{Code, Severity, render};
use tokio::net::TcpListener;

use super::console::{Console, Look};
use super::logging::{self, RuleLog};
use super::status::{CliError, Status};
use super::{data, rules};
use crate::config::Config;
use crate::config::keys::{LOG_FORMATS, LOG_LEVELS};
use crate::engine::{Engine, EngineOptions, RuleSet};
use crate::http::{Auth, Service, ServiceOptions, server};
use crate::metrics::MeasuredStore;
use crate::reload::{ReloadStatus, Reloader, Watch, WatchOptions};
use crate::state::{ExecutionLog, Store};

/// How often idle sessions are looked for.
const EVERY_MINUTE: Duration = Duration::from_secs(60);

/// Threads that answer requests; work that waits has its own.
const MOST_THREADS: usize = 4;

/// Serve the REST API: events in, notifications out
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  oracle serve\n  oracle serve --listen 127.0.0.1:9000 --rules rules")]
pub(super) struct ServeArgs {
    /// The address to listen at; port 0 takes a free one [default: 127.0.0.1:8377]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// The least severe lines of the log [default: info]
    #[arg(long, value_name = "LEVEL", value_parser = PossibleValuesParser::new(LOG_LEVELS))]
    log_level: Option<String>,
    /// How the log is written: for people, or one JSON object a line [default: text]
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(LOG_FORMATS))]
    log_format: Option<String>,
}

/// Serves until the process is told to stop; what was accepted by then is finished.
pub(super) fn run(args: ServeArgs, mut config: Config, console: &mut Console) -> Result<Status, CliError> {
    if let Some(listen) = args.listen {
        config.listen = listen;
    }
    choose(&mut config.log_level, LOG_LEVELS, args.log_level);
    choose(&mut config.log_format, LOG_FORMATS, args.log_format);
    let options = ServiceOptions::of(&config)?;
    logging::start(&config);
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(MOST_THREADS);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .map_err(|error| CliError::Input(format!("the server's threads cannot start: {error}")))?;
    // The address first: a second server finds out before it touches the first one's state.
    let listener = runtime.block_on(listen(&config.listen, &options.auth))?;
    let (service, watch) = start(&config, options, console)?;
    let idle = Duration::from_secs(config.session_idle_minutes.saturating_mul(60));
    runtime.spawn(end_idle(service.clone(), idle));
    let finished = runtime.block_on(async {
        greet(listener.local_addr()?, &service, console)?;
        if config.data.is_none() {
            console.note("state is kept in memory, until the server stops: keep it with `--data DIR`");
        }
        Ok::<bool, CliError>(server::serve(listener, service, stopped()).await)
    })?;
    drop(watch);
    if finished {
        console.note("stopped");
        Ok(Status::Ok)
    } else {
        console.complain("stopped before everything that was accepted was finished");
        Ok(Status::Problems)
    }
}

/// The engine with its state and its rules, which are watched from now on.
fn start(
    config: &Config,
    options: ServiceOptions,
    console: &mut Console,
) -> Result<(Service, Watch), CliError> {
    let store = MeasuredStore::new(data::open(config)?);
    let store_metrics = Some(store.metrics());
    let store: Arc<dyn Store> = Arc::new(store);
    let parts = EngineOptions {
        executions: Some(Arc::new(ExecutionLog::new(Arc::clone(&store)))),
        store,
        log: Arc::new(RuleLog),
        scripts: config.script_limits(),
        max_sessions: usize::try_from(config.max_sessions).unwrap_or(usize::MAX),
        ..EngineOptions::default()
    };
    let none = RuleSet::empty().map_err(|error| CliError::Input(error.to_string()))?;
    let engine = Arc::new(Engine::new(Arc::new(none), parts));
    let reloader = Arc::new(Reloader::new(Arc::clone(&engine), rules::options(config)?));
    report(&reloader.status(), console)?;
    let watch = Watch::start(Arc::clone(&reloader), WatchOptions::default())
        .map_err(|error| CliError::Input(format!("the rule files cannot be watched: {error}")))?;
    let options = ServiceOptions { store_metrics, reloader: Some(reloader), ..options };
    Ok((Service::new(engine, options), watch))
}

/// Ends idle sessions from time to time.
async fn end_idle(service: Service, idle: Duration) {
    let mut next = tokio::time::interval(EVERY_MINUTE);
    loop {
        next.tick().await;
        let service = service.clone();
        let end = move || service.engine().end_idle(idle, Instant::now());
        // Rules of `on_session_end` may write: that is for a thread that may wait. One that panics has said so.
        let _ = tokio::task::spawn_blocking(end).await;
    }
}

/// Shows what is wrong with the rules at the start; later, the log does.
fn report(status: &ReloadStatus, console: &mut Console) -> Result<(), CliError> {
    let mut bad = status.diagnostics.clone();
    bad.retain(|it| it.severity == Severity::Error || it.code == Code::MissingCapability);
    if !bad.is_empty() {
        let colour = console.paint_errors().0;
        console.note(render::human::render(&bad, &status.sources, colour).trim_end());
    }
    match &status.failure {
        Some(failure) => Err(CliError::Input(format!("the rules cannot be run: {failure}"))),
        None if status.rules == 0 && !status.is_healthy() => {
            Err(CliError::Input("there are no rules to run".to_owned()))
        }
        None => Ok(()),
    }
}

/// Takes over what a flag says.
fn choose(place: &mut &'static str, words: &'static [&'static str], flag: Option<String>) {
    if let Some(word) = words.iter().find(|word| flag.as_deref() == Some(**word)) {
        *place = word;
    }
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
    let token = if service.options().auth.is_open() { "" } else { " -H \"authorization: Bearer $TOKEN\"" };
    writeln!(
        console.out(),
        "  curl -s {url}/api/events{token} -H 'content-type: application/json' \\\n    \
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
