//! Random draws that anybody can check.
//!
//! # The generator
//! Block `i` (from 0) is `SHA-256(seed ‖ i)`, with `i` as eight bytes, big-endian. A block gives four numbers of 64 bits,
//! big-endian, in order.
//!
//! - [`Draw::below`]`(n)`: take a number; take another while it is not below the largest multiple of `n` under 2⁶⁴;
//!   the remainder by `n`. Every outcome is equally likely.
//! - [`Draw::fraction`]: a number's upper 53 bits, divided by 2⁵³.
//! - [`Draw::sample`]`(n, k)`: a list of places `0…n-1`; for each `i` below `k`, swap place `i` with place
//!   `i + below(n - i)`; the first `k` places. Members are drawn from in ascending order of id.

use sha2::{Digest, Sha256};
use types::evaluation::Seed;

/// The seeded generator of one evaluation.
#[derive(Clone, Debug)]
pub struct Draw {
    seed: Seed,
    block: u64,
    ready: Vec<u64>,
}

impl Draw {
    /// The generator that starts at `seed`.
    #[must_use]
    pub fn new(seed: Seed) -> Self {
        Self { seed, block: 0, ready: Vec::new() }
    }

    /// The next 64 bits.
    pub fn number(&mut self) -> u64 {
        loop {
            if let Some(number) = self.ready.pop() {
                return number;
            }
            let mut hash = Sha256::new();
            hash.update(self.seed.0);
            hash.update(self.block.to_be_bytes());
            self.block = self.block.wrapping_add(1);
            let digest = hash.finalize();
            self.ready = digest
                .chunks(8)
                .map(|bytes| bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)))
                .rev()
                .collect();
        }
    }

    /// A whole number from 0 to `n - 1`, each equally likely; 0 where `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        if n == 0 {
            return 0;
        }
        // 2⁶⁴ mod n numbers at the top would make small outcomes likelier: they are drawn again.
        let excess = (u64::MAX % n + 1) % n;
        loop {
            let number = self.number();
            if number <= u64::MAX - excess {
                return number % n;
            }
        }
    }

    /// A number from 0 (inclusive) to 1 (exclusive).
    pub fn fraction(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits are exactly what a float holds")]
        let upper = (self.number() >> 11) as f64;
        upper / 9_007_199_254_740_992.0
    }

    /// `k` different places among `n`, in the order drawn; all of them where there are not more than `k`.
    pub fn sample(&mut self, n: usize, k: usize) -> Vec<usize> {
        let mut places: Vec<usize> = (0..n).collect();
        let k = k.min(n);
        for i in 0..k {
            let rest = u64::try_from(n.saturating_sub(i)).unwrap_or(u64::MAX);
            let j = i.saturating_add(usize::try_from(self.below(rest)).unwrap_or(0));
            if j < places.len() {
                places.swap(i, j);
            }
        }
        places.truncate(k);
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_description() {
        let mut hash = Sha256::new();
        hash.update([7_u8; 32]);
        hash.update([0_u8; 8]);
        let block = hash.finalize();
        let mut draw = Draw::new(Seed([7; 32]));
        for chunk in block.chunks(8) {
            assert_eq!(draw.number(), u64::from_be_bytes(chunk.try_into().unwrap()));
        }
    }

    #[test]
    fn every_place_is_drawn_equally_often() {
        let mut draw = Draw::new(Seed([1; 32]));
        let mut hits = [0_u32; 5];
        for _ in 0..10_000 {
            for place in draw.sample(5, 2) {
                hits[place] += 1;
            }
        }
        assert!(hits.iter().all(|n| (3_800..4_200).contains(n)), "{hits:?}");
    }

    #[test]
    fn a_sample_has_nobody_twice_and_never_more_than_there_are() {
        let mut drawn = Draw::new(Seed([2; 32])).sample(6, 60);
        drawn.sort_unstable();
        assert_eq!(drawn, [0, 1, 2, 3, 4, 5]);
    }
}
