//! The command line of `psql` and its kin.

use super::table::{Layout, Style};
use super::target::Target;
use crate::process::Process;

/// What is to be carried out.
pub(super) enum Work {
    Statement(String),
    File(String),
}

/// What the command line of `psql` asks for.
pub(super) struct Options {
    pub(super) target: Target,
    pub(super) work: Vec<Work>,
    pub(super) style: Style,
    pub(super) stop: bool,
    pub(super) quiet: bool,
    pub(super) list: bool,
}

/// Flags as they are written in full, and their letters.
const LONG: [(&str, char); 18] = [
    ("command", 'c'),
    ("csv", 'C'),
    ("dbname", 'd'),
    ("echo-all", 'a'),
    ("expanded", 'x'),
    ("file", 'f'),
    ("host", 'h'),
    ("list", 'l'),
    ("no-align", 'A'),
    ("no-password", 'w'),
    ("no-psqlrc", 'X'),
    ("port", 'p'),
    ("quiet", 'q'),
    ("set", 'v'),
    ("timeout", 't'),
    ("tuples-only", 't'),
    ("username", 'U'),
    ("version", 'V'),
];

/// Reads flags; `valued` are those that have a value, in the same word or the next. What is no
/// flag comes as `' '`.
pub(super) fn flags(args: &[String], valued: &str) -> Result<Vec<(char, String)>, String> {
    let mut all = Vec::new();
    let mut args = args.iter().skip(1);
    while let Some(arg) = args.next() {
        if let Some(long) = arg.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (long, None),
            };
            let found = LONG.iter().find(|(known, _)| *known == name);
            let (_, letter) = found.ok_or_else(|| format!("unrecognized option '{arg}'"))?;
            let needed = valued.contains(*letter) && name != "tuples-only";
            let value = if needed {
                value.or_else(|| args.next().cloned())
            } else {
                Some(String::new())
            };
            let missing = || format!("option '--{name}' requires an argument");
            all.push((*letter, value.ok_or_else(missing)?));
            continue;
        }
        let Some(letters) = arg.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
            all.push((' ', arg.clone()));
            continue;
        };
        for (at, letter) in letters.char_indices() {
            if !valued.contains(letter) {
                all.push((letter, String::new()));
                continue;
            }
            let rest = &letters[at + letter.len_utf8()..];
            let value = if rest.is_empty() {
                args.next().cloned()
            } else {
                Some(rest.to_owned())
            };
            let missing = || format!("option requires an argument -- '{letter}'");
            all.push((letter, value.ok_or_else(missing)?));
            break;
        }
    }
    Ok(all)
}

/// Reads the command line of `psql`; nothing when it asks for the version alone.
pub(super) fn options(process: &Process) -> Result<Option<Options>, String> {
    let mut options = Options {
        target: Target::of(process),
        work: Vec::new(),
        style: Style::default(),
        stop: false,
        quiet: false,
        list: false,
    };
    let mut places = 0;
    for (flag, value) in flags(&process.args, "cfUdhpvFPRLo")? {
        let target = &mut options.target;
        match flag {
            'V' => return Ok(None),
            'h' => target.host = Some(value),
            'p' => {
                target.port = value
                    .parse()
                    .map_err(|_| "invalid port number".to_owned())?;
            }
            'U' => target.user = value,
            'd' => target.name(&value),
            'c' => options.work.push(Work::Statement(value)),
            'f' => options.work.push(Work::File(value)),
            'v' => {
                let wanted = ["ON_ERROR_STOP", "ON_ERROR_STOP=1", "ON_ERROR_STOP=on"];
                options.stop |= wanted.contains(&value.as_str());
            }
            'F' => options.style.separator = value,
            't' => options.style.rows_only = true,
            'A' => options.style.layout = Layout::Unaligned,
            'x' => options.style.expanded = true,
            'q' => options.quiet = true,
            'l' => options.list = true,
            'C' => {
                options.style.layout = Layout::Csv;
                ",".clone_into(&mut options.style.separator);
            }
            ' ' => {
                match places {
                    0 => target.name(&value),
                    1 => target.user = value,
                    _ => {}
                }
                places += 1;
            }
            'P' | 'R' | 'L' | 'o' | 'w' | 'W' | 'X' | 'n' | '1' | 'b' | 'e' | 'a' | 'E' | 'S'
            | 's' => {}
            other => return Err(format!("invalid option -- '{other}'")),
        }
    }
    Ok(Some(options))
}
