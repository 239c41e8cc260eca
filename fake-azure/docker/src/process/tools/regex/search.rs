//! Matching all ways at once, in time linear in the text.

use super::compile::{Program, Step};
use super::{UNSET, decode};

/// The states that the machine is in at one place of the text, the preferred ones first.
struct States {
    /// The instructions.
    at: Vec<usize>,
    /// The slots of each, one after the other.
    slots: Vec<usize>,
    /// For each instruction the round it was last entered in.
    entered: Vec<usize>,
    round: usize,
    width: usize,
}

impl States {
    fn new(program: &Program, width: usize) -> Self {
        Self {
            at: Vec::new(),
            slots: Vec::new(),
            entered: vec![0; program.steps.len()],
            round: 0,
            width,
        }
    }

    fn clear(&mut self) {
        self.at.clear();
        self.slots.clear();
        self.round += 1;
    }

    fn slots_of(&self, index: usize) -> &[usize] {
        &self.slots[index * self.width..(index + 1) * self.width]
    }
}

enum Task {
    Enter(usize),
    Restore(usize, usize),
}

/// Finds the leftmost of the longest matches from an offset on; returns its first `width` slots.
pub(super) fn search(
    program: &Program,
    text: &[u8],
    from: usize,
    width: usize,
) -> Option<Vec<usize>> {
    let mut now = States::new(program, width);
    let mut next = States::new(program, width);
    let mut best: Option<Vec<usize>> = None;
    let mut tasks = Vec::new();
    let mut slots = vec![UNSET; width];
    let mut at = from;
    now.clear();
    loop {
        if now.at.is_empty() {
            if best.is_some() {
                return best;
            }
            if let Some(first) = &program.first {
                let skipped = text[at..].iter().position(|b| first[usize::from(*b)])?;
                at += skipped;
            }
        }
        if best.is_none() {
            slots.fill(UNSET);
            enter(program, text, at, 0, &mut slots, &mut now, &mut tasks);
        }
        let read = decode(text, at);
        next.clear();
        for index in 0..now.at.len() {
            let step = now.at[index];
            if matches!(program.steps[step], Step::Match) {
                let found = now.slots_of(index);
                let better = match &best {
                    None => true,
                    Some(best) => found[0] < best[0] || (found[0] == best[0] && found[1] > best[1]),
                };
                if better {
                    best = Some(found.to_vec());
                }
                continue;
            }
            let begin = now.slots_of(index)[0];
            if best.as_ref().is_some_and(|best| begin > best[0]) {
                continue;
            }
            if let Some((character, length)) = read
                && program.takes(&program.steps[step], character)
            {
                slots.copy_from_slice(now.slots_of(index));
                enter(
                    program,
                    text,
                    at + length,
                    step + 1,
                    &mut slots,
                    &mut next,
                    &mut tasks,
                );
            }
        }
        let Some((_, length)) = read else {
            return best;
        };
        at += length;
        std::mem::swap(&mut now, &mut next);
    }
}

/// Enters an instruction and all that follow without taking a character.
fn enter(
    program: &Program,
    text: &[u8],
    at: usize,
    step: usize,
    slots: &mut [usize],
    states: &mut States,
    tasks: &mut Vec<Task>,
) {
    tasks.push(Task::Enter(step));
    while let Some(task) = tasks.pop() {
        let step = match task {
            Task::Restore(slot, value) => {
                slots[slot] = value;
                continue;
            }
            Task::Enter(step) => step,
        };
        if states.entered[step] == states.round {
            continue;
        }
        states.entered[step] = states.round;
        match &program.steps[step] {
            Step::Jump(to) => tasks.push(Task::Enter(*to)),
            Step::Split(first, second) => {
                tasks.push(Task::Enter(*second));
                tasks.push(Task::Enter(*first));
            }
            Step::Save(slot) => {
                if let Some(kept) = slots.get_mut(*slot) {
                    tasks.push(Task::Restore(*slot, *kept));
                    *kept = at;
                }
                tasks.push(Task::Enter(step + 1));
            }
            Step::Assert(assertion) => {
                if assertion.holds(text, at) {
                    tasks.push(Task::Enter(step + 1));
                }
            }
            // Only programs that refer back have it, and those are matched elsewhere.
            Step::Moved(_) => tasks.push(Task::Enter(step + 1)),
            _ => {
                states.at.push(step);
                states.slots.extend_from_slice(slots);
            }
        }
    }
}
