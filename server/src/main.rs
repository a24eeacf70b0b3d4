//! The binary `polity`: reads the command line and hands over.

use std::process::ExitCode;

use clap::Parser;
use server::cli::{Cli, Command};
use server::workers::child;
use server::workers::heap::LimitedHeap;
use server::{archive, boot};

/// Unlimited, until a worker limits its own.
#[global_allocator]
static HEAP: LimitedHeap = LimitedHeap;

fn main() -> anyhow::Result<ExitCode> {
    match Cli::parse().command {
        // Before anything else: a worker has no runtime, no configuration and no log.
        Command::Worker(args) => Ok(child::run(&args)),
        Command::Serve(args) => boot::serve(&args),
        Command::Migrate(args) => boot::migrate(&args),
        Command::Verify(args) => boot::verify(&args),
        Command::Demo(args) => boot::demo(&args),
        Command::Export(args) => archive::export(&args),
        Command::Import(args) => archive::import(&args),
    }
}
