//! The words behind a command, by commander's rules.

use std::ffi::{OsStr, OsString};

use clap::{Arg, ArgAction, Command};

use super::super::help::{option_words, value_is_optional, value_name};
use super::complaint::Complaint;
use super::{Wish, begins_with_dash, help, is_help, os_string};

/// A command without further ones: what it takes.
pub(super) struct Leaf<'a> {
    pub(super) options: Vec<&'a Arg>,
    positionals: Vec<&'a Arg>,
}

/// An option that was given.
struct Given<'a> {
    option: &'a Arg,
    value: Option<OsString>,
    times: usize,
}

impl<'a> Leaf<'a> {
    pub(super) fn new(root: &'a Command, leaf: &'a Command) -> Self {
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
            positionals: leaf
                .get_positionals()
                .filter(|positional| !positional.is_hide_set())
                .collect(),
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
    pub(super) fn swallowed(&self, words: &[OsString]) -> Option<String> {
        words.windows(2).find_map(|pair| {
            let (word, value) = (pair[0].to_string_lossy(), pair[1].to_string_lossy());
            let option = self.find(&word).filter(|option| value_is_optional(option))?;
            let is_taken = !begins_with_dash(&pair[1]) && value.parse::<u16>().is_err();
            is_taken.then(|| {
                format!(
                    "{word} took `{value}`, the word behind it, for its {}: write one, or put {word} last",
                    value_name(option)
                )
            })
        })
    }

    pub(super) fn read(&self, path: Vec<String>, words: &[OsString]) -> Result<Wish, Complaint> {
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
                        option: option_words(option),
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
                            option: option_words(option),
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
            let name = value_name(positional);
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
pub(super) fn inline_value(word: &OsStr) -> (String, Option<OsString>) {
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
