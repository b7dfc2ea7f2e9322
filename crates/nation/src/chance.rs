//! Repeatable chance: a stream of ChaCha8 per purpose, and picks by whole weights. No floating point, so that every
//! machine draws the same.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// A stream of chance.
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream for a purpose. Streams of one seed do not know each other, so a change in how one part of the nation is
    /// drawn leaves the others as they were.
    pub fn new(seed: u64, purpose: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let mut rng = ChaCha8Rng::from_seed(bytes);
        rng.set_stream(purpose);
        Self(rng)
    }

    /// A number below `bound`; 0 where `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// A number from `low` to `high`, both included; `low` where there is none.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        if high <= low { low } else { low + self.below((high - low + 1) as u32) as i32 }
    }

    /// True `per_mille` times in a thousand.
    pub fn permille(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One of `items`.
    pub fn one<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len() as u32) as usize)
    }

    /// Puts `items` in a chance order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last as u32 + 1) as usize;
            items.swap(last, other);
        }
    }
}

/// Things with whole weights.
#[derive(Debug, Clone)]
pub struct Weighted<T> {
    items: Vec<T>,
    /// The sum of the weights up to and with each.
    sums: Vec<u32>,
}

impl<T: Copy> Weighted<T> {
    /// Of pairs; nothing weighs so much that the sum leaves `u32`.
    pub fn new(pairs: impl IntoIterator<Item = (T, u32)>) -> Self {
        let mut sum = 0u32;
        let (items, sums) = pairs
            .into_iter()
            .map(|(item, weight)| {
                sum = sum.saturating_add(weight);
                (item, sum)
            })
            .unzip();
        Self { items, sums }
    }

    /// The sum of all weights.
    pub fn total(&self) -> u32 {
        self.sums.last().copied().unwrap_or(0)
    }

    /// The items with their weights.
    pub fn iter(&self) -> impl Iterator<Item = (T, u32)> + '_ {
        let before = std::iter::once(0).chain(self.sums.iter().copied());
        self.items.iter().zip(&self.sums).zip(before).map(|((item, sum), before)| (*item, sum - before))
    }

    /// The item at a place below the total.
    pub fn at(&self, place: u32) -> Option<T> {
        self.items.get(self.sums.partition_point(|sum| *sum <= place)).copied()
    }

    /// One by its weight; `None` where there is nothing of weight.
    pub fn pick(&self, chance: &mut Chance) -> Option<T> {
        self.at(chance.below(self.total()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks_follow_the_weights() {
        let weighted = Weighted::new([('a', 1), ('b', 0), ('c', 3)]);
        let mut chance = Chance::new(1, 1);
        let picks: Vec<char> = (0..4000).filter_map(|_| weighted.pick(&mut chance)).collect();
        let count = |wanted| picks.iter().filter(|pick| **pick == wanted).count();
        assert_eq!(count('b'), 0);
        assert!((900..1100).contains(&count('a')), "{}", count('a'));
        assert_eq!(Weighted::<u8>::new([]).pick(&mut chance), None);
    }

    #[test]
    fn a_seed_and_a_purpose_are_one_stream() {
        let draw = |seed, purpose| {
            let mut chance = Chance::new(seed, purpose);
            [0; 8].map(|_: u32| chance.below(1_000_000))
        };
        assert_eq!(draw(1, 2), draw(1, 2));
        assert_ne!(draw(1, 2), draw(1, 3));
        assert_ne!(draw(1, 2), draw(2, 2));
        // Known values: a change of the generator would change every nation.
        assert_eq!(Chance::new(1, 0).between(5, 5), 5);
        assert_eq!(Chance::new(1, 0).between(5, 4), 5);
    }
}
