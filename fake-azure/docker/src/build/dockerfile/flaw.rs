//! What can be wrong with a Dockerfile, in the engine's own sentences.

use super::suggestion::Suggestion;
use crate::build::duration::{Duration, InvalidDuration};
use crate::build::quote::Quoted;
use crate::build::variables::InvalidWord;

/// Why a Dockerfile is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Mistake {
    /// The file cannot be cut into statements.
    #[error(transparent)]
    Unreadable(Flaw),
    /// A statement says something that no instruction means.
    #[error("dockerfile parse error on line {line}: {flaw}")]
    Statement { line: usize, flaw: Flaw },
    #[error("no build stage in current context")]
    NoStage,
}

/// What is wrong with a line or with a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    #[error("file with no instructions")]
    NoInstructions,
    #[error("only one {0} parser directive can be used")]
    RepeatedDirective(&'static str),
    #[error("invalid escape token '{0}' does not match ` or \\")]
    InvalidEscape(String),
    #[error("dockerfile line greater than maximum allowed size of {0}")]
    LineTooLong(usize),
    #[error("unterminated heredoc")]
    UnterminatedHereDocument,
    #[error(transparent)]
    Word(#[from] InvalidWord),
    #[error("{0} must have two arguments")]
    OneArgument(&'static str),
    #[error(
        "Syntax error - can't find = in {}. Must be of the form: name=value",
        Quoted(.0)
    )]
    NoAssignment(String),
    #[error("when using JSON array syntax, arrays must be comprised of strings only")]
    NotStrings,
    #[error("unknown instruction: {name}{suggestion}")]
    UnknownInstruction {
        name: String,
        suggestion: Suggestion,
    },
    #[error("unknown flag: {name}{suggestion}")]
    UnknownFlag {
        name: String,
        suggestion: Suggestion,
    },
    #[error("duplicate flag specified: {0}")]
    RepeatedFlag(String),
    #[error("missing a value on flag: {0}")]
    NoFlagValue(String),
    #[error("expecting boolean value for flag {name}, not: {value}")]
    NotBoolean { name: String, value: String },
    #[error("{0} requires at least one argument")]
    AtLeastOneArgument(&'static str),
    #[error("{0} requires exactly one argument")]
    ExactlyOneArgument(&'static str),
    #[error(
        "{0} requires at least two arguments, but only one was provided. Destination could not be determined"
    )]
    NoDestination(&'static str),
    #[error("{0} cannot accept a heredoc as a destination")]
    HereDocumentAsDestination(&'static str),
    #[error("{0} names can not be blank")]
    BlankName(&'static str),
    #[error("FROM requires either one or three arguments")]
    FromArguments,
    #[error(
        "invalid name for build stage: {}, name can't start with a number or contain symbols",
        Quoted(.0)
    )]
    StageName(String),
    #[error("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")]
    ChainedTrigger,
    #[error("{0} isn't allowed as an ONBUILD trigger")]
    ForbiddenTrigger(String),
    #[error("HEALTHCHECK NONE takes no arguments")]
    HealthCheckNone,
    #[error("Missing command after HEALTHCHECK CMD")]
    NoHealthCheckCommand,
    #[error("Unknown type {} in HEALTHCHECK (try CMD)", Quoted(.0))]
    HealthCheckType(String),
    #[error(transparent)]
    Duration(#[from] InvalidDuration),
    #[error(
        "Interval {} cannot be less than {}",
        Quoted(.0),
        Duration::MILLISECOND
    )]
    ShortInterval(&'static str),
    #[error("--retries cannot be negative ({0})")]
    NegativeRetries(i32),
    #[error("strconv.ParseInt: parsing {}: {problem}", Quoted(text))]
    NotInteger { text: String, problem: &'static str },
    #[error("VOLUME specified can not be an empty string")]
    EmptyVolume,
    #[error("{0} requires the arguments to be in JSON form")]
    NotJson(&'static str),
}
