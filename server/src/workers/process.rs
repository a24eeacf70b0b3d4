//! One worker process, seen from the pool: started, asked, watched, ended.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tokio::io::{AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::frame::{self, Answer, FrameError, Hello, MAX_ANSWER_BYTES};
use super::heap::EXIT_OUT_OF_MEMORY;

/// How long a new worker may take to say hello. It takes some ten milliseconds; a machine that swaps is forgiven.
const HELLO_LIMIT: Duration = Duration::from_secs(20);

/// How often a worker is given its time again because it was not on a processor: at most four times the limit altogether.
const MAX_EXTENSIONS: u32 = 3;

/// How long to wait for the exit status of a worker that closed its pipe.
const REAP_LIMIT: Duration = Duration::from_millis(500);

/// What a worker is started with.
#[derive(Clone, Debug)]
pub struct Program {
    /// The binary.
    pub path: PathBuf,
    /// Largest heap.
    pub heap_limit_bytes: usize,
    /// Longest time of one request.
    pub wall_limit: Duration,
}

impl Program {
    fn command(&self) -> Command {
        // The worker's own watchdog comes after ours, for when ours is stuck.
        let cpu_limit_ms = self.wall_limit.as_millis().saturating_mul(2).max(1);
        let mut command = Command::new(&self.path);
        command
            .args(["worker", "--heap-limit-bytes", &self.heap_limit_bytes.to_string()])
            .args(["--cpu-limit-ms", &cpu_limit_ms.to_string()])
            .env_clear()
            .current_dir(Path::new("/"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        command
    }
}

/// A thread that starts all workers.
///
/// A worker asks to die with its parent, and Linux means the parent's *thread*: runtimes end threads when they like, this
/// one lives as long as the pool.
#[derive(Clone)]
pub struct Nursery {
    births: mpsc::Sender<oneshot::Sender<io::Result<Child>>>,
}

impl Nursery {
    /// Starts the thread. Must be called within a runtime.
    ///
    /// # Errors
    /// What the system said.
    pub fn open(program: Program) -> io::Result<Self> {
        let (births, requests) = mpsc::channel::<oneshot::Sender<io::Result<Child>>>();
        let runtime = tokio::runtime::Handle::current();
        std::thread::Builder::new().name("nursery".to_owned()).spawn(move || {
            let _in_runtime = runtime.enter();
            for parent in requests {
                // Whoever asked has gone: then the child is dropped here, and killed.
                let _ = parent.send(program.command().spawn());
            }
        })?;
        Ok(Self { births })
    }

    /// Starts a worker and hears its first words.
    ///
    /// # Errors
    /// What the system said, or that the worker did not come up.
    pub async fn start(&self) -> io::Result<(Worker, Hello)> {
        let (parent, child) = oneshot::channel();
        let closed = || io::Error::other("no more workers are started");
        self.births.send(parent).map_err(|_| closed())?;
        let mut child = child.await.map_err(|_| closed())??;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("a worker without pipes"));
        };
        let mut worker = Worker { child, input, output: BufReader::new(output), n_calls: 0, heap_bytes: 0 };
        let hello = timeout(HELLO_LIMIT, frame::receive::<Hello>(&mut worker.output, MAX_ANSWER_BYTES)).await;
        match hello {
            Ok(Ok(hello)) => Ok((worker, hello)),
            Ok(Err(error)) => {
                Err(io::Error::other(format!("a worker did not come up: {error}; {:?}", worker.end().await)))
            }
            Err(_) => Err(io::Error::other("a worker did not come up in time")),
        }
    }
}

/// A running worker.
pub struct Worker {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Requests so far.
    pub n_calls: u64,
    /// Its heap, as it last said.
    pub heap_bytes: u64,
}

/// How a worker ended instead of answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// It took too long.
    Time,
    /// It took too much memory.
    Memory,
    /// The stack or the engine gave way, a system call was refused, or the answer was garbage.
    Crash,
    /// Somebody else ended it, or it was gone before the request reached it.
    Lost,
}

/// What came of a call.
pub struct Called {
    /// The answer, or how the worker ended. Then it is no more.
    pub outcome: Result<Answer, Death>,
    /// How often it was given its time again.
    pub n_extensions: u32,
}

impl Worker {
    /// The process id.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Puts one frame to the worker and waits for the answer, at most `limit` of wall-clock time that it could use.
    pub async fn call(&mut self, frame: &[u8], limit: Duration) -> Called {
        self.n_calls += 1;
        let pid = self.child.id();
        let cpu_before = cpu_time(pid);
        let mut n_extensions = 0;
        let exchanged = {
            let exchange = self.exchange(frame);
            tokio::pin!(exchange);
            loop {
                match timeout(limit, &mut exchange).await {
                    Ok(exchanged) => break Some(exchanged),
                    Err(_) if n_extensions < MAX_EXTENSIONS && was_starved(cpu_before, cpu_time(pid), limit) => {
                        n_extensions += 1;
                    }
                    Err(_) => break None,
                }
            }
        };
        let outcome = match exchanged {
            Some(Ok(answer)) => {
                self.heap_bytes = answer.heap_bytes;
                Ok(answer)
            }
            Some(Err(FrameError::Pipe(_))) => Err(self.cause_of_death().await),
            Some(Err(FrameError::TooLong { .. } | FrameError::Garbled(_))) => {
                self.end().await;
                Err(Death::Crash)
            }
            None => {
                self.end().await;
                Err(Death::Time)
            }
        };
        Called { outcome, n_extensions }
    }

    async fn exchange(&mut self, frame: &[u8]) -> Result<Answer, FrameError> {
        self.input.write_all(frame).await?;
        frame::receive(&mut self.output, MAX_ANSWER_BYTES).await
    }

    /// Kills the process and waits until it is gone.
    pub async fn end(&mut self) -> Option<ExitStatus> {
        // Fails only where it has ended already.
        let _ = self.child.start_kill();
        self.child.wait().await.ok()
    }

    async fn cause_of_death(&mut self) -> Death {
        match timeout(REAP_LIMIT, self.child.wait()).await {
            Ok(Ok(status)) => Death::of(status),
            // It closed its pipe and lives on: no worker of ours does that.
            Ok(Err(_)) | Err(_) => {
                self.end().await;
                Death::Crash
            }
        }
    }
}

impl Death {
    fn of(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(EXIT_OUT_OF_MEMORY), _) => Self::Memory,
            (_, Some(libc::SIGALRM)) => Self::Time,
            // From the administrator, or from a system short of memory: we reap whom we kill ourselves elsewhere.
            (_, Some(libc::SIGKILL | libc::SIGTERM | libc::SIGINT | libc::SIGHUP)) | (Some(0), _) => Self::Lost,
            _ => Self::Crash,
        }
    }
}

/// Whether a worker that did not answer in time was mostly waiting for a processor, so that nobody can blame the policy.
fn was_starved(before: Option<Duration>, after: Option<Duration>, limit: Duration) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => after.saturating_sub(before) < limit / 2,
        _ => false,
    }
}

/// Processor time that a process has used.
#[cfg(target_os = "linux")]
fn cpu_time(pid: Option<u32>) -> Option<Duration> {
    let pid = nix::unistd::Pid::from_raw(i32::try_from(pid?).ok()?);
    let clock = nix::time::ClockId::pid_cpu_clock_id(pid).ok()?;
    clock.now().ok().map(Duration::from)
}

#[cfg(not(target_os = "linux"))]
fn cpu_time(_pid: Option<u32>) -> Option<Duration> {
    None
}
