//! What a worker gives up before it reads its first request.
//!
//! Each layer is put on where the system has it; what is missing is reported and the others stand. The order matters:
//! Landlock needs a file descriptor, so it comes before the limit on those; seccomp comes last, for it would refuse the rest.

use serde::{Deserialize, Serialize};

/// One layer of confinement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Layer {
    /// Ends with its parent.
    ParentDeath,
    /// Other processes of the same user cannot look into its memory.
    NotDumpable,
    /// No program can be run that has more rights.
    NoNewPrivileges,
    /// No file can be opened, and no port (Landlock).
    Landlock,
    /// No more file descriptors, no files, no core dumps, a bound on address space.
    ResourceLimits,
    /// Only some thirty system calls; any other ends the process (seccomp).
    SystemCalls,
    /// A heap limit.
    Heap,
    /// A processor-time limit of the worker's own, should the parent be stuck.
    Watchdog,
}

impl Layer {
    /// The word in logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ParentDeath => "parent-death",
            Self::NotDumpable => "not-dumpable",
            Self::NoNewPrivileges => "no-new-privileges",
            Self::Landlock => "landlock",
            Self::ResourceLimits => "resource-limits",
            Self::SystemCalls => "seccomp",
            Self::Heap => "heap-limit",
            Self::Watchdog => "watchdog",
        }
    }
}

/// Whether a layer is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerReport {
    /// Which.
    pub layer: Layer,
    /// Why it is not on, or not wholly.
    pub problem: Option<String>,
}

impl LayerReport {
    /// Reports what came of putting a layer on.
    #[must_use]
    pub fn of(layer: Layer, outcome: Result<(), String>) -> Self {
        Self { layer, problem: outcome.err() }
    }
}

/// Which layers are on and which are not, in one sentence for the log.
#[must_use]
pub fn describe(layers: &[LayerReport]) -> String {
    let on: Vec<&str> = layers.iter().filter(|l| l.problem.is_none()).map(|l| l.layer.as_str()).collect();
    let off: Vec<String> = layers
        .iter()
        .filter_map(|l| l.problem.as_ref().map(|problem| format!("{} ({problem})", l.layer.as_str())))
        .collect();
    let missing = if off.is_empty() { String::new() } else { format!("; missing: {}", off.join(", ")) };
    format!("{}{missing}", on.join(", "))
}

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::{Watchdog, before_the_thread, in_the_thread};

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(not(target_os = "linux"))]
pub use elsewhere::{Watchdog, before_the_thread, in_the_thread};
