//! The old CLI's manner of reading a line, which is not clap's.
//!
//! The clap definitions say what there is; this module reads the line by commander's rules and
//! spells it anew, so that clap has nothing left to refuse but values: an empty word is no argument,
//! an option's value never begins with `-`, and what is missing is said in the old words. Unlike the
//! old CLI it refuses what it does not understand: a word too many, a cluster that holds no option.

use std::ffi::{OsStr, OsString};

use clap::{Arg, ArgAction, Command};

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

/// What is wrong with a line, in the old CLI's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Complaint {
    /// There is no such command.
    #[error("'{0}' is not an azure command. See 'azure help'.")]
    UnknownCommand(String),
    /// There is no such option.
    #[error("unknown option `{0}'")]
    UnknownOption(String),
    /// An option lacks its value.
    #[error("option `{option}' argument missing{}", instead(.got.as_deref()))]
    MissingValue {
        /// The option, as help shows it.
        option: String,
        /// The word in the value's place.
        got: Option<String>,
    },
    /// An argument is missing.
    #[error("missing required argument `{0}'")]
    MissingArgument(String),
    /// There are more words than the command takes.
    #[error("too many arguments: `{0}'; nothing was done")]
    Surplus(String),
    /// A flag was given a value.
    #[error("option `{option}' takes no value, got `{got}'")]
    SurplusValue {
        /// The option, as help shows it.
        option: String,
        /// The value.
        got: String,
    },
}

fn instead(word: Option<&str>) -> String {
    word.map_or_else(String::new, |word| format!(", got `{word}'"))
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

struct Leaf<'a> {
    options: Vec<&'a Arg>,
    positionals: Vec<&'a Arg>,
}

/// An option that was given.
struct Given<'a> {
    option: &'a Arg,
    value: Option<OsString>,
    times: usize,
}

impl<'a> Leaf<'a> {
    fn new(root: &'a Command, leaf: &'a Command) -> Self {
        let mut options: Vec<&Arg> = leaf
            .get_arguments()
            .filter(|arg| !arg.is_positional())
            .collect();
        for arg in root.get_arguments().filter(|arg| arg.is_global_set()) {
            if !options.iter().any(|option| option.get_id() == arg.get_id()) {
                options.push(arg);
            }
        }
        Self {
            options,
            positionals: leaf.get_positionals().collect(),
        }
    }

