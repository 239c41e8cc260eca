//! `comm`: what two sorted files have in common.

use std::cmp::Ordering;

use super::input::{self, Lines, chomp};
use super::options::Options;
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[Tool::new("comm", "[-123] FILE1 FILE2", |process| {
    Box::pin(comm(process))
})];

async fn comm(process: &mut Process) -> Outcome {
    let given = Options::new("123", &[]).read(&process.args)?;
    let mut files = Vec::new();
    for name in given.operands_between(2, 2)? {
        let from = input::open(process, name);
        files.push(Lines::new(
            from.map_err(|errno| Stop::cannot_open(name, errno))?,
        ));
    }
    let shown = ['1', '2', '3'].map(|column| !given.has(column));
    let indent = |column: usize| "\t".repeat(shown[..column].iter().filter(|s| **s).count());
    let indents = [0, 1, 2].map(indent);
    let mut out = Output::default();
    let mut held = [None, None];
    for (file, line) in files.iter_mut().zip(&mut held) {
        *line = file.next(process, &mut out).await?;
    }
    loop {
        let [first, second] = &held;
        let order = match (first, second) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(first), Some(second)) => chomp(first, b'\n').0.cmp(chomp(second, b'\n').0),
        };
        let column = match order {
            Ordering::Less => 0,
            Ordering::Greater => 1,
            Ordering::Equal => 2,
        };
        let line = if column == 1 { second } else { first };
        if let Some(line) = line.as_ref().filter(|_| shown[column]) {
            let line = chomp(line, b'\n').0;
            out.put(process, [indents[column].as_bytes(), line, b"\n"].concat())
                .await?;
        }
        for (at, file) in files.iter_mut().enumerate() {
            if column == 2 || column == at {
                held[at] = file.next(process, &mut out).await?;
            }
        }
    }
    out.flush(process).await?;
    Ok(0)
}
