//! `oracle executions`: the execution log.

use clap::{Args, ValueEnum};

use super::console::{Console, Look};
use super::data;
use super::status::{CliError, Status};
use crate::config::Config;
use crate::input::{parse_rfc3339, to_rfc3339};
use crate::state::{Execution, ExecutionQuery, Store, now};

/// Show which rules matched, fired, were held back or failed, newest first
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  oracle executions --data data
  oracle executions --data data --rule token-budget-warning --since 2h
  oracle executions --data data --format json --limit 1000 | jq .error

The log holds the last 100,000 executions of the last 30 days, unless `executions_kept` and `executions_days` in
oracle.toml say otherwise. It is written behind the back of the engine: a crash may cost its last moments, never state.")]
pub(super) struct ExecutionsArgs {
    /// Of this rule alone, by qualified id
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
    /// Of this session alone
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Not before: a time such as 2025-12-24T10:00:00Z, or how long ago, such as 90s, 15m, 2h or 7d
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// At most so many
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    limit: usize,
    /// Of every user and project, not only those of --user and --project
    #[arg(long)]
    all: bool,
    /// How to print them
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// The ways to print executions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for people
    #[default]
    Human,
    /// One JSON object a line
    Json,
}

pub(super) fn run(args: &ExecutionsArgs, config: &Config, console: &mut Console) -> Result<Status, CliError> {
    let since = args.since.as_deref().map(|text| since(text, now())).transpose()?;
    let only = |id: &str| (!args.all).then(|| id.to_owned());
    let query = ExecutionQuery {
        user_id: only(&config.user),
        project_id: only(&config.project),
        session_id: args.session.clone(),
        rule_id: args.rule.clone(),
        since,
        limit: Some(args.limit),
    };
    let found = data::file(config, false)?.executions(&query)?;
    if found.is_empty() && args.all {
        console.note("no executions");
    } else if found.is_empty() {
        let (user, project) = (&config.user, &config.project);
        console.note(format_args!(
            "no executions of user `{user}` in project `{project}`: `--all` shows those of everybody"
        ));
    }
    for execution in &found {
        match args.format {
            Format::Human => line(execution, console)?,
            Format::Json => {
                serde_json::to_writer(console.out(), execution).map_err(std::io::Error::from)?;
                writeln!(console.out())?;
            }
        }
    }
    Ok(Status::Ok)
}

fn line(execution: &Execution, console: &mut Console) -> std::io::Result<()> {
    let paint = console.paint();
    let (look, outcome) = match (&execution.error, execution.held) {
        (Some(error), _) => (Look::Red, format!("failed: {}: {}", error.kind, error.message)),
        (None, Some(held)) => (Look::Yellow, format!("held back: {}", held.name())),
        (None, None) if execution.fired => {
            let actions: Vec<&str> = execution.actions.iter().map(|it| it.word()).collect();
            (Look::Green, format!("fired: {}", actions.join(", ")))
        }
        (None, None) => (Look::Dim, "matched".to_owned()),
    };
    let at = to_rfc3339(execution.at);
    let (rule, hook, session) = (&execution.rule_id, execution.hook.name(), execution.session_id.as_str());
    let (at, outcome) = (paint.show(Look::Dim, at), paint.show(look, outcome));
    writeln!(console.out(), "{at}  {rule}  {hook}  session {session}  {outcome}  {:.0} us", execution.time_us)
}

/// The seconds since 1970 that a time or an age means.
fn since(text: &str, now: f64) -> Result<f64, CliError> {
    let age = |text: &str| {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let seconds = match unit {
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            "d" => 86_400.0,
            _ => return None,
        };
        Some(f64::from(number.parse::<u32>().ok()?) * seconds)
    };
    parse_rfc3339(text).or_else(|| age(text).map(|age| now - age)).ok_or_else(|| {
        CliError::Misuse(format!(
            "`--since {text}`: neither a time such as 2025-12-24T10:00:00Z nor an age such as 90s, 15m, 2h or 7d"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::since;

    #[test]
    fn times_and_ages_are_told_apart() {
        let at = |text| since(text, 1_000_000.0).ok();
        assert_eq!(at("1970-01-02T00:00:00Z"), Some(86_400.0));
        assert_eq!(at("90s"), Some(999_910.0));
        assert_eq!(at("2h"), Some(992_800.0));
        assert_eq!(at("7d"), Some(395_200.0));
        for bad in ["", "s", "-1s", "1.5h", "7", "7y", "é"] {
            assert_eq!(at(bad), None, "{bad}");
        }
    }
}
