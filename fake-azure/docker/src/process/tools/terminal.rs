//! `tty` and `stty`.

use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::Errno;
use crate::process::tty::Mode;
use crate::process::{Descriptor, Process};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("tty", "[-s]", |process| Box::pin(tty(process))),
    Tool::new("stty", "[-a|-g] [SETTING]...", |process| {
        Box::pin(stty(process))
    }),
];

async fn tty(process: &mut Process) -> Outcome {
    let given = Options::new("s", &[("silent", 's')]).read(&process.args)?;
    let number = match process.descriptors.get(0) {
        Ok(Descriptor::Tty(tty)) => Some(tty.number()),
        _ => None,
    };
    if !given.has('s') {
        let name = number.map(|number| format!("/dev/pts/{number}\n"));
        let name = name.unwrap_or_else(|| "not a tty\n".to_owned());
        process.print(name).await?;
    }
    Ok(u8::from(number.is_none()))
}

/// The settings as `-g` writes them, and reads them again.
fn saved(mode: Mode) -> String {
    let bits = [mode.lines, mode.echo, mode.signals, mode.output];
    let digits = bits.map(|bit| if bit { "1" } else { "0" });
    digits.join(":")
}

fn restored(text: &str) -> Option<Mode> {
    let mut bits = text.split(':').map(|digit| match digit {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    });
    let mut next = || bits.next().flatten();
    let mode = Mode {
        lines: next()?,
        echo: next()?,
        signals: next()?,
        output: next()?,
    };
    bits.next().is_none().then_some(mode)
}

async fn stty(process: &mut Process) -> Outcome {
    let mut words = process.args[1..].iter().map(String::as_str).peekable();
    let tty = match process.descriptors.get(0) {
        Ok(Descriptor::Tty(tty)) => tty.clone(),
        _ => {
            return Err(Stop::told(format!(
                "standard input: {}",
                Errno::NotTerminal
            )));
        }
    };
    let mut mode = tty.mode();
    let (mut rows, mut columns) = tty.size();
    let mut shown = String::new();
    if words.peek().is_none() {
        shown = format!("speed 38400 baud; line = 0;\n{}\n", settings(mode));
    }
    while let Some(word) = words.next() {
        let (set, name) = match word.strip_prefix('-') {
            Some(name) => (false, name),
            None => (true, word),
        };
        let invalid = || Stop::told(format!("invalid argument '{word}'"));
        match name {
            "size" if set => shown += &format!("{rows} {columns}\n"),
            "a" if !set => {
                shown += &format!(
                    "speed 38400 baud; rows {rows}; columns {columns}; line = 0;\n{}\n",
                    settings(mode)
                );
            }
            "g" if !set => shown = shown + &saved(mode) + "\n",
            "F" if !set => drop(words.next()),
            "echo" => mode.echo = set,
            "icanon" => mode.lines = set,
            "isig" => mode.signals = set,
            "opost" | "onlcr" => mode.output = set,
            "raw" if set => {
                mode = Mode {
                    echo: mode.echo,
                    ..Mode::RAW
                }
            }
            "raw" | "cooked" => {
                mode = Mode {
                    echo: mode.echo,
                    ..Mode::COOKED
                }
            }
            "sane" => mode = Mode::COOKED,
            "cbreak" => mode.lines = !set,
            "rows" | "cols" | "columns" => {
                let value = words.next().and_then(|text| text.parse().ok());
                let value = value.ok_or_else(invalid)?;
                if name == "rows" {
                    rows = value;
                } else {
                    columns = value;
                }
                tty.resize(rows, columns);
            }
            // What this terminal has not, and nothing depends on.
            "echoe" | "echok" | "echoctl" | "echoke" | "iexten" | "ixon" | "ixoff" | "icrnl"
            | "brkint" | "imaxbel" | "iutf8" | "hupcl" | "crtscts" | "tostop" => {}
            "min" | "time" | "speed" | "ispeed" | "ospeed" | "intr" | "quit" | "erase" | "kill"
            | "eof" | "susp" => drop(words.next()),
            text => mode = restored(text).filter(|_| set).ok_or_else(invalid)?,
        }
    }
    tty.set_mode(mode);
    process.print(shown).await?;
    Ok(0)
}

fn settings(mode: Mode) -> String {
    let flags = [
        (mode.signals, "isig"),
        (mode.lines, "icanon"),
        (mode.output, "opost"),
        (mode.echo, "echo"),
    ];
    let words = flags.map(|(on, name)| {
        if on {
            name.to_owned()
        } else {
            format!("-{name}")
        }
    });
    words.join(" ")
}
