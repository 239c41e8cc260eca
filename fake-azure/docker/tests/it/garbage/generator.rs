//! Bytes that are nearly right: samples, changed by chance that follows from a seed.

use serde_json::{Map, Value, json};
use simulation::Chance;

/// What parsers stumble over.
const WORDS: &[&str] = &[
    "null",
    "-1",
    "0",
    "1e999",
    "99999999999999999999",
    "\"\"",
    "[]",
    "{}",
    "[[[[[[[[",
    "{\"a\":",
    "\\u0000",
    "\\ud800",
    "\u{fffd}",
    "%00",
    "%zz",
    "../",
    "..",
    "//",
    ":",
    "=",
    ",",
    "\"",
    "\n",
    "\r\n",
    "\0",
    "true",
    "latest",
    "busybox",
    "sha256:",
    "0x10",
    "1.5",
    "-0",
    "é",
    "(",
    "*",
    "[",
];

/// Values of all kinds, for a place that wants one of them.
fn values() -> [Value; 14] {
    [
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(1.5),
        json!(""),
        json!("x"),
        json!("../../x"),
        json!([]),
        json!([null, "", 7]),
        json!({}),
        json!({"": {"": [{}]}}),
    ]
}

fn pick<'a, T>(chance: &mut Chance, from: &'a [T]) -> &'a T {
    &from[place(chance, from.len())]
}

fn place(chance: &mut Chance, bound: usize) -> usize {
    let bound = u32::try_from(bound.max(1)).unwrap();
    usize::try_from(chance.below(bound)).unwrap()
}

/// A sample with some of its bytes changed.
pub(super) fn bytes(chance: &mut Chance, samples: &[&[u8]]) -> Vec<u8> {
    let mut bytes = pick(chance, samples).to_vec();
    for _ in 0..=chance.below(4) {
        let at = place(chance, bytes.len() + 1);
        match chance.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            1 => bytes.truncate(at),
            2 => {
                let word = pick(chance, WORDS);
                bytes.splice(at..at, word.bytes());
            }
            3 if at < bytes.len() => {
                let to = at + place(chance, (bytes.len() - at).min(64) + 1);
                bytes.drain(at..to);
            }
            4 => {
                let other = pick(chance, samples);
                let from = place(chance, other.len() + 1);
                bytes.splice(at..at, other[from..].iter().copied().take(256));
            }
            _ => {
                let random: [u8; 8] = chance.bytes();
                bytes.splice(at..at, random);
            }
        }
    }
    bytes
}

/// A sample with some of its values of other kinds, or of none.
pub(super) fn value(chance: &mut Chance, samples: &[Value]) -> Value {
    let mut value = pick(chance, samples).clone();
    for _ in 0..=chance.below(2) {
        change(chance, &mut value);
    }
    value
}

fn change(chance: &mut Chance, value: &mut Value) {
    let goes_deeper = chance.below(8) > 0;
    match value {
        Value::Object(members) if goes_deeper && !members.is_empty() => {
            change_member(chance, members);
        }
        Value::Array(items) if goes_deeper && !items.is_empty() => {
            let at = place(chance, items.len());
            change(chance, &mut items[at]);
        }
        value => *value = pick(chance, &values()).clone(),
    }
}

fn change_member(chance: &mut Chance, members: &mut Map<String, Value>) {
    let keys: Vec<String> = members.keys().cloned().collect();
    let key = pick(chance, &keys);
    match chance.below(8) {
        0 => {
            members.remove(key);
        }
        1 => {
            let value = members.remove(key).unwrap_or_default();
            members.insert(key.to_uppercase(), value);
        }
        _ => change(chance, &mut members[key]),
    }
}
