//! A line taken apart: name, flags and arguments, before anybody asks what it means.

use super::flaw::Flaw;
use super::here_document::HereDocument;
use super::line::Line;
use super::word::{json_words, plain_words, quoted_words, split_at_blanks};

/// A statement of a Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Statement {
    /// The whole line, without blanks around it.
    pub(super) text: String,
    /// Where the line begins.
    pub(super) number: usize,
    /// The instruction's name, as it is spelt.
    pub(super) name: String,
    /// The words that begin with `--` between name and arguments.
    pub(super) flags: Vec<String>,
    /// What follows; of assignments the names and values in turn.
    pub(super) arguments: Vec<String>,
    /// Whether the arguments were written as a JSON list.
    pub(super) is_json: bool,
    /// The here-documents with what they hold, each up to and without its end.
    pub(super) documents: Vec<(HereDocument, String)>,
}

impl Statement {
    /// Takes a line apart.
    pub(super) fn read(line: &Line, escape: char) -> Result<Self, Flaw> {
        Self::of_text(&line.text, line.number, escape, true)
    }

    fn of_text(text: &str, number: usize, escape: char, is_outer: bool) -> Result<Self, Flaw> {
        let text = text.trim();
        let (name, rest) = split_at_blanks(text).unwrap_or((text, ""));
        let (flags, rest) = split_flags(rest, escape);
        let mut statement = Self {
            text: text.to_owned(),
            number,
            name: name.to_owned(),
            flags,
            ..Self::default()
        };
        statement.read_arguments(rest.trim(), escape, is_outer)?;
        Ok(statement)
    }

    fn read_arguments(&mut self, rest: &str, escape: char, is_outer: bool) -> Result<(), Flaw> {
        match self.name.to_ascii_lowercase().as_str() {
            "add" | "copy" | "volume" => self.read_json_or(rest, plain_words)?,
            "cmd" | "entrypoint" | "run" | "shell" => self.read_json_or(rest, whole)?,
            "arg" => self.arguments = quoted_words(rest, escape),
            "env" => self.arguments = assignments(rest, "ENV", escape)?,
            "label" => self.arguments = assignments(rest, "LABEL", escape)?,
            "expose" | "from" => self.arguments = plain_words(rest),
            "maintainer" | "stopsignal" | "user" | "workdir" => self.arguments = whole(rest),
            "healthcheck" => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                let (kind, command) = rest.split_at(end);
                self.read_json_or(command.trim_start(), whole)?;
                if kind.is_empty() {
                    self.arguments.clear();
                } else {
                    self.arguments.insert(0, kind.to_owned());
                }
            }
            "onbuild" if !rest.is_empty() => self.read_trigger(rest, escape, is_outer)?,
            // What is unknown is told when its meaning is asked for.
            _ => {}
        }
        Ok(())
    }

    /// Reads the statement behind ONBUILD; one that is an ONBUILD itself is refused for
    /// it later, so that nothing is read beyond its name.
    fn read_trigger(&mut self, rest: &str, escape: char, is_outer: bool) -> Result<(), Flaw> {
        if !is_outer {
            self.arguments = plain_words(rest);
            return Ok(());
        }
        let trigger = Self::of_text(rest, self.number, escape, false)?;
        self.is_json = trigger.is_json;
        self.arguments = vec![trigger.name];
        self.arguments.extend(trigger.arguments);
        Ok(())
    }

    fn read_json_or(&mut self, rest: &str, plain: fn(&str) -> Vec<String>) -> Result<(), Flaw> {
        match json_words(rest)? {
            Some(words) => {
                self.arguments = words;
                self.is_json = true;
            }
            None => self.arguments = plain(rest),
        }
        Ok(())
    }

    /// The here-documents that the line announces.
    pub(super) fn announced(&self) -> Result<Vec<HereDocument>, Flaw> {
        let is_onbuild = self.name.eq_ignore_ascii_case("onbuild");
        let name = match self.arguments.first() {
            Some(trigger) if is_onbuild => trigger,
            _ => &self.name,
        };
        let may_announce = ["add", "copy", "run"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known));
        if may_announce && !self.is_json {
            HereDocument::of_line(&self.text)
        } else {
            Ok(Vec::new())
        }
    }
}

/// Takes the text as one argument, or none when it is empty.
fn whole(text: &str) -> Vec<String> {
    if text.is_empty() {
        Vec::new()
    } else {
        vec![text.to_owned()]
    }
}

/// Reads `name=value …`, or `name value` as it was written of old.
fn assignments(rest: &str, instruction: &'static str, escape: char) -> Result<Vec<String>, Flaw> {
    let words = quoted_words(rest, escape);
    let Some(first) = words.first() else {
        return Ok(Vec::new());
    };
    if !first.contains('=') {
        let (name, value) = split_at_blanks(rest).ok_or(Flaw::OneArgument(instruction))?;
        return Ok(vec![name.to_owned(), value.to_owned()]);
    }
    let mut pairs = Vec::with_capacity(2 * words.len());
    for word in words {
        let Some((name, value)) = word.split_once('=') else {
            return Err(Flaw::NoAssignment(word));
        };
        pairs.extend([name.to_owned(), value.to_owned()]);
    }
    Ok(pairs)
}

