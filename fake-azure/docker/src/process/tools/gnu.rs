//! The words of GNU's tools, as images of Debian, Ubuntu and Fedora have them.
//!
//! What tools do is the same in all images; what they say of what went wrong is busybox's where a
//! file leads to busybox, and GNU's where the tool is a file of its own. Here stands how one becomes
//! the other: complaints are dressed on their way out, and with them goes the exit code.

use super::version;
use crate::files::Credentials;
use crate::process::Process;

/// Whose tool it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Package {
    Coreutils,
    Findutils,
    Grep,
}

/// How a tool speaks.
struct Speech {
    package: Package,
    /// What is said of a file that it cannot have; `F` and `E` stand for the file and the reason.
    file: &'static str,
    /// What is said when there is no operand; nothing where that is well.
    missing: &'static str,
    /// The exit code for a command line that is not understood.
    misused: u8,
}

const fn speech(file: &'static str, missing: &'static str) -> Speech {
    Speech {
        package: Package::Coreutils,
        file,
        missing,
        misused: 1,
    }
}

const PLAIN: &str = "F: E";
const ACCESS: &str = "cannot access 'F': E";
const READING: &str = "cannot open 'F' for reading: E";
const OPERAND: &str = "missing operand";
const FILE_OPERAND: &str = "missing file operand";

/// How the tool of this name speaks, if GNU has one.
fn speech_of(tool: &str) -> Option<Speech> {
    Some(match tool {
        "cat" | "cut" | "expand" | "fold" | "md5sum" | "nl" | "paste" | "sha1sum" | "sha256sum"
        | "sha512sum" | "tee" | "unexpand" | "uniq" | "wc" | "cksum" | "sum" | "base64"
        | "comm" | "du" | "df" | "od" | "tsort" | "factor" | "shuf" | "yes" | "uname"
        | "whoami" | "nproc" | "pwd" | "id" | "who" | "users" | "logname" | "hostid" | "sync"
        | "arch" | "date" => {
            let file = if tool == "du" { ACCESS } else { PLAIN };
            speech(file, "")
        }
        "basename" | "dirname" | "expr" | "mkfifo" | "mknod" | "printf" | "readlink"
        | "realpath" | "seq" | "sleep" | "tr" | "unlink" | "chroot" | "printenv" => Speech {
            misused: match tool {
                "expr" => 2,
                "chroot" => 125,
                _ => 1,
            },
            ..speech(PLAIN, OPERAND)
        },
        "chgrp" | "chmod" | "chown" => speech(ACCESS, OPERAND),
        "cp" | "install" | "mv" => speech("cannot stat 'F': E", FILE_OPERAND),
        "head" | "split" | "tail" => speech(READING, ""),
        "ln" => speech("failed to create symbolic link 'F': E", FILE_OPERAND),
        "link" => speech("cannot create link 'F': E", OPERAND),
        "ls" => Speech {
            misused: 2,
            ..speech(ACCESS, "")
        },
        "mkdir" => speech("cannot create directory 'F': E", OPERAND),
        "mktemp" => speech("failed to create file via template 'F': E", ""),
        "rm" => speech("cannot remove 'F': E", OPERAND),
        "rmdir" => speech("failed to remove 'F': E", OPERAND),
        "shred" => speech("F: failed to open for writing: E", FILE_OPERAND),
        "sort" => Speech {
            misused: 2,
            ..speech("cannot read: F: E", "")
        },
        "stat" => speech("cannot statx 'F': E", OPERAND),
        "tac" => speech("failed to open 'F' for reading: E", ""),
        "touch" => speech("cannot touch 'F': E", FILE_OPERAND),
        "truncate" => speech(
            "cannot open 'F' for writing: E",
            "you must specify either '--size' or '--reference'",
        ),
        "env" | "nice" | "nohup" | "timeout" | "stdbuf" => Speech {
            misused: 125,
            ..speech("'F': E", if tool == "nohup" { OPERAND } else { "" })
        },
        "find" | "xargs" => Speech {
            package: Package::Findutils,
            ..speech("'F': E", "")
        },
        "grep" | "egrep" | "fgrep" => Speech {
            package: Package::Grep,
            misused: 2,
            ..speech(PLAIN, "")
        },
        _ => return None,
    })
}

/// The reasons that a system gives, by which a file before them is known.
const REASONS: [&str; 14] = [
    "No such file or directory",
    "Permission denied",
    "Is a directory",
    "Not a directory",
    "File exists",
    "Directory not empty",
    "Operation not permitted",
    "Read-only file system",
    "No space left on device",
    "Too many levels of symbolic links",
    "File name too long",
    "Invalid argument",
    "Device or resource busy",
    "Invalid cross-device link",
];

