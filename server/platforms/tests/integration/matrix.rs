//! Matrix: what we hear, what we do, and both against a real homeserver.

mod acting;
mod hearing;
mod homeserver;
mod living;
