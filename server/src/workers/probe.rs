//! Attempts to break out of a worker, for the tests of its confinement. Not in release builds.

use std::fs::File;
use std::net::TcpStream;
use std::process::Command;
use std::thread;

use serde::{Deserialize, Serialize};

/// What to attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Probe {
    /// Read a file that anyone may read.
    ReadFile,
    /// Write a file where anyone may.
    WriteFile,
    /// Connect to a port.
    Connect,
    /// Run a program.
    Execute,
    /// Start a thread.
    StartThread,
    /// Send a signal to the parent.
    SignalParent,
    /// Read the environment.
    ReadEnvironment,
    /// Take more memory than allowed.
    TakeMemory,
    /// Use all of the stack.
    OverflowStack,
    /// Never end.
    Spin,
    /// Answer with bytes that are no message.
    Babble,
}

/// Attempts it. `Ok` is a breach.
///
/// # Errors
/// How it was refused, where it was not the end of the process.
pub fn attempt(probe: Probe) -> Result<(), String> {
    match probe {
        Probe::ReadFile => File::open("/etc/passwd").map(|_| ()).map_err(|error| error.to_string()),
        Probe::WriteFile => File::create("/tmp/polity-probe").map(|_| ()).map_err(|error| error.to_string()),
        Probe::Connect => TcpStream::connect("127.0.0.1:1").map(|_| ()).map_err(|error| error.to_string()),
        Probe::Execute => Command::new("/bin/true").status().map(|_| ()).map_err(|error| error.to_string()),
        Probe::StartThread => thread::Builder::new().spawn(|| {}).map(|_| ()).map_err(|error| error.to_string()),
        Probe::SignalParent => nix::sys::signal::kill(nix::unistd::getppid(), None).map_err(|error| error.to_string()),
        Probe::ReadEnvironment => match std::env::vars_os().next() {
            None => Err("the environment is empty".to_owned()),
            Some(_) => Ok(()),
        },
        Probe::TakeMemory => {
            std::hint::black_box(vec![1_u8; 600 << 20]);
            Ok(())
        }
        Probe::OverflowStack => {
            std::hint::black_box(descend(1));
            Ok(())
        }
        Probe::Spin => loop {
            std::hint::spin_loop();
        },
        Probe::Babble => {
            let _ = nix::unistd::write(std::io::stdout(), &[3, 0, 0, 0, 0xff, 0xff, 0xff]);
            Ok(())
        }
    }
}

fn descend(depth: u64) -> u64 {
    let page = std::hint::black_box([depth; 512]);
    if depth == u64::MAX { 0 } else { descend(depth + 1).wrapping_add(page.iter().sum::<u64>()) }
}
