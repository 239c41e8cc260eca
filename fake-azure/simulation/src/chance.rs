//! Chance that follows from a seed: identifiers and whatever else a simulator makes up.

use std::convert::Infallible;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, RngExt, SeedableRng, TryRng};
use serde::{Deserialize, Serialize};

/// A source of chance: the same seed gives the same identifiers in the same order.
///
/// It is 32 bytes, can be written down and read again, and is no secret's source. What
/// `rand` makes of a source of its own it makes of this one, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Chance(Xoshiro256PlusPlus);

impl Chance {
    /// The source that `seed` stands for.
    pub fn seeded(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// 32 lower-case hexadecimal digits.
    pub fn hex32(&mut self) -> String {
        format!("{:032x}", self.random::<u128>())
    }

    /// 64 lower-case hexadecimal digits, as Docker's objects have them for ids.
    pub fn hex64(&mut self) -> String {
        self.hex32() + &self.hex32()
    }

    /// A GUID, all of whose digits are random.
    pub fn guid(&mut self) -> String {
        dashed(&self.hex32())
    }

    /// A UUID that says it is random (version 4).
    pub fn uuid(&mut self) -> String {
        let bits: u128 = self.random();
        let bits = bits & !(0xf << 76) | 4 << 76;
        let bits = bits & !(0b11 << 62) | 0b10 << 62;
        dashed(&format!("{bits:032x}"))
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        self.random_range(0..bound)
    }

    /// Some bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill_bytes(&mut bytes);
        bytes
    }
}

impl TryRng for Chance {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.try_fill_bytes(bytes)
    }
}

/// The seed of a part of what `seed` stands for: each part has its own, and drawing from one
/// moves none of the others.
pub fn seed_of_part(seed: u64, part: u64) -> u64 {
    let mut chance = Chance::seeded(seed ^ Chance::seeded(part).next_u64());
    chance.next_u64()
}

/// 32 digits as 8-4-4-4-12.
pub fn dashed(hex: &str) -> String {
    let mut out = String::with_capacity(36);
    for (i, c) in hex.chars().enumerate() {
        if matches!(i, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_identifiers() {
        let draw = |seed| {
            let mut chance = Chance::seeded(seed);
            (
                chance.hex32(),
                chance.uuid(),
                chance.below(1000),
                chance.bytes::<64>(),
            )
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn a_source_goes_on_where_it_was_written_down() {
        let mut chance = Chance::seeded(7);
        chance.hex64();
        let written = serde_json::to_string(&chance).unwrap();
        let mut read: Chance = serde_json::from_str(&written).unwrap();
        assert_eq!(read.hex64(), chance.hex64());
    }

    #[test]
    fn a_uuid_says_that_it_is_random() {
        let uuid = Chance::seeded(7).uuid();
        assert_eq!(uuid.len(), 36);
        assert_eq!(&uuid[14..15], "4");
        assert!("89ab".contains(&uuid[19..20]), "{uuid}");
    }

    #[test]
    fn an_id_has_64_digits() {
        let id = Chance::seeded(7).hex64();
        assert_eq!(id.len(), 64);
        assert!(id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));
    }

    #[test]
    fn dashes_stand_where_identifiers_have_them() {
        assert_eq!(
            dashed("0123456789abcdef0123456789abcdef"),
            "01234567-89ab-cdef-0123-456789abcdef"
        );
    }

    #[test]
    fn parts_of_a_seed_differ() {
        let seeds: HashSet<u64> = (0..10)
            .flat_map(|seed| (0..100).map(move |part| seed_of_part(seed, part)))
            .collect();
        assert_eq!(seeds.len(), 1000);
    }
}
