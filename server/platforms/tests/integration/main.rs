//! Platforms against what is not ours: recorded payloads, a scripted server, a real homeserver.

mod board;
mod matrix;
