//! Drawing lots that anybody can check.
//!
//! The lot gives the options one order, by `SHA-256(length of the seed, seed, option)`, smallest first, and every tie of
//! the count that needs a lot follows that order. It depends on the seed and the names alone: neither the order of the
//! ballots nor the order of the options on the page can bend it, and whoever has the recorded seed can draw it again.

use std::cmp::Ordering;

use sha2::{Digest, Sha256};

use super::Setup;

/// The order in which the lot puts `options`: their places in the list, the luckiest first.
#[must_use]
pub fn draw(seed: &[u8], options: &[String]) -> Vec<usize> {
    let mut order: Vec<(Vec<u8>, usize)> =
        options.iter().enumerate().map(|(at, option)| (digest(seed, option), at)).collect();
    order.sort();
    order.into_iter().map(|(_, at)| at).collect()
}

fn digest(seed: &[u8], option: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    // The length keeps a seed and a name from being cut in two places.
    hash.update(u64::try_from(seed.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(seed);
    hash.update(option.as_bytes());
    hash.finalize().to_vec()
}

/// The lot of one count: the fortune of each option.
#[derive(Clone, Debug)]
pub(super) struct Lot {
    /// For each option its place in the lot's order.
    places: Vec<usize>,
}

impl Lot {
    pub fn of(setup: &Setup) -> Self {
        let mut by_option: Vec<(usize, usize)> =
            draw(&setup.seed, &setup.names).into_iter().enumerate().map(|(place, at)| (at, place)).collect();
        by_option.sort_unstable();
        Self { places: by_option.into_iter().map(|(_, place)| place).collect() }
    }

    /// The luckier one is less, so that it sorts to the front.
    pub fn compare(&self, a: usize, b: usize) -> Ordering {
        self.places.get(a).cmp(&self.places.get(b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lot_follows_the_names_and_not_their_places() {
        let names = |list: &[&str]| list.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
        let forwards = names(&["tea", "coffee", "water"]);
        let backwards = names(&["water", "coffee", "tea"]);
        let drawn =
            |options: &[String]| draw(b"seed", options).iter().map(|&at| options[at].clone()).collect::<Vec<_>>();
        assert_eq!(drawn(&forwards), drawn(&backwards));
    }

    #[test]
    fn every_option_is_luckiest_under_some_seed() {
        let options: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
        let mut wins = [0; 3];
        for seed in 0_u32..300 {
            wins[draw(&seed.to_be_bytes(), &options)[0]] += 1;
        }
        assert!(wins.iter().all(|&n| n > 60), "{wins:?}");
    }
}
