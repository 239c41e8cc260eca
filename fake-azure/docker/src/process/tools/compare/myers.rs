//! What two sequences of lines have in common, by Myers' greedy algorithm.

use super::hunks::Line;
use crate::process::Process;

/// How many lines may differ before the rest counts as different altogether; the memory for
/// the way back grows with its square.
const MOST_DIFFERENT: usize = 2_000;

/// The pairs of lines that are the same, in order.
pub(super) async fn common(
    process: &mut Process,
    a: &[Line<'_>],
    b: &[Line<'_>],
) -> Vec<(usize, usize)> {
    let same = |x: usize, y: usize| a[x].compared == b[y].compared;
    let shortest = a.len().min(b.len());
    let before = (0..shortest).take_while(|i| same(*i, *i)).count();
    let after = (0..shortest - before)
        .take_while(|i| same(a.len() - 1 - i, b.len() - 1 - i))
        .count();
    let mut pairs: Vec<(usize, usize)> = (0..before).map(|i| (i, i)).collect();
    let middle_a = &a[before..a.len() - after];
    let middle_b = &b[before..b.len() - after];
    let middle = middle(process, middle_a, middle_b).await;
    pairs.extend(middle.into_iter().map(|(x, y)| (x + before, y + before)));
    pairs.extend((0..after).rev().map(|i| (a.len() - 1 - i, b.len() - 1 - i)));
    pairs
}

/// The same for sequences that neither begin nor end alike.
async fn middle(process: &mut Process, a: &[Line<'_>], b: &[Line<'_>]) -> Vec<(usize, usize)> {
    if a.is_empty() || b.is_empty() {
        return Vec::new();
    }
    let most = (a.len() + b.len()).min(MOST_DIFFERENT);
    // `reached[k]` is how far in `a` diagonal `k - most` got.
    let mut reached = vec![0_usize; 2 * most + 2];
    let mut rounds: Vec<Vec<usize>> = Vec::new();
    for d in 0..=most {
        process.step().await;
        rounds.push(reached[most - d..=(most + d).min(2 * most)].to_vec());
        for k in (0..=2 * d).step_by(2) {
            let at = most + k - d;
            let down = k == 0 || (k != 2 * d && reached[at - 1] < reached[at + 1]);
            let mut x = if down {
                reached[at + 1]
            } else {
                reached[at - 1] + 1
            };
            let Some(mut y) = (x + d).checked_sub(k) else {
                reached[at] = x;
                continue;
            };
            while x < a.len() && y < b.len() && a[x].compared == b[y].compared {
                x += 1;
                y += 1;
            }
            reached[at] = x;
            if x >= a.len() && y >= b.len() {
                return way_back(&rounds, d, k, (a.len(), b.len()));
            }
        }
    }
    Vec::new()
}

/// Follows the rounds back from the end and gathers what was common.
fn way_back(
    rounds: &[Vec<usize>],
    last: usize,
    diagonal: usize,
    end: (usize, usize),
) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let (mut x, mut y) = end;
    // Diagonals as numbers around 0.
    let mut k = signed(diagonal) - signed(last);
    for d in (0..=last).rev() {
        let round = &rounds[d];
        let value = |k: i64| {
            let index = k + signed(d);
            usize::try_from(index)
                .ok()
                .and_then(|index| round.get(index))
                .copied()
        };
        let bound = signed(d);
        let down = k == -bound || (k != bound && value(k - 1) < value(k + 1));
        let previous = if down { k + 1 } else { k - 1 };
        let from = if d == 0 {
            0
        } else {
            value(previous).unwrap_or(0)
        };
        let begin = if d == 0 || down { from } else { from + 1 };
        while x > begin && y > 0 {
            x -= 1;
            y -= 1;
            pairs.push((x, y));
        }
        if d > 0 {
            x = from;
            y = usize::try_from(signed(from) - previous).unwrap_or(0);
            k = previous;
        }
    }
    pairs.reverse();
    pairs
}

fn signed(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
