//! The tree of a program.

use crate::process::tools::regex::Regex;

/// A variable: one of all, or one of a function's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variable {
    Global(usize),
    Local(usize),
}

/// What can be given a value.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Variable(Variable),
    Field(Box<Expression>),
    Element(Variable, Vec<Expression>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
    Concatenate,
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
}

/// Where `getline` reads from.
#[derive(Clone, Debug)]
pub(super) enum From {
    Input,
    File(Box<Expression>),
    Command(Box<Expression>),
}

#[derive(Clone, Debug)]
pub(super) enum Expression {
    Number(f64),
    Text(Vec<u8>),
    /// A pattern alone asks whether it is in `$0`.
    Regex(Box<Regex>),
    Place(Place),
    Assign(Place, Option<Binary>, Box<Self>),
    /// Before or after it is changed by this.
    Step {
        place: Place,
        by: f64,
        before: bool,
    },
    Condition(Box<Self>, Box<Self>, Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Negative(Box<Self>),
    Positive(Box<Self>),
    Binary(Binary, Box<Self>, Box<Self>),
    Match {
        negated: bool,
        text: Box<Self>,
        pattern: Box<Self>,
    },
    In(Vec<Self>, Variable),
    Call(usize, Vec<Self>),
    Function(&'static str, Vec<Self>),
    Getline(Option<Place>, From),
}

/// Where `print` writes to.
#[derive(Clone, Debug)]
pub(super) enum To {
    File(Expression),
    Append(Expression),
    Command(Expression),
}

#[derive(Clone, Debug)]
pub(super) enum Statement {
    Expression(Expression),
    Print(Vec<Expression>, Option<To>),
    Printf(Vec<Expression>, Option<To>),
    If(Expression, Box<Self>, Option<Box<Self>>),
    While(Expression, Box<Self>),
    Do(Box<Self>, Expression),
    For(
        Option<Box<Self>>,
        Option<Expression>,
        Option<Box<Self>>,
        Box<Self>,
    ),
    ForIn(Variable, Variable, Box<Self>),
    Block(Vec<Self>),
    Delete(Variable, Option<Vec<Expression>>),
    Next,
    NextFile,
    Exit(Option<Expression>),
    Return(Option<Expression>),
    Break,
    Continue,
}

/// What a rule is for.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    Always,
    When(Expression),
    /// From one to the other; the number is the range's own.
    Range(Expression, Expression, usize),
}

#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) pattern: Pattern,
    /// Nothing prints the record.
    pub(super) action: Option<Statement>,
}

#[derive(Clone, Debug)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) parameters: usize,
    pub(super) body: Statement,
}

/// A program that was understood.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) begin: Vec<Statement>,
    pub(super) rules: Vec<Rule>,
    pub(super) end: Vec<Statement>,
    pub(super) functions: Vec<Function>,
    /// The names of the global variables, by their numbers.
    pub(super) globals: Vec<String>,
    pub(super) ranges: usize,
}

/// The variables that mean something, in the order of their numbers.
pub(super) const SPECIAL: [&str; 16] = [
    "NF", "NR", "FNR", "FS", "OFS", "RS", "ORS", "FILENAME", "SUBSEP", "RSTART", "RLENGTH",
    "CONVFMT", "OFMT", "ENVIRON", "ARGC", "ARGV",
];
pub(super) const NF: usize = 0;
pub(super) const NR: usize = 1;
pub(super) const FNR: usize = 2;
pub(super) const FS: usize = 3;
pub(super) const OFS: usize = 4;
pub(super) const RS: usize = 5;
pub(super) const ORS: usize = 6;
pub(super) const FILENAME: usize = 7;
pub(super) const SUBSEP: usize = 8;
pub(super) const RSTART: usize = 9;
pub(super) const RLENGTH: usize = 10;
pub(super) const CONVFMT: usize = 11;
pub(super) const OFMT: usize = 12;
pub(super) const ENVIRON: usize = 13;
pub(super) const ARGC: usize = 14;
pub(super) const ARGV: usize = 15;
