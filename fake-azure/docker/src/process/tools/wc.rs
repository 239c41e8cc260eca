//! `wc`.

use super::calls::Calls as _;
use super::input::{self, chunk};
use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::task::Wording;
use crate::process::{Descriptor, Process};

pub(super) const TOOLS: &[Tool] = &[Tool::new("wc", "[-cmlwL] [FILE]...", |process| {
    Box::pin(wc(process))
})];

const OPTIONS: Options = Options::new(
    "cmlwL",
    &[
        ("bytes", 'c'),
        ("chars", 'm'),
        ("lines", 'l'),
        ("words", 'w'),
        ("max-line-length", 'L'),
    ],
);

#[derive(Clone, Copy, Default)]
struct Counts {
    lines: u64,
    words: u64,
    characters: u64,
    bytes: u64,
    longest: u64,
}

impl Counts {
    fn columns(self) -> [(char, u64); 5] {
        [
            ('l', self.lines),
            ('w', self.words),
            ('m', self.characters),
            ('c', self.bytes),
            ('L', self.longest),
        ]
    }

    fn add(&mut self, other: Self) {
        self.lines += other.lines;
        self.words += other.words;
        self.characters += other.characters;
        self.bytes += other.bytes;
        self.longest = self.longest.max(other.longest);
    }
}

async fn wc(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&process.args)?;
    let mut wanted: String = given.all().map(|(letter, _)| letter).collect();
    if wanted.is_empty() {
        "lwc".clone_into(&mut wanted);
    }
    // One number of one file stands alone.
    let narrow = wanted.chars().count() == 1 && given.operands.len() < 2;
    let width = width(process, &given.operands);
    let show = |counts: Counts, name: &str| {
        let mut line = String::new();
        for (letter, value) in counts.columns() {
            if !wanted.contains(letter) {
                continue;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line += &if narrow {
                value.to_string()
            } else {
                format!("{value:width$}")
            };
        }
        if !name.is_empty() {
            line = line + " " + name;
        }
        line + "\n"
    };
    if given.operands.is_empty() {
        let stdin = process.descriptors.get(0);
        let stdin = stdin.map_err(|errno| Stop::told(format!("standard input: {errno}")))?;
        let (counts, error) = count(process, &stdin).await;
        process.print(show(counts, "")).await?;
        return Ok(u8::from(error.is_some()));
    }
    let mut total = Counts::default();
    let mut code = 0;
    for name in &given.operands {
        let (counts, error) = match input::open(process, name) {
            Ok(from) => {
                let (counts, error) = count(process, &from).await;
                (Some(counts), error)
            }
            Err(errno) => (None, Some(errno)),
        };
        if let Some(errno) = error {
            process.complain(format!("wc: {name}: {errno}\n")).await;
            code = 1;
        }
        if let Some(counts) = counts {
            total.add(counts);
            process.print(show(counts, name)).await?;
        }
    }
    if given.operands.len() > 1 {
        process.print(show(total, "total")).await?;
    }
    Ok(code)
}

/// How wide the columns are: busybox's are as wide always, GNU's as the sizes of the files ask
/// for, or seven where something is none.
fn width(process: &Process, names: &[String]) -> usize {
    if !matches!(process.wording, Wording::Gnu(_)) {
        return 9;
    }
    let size = |name: &String| match name.as_str() {
        "-" => input_size(process),
        name => match process.stat(name) {
            Ok(stat) if stat.is_file() => Some(stat.size),
            Ok(_) => None,
            Err(_) => Some(0),
        },
    };
    let sizes: Vec<Option<u64>> = if names.is_empty() {
        vec![input_size(process)]
    } else {
        names.iter().map(size).collect()
    };
    let least = if sizes.contains(&None) { 7 } else { 1 };
    let total: u64 = sizes.into_iter().flatten().sum();
    total.to_string().len().max(least)
}

/// How large the file is that standard input comes from, if it does.
fn input_size(process: &Process) -> Option<u64> {
    match process.descriptors.get(0) {
        Ok(Descriptor::File(file)) => Some(file.file().stat().ok()?.size),
        _ => None,
    }
}

async fn count(process: &mut Process, from: &Descriptor) -> (Counts, Option<crate::files::Errno>) {
    let mut counts = Counts::default();
    let mut in_word = false;
    let mut column = 0;
    loop {
        let bytes = match chunk(process, from).await {
            Ok(bytes) if bytes.is_empty() => break,
            Ok(bytes) => bytes,
            Err(errno) => return (counts, Some(errno)),
        };
        counts.bytes += bytes.len() as u64;
        for byte in bytes {
            // What continues a character is none of its own.
            let begins = byte & 0xc0 != 0x80;
            counts.characters += u64::from(begins);
            let space = matches!(byte, b' ' | b'\t'..=b'\r');
            if space {
                in_word = false;
            } else if !in_word && (byte > b' ' && byte != 0x7f) {
                in_word = true;
                counts.words += 1;
            }
            match byte {
                b'\n' | b'\r' | 0x0c => {
                    counts.lines += u64::from(byte == b'\n');
                    counts.longest = counts.longest.max(column);
                    column = 0;
                }
                b'\t' => column = (column | 7) + 1,
                _ if byte >= b' ' && begins => column += 1,
                _ => {}
            }
        }
    }
    counts.longest = counts.longest.max(column);
    (counts, None)
}
