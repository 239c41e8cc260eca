//! Statements, as they are understood.

use super::expression::Expression;
use super::kind::Kind;
use super::value::Value;

/// A statement.
#[derive(Clone, Debug)]
pub(in super::super) enum Statement {
    Select(Select),
    Insert(Insert),
    Update {
        table: String,
        set: Vec<(String, Expression)>,
        filter: Option<Expression>,
        returning: Vec<Item>,
    },
    Delete {
        table: String,
        filter: Option<Expression>,
        returning: Vec<Item>,
    },
    CreateTable {
        name: String,
        if_not_exists: bool,
        columns: Vec<Column>,
    },
    DropTable {
        names: Vec<String>,
        if_exists: bool,
    },
    Truncate(Vec<String>),
    AddColumn {
        table: String,
        column: Column,
    },
    Begin,
    Commit,
    Rollback,
    Savepoint(String),
    RollbackTo(String),
    Release(String),
    Set {
        name: String,
        value: String,
    },
    Show(String),
    /// MySQL's lists.
    ShowTables,
    ShowDatabases,
    Describe(String),
    ShowCreateTable(String),
    Use(String),
    CreateDatabase {
        name: String,
        if_not_exists: bool,
    },
    DropDatabase {
        name: String,
        if_exists: bool,
    },
    /// A user, made or changed.
    Role {
        name: String,
        password: Option<String>,
    },
    /// What changes nothing that can be seen here, with the words of its completion.
    Nothing(&'static str),
    Empty,
}

/// `SELECT`.
#[derive(Clone, Debug)]
pub(in super::super) struct Select {
    pub(super) distinct: bool,
    pub(super) items: Vec<Item>,
    pub(super) from: Option<String>,
    /// What the table is called in the statement.
    pub(super) alias: Option<String>,
    pub(super) filter: Option<Expression>,
    pub(super) group: Vec<Expression>,
    /// Expressions, and whether the greatest comes first.
    pub(super) order: Vec<(Expression, bool)>,
    pub(super) limit: Option<Expression>,
    pub(super) offset: Option<Expression>,
}

/// What a row of an answer consists of.
#[derive(Clone, Debug)]
pub(in super::super) enum Item {
    All,
    One {
        expression: Expression,
        name: Option<String>,
    },
}

/// `INSERT`.
#[derive(Clone, Debug)]
pub(in super::super) struct Insert {
    pub(super) table: String,
    pub(super) columns: Vec<String>,
    /// No expression is the default of the column.
    pub(super) rows: Vec<Vec<Option<Expression>>>,
    /// What is done when a row is there already.
    pub(super) conflict: Conflict,
    pub(super) returning: Vec<Item>,
}

/// What is done with a row that is there already.
#[derive(Clone, Debug, Default)]
pub(super) enum Conflict {
    #[default]
    Fail,
    Nothing,
    Update(Vec<(String, Expression)>),
}

/// Whether a column's values are different in each row.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Ord, PartialOrd)]
pub(super) enum Key {
    #[default]
    None,
    Unique,
    Primary,
}

impl Key {
    pub(super) fn is_unique(self) -> bool {
        self != Self::None
    }
}

/// A column, as it is declared.
#[derive(Clone, Debug)]
pub(in super::super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// The type as MySQL tells it.
    pub(super) declared: String,
    pub(super) not_null: bool,
    pub(super) key: Key,
    /// Whether it counts by itself.
    pub(super) counts: bool,
    pub(super) default: Option<Expression>,
}

/// A column of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Field {
    pub(in super::super) name: String,
    pub(in super::super) kind: Kind,
}

/// The rows of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Rows {
    pub(in super::super) fields: Vec<Field>,
    pub(in super::super) rows: Vec<Vec<Value>>,
}
