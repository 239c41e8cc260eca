//! Reading a Dockerfile as the classic builder does.
//!
//! Two passes, for the engine's errors come in that order: the file is cut into
//! statements, and then each is asked what it means.

mod command;
mod directive;
mod flag;
mod flaw;
mod health_check;
mod here_document;
mod line;
mod statement;
mod suggestion;
mod word;

pub(crate) use command::{Command, CommandLine, Files, From, Pair, Run};
pub(crate) use flaw::{Flaw, Mistake};
pub(crate) use health_check::HealthCheck;

use line::Lines;
use statement::Statement;

/// A Dockerfile with its statements understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dockerfile {
    /// The ARG instructions before the first FROM.
    pub(crate) arguments: Vec<Instruction>,
    pub(crate) stages: Vec<Stage>,
    /// The character that escapes.
    pub(crate) escape: char,
    /// The statements with an empty line in them.
    pub(crate) gaps: Vec<String>,
}

/// What stands between one FROM and the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stage {
    pub(crate) from: From,
    /// The text of the FROM instruction.
    pub(crate) text: String,
    pub(crate) instructions: Vec<Instruction>,
}

/// An instruction and how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Instruction {
    pub(crate) text: String,
    pub(crate) command: Command,
    /// Whether nothing in it is a variable, whatever it looks like.
    pub(crate) is_literal: bool,
}

impl Instruction {
    fn of(statement: &Statement, command: Command) -> Self {
        Self {
            text: statement.text.clone(),
            command,
            is_literal: false,
        }
    }
}

impl Dockerfile {
    /// Reads a file.
    pub(crate) fn read(text: &str) -> Result<Self, Mistake> {
        let parsed = Parsed::read(text).map_err(Mistake::Unreadable)?;
        let mut dockerfile = Self {
            arguments: Vec::new(),
            stages: Vec::new(),
            escape: parsed.escape,
            gaps: parsed.gaps,
        };
        for statement in &parsed.statements {
            let command = Command::read(statement).map_err(|flaw| Mistake::Statement {
                line: statement.number,
                flaw,
            })?;
            dockerfile.add(statement, command)?;
        }
        Ok(dockerfile)
    }

    fn add(&mut self, statement: &Statement, command: Command) -> Result<(), Mistake> {
        match (command, self.stages.last_mut()) {
            (Command::From(from), _) => self.stages.push(Stage {
                from,
                text: statement.text.clone(),
                instructions: Vec::new(),
            }),
            (command, Some(stage)) => {
                stage.instructions.push(Instruction::of(statement, command));
            }
            (command @ Command::Arg(_), None) => {
                self.arguments.push(Instruction::of(statement, command));
            }
            (_, None) => return Err(Mistake::NoStage),
        }
        Ok(())
    }

    /// Returns the place of the stage with that name, in capitals or not.
    pub(crate) fn stage(&self, name: &str) -> Option<usize> {
        self.stages
            .iter()
            .position(|stage| stage.from.name.eq_ignore_ascii_case(name))
    }
}

/// Reads instructions that belong to no file: triggers, and the changes of a commit.
pub(crate) fn read_instructions(text: &str) -> Result<(Vec<Instruction>, char), Flaw> {
    let parsed = Parsed::read(text)?;
    let instructions = parsed
        .statements
        .iter()
        .map(|statement| Ok(Instruction::of(statement, Command::read(statement)?)));
    Ok((instructions.collect::<Result<_, Flaw>>()?, parsed.escape))
}

/// The statements of a file.
struct Parsed {
    statements: Vec<Statement>,
    escape: char,
    gaps: Vec<String>,
}

impl Parsed {
    fn read(text: &str) -> Result<Self, Flaw> {
        let mut lines = Lines::of(text);
        let mut statements = Vec::new();
        let mut gaps = Vec::new();
        while let Some(line) = lines.next_line()? {
            let mut statement = Statement::read(&line, lines.escape())?;
            for document in statement.announced()? {
                let content = lines.here_document(&document.name, document.drops_tabs)?;
                statement.documents.push((document, content));
            }
            if line.has_gap {
                gaps.push(line.text);
            }
            statements.push(statement);
        }
        if statements.is_empty() {
            return Err(Flaw::NoInstructions);
        }
        let escape = lines.escape();
        lines.finish()?;
        Ok(Self {
            statements,
            escape,
            gaps,
        })
    }
}

#[cfg(test)]
mod tests;
