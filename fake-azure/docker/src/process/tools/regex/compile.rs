//! From the tree of a pattern to a program for a machine that matches.

use super::parse::{Node, Parsed};
use super::set::Set;
use super::{Assertion, RegexError, decode, folded};

/// The longest program, in instructions.
const LONGEST: usize = 20_000;

/// One instruction.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Char(u32),
    Any,
    Set(Box<Set>),
    Assert(Assertion),
    /// Keeps the place in a slot.
    Save(usize),
    /// Goes on only if the place is not the one in this slot.
    Moved(usize),
    BackReference(usize),
    /// Tries the first, then the second.
    Split(usize, usize),
    Jump(usize),
    Match,
}

/// A program, with what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) groups: usize,
    /// All slots: two of each group and of the whole, and those that guard loops.
    pub(super) slots: usize,
    pub(super) refers_back: bool,
    pub(super) ignore_case: bool,
    /// The bytes that a match can begin with; nothing when it can be empty.
    pub(super) first: Option<Box<[bool; 256]>>,
}

pub(super) fn compile(parsed: &Parsed, ignore_case: bool) -> Result<Program, RegexError> {
    let mut program = Program {
        steps: Vec::new(),
        groups: parsed.groups,
        slots: 2 * (parsed.groups + 1),
        refers_back: parsed.refers_back,
        ignore_case,
        first: None,
    };
    program.push(Step::Save(0))?;
    program.node(&parsed.node)?;
    program.push(Step::Save(1))?;
    program.push(Step::Match)?;
    program.first = program.first_bytes();
    Ok(program)
}

impl Program {
    fn push(&mut self, step: Step) -> Result<usize, RegexError> {
        if self.steps.len() >= LONGEST {
            return Err(RegexError::TooBig);
        }
        self.steps.push(step);
        Ok(self.steps.len() - 1)
    }

    fn node(&mut self, node: &Node) -> Result<(), RegexError> {
        match node {
            Node::Char(c) => {
                let c = u32::from(*c);
                let c = if self.ignore_case { folded(c) } else { c };
                self.push(Step::Char(c))?;
            }
            Node::Any => drop(self.push(Step::Any)?),
            Node::Set(set) => drop(self.push(Step::Set(Box::new(set.clone())))?),
            Node::Assert(assertion) => drop(self.push(Step::Assert(*assertion))?),
            Node::BackReference(group) => drop(self.push(Step::BackReference(*group))?),
            Node::Group(number, inner) => {
                self.push(Step::Save(2 * number))?;
                self.node(inner)?;
                self.push(Step::Save(2 * number + 1))?;
            }
            Node::Sequence(nodes) => {
                for node in nodes {
                    self.node(node)?;
                }
            }
            Node::Alternatives(nodes) => self.alternatives(nodes)?,
            Node::Repeat { node, least, most } => self.repeat(node, *least, *most)?,
        }
        Ok(())
    }

    fn alternatives(&mut self, nodes: &[Node]) -> Result<(), RegexError> {
        let mut ends = Vec::new();
        let Some((last, others)) = nodes.split_last() else {
            return Ok(());
        };
        for node in others {
            let split = self.push(Step::Match)?;
            self.node(node)?;
            ends.push(self.push(Step::Match)?);
            self.steps[split] = Step::Split(split + 1, self.steps.len());
        }
        self.node(last)?;
        for end in ends {
            self.steps[end] = Step::Jump(self.steps.len());
        }
        Ok(())
    }

    fn repeat(&mut self, node: &Node, least: u32, most: Option<u32>) -> Result<(), RegexError> {
        for _ in 0..least {
            self.node(node)?;
        }
        let Some(most) = most else {
            let split = self.push(Step::Match)?;
            if self.refers_back {
                let guard = self.slots;
                self.slots += 1;
                self.push(Step::Save(guard))?;
                self.node(node)?;
                self.push(Step::Moved(guard))?;
            } else {
                self.node(node)?;
            }
            self.push(Step::Jump(split))?;
            self.steps[split] = Step::Split(split + 1, self.steps.len());
            return Ok(());
        };
        let mut splits = Vec::new();
        for _ in least..most {
            splits.push(self.push(Step::Match)?);
            self.node(node)?;
        }
        for split in splits {
            self.steps[split] = Step::Split(split + 1, self.steps.len());
        }
        Ok(())
    }

    /// The bytes that a match can begin with.
    fn first_bytes(&self) -> Option<Box<[bool; 256]>> {
        let mut bytes = Box::new([false; 256]);
        let mut seen = vec![false; self.steps.len()];
        let mut open = vec![0];
        while let Some(at) = open.pop() {
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            match &self.steps[at] {
                Step::Match | Step::BackReference(_) => return None,
                Step::Save(_) | Step::Moved(_) | Step::Assert(_) => open.push(at + 1),
                Step::Jump(to) => open.push(*to),
                Step::Split(a, b) => open.extend([*a, *b]),
                step => {
                    for byte in 0..=255_u8 {
                        let hit = match decode(&[byte], 0) {
                            // What begins a longer character may begin any.
                            Some((_, _)) if byte >= 0x80 => true,
                            Some((c, _)) => self.takes(step, c),
                            None => false,
                        };
                        bytes[usize::from(byte)] |= hit;
                    }
                }
            }
        }
        Some(bytes)
    }

    /// Whether an instruction takes a character.
    pub(super) fn takes(&self, step: &Step, character: u32) -> bool {
        match step {
            Step::Char(c) if self.ignore_case => *c == folded(character),
            Step::Char(c) => *c == character,
            Step::Any => true,
            Step::Set(set) => set.holds(character, self.ignore_case),
            _ => false,
        }
    }
}