    fn find(&self, word: &str) -> Option<&'a Arg> {
        self.options.iter().copied().find(|arg| {
            if let Some(long) = word.strip_prefix("--") {
                arg.get_long() == Some(long)
                    || arg
                        .get_all_aliases()
                        .is_some_and(|aliases| aliases.contains(&long))
            } else {
                let mut letters = word.chars().skip(1);
                arg.get_short() == letters.next() && letters.next().is_none()
            }
        })
    }

    /// Says which word an option with an optional value took for that value.
    fn swallowed(&self, words: &[OsString]) -> Option<String> {
        words.windows(2).find_map(|pair| {
            let (word, value) = (pair[0].to_string_lossy(), pair[1].to_string_lossy());
            let option = self.find(&word).filter(|option| value_is_optional(option))?;
            let is_taken = !begins_with_dash(&pair[1]) && value.parse::<u16>().is_err();
            is_taken.then(|| {
                format!(
                    "{word} took `{value}`, the word behind it, for its {}: write one, or put {word} last",
                    super::help::value_name(option)
                )
            })
        })
    }

    fn read(&self, path: Vec<String>, words: &[OsString]) -> Result<Wish, Complaint> {
        let words = self.apart(words)?;
        if words
            .iter()
            .take_while(|word| *word != "--")
            .any(|word| is_help(word))
        {
            return Ok(help(path, &words));
        }
        let mut given: Vec<Given<'a>> = Vec::new();
        let mut arguments = Vec::new();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            at += 1;
            if word == "--" {
                arguments.extend(words[at..].iter().cloned());
                break;
            }
            if !begins_with_dash(word) || word == "-" {
                arguments.push(word.clone());
                continue;
            }
            let (name, inline) = inline_value(word);
            let option = self.find(&name).ok_or(Complaint::UnknownOption(name))?;
            let value = if takes_no_value(option) {
                if let Some(got) = inline {
                    return Err(Complaint::SurplusValue {
                        option: super::help::option_words(option),
                        got: got.to_string_lossy().into_owned(),
                    });
                }
                None
            } else if inline.is_some() {
                inline
            } else {
                match words.get(at) {
                    Some(value) if value == "-" || !begins_with_dash(value) => {
                        at += 1;
                        Some(value.clone())
                    }
                    _ if value_is_optional(option) => None,
                    other => {
                        return Err(Complaint::MissingValue {
                            option: super::help::option_words(option),
                            got: other.map(|word| word.to_string_lossy().into_owned()),
                        });
                    }
                }
            };
            match given
                .iter_mut()
                .find(|given| given.option.get_id() == option.get_id())
            {
                Some(before) => {
                    before.value = value;
                    before.times += 1;
                }
                None => given.push(Given {
                    option,
                    value,
                    times: 1,
                }),
            }
        }
        self.complete(&given, &mut arguments)?;
        Ok(Wish::Run {
            line: spelled(&path, &given, arguments),
            path,
        })
    }

    /// Takes missing arguments from options of their name, and refuses those still missing and words
    /// too many. An empty word is none: scripts send such where they have nothing to say.
    fn complete(
        &self,
        given: &[Given<'a>],
        arguments: &mut Vec<OsString>,
    ) -> Result<(), Complaint> {
        let takes_several = self
            .positionals
            .last()
            .and_then(|last| last.get_num_args())
            .is_some_and(|range| range.max_values() > 1);
        while arguments.last().is_some_and(|word| word.is_empty()) {
            arguments.pop();
        }
        while arguments.len() > self.positionals.len() {
            let Some(at) = arguments.iter().rposition(|word| word.is_empty()) else {
                break;
            };
            arguments.remove(at);
        }
        for positional in self.positionals.iter().skip(arguments.len()) {
            if !positional.is_required_set() {
                break;
            }
            let name = super::help::value_name(positional);
            let value = given
                .iter()
                .find(|given| given.option.get_long() == Some(name.as_str()))
                .and_then(|given| given.value.clone());
            arguments.push(value.ok_or(Complaint::MissingArgument(name))?);
        }
        match arguments.get(self.positionals.len()) {
            Some(word) if !takes_several => {
                Err(Complaint::Surplus(word.to_string_lossy().into_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Takes clusters of short options apart: `-bq` is `-b -q`.
    ///
    /// A cluster that holds something else is no cluster: a password that begins with a dash would
    /// be read as half of a line.
    fn apart(&self, words: &[OsString]) -> Result<Vec<OsString>, Complaint> {
        let mut apart = Vec::with_capacity(words.len());
        let mut are_options = true;
        for word in words {
            are_options &= word != "--";
            if !are_options || !is_cluster(word) {
                apart.push(word.clone());
                continue;
            }
            let text = word.to_string_lossy();
            let options: Vec<String> = text
                .chars()
                .skip(1)
                .map(|letter| format!("-{letter}"))
                .collect();
            if options
                .iter()
                .any(|option| !is_help(OsStr::new(option)) && self.find(option).is_none())
            {
                return Err(Complaint::UnknownOption(text.into_owned()));
            }
            apart.extend(options.into_iter().map(OsString::from));
        }
        Ok(apart)
    }
}

/// Is it a dash and several letters?
fn is_cluster(word: &OsStr) -> bool {
    match word.as_encoded_bytes() {
        [b'-', b'-', ..] => false,
        [b'-', letters @ ..] => letters.len() > 1 && !letters.contains(&b'='),
        _ => false,
    }
}

/// An option's name, and the value behind its `=`.
fn inline_value(word: &OsStr) -> (String, Option<OsString>) {
    let bytes = word.as_encoded_bytes();
    let equals = bytes.iter().position(|byte| *byte == b'=');
    let name = os_string(&bytes[..equals.unwrap_or(bytes.len())]);
    (
        name.to_string_lossy().into_owned(),
        equals.map(|at| os_string(&bytes[at + 1..])),
    )
}

fn takes_no_value(option: &Arg) -> bool {
    matches!(
        option.get_action(),
        ArgAction::SetTrue | ArgAction::SetFalse | ArgAction::Count
    )
}

pub(super) fn value_is_optional(option: &Arg) -> bool {
    option
        .get_num_args()
        .is_some_and(|range| range.min_values() == 0)
}

fn spelled(path: &[String], given: &[Given<'_>], arguments: Vec<OsString>) -> Vec<OsString> {
    let mut line: Vec<OsString> = vec!["azure".into()];
    line.extend(path.iter().map(OsString::from));
    for Given {
        option,
        value,
        times,
    } in given
    {
        let mut word = match (option.get_long(), option.get_short()) {
            (Some(long), _) => OsString::from(format!("--{long}")),
            (None, Some(short)) => OsString::from(format!("-{short}")),
            (None, None) => continue,
        };
        if let Some(value) = value {
            word.push("=");
            word.push(value);
        }
        let times = if matches!(option.get_action(), ArgAction::Count) {
            *times
        } else {
            1
        };
        line.extend(std::iter::repeat_n(word, times));
    }
    line.push("--".into());
    line.extend(arguments);
    line
}

/// What clap finds wrong with a line, without its layout: the complaint, and a hint.
pub fn told(error: &clap::Error) -> (String, Option<String>) {
    let text = error.to_string();
    let paragraphs: Vec<String> = text
        .split("\n\n")
        .map(|lines| lines.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let complaint = paragraphs.first().map_or("", String::as_str);
    let hint = paragraphs
        .iter()
        .find_map(|paragraph| paragraph.strip_prefix("tip: "));
    (
        complaint
            .strip_prefix("error: ")
            .unwrap_or(complaint)
            .to_owned(),
        hint.map(str::to_owned),
    )
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
