//! The engine, seen from outside: scenarios through one `check()`.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

mod scenario;

mod api;
mod bundle;
mod declarations;
mod delegation;
mod hostile;
mod instrumentation;
mod properties;
mod shipped;
mod workflow;
