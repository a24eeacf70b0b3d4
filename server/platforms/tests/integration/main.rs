//! Platforms against what is not ours: recorded payloads, a scripted server, a real homeserver.

#[cfg(test)]
mod board;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod web;
