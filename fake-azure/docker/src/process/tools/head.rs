//! `head`: the first lines or bytes.

use std::collections::VecDeque;

use super::input::{self, Lines, WHOLE, chunk};
use super::options::{Given, Options};
use super::output::Output;
use super::sizes;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::{Descriptor, Process};

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "head",
    "[-n [-]N] [-c [-]N] [-qv] [FILE]...",
    |process| Box::pin(head(process)),
)];

const OPTIONS: Options = Options::new(
    "n:c:qv",
    &[
        ("lines", 'n'),
        ("bytes", 'c'),
        ("quiet", 'q'),
        ("silent", 'q'),
        ("verbose", 'v'),
    ],
);

/// How much of a file is wanted.
#[derive(Clone, Copy)]
struct Part {
    count: u64,
    bytes: bool,
    /// All but so much of the end.
    but_last: bool,
}

/// Turns `-5` into `-n5`, as old command lines have it.
pub(super) fn with_old_count(args: &[String]) -> Vec<String> {
    let mut args = args.to_vec();
    if let Some(first) = args.get_mut(1) {
        let digits = first.strip_prefix('-').unwrap_or_default();
        if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            *first = format!("-n{digits}");
        }
    }
    args
}

/// Whether names are printed over the files.
pub(super) fn with_names(given: &Given, files: usize) -> bool {
    match given.last_of("qv") {
        Some('v') => true,
        Some(_) => false,
        None => files > 1,
    }
}

async fn head(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&with_old_count(&process.args))?;
    let bytes = given.last_of("nc") == Some('c');
    let text = given.value(if bytes { 'c' } else { 'n' }).unwrap_or("10");
    let (but_last, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let part = Part {
        count: sizes::read(digits)?,
        bytes,
        but_last,
    };
    let names = input::or_stdin(&given.operands);
    let headers = with_names(&given, names.len());
    let mut out = Output::default();
    let mut code = 0;
    let mut first = true;
    for name in names {
        let from = match input::open(process, &name) {
            Ok(from) => from,
            Err(errno) => {
                out.complain(process, format!("head: {name}: {errno}\n"))
                    .await?;
                code = 1;
                continue;
            }
        };
        if headers {
            out.put(process, header(&name, first)).await?;
        }
        first = false;
        if let Err(stop) = show(process, from, part, &mut out).await {
            let Stop::Told { words, .. } = stop else {
                return Err(stop);
            };
            out.complain(process, format!("head: {name}: {words}\n"))
                .await?;
            code = 1;
        }
    }
    out.flush(process).await?;
    Ok(code)
}

/// What is printed over a file.
pub(super) fn header(name: &str, first: bool) -> String {
    let gap = if first { "" } else { "\n" };
    let name = if name == "-" { "standard input" } else { name };
    format!("{gap}==> {name} <==\n")
}

async fn show(
    process: &mut Process,
    from: Descriptor,
    part: Part,
    out: &mut Output,
) -> Result<(), Stop> {
    if part.bytes {
        return show_bytes(process, &from, part, out).await;
    }
    let count = usize::try_from(part.count).unwrap_or(usize::MAX);
    let mut lines = Lines::new(from);
    if !part.but_last {
        let mut left = count;
        while left > 0 {
            let Some(line) = lines.next(process, out).await? else {
                break;
            };
            out.put(process, line).await?;
            left -= 1;
        }
        return Ok(());
    }
    let mut held = VecDeque::new();
    let mut size = 0;
    while let Some(line) = lines.next(process, out).await? {
        size += line.len();
        held.push_back(line);
        if held.len() > count
            && let Some(line) = held.pop_front()
        {
            size -= line.len();
            out.put(process, line).await?;
        }
        if size > WHOLE {
            return Err(Stop::told(format!(
                "the last lines are longer than {WHOLE} bytes"
            )));
        }
    }
    Ok(())
}

async fn show_bytes(
    process: &mut Process,
    from: &Descriptor,
    part: Part,
    out: &mut Output,
) -> Result<(), Stop> {
    let failed = |errno| Stop::told(format!("read error: {errno}"));
    if part.but_last {
        let all = input::whole(process, from).await.map_err(failed)?;
        let dropped = usize::try_from(part.count).unwrap_or(usize::MAX);
        let kept = all.len().saturating_sub(dropped);
        return out.put(process, &all[..kept]).await;
    }
    let mut left = part.count;
    while left > 0 {
        out.flush(process).await?;
        let mut bytes = chunk(process, from).await.map_err(failed)?;
        if bytes.is_empty() {
            break;
        }
        bytes.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        left -= bytes.len() as u64;
        out.put(process, bytes).await?;
    }
    Ok(())
}
