//! The guarded client.
