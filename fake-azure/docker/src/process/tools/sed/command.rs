//! What a script of `sed` is made of.

use crate::process::tools::regex::Regex;

/// A line, or the lines, that a command is for.
#[derive(Clone, Debug)]
pub(super) enum Address {
    Line(u64),
    /// `first~step`
    Step(u64, u64),
    Last,
    /// Without a pattern the last one that was used.
    Pattern(Option<Box<Regex>>),
}

/// Where a range ends.
#[derive(Clone, Debug)]
pub(super) enum End {
    At(Address),
    /// `,+N`
    After(u64),
    /// `,~N`
    Multiple(u64),
}

#[derive(Clone, Debug)]
pub(super) enum Selection {
    All,
    One(Address),
    Range {
        from: Address,
        to: End,
        /// Which range of the script it is, to remember whether it is open.
        index: usize,
        /// `0,/x/`: the pattern is looked for in the first line already.
        from_zero: bool,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Command {
    pub(super) selection: Selection,
    pub(super) negated: bool,
    pub(super) action: Action,
}

#[derive(Clone, Debug)]
pub(super) enum Action {
    /// `{`: on with the next command, or else behind the closing brace.
    Block(usize),
    /// `}`, `:label`, `#`
    Nothing,
    Append(Vec<u8>),
    Insert(Vec<u8>),
    Change(Vec<u8>),
    Delete,
    DeleteFirstLine,
    Equals,
    Get,
    GetAppend,
    Hold,
    HoldAppend,
    Exchange,
    List,
    Next,
    NextAppend,
    Print,
    PrintFirstLine,
    Quit {
        code: u8,
        print: bool,
    },
    ReadFile(String),
    WriteFile(String),
    /// `s`
    Substitute(Box<Substitution>),
    /// `y`
    Translate(Vec<(char, char)>),
    /// `b`
    Jump(usize),
    /// `t`, and `T` if the flag is false.
    JumpIf(usize, bool),
}

#[derive(Clone, Debug)]
pub(super) struct Substitution {
    pub(super) pattern: Option<Regex>,
    pub(super) replacement: Vec<Part>,
    pub(super) global: bool,
    /// The match from which on is replaced, from 1.
    pub(super) from: usize,
    pub(super) print: bool,
    pub(super) file: Option<String>,
}

/// A part of what is put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Text(Vec<u8>),
    /// `&` is group 0.
    Group(usize),
    Case(Case),
}

/// `\U`, `\L`, `\u`, `\l`, `\E`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Upper,
    Lower,
    UpperOne,
    LowerOne,
    End,
}

/// A script that was understood.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) commands: Vec<Command>,
    pub(super) ranges: usize,
}
