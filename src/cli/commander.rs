//! The old CLI's manner of reading a line, which is not clap's.
//!
//! The clap definitions say what there is; this module reads the line by commander's rules and
//! spells it anew, so that clap has nothing left to refuse but values: an empty word is no argument,
//! an option's value never begins with `-`, and what is missing is said in the old words. Unlike the
//! old CLI it refuses what it does not understand: a word too many, a cluster that holds no option.

mod complaint;
mod leaf;

use std::ffi::{OsStr, OsString};

use clap::Command;

pub use complaint::{Complaint, told};
use leaf::{Leaf, inline_value};

use crate::domain::did_you_mean;

/// What a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// To run a command.
    Run {
        /// The command's words, as the old CLI names it.
        path: Vec<String>,
        /// The line in clap's spelling.
        line: Vec<OsString>,
    },
    /// To be helped.
    Help {
        /// With what.
        path: Vec<String>,
        /// Was it asked by the command `help`?
        by_command: bool,
        /// As JSON?
        json: bool,
    },
    /// To be told the version.
    Version,
}

/// The same commands with the words that are read in arm mode alone.
#[must_use]
pub fn with_words_of_arm(root: Command) -> Command {
    root.mut_args(|arg| {
        if arg.is_positional() {
            arg.hide(false)
        } else {
            arg
        }
    })
    .mut_subcommands(with_words_of_arm)
}

/// What the user can do about a line that `read` does not understand.
pub fn hint(root: &Command, words: &[OsString], complaint: &Complaint) -> Option<String> {
    let mut command = root;
    let mut rest = words;
    if rest.first().is_some_and(|word| word == "help") {
        rest = &rest[1..];
    }
    while let Some((word, after)) = rest.split_first()
        && let Some(next) = command.find_subcommand(&*word.to_string_lossy())
    {
        (command, rest) = (next, after);
    }
    match complaint {
        Complaint::UnknownCommand(word) => did_you_mean(
            word,
            command
                .get_subcommands()
                .filter(|sub| !sub.is_hide_set())
                .flat_map(Command::get_name_and_visible_aliases),
        ),
        Complaint::UnknownOption(word) if word.starts_with("--") => {
            let leaf = Leaf::new(root, command);
            let options: Vec<String> = leaf
                .options
                .iter()
                .filter(|option| !option.is_hide_set())
                .filter_map(|option| Some(format!("--{}", option.get_long()?)))
                .collect();
            did_you_mean(word, options.iter().map(String::as_str))
        }
        Complaint::MissingArgument(_) => Leaf::new(root, command).swallowed(rest),
        _ => None,
    }
}

/// Reads `words`, which come after the program's name. `root` has to be built.
pub fn read(root: &Command, words: &[OsString]) -> Result<Wish, Complaint> {
    let mut command = root;
    let mut path = Vec::new();
    let mut rest = words;
    if rest.first().is_some_and(|word| word == "help") {
        return helped(root, &rest[1..]);
    }
    while let Some((word, after)) = rest.split_first() {
        if !command.has_subcommands() || begins_with_dash(word) {
            break;
        }
        let word = word.to_string_lossy();
        let next = command
            .find_subcommand(&*word)
            .ok_or_else(|| Complaint::UnknownCommand(word.clone().into_owned()))?;
        path.push(typed(next, &word));
        command = next;
        rest = after;
        if path.first().is_some_and(|word| word == "fake") && !command.has_subcommands() {
            let line = std::iter::once(OsString::from("azure"))
                .chain(words.iter().cloned())
                .collect();
            return Ok(if asks_simulator_for_help(&path, rest) {
                help(path, rest)
            } else {
                Wish::Run { path, line }
            });
        }
    }
    if command.has_subcommands() {
        let asks_version = |word: &OsString| {
            path.is_empty() && (word == "--version" || word == "-v" || word == "-V")
        };
        if rest.iter().any(asks_version) {
            return Ok(Wish::Version);
        }
        if let Some(word) = rest.iter().find(|word| !begins_with_dash(word)) {
            return Err(Complaint::UnknownCommand(
                word.to_string_lossy().into_owned(),
            ));
        }
        let known = |word: &&OsString| is_help(word) || *word == "--json" || *word == "--";
        if let Some(word) = rest.iter().find(|word| !known(word)) {
            return Err(Complaint::UnknownOption(inline_value(word).0));
        }
        return Ok(help(path, rest));
    }
    let rest = if path == ["vm", "docker", "create"] {
        seed(rest)
    } else {
        rest.to_vec()
    };
    Leaf::new(root, command).read(path, &rest)
}

fn helped(root: &Command, words: &[OsString]) -> Result<Wish, Complaint> {
    let mut command = root;
    let mut path = Vec::new();
    for word in words.iter().filter(|word| !begins_with_dash(word)) {
        if !command.has_subcommands() {
            break;
        }
        let word = word.to_string_lossy();
        command = command
            .find_subcommand(&*word)
            .ok_or_else(|| Complaint::UnknownCommand(word.clone().into_owned()))?;
        path.push(typed(command, &word));
    }
    Ok(Wish::Help {
        path,
        by_command: true,
        json: words.iter().any(|word| word == "--json"),
    })
}

