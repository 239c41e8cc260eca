//! The instructions: what a statement means.

use super::flag::{Flags, Kind};
use super::flaw::Flaw;
use super::health_check::HealthCheck;
use super::here_document::HereDocument;
use super::statement::Statement;
use super::suggestion::Suggestion;

/// The names of all instructions.
const NAMES: [&str; 18] = [
    "add",
    "arg",
    "cmd",
    "copy",
    "entrypoint",
    "env",
    "expose",
    "from",
    "healthcheck",
    "label",
    "maintainer",
    "onbuild",
    "run",
    "shell",
    "stopsignal",
    "user",
    "volume",
    "workdir",
];

/// A name with a value.
pub(crate) type Pair = (String, String);

/// An instruction, its variables not yet put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Add(Files),
    /// Names with their defaults.
    Arg(Vec<(String, Option<String>)>),
    Cmd(CommandLine),
    Copy(Files),
    Entrypoint(CommandLine),
    Env(Vec<Pair>),
    Expose(Vec<String>),
    From(From),
    Healthcheck(HealthCheck),
    Label(Vec<Pair>),
    Maintainer(String),
    /// The statement that whoever builds on the image will meet.
    Onbuild(String),
    Run(Run),
    Shell(Vec<String>),
    Stopsignal(String),
    User(String),
    Volume(Vec<String>),
    Workdir(String),
}

/// A command in one of its two forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommandLine {
    pub(crate) words: Vec<String>,
    /// Whether a shell reads it: `RUN a b`, not `RUN ["a", "b"]`.
    pub(crate) is_shell: bool,
}

/// What RUN runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) command: CommandLine,
    /// The first flag; the classic builder has none.
    pub(crate) flag: Option<&'static str>,
}

/// What COPY and ADD bring into an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Files {
    pub(crate) sources: Vec<String>,
    pub(crate) destination: String,
    /// The stage or image that the files come from, or nothing for the context.
    pub(crate) from: String,
    pub(crate) chown: String,
    pub(crate) chmod: String,
}

/// How a stage begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct From {
    pub(crate) base: String,
    /// The name of the stage in small letters, or nothing.
    pub(crate) name: String,
    pub(crate) platform: String,
}

