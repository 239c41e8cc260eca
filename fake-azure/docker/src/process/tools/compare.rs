//! `cmp` and `diff`.

mod hunks;
mod myers;

use super::calls::Calls as _;
use super::input;
use super::ls::below;
use super::options::{Given, Options};
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::path;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("cmp", "[-ls] [-n NUM] FILE1 [FILE2]", |process| {
        Box::pin(cmp(process))
    })
    .misused(2),
    Tool::new("diff", "[-abBiNqrsw] [-U LINES] FILE1 FILE2", |process| {
        Box::pin(diff(process))
    })
    .misused(2),
];

async fn cmp(process: &mut Process) -> Outcome {
    let options = Options::new(
        "lsn:",
        &[
            ("silent", 's'),
            ("quiet", 's'),
            ("verbose", 'l'),
            ("bytes", 'n'),
        ],
    );
    let given = options.read(&process.args)?;
    let operands = given.operands_between(1, 2)?;
    let first = operands[0].clone();
    let second = operands.get(1).map_or("-", String::as_str).to_owned();
    let mut read = Vec::new();
    for name in [&first, &second] {
        let content = input::whole_file(process, name).await;
        read.push(content.map_err(|errno| Stop::with(2, format!("{name}: {errno}")))?);
    }
    let most = given
        .number('n')?
        .map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
    let a = &read[0][..read[0].len().min(most)];
    let b = &read[1][..read[1].len().min(most)];
    let mut out = Output::default();
    let mut line = 1;
    let mut differ = false;
    for (at, (x, y)) in a.iter().zip(b).enumerate() {
        if x != y {
            if given.has('s') {
                return Ok(1);
            }
            if !given.has('l') {
                let text = format!("{first} {second} differ: char {}, line {line}\n", at + 1);
                process.print(text).await?;
                return Ok(1);
            }
            differ = true;
            out.put(process, format!("{} {x:3o} {y:3o}\n", at + 1))
                .await?;
        }
        line += usize::from(*x == b'\n');
    }
    out.flush(process).await?;
    if a.len() != b.len() {
        if !given.has('s') {
            let shorter = if a.len() < b.len() { &first } else { &second };
            process.complain(format!("cmp: EOF on {shorter}\n")).await;
        }
        differ = true;
    }
    Ok(u8::from(differ))
}

async fn diff(process: &mut Process) -> Outcome {
    let options = Options::new(
        "abBdiL:NqrsS:tTuU:w",
        &[
            ("text", 'a'),
            ("ignore-space-change", 'b'),
            ("ignore-blank-lines", 'B'),
            ("ignore-case", 'i'),
            ("label", 'L'),
            ("new-file", 'N'),
            ("brief", 'q'),
            ("recursive", 'r'),
            ("report-identical-files", 's'),
            ("unified", 'u'),
            ("ignore-all-space", 'w'),
        ],
    );
    let given = options.read(&process.args)?;
    let operands = given.operands_between(2, 2)?;
    let (mut first, mut second) = (operands[0].clone(), operands[1].clone());
    for name in [&first, &second] {
        if name != "-"
            && !given.has('N')
            && let Err(errno) = process.stat(name)
        {
            return Err(Stop::with(2, format!("can't stat '{name}': {errno}")));
        }
    }
    let mut out = Output::default();
    match (process.is_dir(&first), process.is_dir(&second)) {
        (true, true) => {
            let code = folders(process, &given, first, second, &mut out).await?;
            out.flush(process).await?;
            return Ok(code);
        }
        // A folder and a file: the file of that name in the folder.
        (true, false) => first = inside(&first, &second),
        (false, true) => second = inside(&second, &first),
        (false, false) => {}
    }
    let code = files(process, &given, &first, &second, &mut out).await?;
    out.flush(process).await?;
    Ok(code)
}

fn inside(folder: &str, file: &str) -> String {
    below(folder, &path::split(file).1.unwrap_or_default())
}

async fn folders(
    process: &mut Process,
    given: &Given,
    first: String,
    second: String,
    out: &mut Output,
) -> Outcome {
    let mut code = 0;
    let mut open = vec![(first, second)];
    while let Some((first, second)) = open.pop() {
        let mut names = Vec::new();
        for folder in [&first, &second] {
            let entries = process.list(folder);
            let entries = entries.map_err(|errno| Stop::with(2, format!("{folder}: {errno}")))?;
            names.extend(entries.into_iter().map(|entry| entry.name));
        }
        names.sort();
        names.dedup();
        let mut inner = Vec::new();
        for name in names {
            let (a, b) = (below(&first, &name), below(&second, &name));
            let here = [process.stat(&a).is_ok(), process.stat(&b).is_ok()];
            let only = match here {
                [true, false] if !given.has('N') => Some(&first),
                [false, true] if !given.has('N') => Some(&second),
                _ => None,
            };
            if let Some(folder) = only {
                out.put(process, format!("Only in {folder}: {name}\n"))
                    .await?;
                code = 1;
                continue;
            }
            match (process.is_dir(&a), process.is_dir(&b)) {
                (true, true) if given.has('r') => inner.push((a, b)),
                (true, true) => {
                    let text = format!("Common subdirectories: {a} and {b}\n");
                    out.put(process, text).await?;
                }
                (false, false) => code |= files(process, given, &a, &b, out).await?,
                (folder, _) => {
                    let words = |folder| {
                        if folder {
                            "a directory"
                        } else {
                            "a regular file"
                        }
                    };
                    let text = format!(
                        "File {a} is {} while file {b} is {}\n",
                        words(folder),
                        words(!folder)
                    );
                    out.put(process, text).await?;
                    code = 1;
                }
            }
        }
        open.extend(inner.into_iter().rev());
    }
    Ok(code)
}

async fn files(
    process: &mut Process,
    given: &Given,
    first: &str,
    second: &str,
    out: &mut Output,
) -> Outcome {
    let mut read = Vec::new();
    for name in [first, second] {
        let content = match input::whole_file(process, name).await {
            Err(crate::files::Errno::NotFound) if given.has('N') => Ok(Vec::new()),
            content => content,
        };
        read.push(content.map_err(|errno| Stop::with(2, format!("{name}: {errno}")))?);
    }
    let (a, b) = (&read[0], &read[1]);
    if a == b {
        if given.has('s') {
            out.put(
                process,
                format!("Files {first} and {second} are identical\n"),
            )
            .await?;
        }
        return Ok(0);
    }
    let binary = |text: &[u8]| text.iter().take(8192).any(|b| *b == 0);
    let differ = format!("Files {first} and {second} differ\n");
    if !given.has('a') && (binary(a) || binary(b)) {
        out.put(process, differ).await?;
        return Ok(1);
    }
    let context = given.number('U')?.unwrap_or(3).min(10_000);
    let context = usize::try_from(context).unwrap_or(3);
    let lines = |text| hunks::lines(text, given.has('i'), given.has('b'), given.has('w'));
    let (a, b) = (lines(a), lines(b));
    let pairs = myers::common(process, &a, &b).await;
    let hunks = hunks::hunks(&a, &b, &pairs, context, given.has('B'));
    if hunks.is_empty() {
        return Ok(0);
    }
    if given.has('q') {
        out.put(process, differ).await?;
        return Ok(1);
    }
    let mut labels = given.values('L');
    let mut label = |name: &str| labels.next().unwrap_or(name).to_owned();
    let (first, second) = (label(first), label(second));
    out.put(process, format!("--- {first}\n+++ {second}\n"))
        .await?;
    for hunk in hunks {
        out.put(process, hunk).await?;
    }
    Ok(1)
}
