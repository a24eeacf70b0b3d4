//! The binary `polity`: reads the command line and hands over.

use clap::Parser;
use server::cli::{Cli, Command};

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Serve(_) | Command::Migrate(_) | Command::Verify(_) | Command::Demo(_) | Command::Worker(_) => {
            anyhow::bail!("not yet in this build")
        }
    }
}
