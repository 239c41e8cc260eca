//! `tac`, `rev`, `nl`, `fold`, `expand`, `unexpand`: lines in another order or dress.

use super::input::{self, Lines, chomp};
use super::options::{Given, Options};
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("tac", "[FILE]...", |process| Box::pin(tac(process))),
    Tool::new("rev", "[FILE]...", |process| Box::pin(rev(process))),
    Tool::new(
        "nl",
        "[-b a|t|n] [-i N] [-s STR] [-v N] [-w N] [FILE]...",
        |process| Box::pin(nl(process)),
    ),
    Tool::new("fold", "[-bs] [-w WIDTH] [FILE]...", |process| {
        Box::pin(fold(process))
    }),
    Tool::new("expand", "[-i] [-t N] [FILE]...", |process| {
        Box::pin(expand(process))
    }),
    Tool::new("unexpand", "[-fa] [-t N] [FILE]...", |process| {
        Box::pin(unexpand(process))
    }),
];

/// Writes the lines of the files, each file from its end; a file is held whole.
async fn tac(process: &mut Process) -> Outcome {
    let given = Options::new("", &[]).read(&process.args)?;
    let mut out = Output::default();
    let mut code = 0;
    for name in input::or_stdin(&given.operands) {
        let text = match input::whole_file(process, &name).await {
            Ok(text) => text,
            Err(errno) => {
                out.complain(process, format!("tac: {name}: {errno}\n"))
                    .await?;
                code = 1;
                continue;
            }
        };
        for line in text.split_inclusive(|b| *b == b'\n').rev() {
            out.put(process, line).await?;
        }
    }
    out.flush(process).await?;
    Ok(code)
}

async fn rev(process: &mut Process) -> Outcome {
    let given = Options::new("", &[]).read(&process.args)?;
    each_line(
        process,
        &given.operands,
        |line, out| match std::str::from_utf8(line) {
            Ok(text) => out.extend(text.chars().rev().collect::<String>().into_bytes()),
            Err(_) => out.extend(line.iter().rev()),
        },
    )
    .await
}

async fn nl(process: &mut Process) -> Outcome {
    let given = Options::new("b:i:s:v:w:n:", &[]).read(&process.args)?;
    let style = given.value('b').unwrap_or("t").to_owned();
    if !matches!(style.as_str(), "a" | "t" | "n") {
        return Err(Stop::told(format!(
            "numbering style '{style}' is not supported"
        )));
    }
    let step = given.number('i')?.unwrap_or(1);
    let width = given.number('w')?.unwrap_or(6).min(255);
    let width = usize::try_from(width).unwrap_or(6);
    let mut number = given.number('v')?.unwrap_or(1);
    let separator = given.value('s').unwrap_or("\t").to_owned();
    each_line(process, &given.operands, move |line, out| {
        if style == "a" || (style == "t" && !line.is_empty()) {
            out.extend(format!("{number:width$}{separator}").into_bytes());
            number = number.wrapping_add(step);
        } else {
            out.extend(std::iter::repeat_n(b' ', width + separator.len()));
        }
        out.extend(line);
    })
    .await
}

async fn fold(process: &mut Process) -> Outcome {
    let given = Options::new("bsw:", &[]).read(&process.args)?;
    let width = given.number('w')?.unwrap_or(80).max(1);
    let width = usize::try_from(width).unwrap_or(usize::MAX);
    let at_spaces = given.has('s');
    each_line(process, &given.operands, move |line, out| {
        let mut rest = line;
        while rest.len() > width {
            let mut end = width;
            if at_spaces && let Some(space) = rest[..width].iter().rposition(|b| *b == b' ') {
                end = space + 1;
            }
            out.extend(&rest[..end]);
            out.push(b'\n');
            rest = &rest[end..];
        }
        out.extend(rest);
    })
    .await
}

/// How far apart the stops of tabs are.
fn stops(given: &Given) -> Result<usize, Stop> {
    let stops = given.number('t')?.unwrap_or(8).clamp(1, 1 << 16);
    Ok(usize::try_from(stops).unwrap_or(8))
}

async fn expand(process: &mut Process) -> Outcome {
    let given = Options::new("it:", &[("initial", 'i'), ("tabs", 't')]).read(&process.args)?;
    let stops = stops(&given)?;
    let only_first = given.has('i');
    each_line(process, &given.operands, move |line, out| {
        let (mut column, mut is_first) = (0, true);
        for byte in line {
            is_first &= matches!(byte, b' ' | b'\t');
            if *byte == b'\t' && (is_first || !only_first) {
                let width = stops - column % stops;
                out.extend(std::iter::repeat_n(b' ', width));
                column += width;
                continue;
            }
            out.push(*byte);
            // What continues a character takes no column of its own.
            column += usize::from(byte & 0xc0 != 0x80);
        }
    })
    .await
}

async fn unexpand(process: &mut Process) -> Outcome {
    let options = Options::new("fat:", &[("first-only", 'f'), ("all", 'a'), ("tabs", 't')]);
    let given = options.read(&process.args)?;
    let stops = stops(&given)?;
    let all = !given.has('f') && (given.has('a') || given.has('t'));
    each_line(process, &given.operands, move |line, out| {
        let (mut column, mut pending, mut is_first) = (0_usize, 0_usize, true);
        for byte in line {
            if matches!(byte, b' ' | b'\t') && (is_first || all) {
                let width = if *byte == b' ' {
                    1
                } else {
                    stops - column % stops
                };
                (column, pending) = (column + width, pending + width);
                // One blank before a stop stays what it is, unless the line begins with it.
                if column % stops == 0 && (pending > 1 || is_first) {
                    out.push(b'\t');
                    pending = 0;
                }
                continue;
            }
            is_first = false;
            out.extend(std::iter::repeat_n(b' ', pending));
            pending = 0;
            out.push(*byte);
            column += usize::from(byte & 0xc0 != 0x80);
        }
        out.extend(std::iter::repeat_n(b' ', pending));
    })
    .await
}

/// Hands each line, without its end, to `change`, and writes what that makes of it.
async fn each_line(
    process: &mut Process,
    names: &[String],
    mut change: impl FnMut(&[u8], &mut Vec<u8>) + Send,
) -> Outcome {
    let mut out = Output::default();
    let mut code = 0;
    for name in input::or_stdin(names) {
        let from = match input::open(process, &name) {
            Ok(from) => from,
            Err(errno) => {
                let tool = super::tool::called(process, "");
                out.complain(process, format!("{tool}: {name}: {errno}\n"))
                    .await?;
                code = 1;
                continue;
            }
        };
        let mut lines = Lines::new(from);
        while let Some(line) = lines.next(process, &mut out).await? {
            let (line, ended) = chomp(&line, b'\n');
            let mut changed = Vec::with_capacity(line.len() + 8);
            change(line, &mut changed);
            if ended {
                changed.push(b'\n');
            }
            out.put(process, changed).await?;
        }
    }
    out.flush(process).await?;
    Ok(code)
}
