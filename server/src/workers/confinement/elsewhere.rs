//! Systems other than Linux have the heap limit and the parent's watch only: for development, not for strangers' policies.

use std::time::Duration;

use super::{Layer, LayerReport};

/// What can be put on before the engine's thread exists: nothing.
#[must_use]
pub fn before_the_thread(_address_space_bytes: u64) -> Vec<LayerReport> {
    [Layer::ParentDeath, Layer::NotDumpable, Layer::NoNewPrivileges, Layer::Landlock, Layer::ResourceLimits]
        .map(|layer| LayerReport::of(layer, Err("only on Linux".to_owned())))
        .into()
}

/// What can be put on in the engine's thread: nothing.
#[must_use]
pub fn in_the_thread() -> Vec<LayerReport> {
    vec![LayerReport::of(Layer::SystemCalls, Err("only on Linux".to_owned()))]
}

/// No watchdog.
pub struct Watchdog;

impl Watchdog {
    /// There is none.
    ///
    /// # Errors
    /// Always.
    pub fn new(_limit: Duration) -> Result<Self, String> {
        Err("only on Linux".to_owned())
    }

    /// Does nothing.
    pub fn arm(&mut self) {}
}
