//! Matching one way after the other, which back-references need.

use super::compile::{Program, Step};
use super::{RegexError, UNSET, decode, folded};

/// How many instructions one search may take.
const BUDGET: u32 = 2_000_000;

enum Task {
    Try(usize, usize),
    Restore(usize, usize),
}

/// Finds the leftmost match from an offset on; returns its slots.
pub(super) fn search(
    program: &Program,
    text: &[u8],
    from: usize,
) -> Result<Option<Vec<usize>>, RegexError> {
    let mut budget = BUDGET;
    let mut begin = from;
    while begin <= text.len() {
        if let Some(slots) = attempt(program, text, begin, &mut budget)? {
            return Ok(Some(slots));
        }
        begin += decode(text, begin).map_or(1, |(_, length)| length);
    }
    Ok(None)
}

fn attempt(
    program: &Program,
    text: &[u8],
    begin: usize,
    budget: &mut u32,
) -> Result<Option<Vec<usize>>, RegexError> {
    let mut slots = vec![UNSET; program.slots];
    let mut tasks = vec![Task::Try(0, begin)];
    while let Some(task) = tasks.pop() {
        let (mut step, mut at) = match task {
            Task::Try(step, at) => (step, at),
            Task::Restore(slot, value) => {
                slots[slot] = value;
                continue;
            }
        };
        loop {
            *budget = budget.checked_sub(1).ok_or(RegexError::Budget)?;
            match &program.steps[step] {
                Step::Match => return Ok(Some(slots)),
                Step::Jump(to) => {
                    step = *to;
                    continue;
                }
                Step::Split(first, second) => {
                    tasks.push(Task::Try(*second, at));
                    step = *first;
                    continue;
                }
                Step::Save(slot) => {
                    tasks.push(Task::Restore(*slot, slots[*slot]));
                    slots[*slot] = at;
                }
                Step::Moved(slot) if slots[*slot] == at => break,
                Step::Assert(assertion) if !assertion.holds(text, at) => break,
                Step::Moved(_) | Step::Assert(_) => {}
                Step::BackReference(group) => {
                    let (from, to) = (slots[2 * group], slots[2 * group + 1]);
                    if from == UNSET || to == UNSET {
                        break;
                    }
                    let kept = &text[from..to];
                    let Some(here) = text.get(at..at + kept.len()) else {
                        break;
                    };
                    if !same(kept, here, program.ignore_case) {
                        break;
                    }
                    *budget = budget.saturating_sub(u32::try_from(kept.len()).unwrap_or(u32::MAX));
                    at += kept.len();
                }
                taking => match decode(text, at) {
                    Some((character, length)) if program.takes(taking, character) => at += length,
                    _ => break,
                },
            }
            step += 1;
        }
    }
    Ok(None)
}

fn same(a: &[u8], b: &[u8], ignore_case: bool) -> bool {
    if !ignore_case {
        return a == b;
    }
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| folded(u32::from(*a)) == folded(u32::from(*b)))
}
