//! Matrix: what we hear, what we do, and both against a real homeserver.

mod hearing;
