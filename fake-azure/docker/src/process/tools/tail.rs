//! `tail`: the last lines or bytes, and what is written afterwards.

use std::collections::VecDeque;
use std::time::Duration;

use super::calls::Calls as _;
use super::head::{header, with_names, with_old_count};
use super::input::{self, Lines, WHOLE, chunk};
use super::options::{Options, invalid_number};
use super::output::Output;
use super::sizes;
use super::sleep::duration;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::{Descriptor, Process};

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "tail",
    "[-n [+]N] [-c [+]N] [-fF] [-s SECONDS] [-qv] [FILE]...",
    |process| Box::pin(tail(process)),
)];

const OPTIONS: Options = Options::new(
    "n:c:fFs:qvΠ:",
    &[
        ("lines", 'n'),
        ("bytes", 'c'),
        ("follow", 'f'),
        ("retry", 'F'),
        ("sleep-interval", 's'),
        ("quiet", 'q'),
        ("silent", 'q'),
        ("verbose", 'v'),
        ("pid", 'Π'),
    ],
);

/// How much of a file is wanted.
#[derive(Clone, Copy)]
struct Part {
    count: u64,
    bytes: bool,
    /// From so far on to the end.
    from_start: bool,
}

/// A file that is looked at again and again.
struct Followed {
    name: String,
    descriptor: Option<Descriptor>,
}

async fn tail(process: &mut Process) -> Outcome {
    let mut args = with_old_count(&process.args);
    // `+5` once meant `-n +5`.
    if let Some(first) = args.get_mut(1)
        && first.len() > 1
        && first.starts_with('+')
        && first[1..].bytes().all(|b| b.is_ascii_digit())
    {
        *first = format!("-n{first}");
    }
    // `--follow=name` is `-F` by its long name.
    let args: Vec<String> = args
        .into_iter()
        .map(|word| match word.as_str() {
            "--follow=name" => "-F".to_owned(),
            "--follow=descriptor" => "-f".to_owned(),
            _ => word,
        })
        .collect();
    let given = OPTIONS.read(&args)?;
    let bytes = given.last_of("nc") == Some('c');
    let text = given.value(if bytes { 'c' } else { 'n' }).unwrap_or("10");
    let (from_start, digits) = match text.strip_prefix('+') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('-').unwrap_or(text)),
    };
    let part = Part {
        count: sizes::read(digits)?,
        bytes,
        from_start,
    };
    let every = given.value('s').unwrap_or("1");
    let every = duration(every).ok_or_else(|| invalid_number(every))?;
    let by_name = given.has('F');
    let follow = by_name || given.has('f');
    let mut out = Output::default();
    let mut code = 0;
    let mut followed = Vec::new();
    for name in input::or_stdin(&given.operands) {
        let descriptor = match input::open(process, &name) {
            Ok(descriptor) => Some(descriptor),
            Err(errno) => {
                process
                    .complain(format!("tail: can't open '{name}': {errno}\n"))
                    .await;
                code = 1;
                None
            }
        };
        followed.push(Followed { name, descriptor });
    }
    let readable = followed.iter().filter(|file| file.descriptor.is_some());
    let headers = with_names(&given, readable.count());
    let mut first = true;
    for file in &followed {
        let Some(from) = file.descriptor.clone() else {
            continue;
        };
        if headers {
            out.put(process, header(&file.name, first)).await?;
        }
        first = false;
        if let Err(stop) = show(process, from, part, &mut out).await {
            let Stop::Told { words, .. } = stop else {
                return Err(stop);
            };
            out.complain(process, format!("tail: {words}\n")).await?;
            code = 1;
        }
    }
    out.flush(process).await?;
    if !by_name {
        followed.retain(|file| file.descriptor.is_some());
    }
    if follow && followed.is_empty() {
        return Err(Stop::told("no files"));
    }
    if follow {
        let every = every.max(Duration::from_millis(10));
        follow_on(process, &mut followed, by_name, headers, every).await?;
    }
    Ok(code)
}