/// Cuts off the words that begin with `--`, up to one that is nothing else; quotes and
/// escapes in them are taken away.
fn split_flags(text: &str, escape: char) -> (Vec<String>, &str) {
    let mut flags = Vec::new();
    let mut rest = text.trim_start();
    while rest.starts_with("--") {
        let (flag, after) = split_flag(rest, escape);
        if flag == "--" {
            return (flags, after);
        }
        flags.push(flag);
        rest = after.trim_start();
    }
    (flags, rest)
}

fn split_flag(text: &str, escape: char) -> (String, &str) {
    let mut flag = String::new();
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((index, c)) = chars.next() {
        match quote {
            None if c.is_whitespace() => return (flag, &text[index..]),
            None if matches!(c, '\'' | '"') => quote = Some(c),
            Some(open) if open == c => quote = None,
            _ if c == escape => flag.extend(chars.next().map(|(_, escaped)| escaped)),
            _ => flag.push(c),
        }
    }
    (flag, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Statement, Flaw> {
        let line = Line {
            text: text.to_owned(),
            number: 1,
            has_gap: false,
        };
        Statement::read(&line, '\\')
    }

    fn arguments(text: &str) -> Vec<String> {
        read(text).unwrap().arguments
    }

    #[test]
    fn flags_stand_between_name_and_arguments() {
        let statement = read(" copy --from=a --chown='b c'  x  --y z ").unwrap();

        assert_eq!(statement.text, "copy --from=a --chown='b c'  x  --y z");
        assert_eq!(statement.name, "copy");
        assert_eq!(statement.flags, ["--from=a", "--chown=b c"]);
        assert_eq!(statement.arguments, ["x", "--y", "z"]);
    }

    #[test]
    fn two_dashes_end_the_flags() {
        let statement = read("RUN --a=\\x -- --b").unwrap();

        assert_eq!(statement.flags, ["--a=x"]);
        assert_eq!(statement.arguments, ["--b"]);
    }

    #[test]
    fn a_command_is_one_text_or_a_list() {
        assert_eq!(arguments("RUN a  'b c'"), ["a  'b c'"]);
        assert_eq!(arguments("CMD [\"a\", \"b\"]"), ["a", "b"]);
        assert_eq!(arguments("CMD [\"a\" \"b\"]"), ["[\"a\" \"b\"]"]);
        assert_eq!(arguments("RUN"), [""; 0]);
        assert!(read("CMD []").unwrap().is_json);
        assert_eq!(read("CMD [1]").unwrap_err(), Flaw::NotStrings);
    }

    #[test]
    fn assignments_are_written_in_two_ways() {
        assert_eq!(arguments("ENV a=b c='d e'"), ["a", "b", "c", "'d e'"]);
        assert_eq!(arguments("ENV a b=c  d"), ["a", "b=c  d"]);
        assert_eq!(arguments("LABEL a="), ["a", ""]);
        assert_eq!(
            read("ENV a").unwrap_err().to_string(),
            "ENV must have two arguments"
        );
        assert_eq!(
            read("LABEL a=b c").unwrap_err().to_string(),
            "Syntax error - can't find = in \"c\". Must be of the form: name=value"
        );
    }

    #[test]
    fn a_health_check_has_a_kind_before_its_command() {
        let check = read("HEALTHCHECK --retries=3 CMD [\"a\"]").unwrap();

        assert_eq!(check.arguments, ["CMD", "a"]);
        assert!(check.is_json);
        assert_eq!(arguments("HEALTHCHECK CMD a b"), ["CMD", "a b"]);
        assert_eq!(arguments("HEALTHCHECK NONE"), ["NONE"]);
        assert_eq!(arguments("HEALTHCHECK"), [""; 0]);
    }

    #[test]
    fn a_trigger_is_taken_apart_too() {
        assert_eq!(arguments("ONBUILD RUN a b"), ["RUN", "a b"]);
        assert_eq!(arguments("ONBUILD"), [""; 0]);
        assert_eq!(read("ONBUILD ENV a").unwrap_err(), Flaw::OneArgument("ENV"));
        assert_eq!(arguments(&"ONBUILD ".repeat(10_000))[..1], ["ONBUILD"]);
    }

    #[test]
    fn only_files_and_commands_announce_here_documents() {
        let announced = |text| read(text).unwrap().announced().unwrap().len();

        assert_eq!(announced("RUN <<A"), 1);
        assert_eq!(announced("onbuild copy <<A /x"), 1);
        assert_eq!(announced("CMD <<A"), 0);
        assert_eq!(announced("RUN [\"<<A\"]"), 0);
    }
}
