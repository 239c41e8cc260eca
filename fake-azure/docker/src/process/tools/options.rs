//! Options on a command line, as getopt reads them.

use super::stop::Stop;

/// The options that a tool knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    /// The letters; one with `:` after it takes a value, one with `::` takes what is stuck to it.
    /// A `+` in front ends the options at the first operand.
    letters: &'static str,
    /// Long names, each with the letter that it stands for.
    long: &'static [(&'static str, char)],
}

/// A command line that was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Given {
    options: Vec<(char, Option<String>)>,
    /// What is no option.
    pub(super) operands: Vec<String>,
}

/// Whether a letter takes a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    Value,
    StuckValue,
}

impl Options {
    /// Knows these letters and long names.
    pub(super) const fn new(letters: &'static str, long: &'static [(&'static str, char)]) -> Self {
        Self { letters, long }
    }

    /// Reads the words of a command line after the tool's name.
    pub(super) fn read(&self, args: &[String]) -> Result<Given, Stop> {
        let mut given = Given::default();
        let mut words = args.iter().skip(1);
        while let Some(word) = words.next() {
            if word == "--" {
                given.operands.extend(words.cloned());
                break;
            }
            if let Some(long) = word.strip_prefix("--") {
                self.read_long(long, &mut words, &mut given)?;
            } else if word.len() > 1 && word.starts_with('-') {
                self.read_short(&word[1..], &mut words, &mut given)?;
            } else {
                given.operands.push(word.clone());
                if self.letters.starts_with('+') {
                    given.operands.extend(words.cloned());
                    break;
                }
            }
        }
        Ok(given)
    }

    fn read_long<'a>(
        &self,
        word: &str,
        words: &mut impl Iterator<Item = &'a String>,
        given: &mut Given,
    ) -> Result<(), Stop> {
        let (name, stuck) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word, None),
        };
        let letter = match self.long(name) {
            Some(letter) => letter,
            None if name == "help" => return Err(Stop::Help),
            None => return Err(Stop::Usage(format!("unrecognized option: {name}"))),
        };
        let value = match (self.takes(letter), stuck) {
            (Some(Takes::Value), None) => match words.next() {
                Some(value) => Some(value.clone()),
                None => return Err(needs_value(name)),
            },
            (Some(Takes::Nothing), Some(_)) => {
                return Err(Stop::Usage(format!(
                    "option does not take an argument: {name}"
                )));
            }
            (_, stuck) => stuck,
        };
        given.options.push((letter, value));
        Ok(())
    }

    fn read_short<'a>(
        &self,
        cluster: &str,
        words: &mut impl Iterator<Item = &'a String>,
        given: &mut Given,
    ) -> Result<(), Stop> {
        let mut rest = cluster.chars();
        while let Some(letter) = rest.next() {
            let value = match self.takes(letter) {
                None => return Err(Stop::Usage(format!("unrecognized option: {letter}"))),
                Some(Takes::Nothing) => None,
                Some(takes) => {
                    let stuck = rest.as_str();
                    rest = "".chars();
                    match (stuck.is_empty(), takes) {
                        (false, _) => Some(stuck.to_owned()),
                        (true, Takes::StuckValue) => None,
                        (true, _) => match words.next() {
                            Some(value) => Some(value.clone()),
                            None => return Err(needs_value(&letter.to_string())),
                        },
                    }
                }
            };
            given.options.push((letter, value));
        }
        Ok(())
    }

    /// The letter of a long name, which may be cut short where it stays clear.
    fn long(&self, name: &str) -> Option<char> {
        if let Some((_, letter)) = self.long.iter().find(|(known, _)| *known == name) {
            return Some(*letter);
        }
        let mut begun = self
            .long
            .iter()
            .filter(|(known, _)| known.starts_with(name));
        let (_, letter) = begun.next().filter(|_| !name.is_empty())?;
        begun.all(|(_, other)| other == letter).then_some(*letter)
    }

    fn takes(&self, letter: char) -> Option<Takes> {
        // Letters that only long names stand for are capital Greek: no command line has them.
        if letter == ':' || letter == '+' {
            return None;
        }
        let after = self.letters.split_once(letter)?.1;
        Some(if after.starts_with("::") {
            Takes::StuckValue
        } else if after.starts_with(':') {
            Takes::Value
        } else {
            Takes::Nothing
        })
    }
}

