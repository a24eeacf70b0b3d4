//! The server, seen from outside: the real binary, real worker processes, the whole router.

#[cfg(test)]
mod bundles;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod delegation;
#[cfg(test)]
mod governing;
#[cfg(test)]
mod layering;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod pipeline;
#[cfg(test)]
mod play;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod served;
#[cfg(test)]
mod stages;
#[cfg(test)]
mod templates;
#[cfg(test)]
mod together;
#[cfg(test)]
mod versions;
#[cfg(test)]
mod web;
#[cfg(test)]
mod workers;
