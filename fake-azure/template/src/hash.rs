//! Names out of hashes, the same ones that the service makes.

use sha1::{Digest, Sha1};

/// The space of names in which `guid` makes its identifiers.
const NAMESPACE: [u8; 16] = [
    0x11, 0xfb, 0x06, 0xfb, 0x71, 0x2d, 0x4d, 0xdd, 0x98, 0xc7, 0xe7, 0x1b, 0xbd, 0x58, 0x88, 0x30,
];

/// The identifier of a name: version 5 of RFC 4122.
pub(crate) fn guid(name: &str) -> String {
    identifier(
        Sha1::new()
            .chain_update(NAMESPACE)
            .chain_update(name)
            .finalize()
            .as_slice(),
        5,
    )
}

/// An identifier that looks random: version 4 of RFC 4122.
pub(crate) fn random_guid(seed: &str) -> String {
    identifier(Sha1::digest(seed).as_slice(), 4)
}

fn identifier(digest: &[u8], version: u8) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = bytes[6] & 0x0f | version << 4;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let number = u128::from_be_bytes(bytes);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        number >> 96,
        number >> 80 & 0xffff,
        number >> 64 & 0xffff,
        number >> 48 & 0xffff,
        number & 0xffff_ffff_ffff
    )
}

/// Thirteen characters of a hash of a text.
pub(crate) fn unique_string(text: &str) -> String {
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let hash = murmur64(text.as_bytes());
    (0..13)
        .map(|digit| {
            let bits = (hash << (5 * digit)) >> 59;
            char::from(DIGITS[usize::from(bits.to_le_bytes()[0])])
        })
        .collect()
}

const C1: u32 = 0x239b_961b;
const C2: u32 = 0xab0e_9789;

/// Two lanes of 32 bits after the manner of MurmurHash3.
pub(crate) fn murmur64(bytes: &[u8]) -> u64 {
    let (mut low, mut high) = (0_u32, 0_u32);
    let mut blocks = bytes.chunks_exact(8);
    for block in &mut blocks {
        low ^= mix(lane(&block[..4]), C1, 15, C2);
        low = low.rotate_left(19).wrapping_add(high);
        low = low.wrapping_mul(5).wrapping_add(0x561c_cd1b);
        high ^= mix(lane(&block[4..]), C2, 17, C1);
        high = high.rotate_left(13).wrapping_add(low);
        high = high.wrapping_mul(5).wrapping_add(0x0bca_a747);
    }
    let rest = blocks.remainder();
    if !rest.is_empty() {
        low ^= mix(lane(&rest[..rest.len().min(4)]), C1, 15, C2);
    }
    if rest.len() > 4 {
        high ^= mix(lane(&rest[4..]), C2, 17, C1);
    }
    // Only the low half of a length takes part, as in the original.
    let [a, b, c, d, ..] = (bytes.len() as u64).to_le_bytes();
    let length = u32::from_le_bytes([a, b, c, d]);
    low ^= length;
    high ^= length;
    (low, high) = stir(low, high);
    (low, high) = stir(finish(low), finish(high));
    u64::from(high) << 32 | u64::from(low)
}

fn stir(low: u32, high: u32) -> (u32, u32) {
    let low = low.wrapping_add(high);
    (low, high.wrapping_add(low))
}

fn lane(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .rev()
        .fold(0, |lane, byte| lane << 8 | u32::from(*byte))
}

fn mix(lane: u32, before: u32, turn: u32, after: u32) -> u32 {
    lane.wrapping_mul(before)
        .rotate_left(turn)
        .wrapping_mul(after)
}

fn finish(mut hash: u32) -> u32 {
    hash ^= hash >> 16;
    hash = hash.wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(0xc2b2_ae35);
    hash ^ hash >> 16
}