/// A complaint of a tool about a file: what was tried (`open`, `create directory`; nothing where it
/// was not said), the file, and the reason.
fn about_a_file(words: &str) -> Option<(&str, &str, &str)> {
    let (rest, reason) = words.rsplit_once(": ")?;
    if !REASONS.contains(&reason) {
        return None;
    }
    let Some(tried) = rest.strip_prefix("can't ").or(rest.strip_prefix("cannot ")) else {
        return Some(("", rest.trim_matches('\''), reason));
    };
    let (tried, file) = tried.split_once(" '")?;
    Some((tried, file.strip_suffix('\'')?, reason))
}

/// What GNU's tool says where busybox's says this, without the tool's name; none when it says the
/// same.
fn other_words(tool: &str, words: &str) -> Option<String> {
    let speech = speech_of(tool)?;
    if let Some((tried, file, reason)) = about_a_file(words) {
        let form = match (tool, tried) {
            ("cp", "create") => "cannot create regular file 'F': E",
            ("cp", "create directory") => "cannot create directory 'F': E",
            ("cp", "open") => READING,
            ("mv", "rename") => "cannot stat 'F': E",
            ("timeout" | "nohup", "execute") => "failed to run command 'F': E",
            ("ls", _) if reason == "Permission denied" => "cannot open directory 'F': E",
            ("chmod" | "chown" | "chgrp", _) if reason == "Operation not permitted" => match tool {
                "chmod" => "changing permissions of 'F': E",
                "chown" => "changing ownership of 'F': E",
                _ => "changing group of 'F': E",
            },
            ("head" | "tail", _) if reason == "Is a directory" => "error reading 'F': E",
            ("sort", _) if reason == "Is a directory" => "read failed: F: E",
            _ => speech.file,
        };
        return Some(
            form.replacen('F', file, 1)
                .replacen(": E", &format!(": {reason}"), 1),
        );
    }
    let quoted = |before: &str| words.strip_prefix(before)?.strip_suffix('\'');
    Some(match tool {
        "cp" if words.starts_with("omitting directory") => {
            format!("-r not specified; {words}")
        }
        "rm" => {
            let file = words.strip_prefix('\'')?.strip_suffix("' is a directory")?;
            format!("cannot remove '{file}': Is a directory")
        }
        "sleep" => format!("invalid time interval '{}'", quoted("invalid number '")?),
        "head" | "tail" => format!("invalid number of lines: '{}'", quoted("invalid number '")?),
        "chmod" => format!("invalid mode: '{}'", quoted("invalid mode '")?),
        "chown" | "id" => {
            let user = words.strip_prefix("unknown user ")?;
            match tool {
                "chown" => format!("invalid user: '{user}'"),
                _ => format!("'{user}': no such user"),
            }
        }
        "chgrp" => format!("invalid group: '{}'", words.strip_prefix("unknown group ")?),
        "expr" if words == "too few arguments" => OPERAND.to_owned(),
        "cut" if words.starts_with("expected a list") => {
            "you must specify a list of bytes, characters, or fields".to_owned()
        }
        _ => return None,
    })
}

/// A complaint in GNU's words, and the exit code that goes with it where it is another.
pub(in crate::process) fn dress(text: &str) -> (String, Option<u8>) {
    let mut dressed = String::with_capacity(text.len());
    let mut code = None;
    for line in text.split_inclusive('\n') {
        let bare = line.strip_suffix('\n').unwrap_or(line);
        let found = bare
            .split_once(": ")
            .and_then(|(tool, words)| Some((tool, other_words(tool, words)?)));
        match found {
            None => dressed += line,
            Some((tool, words)) => {
                dressed += &format!("{tool}: {words}\n");
                let needs_help = [
                    "invalid time interval",
                    "invalid mode",
                    "you must specify a list",
                    OPERAND,
                ];
                if needs_help.iter().any(|begin| words.starts_with(begin)) {
                    dressed += &help_line(tool);
                }
                if matches!(tool, "ls" | "sort") {
                    code = Some(2);
                }
            }
        }
    }
    (dressed, code)
}

/// How GNU's grep says that it is used.
const GREP_USAGE: &str = "Usage: grep [OPTION]... PATTERNS [FILE]...\n";

/// Tools that take no operands, or few: what is not understood of theirs is one too many.
const TAKES_FEW: [&str; 7] = [
    "arch", "basename", "link", "mktemp", "nproc", "uname", "uniq",
];

fn help_line(tool: &str) -> String {
    format!("Try '{tool} --help' for more information.\n")
}

