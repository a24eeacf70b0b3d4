//! The command line: one binary, a few commands, and help that teaches.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Runs communities that govern themselves by short programs, and carries their decisions out.
#[derive(Debug, Parser)]
#[command(name = "polity", version, after_help = TOUR)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const TOUR: &str = "\
First steps:
  polity serve --demo                 a demo community on http://127.0.0.1:3000; its clock can be set forward
  polity serve                        the real thing, in the SQLite file data/polity.db
  polity serve --database postgres://polity@db/polity
                                      several of these may share one PostgreSQL
  polity verify audit.json            check an exported audit log, without a server
  polity export fern-valley -o fern.jsonl
                                      a whole community in one file, for another Polity to take in: polity import fern.jsonl

Settings come from Leptos.toml, then the environment, then flags; the later wins.
Environment:
  POLITY_OPERATOR_TOKEN   bearer token that may found communities through /api/v1
  POLITY_SECRET_KEY       encrypts stored platform secrets; with SQLite a key file is made where it is missing
  POLITY_DATABASE         as --database          POLITY_PUBLIC_URL   the address people type, https://…
  POLITY_WORKERS          processes that run policies
  POLITY_SMTP_URL         the mail server, smtps://user:password@host; without it no e-mail is sent
  POLITY_MAIL_FROM        whom letters come from         POLITY_FOUNDING     operator or signed_in: who may found communities
  POLITY_LOG              what to log, such as info or server=debug,info
  POLITY_LOG_JSON         true: log lines for machines";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the pages and the REST interface, and do everything that falls due.
    Serve(ServeArgs),
    /// Bring the database to the form that this version needs.
    ///
    /// `serve` does this too. Run it by itself when several servers share one database: first this, then the servers.
    Migrate(DatabaseArgs),
    /// Check an exported audit log: finds any entry that was changed, removed or put elsewhere.
    ///
    /// Needs neither server nor database, so anyone can check what they were given. Ends with 0 if all is well, else 1.
    Verify(VerifyArgs),
    /// Found the demo community, with members, rules and a few open decisions.
    ///
    /// `serve --demo` does this too, and also lets you sign in as any demo member. Changes nothing where the demo already is.
    Demo(DatabaseArgs),
    /// Write a whole community into a file: its rules, members, decisions, discussions and its audit log.
    ///
    /// Sign-ins, tokens and the secrets of connections stay behind.
    Export(ExportArgs),
    /// Take a community in from a file that `export` wrote, as it was.
    ///
    /// Refused where a community of that name or id is there. Platforms have to be connected anew.
    Import(ImportArgs),
    /// Run policies in a sandbox, on requests from standard input. Started by `serve`; of no use by hand.
    #[command(hide = true)]
    Worker(WorkerArgs),
}

/// How to serve.
#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
    /// Found a demo community, let anyone sign in as one of its members, and let them set the clock forward.
    ///
    /// Never use it where strangers can reach the address.
    #[arg(long)]
    pub demo: bool,
    /// Listen here [default: 127.0.0.1:3000, or as the configuration says].
    #[arg(long, value_name = "HOST:PORT")]
    pub addr: Option<SocketAddr>,
    /// Which database.
    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// Which database.
#[derive(Clone, Debug, Args)]
pub struct DatabaseArgs {
    /// Keep everything here [default: sqlite:data/polity.db, or as the configuration says].
    #[arg(long, value_name = "sqlite:FILE | postgres://…", value_parser = database_url)]
    pub database: Option<String>,
    /// Read this configuration file [default: Leptos.toml, if it is there].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What to check.
#[derive(Clone, Debug, Args)]
pub struct VerifyArgs {
    /// The export, as the audit page and `/api/v1/communities/{slug}/audit` give it; `-` for standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// What to write where.
#[derive(Clone, Debug, Args)]
pub struct ExportArgs {
    /// The community, by its name in addresses.
    #[arg(value_name = "COMMUNITY")]
    pub slug: String,
    /// The file; standard output where it is left out.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Which database.
    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// What to take in.
#[derive(Clone, Debug, Args)]
pub struct ImportArgs {
    /// The file; `-` for standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Which database.
    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// The limits that the parent sets for a worker.
#[derive(Clone, Copy, Debug, Args)]
pub struct WorkerArgs {
    /// Largest heap, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 96 << 20)]
    pub heap_limit_bytes: usize,
    /// Most processor time of one request, in milliseconds, before the worker ends itself.
    #[arg(long, value_name = "MS", default_value_t = 500)]
    pub cpu_limit_ms: u64,
}

fn database_url(text: &str) -> Result<String, String> {
    let is_known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
    if is_known { Ok(text.to_owned()) } else { Err("write sqlite:FILE or postgres://USER@HOST/NAME".to_owned()) }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serve_takes_what_the_readme_says() {
        let words = ["polity", "serve", "--demo", "--addr", "127.0.0.1:4000", "--database", "sqlite:x.db"];
        let Command::Serve(serve) = Cli::try_parse_from(words).unwrap().command else { panic!("not serve") };
        assert!(serve.demo);
        assert_eq!(serve.database.database.as_deref(), Some("sqlite:x.db"));
    }

    #[test]
    fn a_wrong_database_says_what_a_right_one_looks_like() {
        let error = Cli::try_parse_from(["polity", "migrate", "--database", "mysql://x"]).unwrap_err().to_string();
        assert!(error.contains("write sqlite:FILE or postgres://USER@HOST/NAME"), "{error}");
    }
}
