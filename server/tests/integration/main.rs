//! The server, seen from outside: the real binary, real worker processes, the whole router.

#[cfg(test)]
mod workers;
