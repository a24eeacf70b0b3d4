//! Starts polity.
fn main() {}
