//! Numbers by a seed: the same on every machine and in every version, which those of libraries do not promise.

/// SplitMix64, of Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
pub(super) struct Random {
    state: u64,
}

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        // For small ends the bias of the remainder is of no account.
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or(0)
    }

    /// True in one of `n` cases.
    pub(super) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of the things.
    pub(super) fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        let index = self.below(things.len());
        #[expect(
            clippy::indexing_slicing,
            reason = "only lists that are written down here, none empty, are picked from"
        )]
        &things[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_for_ever() {
        let mut random = Random::new(1);
        assert_eq!(random.next(), 0x910a_2dec_8902_5cc1);
        let numbers: Vec<usize> = (0..6).map(|_| random.below(10)).collect();
        assert_eq!(numbers.len(), 6);
        assert!(numbers.iter().all(|number| *number < 10));
    }
}
