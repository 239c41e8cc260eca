//! Sorting that lets others run.

use std::cmp::Ordering;

use crate::process::Process;

/// How many lines are sorted at once.
const RUN: usize = 256;

/// Sorts, keeping the order of what is equal.
pub(super) async fn sort(
    process: &mut Process,
    mut lines: Vec<Vec<u8>>,
    compare: impl Fn(&[u8], &[u8]) -> Ordering + Send + Sync,
) -> Vec<Vec<u8>> {
    for run in lines.chunks_mut(RUN) {
        run.sort_by(|a, b| compare(a, b));
        process.step().await;
    }
    let mut length = RUN;
    while length < lines.len() {
        let mut merged = Vec::with_capacity(lines.len());
        for pair in lines.chunks_mut(2 * length) {
            let (left, right) = pair.split_at_mut(length.min(pair.len()));
            let (mut l, mut r) = (0, 0);
            while l < left.len() || r < right.len() {
                let from_left = match (left.get(l), right.get(r)) {
                    (Some(a), Some(b)) => compare(a, b).is_le(),
                    (Some(_), None) => true,
                    (None, _) => false,
                };
                let next = if from_left {
                    l += 1;
                    &mut left[l - 1]
                } else {
                    r += 1;
                    &mut right[r - 1]
                };
                merged.push(std::mem::take(next));
                if merged.len() % RUN == 0 {
                    process.step().await;
                }
            }
        }
        lines = merged;
        length *= 2;
    }
    lines
}
