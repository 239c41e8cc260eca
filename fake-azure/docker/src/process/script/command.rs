//! Which command lines a program of a script stands for.

use serde::{Deserialize, Deserializer, de};

use super::pattern::{Glob, Pattern};

/// Which command lines a program stands for.
///
/// | written | stands for |
/// |---|---|
/// | `"api"` | the command `api` wherever it lies, with any words after it |
/// | `"/usr/bin/api"` | that file, with any words after it |
/// | `["npm", "run", "*"]` | these words and no others; `*` in a word is any characters |
/// | `["npm", "install", "..."]` | these words and any after them |
/// | `{ regex = "^npm (ci\|install)" }` | a pattern over the words with spaces between them |
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A command by its name or its path.
    First(First),
    /// A command and the words after it.
    Words {
        /// The command.
        first: First,
        /// Each word after it.
        rest: Vec<Glob>,
        /// Whether more words may follow.
        open: bool,
    },
    /// All words with spaces between them.
    Line(Pattern),
}

/// The first word of a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum First {
    /// The file's name, wherever it lies.
    Name(Glob),
    /// The file's path.
    Path(Glob),
}

/// The word that stands for any words.
const ANY_WORDS: &str = "...";

impl First {
    fn new(word: &str) -> Self {
        if word.contains('/') {
            Self::Path(Glob::new(word))
        } else {
            Self::Name(Glob::new(word))
        }
    }

    fn matches(&self, path: Option<&str>, word: &str) -> bool {
        match self {
            Self::Name(name) => name.matches(word.rsplit('/').next().unwrap_or(word)),
            Self::Path(glob) => path.is_some_and(|path| glob.matches(path)) || glob.matches(word),
        }
    }
}

impl Command {
    /// Reads a command: its name or its path.
    pub fn named(word: &str) -> Self {
        Self::First(First::new(word))
    }

    /// Reads the words of a command line; none where there are no words.
    pub fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut words = words.into_iter();
        let first = First::new(words.next()?);
        let mut rest: Vec<&str> = words.collect();
        let open = rest.pop_if(|last| *last == ANY_WORDS).is_some();
        Some(Self::Words {
            first,
            rest: rest.into_iter().map(Glob::new).collect(),
            open,
        })
    }

    /// Whether a command line is one of these; `path` is the file that its first word leads to.
    pub fn matches(&self, path: Option<&str>, args: &[String]) -> bool {
        let Some((word, words)) = args.split_first() else {
            return false;
        };
        match self {
            Self::First(first) => first.matches(path, word),
            Self::Words { first, rest, open } => {
                let enough = words.len() == rest.len() || *open && words.len() > rest.len();
                enough
                    && first.matches(path, word)
                    && rest
                        .iter()
                        .zip(words)
                        .all(|(glob, word)| glob.matches(word))
            }
            Self::Line(pattern) => pattern.find(&args.join(" ")).is_some(),
        }
    }

    /// Whether the words after the command are right, whatever the command is called.
    pub(super) fn takes(&self, words: &[String]) -> bool {
        let Self::Words { rest, open, .. } = self else {
            return true;
        };
        let enough = words.len() == rest.len() || *open && words.len() > rest.len();
        enough
            && rest
                .iter()
                .zip(words)
                .all(|(glob, word)| glob.matches(word))
    }

    /// The file that makes the command one that can be found, when an image is defined by its
    /// script: the path itself, or a name in `/usr/local/bin`.
    pub(super) fn file(&self) -> Option<String> {
        let (Self::First(first) | Self::Words { first, .. }) = self else {
            return None;
        };
        match first {
            First::Path(glob) | First::Name(glob) if glob.is_pattern() => None,
            First::Path(glob) => Some(glob.to_string()),
            First::Name(glob) => Some(format!("/usr/local/bin/{glob}")),
        }
    }
}

impl<'de> Deserialize<'de> for Command {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Command;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a command's name, a list of words, or a pattern over all words")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Command, E> {
                if word.is_empty() {
                    return Err(E::custom("a command has a name"));
                }
                if word.contains(' ') {
                    return Err(E::custom(format!(
                        "a command is a name or a list of words: write {:?}",
                        word.split_whitespace().collect::<Vec<_>>()
                    )));
                }
                Ok(Command::named(word))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Command, A::Error> {
                let words: Vec<String> =
                    Deserialize::deserialize(de::value::SeqAccessDeserializer::new(list))?;
                Command::words(words.iter().map(String::as_str))
                    .ok_or_else(|| de::Error::custom("a list of words begins with a command"))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Command, A::Error> {
                Pattern::deserialize(de::value::MapAccessDeserializer::new(map)).map(Command::Line)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn a_name_stands_for_the_command_wherever_it_lies() {
        let api = Command::named("api");
        assert!(api.matches(None, &line("api")));
        assert!(api.matches(Some("/opt/api"), &line("/opt/api --port 80")));
        assert!(!api.matches(Some("/bin/apis"), &line("apis")));
        assert!(!api.matches(None, &[]));
        assert_eq!(api.file().as_deref(), Some("/usr/local/bin/api"));
    }

    #[test]
    fn a_path_stands_for_that_file_however_it_was_found() {
        let api = Command::named("/opt/api");
        assert!(api.matches(Some("/opt/api"), &line("api")));
        assert!(api.matches(None, &line("/opt/api x")));
        assert!(!api.matches(Some("/bin/api"), &line("api")));
        assert_eq!(api.file().as_deref(), Some("/opt/api"));
    }

    #[test]
    fn a_list_of_words_is_exact_unless_it_is_open() {
        let run = Command::words(["npm", "run", "*"]).unwrap();
        assert!(run.matches(None, &line("npm run build")));
        assert!(!run.matches(None, &line("npm run build x")));
        assert!(!run.matches(None, &line("npm run")));
        let install = Command::words(["npm", "install", "..."]).unwrap();
        assert!(install.matches(None, &line("npm install")));
        assert!(install.matches(None, &line("npm install a b")));
        assert!(!install.matches(None, &line("npm ci")));
    }
}