/// What is said of a command line that is not understood, and the exit code: GNU's form of
/// busybox's words.
pub(super) fn misused(tool: &str, words: &str, operands: &[String]) -> Option<(String, u8)> {
    let speech = speech_of(tool)?;
    let one_letter = |rest: &str| rest.chars().count() == 1;
    let said = if let Some(option) = words.strip_prefix("unrecognized option: ") {
        match option {
            letter if one_letter(letter) => format!("invalid option -- '{letter}'"),
            name => format!("unrecognized option '--{name}'"),
        }
    } else if let Some(option) = words.strip_prefix("option requires an argument: ") {
        match option {
            letter if one_letter(letter) => format!("option requires an argument -- '{letter}'"),
            name => format!("option '--{name}' requires an argument"),
        }
    } else if words.is_empty() {
        match operands {
            [only] if matches!(tool, "cp" | "mv") => {
                format!("missing destination file operand after '{only}'")
            }
            [only] if tool == "tr" => {
                format!(
                    "missing operand after '{only}'\nTwo strings must be given when translating."
                )
            }
            [only] if matches!(tool, "chmod" | "chown" | "chgrp") => {
                format!("missing operand after '{only}'")
            }
            [] => speech.missing.to_owned(),
            [only] if tool == "seq" => format!("invalid floating point argument: '{only}'"),
            [.., last] if TAKES_FEW.contains(&tool) => format!("extra operand '{last}'"),
            _ => String::new(),
        }
    } else {
        words.to_owned()
    };
    let before = if said.is_empty() && speech.package == Package::Grep {
        // It alone shows how it is used, too.
        return Some((GREP_USAGE.to_owned() + &help_line(tool), speech.misused));
    } else if said.is_empty() {
        String::new()
    } else if speech.package == Package::Grep {
        format!("{tool}: {said}\n{GREP_USAGE}")
    } else {
        format!("{tool}: {said}\n")
    };
    Some((before + &help_line(tool), speech.misused))
}

/// The version that a tool tells, by the release of the image.
pub(super) fn version(process: &Process, tool: &str) -> Option<String> {
    let package = speech_of(tool)?.package;
    let release = process.space.files();
    let release = release.read("/etc/os-release", &Credentials::ROOT).ok();
    let release = release.map(|text| String::from_utf8_lossy(&text).into_owned());
    let value = |name: &str| {
        let mut lines = release.iter().flat_map(|text| text.lines());
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.unwrap_or_default().trim_matches('"').to_owned()
    };
    let (system, number) = (value("ID"), value("VERSION_ID"));
    let is_since = |least: &str| version::compare(&number, least).is_ge();
    // Of coreutils, findutils and grep.
    let [coreutils, findutils, grep] = match system.as_str() {
        "ubuntu" if is_since("24.04") => ["9.4", "4.9.0", "3.11"],
        "ubuntu" if is_since("22.04") => ["8.32", "4.8.0", "3.7"],
        "ubuntu" => ["8.30", "4.7.0", "3.4"],
        "debian" if is_since("13") => ["9.7", "4.10.0", "3.11"],
        "debian" if is_since("12") => ["9.1", "4.9.0", "3.8"],
        "debian" if is_since("11") => ["8.32", "4.8.0", "3.6"],
        _ => ["9.1", "4.9.0", "3.8"],
    };
    Some(match package {
        Package::Coreutils => format!("{tool} (GNU coreutils) {coreutils}\n"),
        Package::Findutils => format!("{tool} (GNU findutils) {findutils}\n"),
        Package::Grep => format!("grep (GNU grep) {grep}\n"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_dressed() {
        for (busybox, gnu) in [
            (
                "ls: x: No such file or directory",
                "ls: cannot access 'x': No such file or directory",
            ),
            (
                "cat: can't open 'a: b': Permission denied",
                "cat: a: b: Permission denied",
            ),
            (
                "cp: can't create 'a/b': Not a directory",
                "cp: cannot create regular file 'a/b': Not a directory",
            ),
            (
                "rm: 'd' is a directory",
                "rm: cannot remove 'd': Is a directory",
            ),
            (
                "find: nosuch: No such file or directory",
                "find: 'nosuch': No such file or directory",
            ),
            ("wget: bad address 'x'", "wget: bad address 'x'"),
            ("no tool", "no tool"),
        ] {
            assert_eq!(dress(busybox).0.trim_end(), gnu);
        }
        assert_eq!(dress("ls: x: No such file or directory\n").1, Some(2));
        assert_eq!(dress("cat: x: No such file or directory\n").1, None);
    }
}
