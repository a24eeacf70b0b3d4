//! Platforms against what is not ours: recorded payloads, a scripted server, a real homeserver.

#[cfg(test)]
mod board;
#[cfg(test)]
mod discord;
#[cfg(test)]
mod github;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod slack;
#[cfg(test)]
mod web;
