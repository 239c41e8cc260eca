//! `getopt`: a script's options in order.

use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "getopt",
    "[OPTIONS] [--] OPTSTRING PARAMS",
    |process| Box::pin(getopt(process)),
)];

/// What a script's options may be.
struct Known {
    letters: String,
    /// Long names with the colons behind them.
    long: Vec<String>,
    /// Whether long names may have one dash.
    alternative: bool,
}

/// How many values an option takes: none, one, or one that sticks to it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    Value,
    Perhaps,
}

fn takes(colons: &str) -> Takes {
    match colons {
        "" => Takes::Nothing,
        ":" => Takes::Value,
        _ => Takes::Perhaps,
    }
}

impl Known {
    fn letter(&self, letter: char) -> Option<Takes> {
        let after = self.letters.trim_start_matches(['+', '-']);
        let after = after.split_once(letter).filter(|_| letter != ':')?.1;
        let end = after.find(|c| c != ':').unwrap_or(after.len());
        Some(takes(&after[..end]))
    }

    /// The long name that begins so, if it is clear which.
    fn long(&self, name: &str) -> Result<(String, Takes), &'static str> {
        let bare = |known: &String| known.trim_end_matches(':').to_owned();
        let mut begun = self.long.iter().filter(|known| known.starts_with(name));
        let exact = self.long.iter().find(|known| bare(known) == name);
        let known = match (exact, begun.next(), begun.next()) {
            (Some(known), ..) | (None, Some(known), None) => known,
            (None, None, _) => return Err("unrecognized option"),
            (None, Some(_), Some(_)) => return Err("option is ambiguous"),
        };
        let name = bare(known);
        let takes = takes(&known[name.len()..]);
        Ok((name, takes))
    }
}

async fn getopt(process: &mut Process) -> Outcome {
    let options = Options::new(
        "+o:l:n:qQs:Tua",
        &[
            ("options", 'o'),
            ("longoptions", 'l'),
            ("name", 'n'),
            ("quiet", 'q'),
            ("quiet-output", 'Q'),
            ("shell", 's'),
            ("test", 'T'),
            ("unquoted", 'u'),
            ("alternative", 'a'),
        ],
    );
    let old = process
        .args
        .get(1)
        .is_some_and(|word| !word.starts_with('-'));
    let given = options.read(&process.args)?;
    if given.has('T') {
        return Ok(4);
    }
    let mut words = given.operands.clone();
    let letters = match given.value('o') {
        Some(letters) => letters.to_owned(),
        None if words.is_empty() => return Err(Stop::told("missing optstring argument")),
        None => words.remove(0),
    };
    let long = given
        .values('l')
        .flat_map(|names| names.split([',', ' ', '\t', '\n']));
    let known = Known {
        letters,
        long: long
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect(),
        alternative: given.has('a'),
    };
    let quoted = !given.has('u') && !old;
    let name = given.value('n').unwrap_or("getopt").to_owned();
    let (text, problems) = sorted(
        &known,
        &words,
        quoted,
        process.variable("POSIXLY_CORRECT").is_some(),
    );
    if !given.has('q') {
        for problem in &problems {
            process.complain(format!("{name}: {problem}\n")).await;
        }
    }
    if !given.has('Q') {
        process.print(text + "\n").await?;
    }
    Ok(u8::from(!problems.is_empty()))
}

fn quote(word: &str, quoted: bool) -> String {
    if quoted {
        format!(" '{}'", word.replace('\'', "'\\''"))
    } else {
        format!(" {word}")
    }
}

/// The options first, then `--` and what is none; and what was wrong.
fn sorted(known: &Known, words: &[String], quoted: bool, strict: bool) -> (String, Vec<String>) {
    let (mut text, mut operands, mut problems) = (String::new(), Vec::new(), Vec::new());
    let strict = strict || known.letters.starts_with('+');
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            operands.extend(words.by_ref().cloned());
            break;
        }
        let long = word.strip_prefix("--").or_else(|| {
            let long = word.strip_prefix('-').filter(|_| known.alternative)?;
            let name = long.split('=').next().unwrap_or_default();
            (name.len() > 1 && known.long(name).is_ok()).then_some(long)
        });
        if let Some(long) = long {
            let (name, stuck) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (long, None),
            };
            match known.long(name) {
                Err(why) => problems.push(format!("{why}: {name}")),
                Ok((name, Takes::Nothing)) => match stuck {
                    Some(_) => {
                        problems.push(format!("option doesn't take an argument: {name}"));
                    }
                    None => text += &format!(" --{name}"),
                },
                Ok((name, takes)) => {
                    let value = match (stuck, takes) {
                        (None, Takes::Value) => words.next().map(String::as_str),
                        (stuck, _) => Some(stuck.unwrap_or_default()),
                    };
                    match value {
                        Some(value) => text += &format!(" --{name}{}", quote(value, quoted)),
                        None => problems.push(format!("option requires an argument: {name}")),
                    }
                }
            }
            continue;
        }
        let Some(cluster) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
            operands.push(word.clone());
            if strict {
                operands.extend(words.by_ref().cloned());
            }
            continue;
        };
        let mut rest = cluster.chars();
        while let Some(letter) = rest.next() {
            let Some(takes) = known.letter(letter) else {
                problems.push(format!("invalid option -- '{letter}'"));
                continue;
            };
            text += &format!(" -{letter}");
            if takes == Takes::Nothing {
                continue;
            }
            let stuck = std::mem::replace(&mut rest, "".chars()).as_str();
            if !stuck.is_empty() {
                text += &quote(stuck, quoted);
            } else if takes == Takes::Perhaps {
                text += &quote("", quoted);
            } else if let Some(value) = words.next() {
                text += &quote(value, quoted);
            } else {
                let cut = text.len() - 2 - letter.len_utf8();
                text.truncate(cut);
                problems.push(format!("option requires an argument -- '{letter}'"));
            }
        }
    }
    text += " --";
    for operand in operands {
        text += &quote(&operand, quoted);
    }
    (text, problems)
}