async fn show(
    process: &mut Process,
    from: Descriptor,
    part: Part,
    out: &mut Output,
) -> Result<(), Stop> {
    let too_long = || Stop::told(format!("the last lines are longer than {WHOLE} bytes"));
    let count = usize::try_from(part.count).unwrap_or(usize::MAX);
    if part.bytes {
        let mut to_skip = part.count.saturating_sub(1);
        let mut held = VecDeque::new();
        loop {
            out.flush(process).await?;
            let bytes = chunk(process, &from).await;
            let bytes = bytes.map_err(|errno| Stop::told(format!("read error: {errno}")))?;
            if bytes.is_empty() {
                break;
            }
            if part.from_start {
                let skipped = usize::try_from(to_skip)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                to_skip -= skipped as u64;
                out.put(process, &bytes[skipped..]).await?;
                continue;
            }
            held.extend(bytes);
            let surplus = held.len().saturating_sub(count);
            held.drain(..surplus);
            if held.len() > WHOLE {
                return Err(too_long());
            }
        }
        return out.put(process, Vec::from(held)).await;
    }
    let mut lines = Lines::new(from);
    let mut number = 0_u64;
    let mut held = VecDeque::new();
    let mut size = 0;
    while let Some(line) = lines.next(process, out).await? {
        number += 1;
        if part.from_start {
            if number >= part.count {
                out.put(process, line).await?;
            }
            continue;
        }
        size += line.len();
        held.push_back(line);
        if held.len() > count
            && let Some(line) = held.pop_front()
        {
            size -= line.len();
        }
        if size > WHOLE {
            return Err(too_long());
        }
    }
    for line in held {
        out.put(process, line).await?;
    }
    Ok(())
}

/// Writes what is added to the files, for ever.
async fn follow_on(
    process: &mut Process,
    files: &mut [Followed],
    by_name: bool,
    headers: bool,
    every: Duration,
) -> Result<(), Stop> {
    // What never grows is waited on without looking again, however many containers do so.
    let grows = |file: &Followed| !matches!(file.descriptor, Some(Descriptor::Null));
    if !by_name && !files.iter().any(grows) {
        std::future::pending::<()>().await;
    }
    let mut shown = files.len().saturating_sub(1);
    loop {
        for (index, file) in files.iter_mut().enumerate() {
            if by_name {
                reopen(process, file).await;
            }
            let Some(from) = file.descriptor.clone() else {
                continue;
            };
            shrunk(&from);
            loop {
                let bytes = chunk(process, &from).await.unwrap_or_default();
                if bytes.is_empty() {
                    break;
                }
                if headers && shown != index {
                    process.print(header(&file.name, false)).await?;
                }
                shown = index;
                process.print(bytes).await?;
            }
        }
        process.sleep(every).await;
    }
}

/// A file that was cut is read from its start again.
fn shrunk(from: &Descriptor) {
    if let Descriptor::File(open) = from
        && open.file().len().is_ok_and(|length| length < open.offset())
    {
        open.seek(0);
    }
}

/// Opens a file anew whose name leads to another file by now.
async fn reopen(process: &mut Process, file: &mut Followed) {
    let there = process.stat(&file.name).ok();
    let held = match &file.descriptor {
        Some(Descriptor::File(open)) => open.file().stat().ok(),
        Some(_) => return,
        None => None,
    };
    let Some(there) = there else {
        return;
    };
    let same = held.is_some_and(|held| (held.device, held.ino) == (there.device, there.ino));
    if same {
        return;
    }
    if let Ok(opened) = input::open(process, &file.name) {
        let name = &file.name;
        let words = if file.descriptor.is_some() {
            format!("tail: {name} has been replaced; following end of new file\n")
        } else {
            format!("tail: {name} has appeared; following end of new file\n")
        };
        process.complain(words).await;
        file.descriptor = Some(opened);
    }
}