fn help(path: Vec<String>, rest: &[OsString]) -> Wish {
    Wish::Help {
        path,
        by_command: false,
        json: rest.iter().any(|word| word == "--json"),
    }
}

/// A command is called what it was called: `endpoint set` does not end in `endpoint update`.
fn typed(command: &Command, word: &str) -> String {
    if command.get_all_aliases().any(|alias| alias == word) {
        word.to_owned()
    } else {
        command.get_name().to_owned()
    }
}

fn begins_with_dash(word: &OsStr) -> bool {
    word.as_encoded_bytes().first() == Some(&b'-')
}

fn is_help(word: &OsStr) -> bool {
    word == "--help" || word == "-h"
}

/// Is help asked for? What follows `fake run`'s own options is another program's.
fn asks_simulator_for_help(path: &[String], rest: &[OsString]) -> bool {
    let runs = path.last().is_some_and(|word| word == "run");
    let own = if runs { 1 } else { rest.len() };
    rest.iter()
        .take(own)
        .take_while(|word| *word != "--")
        .any(|word| is_help(word))
}

/// Spells the seed page's `-dp` and `-dc` out: exactly these, alone or with `=`.
fn seed(words: &[OsString]) -> Vec<OsString> {
    let mut spelled = Vec::with_capacity(words.len());
    let mut words = words.iter();
    for word in words.by_ref() {
        if word == "--" {
            spelled.push(word.clone());
            break;
        }
        let long = [("-dp", "--docker-port"), ("-dc", "--docker-cert-dir")]
            .into_iter()
            .find_map(|(short, long)| {
                let rest = word.as_encoded_bytes().strip_prefix(short.as_bytes())?;
                match rest {
                    [] => Some(vec![OsString::from(long)]),
                    // Only what stands after the `=` can be other than text, and it begins anew.
                    [b'=', value @ ..] => {
                        let value = os_string(value);
                        Some(vec![OsString::from(long), value])
                    }
                    _ => None,
                }
            });
        match long {
            Some(long) => spelled.extend(long),
            None => spelled.push(word.clone()),
        }
    }
    spelled.extend(words.cloned());
    spelled
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStringExt as _;
    OsString::from_vec(bytes.to_vec())
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> OsString {
    OsString::from(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Line;

    fn wish(words: &[&str]) -> Result<Wish, Complaint> {
        let mut root = Line::command();
        root.build();
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        read(&root, &words)
    }

    fn line(words: &[&str]) -> String {
        match wish(words).unwrap() {
            Wish::Run { line, .. } => line
                .iter()
                .map(|word| word.to_string_lossy().into_owned())
                .collect::<Vec<_>>()
                .join(" "),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn options_may_stand_anywhere_after_the_command() {
        assert_eq!(
            line(&["vm", "show", "-d", "dns", "web", "--json"]),
            "azure vm show --dns-name=dns --json -- web"
        );
    }

    #[test]
    fn a_group_stands_before_a_machine_in_arm_mode_alone() {
        let mut root = with_words_of_arm(crate::cli::Line::command());
        root.build();
        let words = ["vm", "show", "g", "web"].map(OsString::from);
        assert!(matches!(read(&root, &words), Ok(Wish::Run { .. })));
        let words = ["vm", "show", "g", "web", "x"].map(OsString::from);
        assert_eq!(read(&root, &words), Err(Complaint::Surplus("x".to_owned())));
    }

    #[test]
    fn a_word_too_many_is_refused_and_an_empty_one_is_none() {
        for words in [
            &["vm", "endpoint", "list", "web", "%s"][..],
            &["vm", "delete", "-b", "-q", "web", "%s", "c"],
            &["vm", "delete", "-b", "-q", "--", "web", "%s"],
            &["vm", "list", "%s"],
            &["vm", "list", "", "%s"],
        ] {
            assert_eq!(
                wish(words).unwrap_err(),
                Complaint::Surplus("%s".to_owned()),
                "{words:?}"
            );
        }
        assert_eq!(
            line(&["vm", "endpoint", "list", "web", "", ""]),
            "azure vm endpoint list -- web"
        );
        assert_eq!(line(&["vm", "list", ""]), "azure vm list --");
        assert_eq!(line(&["vm", "show", "", "web"]), "azure vm show -- web");
        assert_eq!(
            wish(&["vm", "show", ""]).unwrap_err().to_string(),
            "missing required argument `name'"
        );
    }

    #[test]
    fn no_command_drops_a_word() {
        fn leaves(command: &Command, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
            if !command.has_subcommands() {
                found.push(path.clone());
            }
            for sub in command
                .get_subcommands()
                .filter(|sub| sub.get_name() != "fake")
            {
                path.push(sub.get_name().to_owned());
                leaves(sub, path, found);
                path.pop();
            }
        }
        /// Those that take as many names as there are.
        const SEVERAL: [&str; 2] = ["vm docker rm", "vm docker recover"];
        let mut root = Line::command();
        root.build();
        let mut found = Vec::new();
        leaves(&root, &mut Vec::new(), &mut found);
        assert!(found.len() > 50, "{}", found.len());
        for path in found {
            let words: Vec<&str> = path.iter().map(String::as_str).chain(["w"; 20]).collect();
            if SEVERAL.contains(&path.join(" ").as_str()) {
                let Ok(Wish::Run { line, .. }) = wish(&words) else {
                    panic!("{path:?}");
                };
                assert_eq!(line.iter().filter(|word| *word == "w").count(), 20);
                continue;
            }

            assert_eq!(
                wish(&words).unwrap_err(),
                Complaint::Surplus("w".to_owned()),
                "{path:?}"
            );
        }
    }

    #[test]
    fn a_cluster_with_a_stranger_in_it_is_no_cluster() {
        for word in ["-hAa1!", "-bqX", "-é", "-b2"] {
            for words in [
                &["vm", "delete", "web", word][..],
                &["vm", "delete", word, "web"],
            ] {
                assert_eq!(
                    wish(words).unwrap_err(),
                    Complaint::UnknownOption(word.to_owned()),
                    "{words:?}"
                );
            }
        }
    }

    #[test]
    fn a_flag_takes_no_value() {
        let complaint = wish(&["vm", "delete", "web", "--quiet=no"]).unwrap_err();

        assert_eq!(
            complaint.to_string(),
            "option `-q, --quiet' takes no value, got `no'"
        );
    }

    #[test]
    fn an_optional_value_is_the_next_word_unless_that_begins_with_a_dash() {
        let create = ["vm", "docker", "create"];
        assert_eq!(
            line(
                &[
                    &create[..],
                    &["--ssh", "--location", "West US", "a", "b", "c"]
                ]
                .concat()
            ),
            "azure vm docker create --ssh --location=West US -- a b c"
        );
        assert_eq!(
            line(&[&create[..], &["-e", "22", "a", "b", "c"]].concat()),
            "azure vm docker create --ssh=22 -- a b c"
        );
    }

    #[test]
    fn the_seeds_own_spellings_are_no_clusters() {
        for spelling in [&["-dp", "5000"][..], &["-dp=5000"]] {
            let words = [&["vm", "docker", "create", "a", "b", "c"], spelling].concat();
            assert_eq!(
                line(&words),
                "azure vm docker create --docker-port=5000 -- a b c"
            );
        }
        assert_eq!(
            line(&["vm", "docker", "create", "-dc", "my certs", "a", "b", "c"]),
            "azure vm docker create --docker-cert-dir=my certs -- a b c"
        );
        assert!(matches!(
            wish(&["vm", "create", "-dp", "5000", "a", "b"]),
            Err(Complaint::MissingValue { .. })
        ));
    }

    #[test]
    fn clusters_of_flags_come_apart() {
        assert_eq!(
            line(&["vm", "delete", "web", "-bq", "-vv"]),
            "azure vm delete --blob-delete --quiet --verbose --verbose -- web"
        );
    }

    #[test]
    fn what_is_missing_is_said_in_the_old_words() {
        for (words, complaint) in [
            (&["vm", "show"][..], "missing required argument `name'"),
            (&["vm", "show", "a", "--frob"], "unknown option `--frob'"),
            (
                &["vm", "show", "a", "-d"],
                "option `-d, --dns-name <name>' argument missing",
            ),
            (
                &["vm", "show", "a", "-d", "-x"],
                "option `-d, --dns-name <name>' argument missing, got `-x'",
            ),
            (
                &["frob", "me"],
                "'frob' is not an azure command. See 'azure help'.",
            ),
        ] {
            assert_eq!(wish(words).unwrap_err().to_string(), complaint);
        }
    }

    #[test]
    fn an_argument_may_come_as_the_option_of_its_name() {
        assert_eq!(
            line(&["service", "show", "--serviceName", "web"]),
            "azure service show --serviceName=web -- web"
        );
    }

    #[test]
    fn help_is_asked_for_in_four_ways() {
        for (words, by_command) in [
            (&["help", "vm", "docker"][..], true),
            (&["vm", "docker"], false),
            (&["vm", "docker", "--help"], false),
            (&["vm", "docker", "-h"], false),
        ] {
            let Wish::Help {
                path,
                by_command: is_by_command,
                ..
            } = wish(words).unwrap()
            else {
                panic!("{words:?}");
            };
            assert_eq!(path, ["vm", "docker"]);
            assert_eq!(is_by_command, by_command);
        }
    }

    #[test]
    fn a_command_is_called_as_it_was_typed() {
        let Wish::Run { path, .. } = wish(&["vm", "endpoint", "set", "a", "b"]).unwrap() else {
            panic!("no command");
        };

        assert_eq!(path, ["vm", "endpoint", "set"]);
    }
}