fn needs_value(name: &str) -> Stop {
    Stop::Usage(format!("option requires an argument: {name}"))
}

impl Given {
    /// Whether an option was given.
    pub(super) fn has(&self, letter: char) -> bool {
        self.options.iter().any(|(given, _)| *given == letter)
    }

    /// The last value of an option.
    pub(super) fn value(&self, letter: char) -> Option<&str> {
        self.values(letter).last()
    }

    /// All values of an option.
    pub(super) fn values(&self, letter: char) -> impl Iterator<Item = &str> {
        let given = self
            .options
            .iter()
            .filter(move |(given, _)| *given == letter);
        given.filter_map(|(_, value)| value.as_deref())
    }

    /// The last of some options that exclude each other.
    pub(super) fn last_of(&self, letters: &str) -> Option<char> {
        let mut given = self.options.iter().rev().map(|(letter, _)| *letter);
        given.find(|letter| letters.contains(*letter))
    }

    /// All options, in order.
    pub(super) fn all(&self) -> impl Iterator<Item = (char, Option<&str>)> {
        self.options
            .iter()
            .map(|(letter, value)| (*letter, value.as_deref()))
    }

    /// The value of an option as a number.
    pub(super) fn number(&self, letter: char) -> Result<Option<u64>, Stop> {
        match self.value(letter) {
            None => Ok(None),
            Some(text) => match text.parse() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(invalid_number(text)),
            },
        }
    }

    /// The operands, which are as many as asked for.
    pub(super) fn operands_between(&self, least: usize, most: usize) -> Result<&[String], Stop> {
        if (least..=most).contains(&self.operands.len()) {
            Ok(&self.operands)
        } else {
            Err(Stop::Usage(String::new()))
        }
    }
}

/// What is said of a number that is none.
pub(super) fn invalid_number(text: &str) -> Stop {
    Stop::told(format!("invalid number '{text}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: Options = Options::new("abn:i::", &[("all", 'a'), ("lines", 'n'), ("also", 'b')]);

    fn read(options: &Options, line: &str) -> Result<Given, Stop> {
        let args: Vec<String> = line.split(' ').map(str::to_owned).collect();
        options.read(&args)
    }

    #[test]
    fn letters_cluster_and_values_stick_or_follow() {
        let given = read(&KNOWN, "x -abn5 f -n 6 -i -i.bak - -- -a").unwrap();
        assert!(given.has('a') && given.has('b'));
        assert_eq!(given.values('n').collect::<Vec<_>>(), ["5", "6"]);
        assert_eq!(given.value('i'), Some(".bak"));
        assert_eq!(given.operands, ["f", "-", "-a"]);
    }

    #[test]
    fn long_names_take_values_and_may_be_cut_short() {
        let given = read(&KNOWN, "x --lines=5 --line 6 --all").unwrap();
        assert_eq!(given.values('n').collect::<Vec<_>>(), ["5", "6"]);
        assert!(given.has('a'));
        let usage = |line| match read(&KNOWN, line) {
            Err(Stop::Usage(words)) => words,
            other => panic!("{other:?}"),
        };
        assert_eq!(usage("x --al"), "unrecognized option: al");
        assert_eq!(usage("x -az"), "unrecognized option: z");
        assert_eq!(usage("x -n"), "option requires an argument: n");
        assert_eq!(read(&KNOWN, "x --help"), Err(Stop::Help));
    }

    #[test]
    fn options_can_end_at_the_first_operand() {
        let given = read(&Options::new("+a", &[]), "x -a sh -c z").unwrap();
        assert_eq!(given.operands, ["sh", "-c", "z"]);
    }
}