impl Command {
    /// Says what a statement means.
    pub(super) fn read(statement: &Statement) -> Result<Self, Flaw> {
        let flags = |known: &[(&'static str, Kind)]| Flags::read(&statement.flags, known);
        let arguments = &statement.arguments;
        match statement.name.to_ascii_lowercase().as_str() {
            "add" => Self::add(statement),
            "arg" => Self::arg(arguments),
            "cmd" => {
                flags(&[])?;
                Ok(Self::Cmd(CommandLine::of(statement)))
            }
            "copy" => Self::copy(statement),
            "entrypoint" => {
                flags(&[])?;
                Ok(Self::Entrypoint(CommandLine::of(statement)))
            }
            "env" => {
                flags(&[])?;
                pairs(arguments, "ENV").map(Self::Env)
            }
            "expose" => {
                let mut ports = at_least_one(statement, "EXPOSE")?;
                flags(&[])?;
                ports.sort();
                Ok(Self::Expose(ports))
            }
            "from" => Self::from(statement),
            "healthcheck" => HealthCheck::read(statement).map(Self::Healthcheck),
            "label" => {
                flags(&[])?;
                pairs(arguments, "LABEL").map(Self::Label)
            }
            "maintainer" => only_one(statement, "MAINTAINER").map(Self::Maintainer),
            "onbuild" => Self::onbuild(statement),
            "run" => Self::run(statement),
            "shell" => {
                flags(&[])?;
                match (arguments.is_empty(), statement.is_json) {
                    (true, _) => Err(Flaw::AtLeastOneArgument("SHELL")),
                    (false, true) => Ok(Self::Shell(arguments.clone())),
                    (false, false) => Err(Flaw::NotJson("SHELL")),
                }
            }
            // The engine does not look at the flags of this one.
            "stopsignal" => match arguments.as_slice() {
                [signal] => Ok(Self::Stopsignal(signal.clone())),
                _ => Err(Flaw::ExactlyOneArgument("STOPSIGNAL")),
            },
            "user" => only_one(statement, "USER").map(Self::User),
            "volume" => {
                let volumes = at_least_one(statement, "VOLUME")?;
                flags(&[])?;
                let volumes: Vec<String> = volumes.iter().map(|v| v.trim().to_owned()).collect();
                if volumes.iter().any(String::is_empty) {
                    return Err(Flaw::EmptyVolume);
                }
                Ok(Self::Volume(volumes))
            }
            "workdir" => only_one(statement, "WORKDIR").map(Self::Workdir),
            _ => Err(Flaw::UnknownInstruction {
                name: statement.name.clone(),
                suggestion: Suggestion::for_word(&statement.name, &NAMES),
            }),
        }
    }

    fn add(statement: &Statement) -> Result<Self, Flaw> {
        let known = [
            ("chown", Kind::Text),
            ("chmod", Kind::Text),
            ("link", Kind::Boolean),
            ("keep-git-dir", Kind::Boolean),
            ("checksum", Kind::Text),
            ("exclude", Kind::Texts),
        ];
        Files::read(statement, "ADD", &known).map(Self::Add)
    }

    fn copy(statement: &Statement) -> Result<Self, Flaw> {
        let known = [
            ("chown", Kind::Text),
            ("from", Kind::Text),
            ("chmod", Kind::Text),
            ("link", Kind::Boolean),
            ("exclude", Kind::Texts),
        ];
        Files::read(statement, "COPY", &known).map(Self::Copy)
    }

    fn arg(arguments: &[String]) -> Result<Self, Flaw> {
        if arguments.is_empty() {
            return Err(Flaw::AtLeastOneArgument("ARG"));
        }
        let named = arguments.iter().map(|argument| {
            let (name, default) = match argument.split_once('=') {
                Some(("", _)) => return Err(Flaw::BlankName("ARG")),
                Some((name, default)) => (name, Some(default.to_owned())),
                None => (argument.as_str(), None),
            };
            Ok((name.to_owned(), default))
        });
        named.collect::<Result<_, _>>().map(Self::Arg)
    }

    fn from(statement: &Statement) -> Result<Self, Flaw> {
        let (base, name) = match statement.arguments.as_slice() {
            [base] => (base, String::new()),
            [base, word, name] if word.eq_ignore_ascii_case("as") => (base, stage_name(name)?),
            _ => return Err(Flaw::FromArguments),
        };
        let flags = Flags::read(&statement.flags, &[("platform", Kind::Text)])?;
        Ok(Self::From(From {
            base: base.clone(),
            name,
            platform: flags.text("platform"),
        }))
    }

    fn onbuild(statement: &Statement) -> Result<Self, Flaw> {
        let trigger = statement
            .arguments
            .first()
            .ok_or(Flaw::AtLeastOneArgument("ONBUILD"))?
            .to_uppercase();
        Flags::read(&statement.flags, &[])?;
        match trigger.as_str() {
            "ONBUILD" => return Err(Flaw::ChainedTrigger),
            "MAINTAINER" | "FROM" => return Err(Flaw::ForbiddenTrigger(trigger)),
            _ => {}
        }
        let mut expression = statement.text["ONBUILD".len()..].trim_start().to_owned();
        for (document, content) in &statement.documents {
            expression.push('\n');
            expression.push_str(content);
            expression.push_str(&document.name);
        }
        Ok(Self::Onbuild(expression))
    }

    fn run(statement: &Statement) -> Result<Self, Flaw> {
        let known = [("mount", Kind::Texts), ("network", Kind::Text)];
        let flags = Flags::read(&statement.flags, &known)?;
        Ok(Self::Run(Run {
            command: CommandLine::of(statement),
            flag: flags.first(),
        }))
    }
}

impl CommandLine {
    fn of(statement: &Statement) -> Self {
        Self {
            words: statement.arguments.clone(),
            is_shell: !statement.is_json,
        }
    }
}

impl Files {
    fn read(
        statement: &Statement,
        instruction: &'static str,
        known: &[(&'static str, Kind)],
    ) -> Result<Self, Flaw> {
        let Some((destination, sources)) = statement
            .arguments
            .split_last()
            .filter(|(_, sources)| !sources.is_empty())
        else {
            return Err(Flaw::NoDestination(instruction));
        };
        let flags = Flags::read(&statement.flags, known)?;
        let is_document = |word: &str| matches!(HereDocument::of_word(word), Ok(Some(_)));
        if is_document(destination) {
            return Err(Flaw::HereDocumentAsDestination(instruction));
        }
        // The classic builder makes no files of here-documents.
        let sources = sources.iter().filter(|source| !is_document(source));
        Ok(Self {
            sources: sources.cloned().collect(),
            destination: destination.clone(),
            from: flags.text("from"),
            chown: flags.text("chown"),
            chmod: flags.text("chmod"),
        })
    }
}

fn at_least_one(statement: &Statement, name: &'static str) -> Result<Vec<String>, Flaw> {
    if statement.arguments.is_empty() {
        return Err(Flaw::AtLeastOneArgument(name));
    }
    Ok(statement.arguments.clone())
}

fn only_one(statement: &Statement, name: &'static str) -> Result<String, Flaw> {
    let [argument] = statement.arguments.as_slice() else {
        return Err(Flaw::ExactlyOneArgument(name));
    };
    Flags::read(&statement.flags, &[])?;
    Ok(argument.clone())
}

fn pairs(arguments: &[String], name: &'static str) -> Result<Vec<Pair>, Flaw> {
    if arguments.is_empty() {
        return Err(Flaw::AtLeastOneArgument(name));
    }
    let pairs = arguments.chunks_exact(2).map(|pair| match &pair[0] {
        blank if blank.is_empty() => Err(Flaw::BlankName(name)),
        key => Ok((key.clone(), pair[1].clone())),
    });
    pairs.collect()
}

fn stage_name(written: &str) -> Result<String, Flaw> {
    let name = written.to_lowercase();
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c));
    if !is_name {
        return Err(Flaw::StageName(written.to_owned()));
    }
    Ok(name)
}

#[cfg(test)]
mod tests;
