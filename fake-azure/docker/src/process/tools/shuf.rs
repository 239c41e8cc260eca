//! `shuf`.

use super::calls::Calls as _;
use super::input;
use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;
use crate::process::descriptor::random;

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "shuf",
    "[-n NUM] [-o FILE] [-z] [-r] [FILE | -e [ARG...] | -i L-H]",
    |process| Box::pin(shuf(process)),
)];

/// How many numbers of a range are held at most.
const MOST: u64 = 1 << 22;

async fn shuf(process: &mut Process) -> Outcome {
    let options = Options::new(
        "n:o:zei:r",
        &[
            ("head-count", 'n'),
            ("output", 'o'),
            ("zero-terminated", 'z'),
            ("echo", 'e'),
            ("input-range", 'i'),
            ("repeat", 'r'),
        ],
    );
    let given = options.read(&process.args)?;
    let most = given.number('n')?;
    let mut lines = if given.has('e') {
        let words = given.operands.iter();
        words.map(|word| word.clone().into_bytes()).collect()
    } else if let Some(range) = given.value('i') {
        given.operands_between(0, 0)?;
        numbers(range)?
    } else {
        let operands = given.operands_between(0, 1)?;
        let name = operands.first().map_or("-", String::as_str);
        let text = input::whole_file(process, name).await;
        let text = text.map_err(|errno| Stop::told(format!("{name}: {errno}")))?;
        let end = if given.has('z') { 0 } else { b'\n' };
        let text = text.strip_suffix(&[end]).unwrap_or(&text);
        let is_empty = text.is_empty();
        let lines = text.split(|byte| *byte == end).map(<[u8]>::to_vec);
        lines.filter(|_| !is_empty).collect()
    };
    let count = lines.len();
    let wanted = most.map_or(count, |most| usize::try_from(most).unwrap_or(usize::MAX));
    let mut text = Vec::new();
    let end = if given.has('z') { 0 } else { b'\n' };
    let repeats = given.has('r') && count > 0;
    let wanted = if repeats { wanted } else { wanted.min(count) };
    for at in 0..wanted {
        let from = if repeats { 0 } else { at };
        let drawn = from + below(process, count - from);
        if !repeats {
            lines.swap(at, drawn);
        }
        text.extend_from_slice(&lines[if repeats { drawn } else { at }]);
        text.push(end);
        process.step().await;
    }
    match given.value('o') {
        None => process.print(text).await?,
        Some(file) => {
            let wrong = |errno| Stop::told(format!("{file}: {errno}"));
            let to = process.create(file).map_err(wrong)?;
            to.write(&text, process.now()).await.map_err(wrong)?;
        }
    }
    Ok(0)
}

/// The numbers of a range such as `1-10`.
fn numbers(range: &str) -> Result<Vec<Vec<u8>>, Stop> {
    let bad = || Stop::told(format!("bad range '{range}'"));
    let (first, last) = range.split_once('-').ok_or_else(bad)?;
    let first: u64 = first.parse().map_err(|_| bad())?;
    let last: u64 = last.parse().map_err(|_| bad())?;
    if first > last {
        return Err(bad());
    }
    if last - first >= MOST {
        return Err(Stop::told("out of memory"));
    }
    let numbers = first..=last;
    Ok(numbers.map(|n| n.to_string().into_bytes()).collect())
}

/// A number below `end` by the chance of the container.
fn below(process: &Process, end: usize) -> usize {
    let bytes = random(&process.space.chance(), 8);
    let number = bytes.try_into().map_or(0, u64::from_le_bytes);
    usize::try_from(number % end.max(1) as u64).unwrap_or_default()
}
