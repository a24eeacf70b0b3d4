//! Matrix: what we hear, what we do, and both against a real homeserver.

mod acting;
mod distrust;
mod hearing;
mod homeserver;
mod living;
