//! `cat`, and the pagers, which show all at once.

use super::input::{self, chunk};
use super::options::Options;
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::{Tool, called};
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("cat", "[-nbvteA] [FILE]...", |process| {
        Box::pin(cat(process))
    }),
    Tool::new("less", "[FILE]...", |process| Box::pin(page(process))),
    Tool::new("more", "[FILE]...", |process| Box::pin(page(process))),
];

const OPTIONS: Options = Options::new(
    "nbvteAETsu",
    &[
        ("number", 'n'),
        ("number-nonblank", 'b'),
        ("show-nonprinting", 'v'),
        ("show-all", 'A'),
        ("show-ends", 'E'),
        ("show-tabs", 'T'),
        ("squeeze-blank", 's'),
    ],
);

/// How bytes are changed on their way.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
struct Show {
    numbers: bool,
    numbers_of_filled: bool,
    ends: bool,
    tabs: bool,
    unprintable: bool,
    squeeze: bool,
}

impl Show {
    fn changes_nothing(self) -> bool {
        !(self.numbers
            || self.numbers_of_filled
            || self.ends
            || self.tabs
            || self.unprintable
            || self.squeeze)
    }
}

async fn cat(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&process.args)?;
    let all = given.has('A');
    let show = Show {
        numbers: given.has('n'),
        numbers_of_filled: given.has('b'),
        ends: all || given.has('e') || given.has('E'),
        tabs: all || given.has('t') || given.has('T'),
        unprintable: all || given.has('v') || given.has('e') || given.has('t'),
        squeeze: given.has('s'),
    };
    copy(process, &given.operands, show).await
}

async fn page(process: &mut Process) -> Outcome {
    let names = process.args[1..]
        .iter()
        .filter(|word| !word.starts_with('-'));
    let names: Vec<String> = names.cloned().collect();
    copy(process, &names, Show::default()).await
}

async fn copy(process: &mut Process, names: &[String], show: Show) -> Outcome {
    let mut code = 0;
    let mut text = Text::new(show);
    for name in input::or_stdin(names) {
        let from = match input::open(process, &name) {
            Ok(from) => from,
            Err(errno) => {
                code = 1;
                say(process, Stop::cannot_open(&name, errno)).await;
                continue;
            }
        };
        loop {
            let bytes = match chunk(process, &from).await {
                Ok(bytes) => bytes,
                Err(errno) => {
                    code = 1;
                    say(process, Stop::told(format!("read error: {errno}"))).await;
                    break;
                }
            };
            if bytes.is_empty() {
                break;
            }
            if show.changes_nothing() {
                process.write(1, &bytes).await?;
                continue;
            }
            let mut out = Output::default();
            for byte in bytes {
                text.take(byte);
                if text.shown.len() > 4096 {
                    out.put(process, std::mem::take(&mut text.shown)).await?;
                }
            }
            out.put(process, std::mem::take(&mut text.shown)).await?;
            out.flush(process).await?;
        }
    }
    Ok(code)
}

async fn say(process: &mut Process, why: Stop) {
    let name = called(process, "cat");
    process.complain(format!("{name}: {why}\n")).await;
}

/// Text on its way, with what has to be remembered from line to line.
struct Text {
    show: Show,
    shown: Vec<u8>,
    line: u64,
    at_start: bool,
    empty_lines: u32,
}

impl Text {
    fn new(show: Show) -> Self {
        Self {
            show,
            shown: Vec::new(),
            line: 0,
            at_start: true,
            empty_lines: 0,
        }
    }

    fn take(&mut self, byte: u8) {
        let empty = self.at_start && byte == b'\n';
        self.empty_lines = if empty { self.empty_lines + 1 } else { 0 };
        if self.show.squeeze && self.empty_lines > 1 {
            return;
        }
        let numbered = if self.show.numbers_of_filled {
            !empty
        } else {
            self.show.numbers
        };
        if self.at_start && numbered {
            self.line += 1;
            self.shown.extend(format!("{:6}\t", self.line).into_bytes());
        }
        self.at_start = byte == b'\n';
        match byte {
            b'\n' => {
                if self.show.ends {
                    self.shown.push(b'$');
                }
                self.shown.push(b'\n');
            }
            b'\t' if self.show.tabs => self.shown.extend(b"^I"),
            b'\t' => self.shown.push(b'\t'),
            _ if self.show.unprintable => visible(byte, &mut self.shown),
            _ => self.shown.push(byte),
        }
    }
}

/// Writes a byte as `cat -v` does.
pub(super) fn visible(byte: u8, shown: &mut Vec<u8>) {
    let mut byte = byte;
    if byte >= 0x80 {
        shown.extend(b"M-");
        byte &= 0x7f;
    }
    match byte {
        0..0x20 => shown.extend([b'^', byte + b'@']),
        0x7f => shown.extend(b"^?"),
        _ => shown.push(byte),
    }
}
