//! What a script says once it is read: commands, words and their parts.
//!
//! Bodies that a running shell comes back to (loops, functions, subshells) are shared,
//! so that a copy of the shell or a frame of its stack costs a counter.

use std::sync::{Arc, OnceLock};

/// Commands one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct List {
    pub(super) items: Vec<Item>,
}

/// One member of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) and_or: Arc<AndOr>,
    /// Whether it ends with `&`.
    pub(super) is_background: bool,
}

/// Pipelines joined by `&&` and `||`, which bind equally and to the left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AndOr {
    pub(super) first: Pipeline,
    pub(super) rest: Vec<(Connector, Pipeline)>,
    /// How it was written, if it runs in the background and `jobs` may show it.
    pub(super) text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connector {
    And,
    Or,
}

/// Commands joined by `|`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pipeline {
    pub(super) is_negated: bool,
    /// `time` of bash stands in front; whether with `-p`.
    pub(super) is_timed: Option<bool>,
    pub(super) commands: Vec<Arc<Command>>,
}

/// A command with the redirections that stand around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) line: usize,
    pub(super) kind: Kind,
    pub(super) redirections: Vec<Redirection>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Simple(Simple),
    /// `{ …; }`
    Group(Arc<List>),
    /// `( … )`
    Subshell(Arc<List>),
    If {
        /// Condition and body of `if` and each `elif`.
        branches: Vec<(Arc<List>, Arc<List>)>,
        otherwise: Option<Arc<List>>,
    },
    Loop {
        /// Whether it runs until the condition holds, not while it does.
        is_until: bool,
        condition: Arc<List>,
        body: Arc<List>,
    },
    For {
        variable: String,
        /// None for the positional parameters.
        words: Option<Vec<Word>>,
        body: Arc<List>,
    },
    /// `select` of bash.
    Select {
        variable: String,
        words: Option<Vec<Word>>,
        body: Arc<List>,
    },
    Case {
        subject: Word,
        arms: Vec<Arm>,
    },
    Function {
        name: String,
        body: Arc<Command>,
    },
    /// `[[ … ]]`
    Test(Test),
    /// `(( … ))` of bash.
    Arithmetic(Word),
    /// `for ((first; condition; step))` of bash.
    CountingFor {
        first: Word,
        condition: Word,
        step: Word,
        body: Arc<List>,
    },
}

/// A program, function or builtin with its arguments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Simple {
    pub(super) assignments: Vec<Assignment>,
    pub(super) words: Vec<Word>,
    /// `name=( … )` among the arguments of `declare` and its kin, which bash carries out behind
    /// them.
    pub(super) declared: Vec<Assignment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) name: String,
    pub(super) value: Word,
    /// `name+=value` of bash.
    pub(super) is_appended: bool,
    /// `name[subscript]=value` of bash.
    pub(super) subscript: Option<Word>,
    /// `name=( … )` of bash.
    pub(super) elements: Option<Vec<Element>>,
}

impl Assignment {
    /// Whether it is about an array or one of its elements.
    pub(super) fn is_of_array(&self) -> bool {
        self.subscript.is_some() || self.elements.is_some()
    }
}

/// What stands between the parentheses of `name=( … )`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    /// `[subscript]=value`
    pub(super) subscript: Option<Word>,
    pub(super) value: Word,
}

/// What stands between the brackets of `${name[…]}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subscript {
    /// `@` and `*`: all elements; whether they stay apart even in quotes.
    Each {
        is_apart: bool,
    },
    At(Word),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Arm {
    pub(super) patterns: Vec<Word>,
    pub(super) body: Arc<List>,
    /// `;&` of bash: the commands of the next arm run, too.
    pub(super) falls_through: bool,
}

/// What stands between `[[` and `]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    /// A word that holds if it is not empty.
    Word(Word),
    /// `-f word` and its kin.
    Unary(String, Word),
    /// `word operator word`; `==` and `!=` take a pattern, `=~` an expression.
    Binary(Word, String, Word),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Redirection {
    pub(super) descriptor: u32,
    pub(super) kind: RedirectionKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RedirectionKind {
    /// `<`
    Read(Word),
    /// `>`
    Write(Word),
    /// `>|`: overwrites even with `set -C`.
    Clobber(Word),
    /// `>>`
    Append(Word),
    /// `<>`
    ReadWrite(Word),
    /// `<&` and `>&`: a descriptor, or `-` to close.
    Duplicate(Word),
    /// `&>` and `&>>` of bash: both output streams to a file.
    Both { target: Word, is_appended: bool },
    /// `<<` and `<<-`, with tabs already off. The text follows the line on which the
    /// redirection stands, so it is put in later.
    HereDocument(Arc<OnceLock<Word>>),
    /// `<<<` of bash.
    HereString(Word),
}

/// A word as it was written; expanding it gives any number of fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text without quotes: its `*?[` are patterns, a `~` at its front is a home.
    Bare(String),
    /// Text that stands for itself.
    Quoted(String),
    /// `"…"`: expanded, but neither split nor taken for a pattern.
    Double(Vec<Self>),
    Parameter(Box<Parameter>),
    /// `$( … )` and backquotes.
    Command(Arc<List>),
    /// `$(( … ))`
    Arithmetic(Box<Word>),
    /// `<( … )` and `>( … )` of bash: the name of a pipe from commands, or to them.
    Pipe {
        is_read: bool,
        commands: Arc<List>,
    },
}

/// `$name` or `${name…}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parameter {
    pub(super) name: Name,
    pub(super) operation: Operation,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    Variable(String),
    Positional(usize),
    /// One of `@ * # ? - $ !`.
    Special(char),
    /// `name[subscript]` of bash.
    Element(String, Box<Subscript>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operation {
    Value,
    /// `${#name}`
    Length,
    /// `:-` and its kin; `is_null_unset` for those with a colon.
    Default {
        action: Action,
        is_null_unset: bool,
        word: Word,
    },
    /// `#`, `##`, `%` and `%%`.
    Trim {
        side: Side,
        is_longest: bool,
        pattern: Word,
    },
    /// `${name:offset:length}`
    Substring {
        offset: Word,
        length: Option<Word>,
    },
    /// `${name/pattern/replacement}`
    Replace {
        anchor: Anchor,
        pattern: Word,
        replacement: Word,
    },
    /// `${name^}`, `${name,}`, `${name~}` and those with two signs of bash.
    Case {
        change: CaseChange,
        is_all: bool,
        /// Which letters are meant; all of an empty one.
        pattern: Word,
    },
    /// `${name@Q}` and its kin of bash.
    Transform(char),
    /// `${!name@}` and `${!name*}` of bash: the variables whose names begin so.
    Names {
        is_apart: bool,
    },
    /// `${!name}` of bash: the variable that the variable names.
    Indirect,
    /// `${!name[@]}` of bash.
    Keys,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CaseChange {
    Upper,
    Lower,
    Toggled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// `-`
    Use,
    /// `=`
    Assign,
    /// `?`
    Fail,
    /// `+`
    Replace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Prefix,
    Suffix,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    First,
    All,
    Start,
    End,
}

impl Word {
    /// Returns the text of a word without quotes and expansions, as reserved words and
    /// names of functions are.
    pub(super) fn as_bare(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Bare(text)] => Some(text),
            _ => None,
        }
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self {
            pieces: vec![Piece::Quoted(text.to_owned())],
        }
    }
}
