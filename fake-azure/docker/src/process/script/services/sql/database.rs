//! A database: its tables, those who work with it, and what a file has to keep of it.

mod added;
mod dump;
mod parameters;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use super::evaluate::{Facts, Scope};
use super::expression::Expression;
use super::kind::Kind;
use super::query::{self, Asked};
use super::statement::{Column, Field, Insert, Item, Key, Rows, Select, Statement};
use super::table::Table;
use super::value::Value;
use super::{Dialect, Failure};
use added::Added;
use dump::{creation, declaration, insertion, quoted};

/// The most tables.
const MOST_TABLES: usize = 1_000;

type Tables = BTreeMap<String, Arc<Table>>;

/// The tables that all see.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Database {
    tables: Tables,
    /// What was changed and no file has.
    unwritten: String,
    /// Whether a file has to be written anew.
    rewrite: bool,
    /// Numbers for identifiers.
    pub(in super::super) counter: u64,
}

/// One who works with a database.
#[derive(Debug, Default)]
pub(in super::super) struct Session {
    /// The tables of a transaction, and which of them it changed.
    transaction: Option<(Tables, BTreeSet<String>)>,
    /// What a transaction may go back to, with the names: its tables, and which it had changed.
    savepoints: Vec<(String, (Tables, BTreeSet<String>))>,
    /// Whether a statement of the transaction failed.
    pub(in super::super) failed: bool,
    /// The last number that a column counted to.
    pub(in super::super) last_id: i64,
}

/// What came of a statement.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Outcome {
    Rows {
        rows: Rows,
        words: String,
    },
    /// How many rows were changed, and the words of completion.
    Done {
        count: u64,
        words: String,
    },
    /// A setting to be shown or set is the server's own.
    Show(String),
    Set {
        name: String,
        value: String,
    },
    Use(String),
    CreateDatabase {
        name: String,
        if_not_exists: bool,
    },
    Role {
        name: String,
        password: Option<String>,
    },
    DropDatabase {
        name: String,
        if_exists: bool,
    },
    ShowDatabases,
    Empty,
}

/// What a file has to keep.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) enum Journal {
    Nothing,
    Append(String),
    Rewrite(String),
}

impl Outcome {
    fn done(words: impl Into<String>) -> Self {
        Self::Done {
            count: 0,
            words: words.into(),
        }
    }
}

impl Session {
    /// Whether a transaction was begun.
    pub(in super::super) fn is_open(&self) -> bool {
        self.transaction.is_some()
    }

    /// Notes what the transaction may go back to.
    fn keep(&mut self, name: &str, dialect: Dialect) -> Result<Outcome, Failure> {
        self.needs_transaction("SAVEPOINT", dialect)?;
        if dialect == Dialect::MySql {
            self.savepoints.retain(|(known, _)| known != name);
        }
        if let Some(now) = &self.transaction {
            self.savepoints.push((name.to_owned(), now.clone()));
        }
        Ok(Outcome::done("SAVEPOINT"))
    }

    /// Goes back to where it was noted, which stays noted.
    fn go_back(&mut self, name: &str, dialect: Dialect) -> Result<Outcome, Failure> {
        self.needs_transaction("ROLLBACK TO SAVEPOINT", dialect)?;
        let place = self.savepoint(name, dialect)?;
        self.savepoints.truncate(place + 1);
        let kept = self.savepoints.last();
        self.transaction = kept.map(|(_, then)| then.clone());
        self.failed = false;
        Ok(Outcome::done("ROLLBACK"))
    }

    /// Forgets what was noted, and all since.
    fn release(&mut self, name: &str, dialect: Dialect) -> Result<Outcome, Failure> {
        self.needs_transaction("RELEASE SAVEPOINT", dialect)?;
        let place = self.savepoint(name, dialect)?;
        self.savepoints.truncate(place);
        Ok(Outcome::done("RELEASE"))
    }

    fn needs_transaction(&self, what: &str, dialect: Dialect) -> Result<(), Failure> {
        if self.is_open() || dialect == Dialect::MySql {
            return Ok(());
        }
        let words = format!("{what} can only be used in transaction blocks");
        Err(Failure::new("25P01", words))
    }

    fn savepoint(&self, name: &str, dialect: Dialect) -> Result<usize, Failure> {
        let mut known = self.savepoints.iter();
        known
            .rposition(|(known, _)| known == name)
            .ok_or_else(|| match dialect {
                Dialect::Postgres => {
                    Failure::new("3B001", format!("savepoint \"{name}\" does not exist"))
                }
                Dialect::MySql => Failure::new("42000", format!("SAVEPOINT {name} does not exist")),
            })
    }
}

impl Database {
    /// What a file has to keep of the changes since the last time.
    pub(in super::super) fn journal(&mut self, dialect: Dialect) -> Journal {
        let unwritten = std::mem::take(&mut self.unwritten);
        if std::mem::take(&mut self.rewrite) {
            return Journal::Rewrite(self.dump(dialect));
        }
        if unwritten.is_empty() {
            Journal::Nothing
        } else {
            Journal::Append(unwritten)
        }
    }

    /// All tables as statements that make them.
    pub(in super::super) fn dump(&self, dialect: Dialect) -> String {
        let mut text = String::new();
        for (name, table) in &self.tables {
            let columns: Vec<String> = table
                .columns
                .iter()
                .map(|c| declaration(c, dialect))
                .collect();
            let columns = columns.join(", ");
            // Writing to a string does not fail.
            writeln!(text, "CREATE TABLE {} ({columns});", quoted(name, dialect)).ok();
            for row in &table.rows {
                text.push_str(&insertion(name, table, row, dialect));
            }
        }
        text
    }

    fn tables<'a>(&'a self, session: &'a Session) -> &'a Tables {
        session
            .transaction
            .as_ref()
            .map_or(&self.tables, |(tables, _)| tables)
    }

    fn table(&self, session: &Session, name: &str) -> Result<Arc<Table>, Failure> {
        let table = self.tables(session).get(name).cloned();
        table.ok_or_else(|| Failure::new("42P01", format!("relation \"{name}\" does not exist")))
    }

    /// Takes a table out; it has to be put back.
    fn take(&mut self, session: &mut Session, name: &str) -> Result<Arc<Table>, Failure> {
        let tables = match &mut session.transaction {
            Some((tables, _)) => tables,
            None => &mut self.tables,
        };
        let table = tables.remove(name);
        table.ok_or_else(|| Failure::new("42P01", format!("relation \"{name}\" does not exist")))
    }

    /// The names of all tables.
    pub(in super::super) fn names(&self, session: &Session) -> Vec<String> {
        self.tables(session).keys().cloned().collect()
    }

    /// What there is to tell of all columns of all tables: the table, the name, the type, whether it
    /// must not be empty, what it has by itself, and whether it is a key, with tabs between.
    pub(in super::super) fn columns(&self, session: &Session) -> Vec<String> {
        let tables = self.tables(session).iter();
        let columns = tables.flat_map(|(name, table)| {
            let told = table.columns.iter();
            told.map(move |column| dump::told(name, column))
        });
        columns.collect()
    }

    fn put(&mut self, session: &mut Session, name: &str, table: Option<Arc<Table>>) {
        let tables = if let Some((tables, changed)) = &mut session.transaction {
            changed.insert(name.to_owned());
            tables
        } else {
            &mut self.tables
        };
        match table {
            Some(table) => tables.insert(name.to_owned(), table),
            None => tables.remove(name),
        };
    }

    /// Notes a change for the file; in a transaction all is written at its end.
    fn note(&mut self, session: &Session, statement: Option<String>) {
        if session.is_open() {
            return;
        }
        match statement {
            Some(statement) => self.unwritten.push_str(&statement),
            None => self.rewrite = true,
        }
    }

    /// Describes the answer to a statement, and the types of its parameters.
    pub(in super::super) fn describe(
        &self,
        session: &Session,
        statement: &Statement,
        facts: &Facts,
        parameters: usize,
    ) -> Result<(Vec<Kind>, Option<Vec<Field>>), Failure> {
        let (table, items): (_, &[Item]) = match statement {
            Statement::Select(select) => (select.from.as_ref(), &select.items),
            Statement::Insert(insert) => (Some(&insert.table), &insert.returning),
            Statement::Update {
                table, returning, ..
            }
            | Statement::Delete {
                table, returning, ..
            } => (Some(table), returning),
            Statement::Show(name) => {
                let field = Field {
                    name: name.clone(),
                    kind: Kind::Text,
                };
                return Ok((Vec::new(), Some(vec![field])));
            }
            _ => return Ok((vec![Kind::Text; parameters], None)),
        };
        let table = table.map(|name| self.table(session, name)).transpose()?;
        let asked = Asked {
            facts,
            table: table.as_deref(),
            parameters: &[],
        };
        let kinds = parameters::kinds(statement, &asked, parameters);
        let fields = asked.fields(items);
        Ok((kinds, (!fields.is_empty()).then_some(fields)))
    }

    /// Carries a statement out.
    pub(in super::super) fn execute(
        &mut self,
        session: &mut Session,
        statement: &Statement,
        parameters: &[Value],
        facts: &Facts,
    ) -> Result<Outcome, Failure> {
        let goes_back = matches!(
            statement,
            Statement::Commit | Statement::Rollback | Statement::RollbackTo(_)
        );
        if session.failed && !goes_back {
            return Err(Failure::new(
                "25P02",
                "current transaction is aborted, commands ignored until end of transaction block",
            ));
        }
        let outcome = self.carry_out(session, statement, parameters, facts);
        if outcome.is_err() && session.is_open() && facts.dialect == Dialect::Postgres {
            session.failed = true;
        }
        outcome
    }

    fn carry_out(
        &mut self,
        session: &mut Session,
        statement: &Statement,
        parameters: &[Value],
        facts: &Facts,
    ) -> Result<Outcome, Failure> {
        Ok(match statement {
            Statement::Begin => {
                if !session.is_open() {
                    session.transaction = Some((self.tables.clone(), BTreeSet::new()));
                }
                Outcome::done("BEGIN")
            }
            Statement::Commit => Outcome::done(self.commit(session)),
            Statement::Rollback => {
                session.transaction = None;
                session.savepoints.clear();
                session.failed = false;
                Outcome::done("ROLLBACK")
            }
            Statement::Savepoint(name) => session.keep(name, facts.dialect)?,
            Statement::RollbackTo(name) => session.go_back(name, facts.dialect)?,
            Statement::Release(name) => session.release(name, facts.dialect)?,
            Statement::Show(name) => Outcome::Show(name.clone()),
            Statement::Set { name, value } => Outcome::Set {
                name: name.clone(),
                value: value.clone(),
            },
            Statement::Use(name) => Outcome::Use(name.clone()),
            Statement::CreateDatabase {
                name,
                if_not_exists,
            } => Outcome::CreateDatabase {
                name: name.clone(),
                if_not_exists: *if_not_exists,
            },
            Statement::Role { name, password } => Outcome::Role {
                name: name.clone(),
                password: password.clone(),
            },
            Statement::DropDatabase { name, if_exists } => Outcome::DropDatabase {
                name: name.clone(),
                if_exists: *if_exists,
            },
            Statement::ShowDatabases => Outcome::ShowDatabases,
            Statement::Nothing(words) => Outcome::done(*words),
            statement => self.work(session, statement, parameters, facts)?,
        })
    }

    /// Carries out what reads or changes tables.
    fn work(
        &mut self,
        session: &mut Session,
        statement: &Statement,
        parameters: &[Value],
        facts: &Facts,
    ) -> Result<Outcome, Failure> {
        Ok(match statement {
            Statement::Select(select) => self.select(session, select, parameters, facts)?,
            Statement::Insert(insert) => self.insert(session, insert, parameters, facts)?,
            Statement::Update {
                table,
                set,
                filter,
                returning,
            } => {
                let change = Change {
                    name: table,
                    set: Some(set),
                    filter: filter.as_ref(),
                    returning,
                };
                self.change(session, &change, parameters, facts)?
            }
            Statement::Delete {
                table,
                filter,
                returning,
            } => {
                let change = Change {
                    name: table,
                    set: None,
                    filter: filter.as_ref(),
                    returning,
                };
                self.change(session, &change, parameters, facts)?
            }
            Statement::CreateTable {
                name,
                if_not_exists,
                columns,
            } => self.create(session, name, *if_not_exists, columns)?,
            Statement::DropTable { names, if_exists } => {
                for name in names {
                    if !self.tables(session).contains_key(name) && !*if_exists {
                        let words = format!("table \"{name}\" does not exist");
                        return Err(Failure::new("42P01", words));
                    }
                }
                for name in names {
                    self.put(session, name, None);
                }
                self.note(session, None);
                Outcome::done("DROP TABLE")
            }
            Statement::Truncate(names) => {
                for name in names {
                    let table = self.table(session, name)?;
                    let empty = Table::new(table.columns.clone());
                    self.put(session, name, Some(Arc::new(empty)));
                }
                self.note(session, None);
                Outcome::done("TRUNCATE TABLE")
            }
            Statement::AddColumn {
                table: name,
                column,
            } => {
                let mut table = self.table(session, name)?;
                let changed = Arc::make_mut(&mut table);
                add_column(changed, name, column, facts)?;
                self.put(session, name, Some(table));
                self.note(session, None);
                Outcome::done("ALTER TABLE")
            }
            Statement::ShowTables => {
                let names = self.names(session).into_iter();
                let title = format!("Tables_in_{}", facts.database);
                list(&title, names.map(|name| vec![Value::Text(name)]).collect())
            }
            Statement::Describe(name) => describe_table(&self.table(session, name)?.columns),
            Statement::ShowCreateTable(name) => {
                let text = creation(name, &*self.table(session, name)?);
                pair(["Table", "Create Table"], [name, &text])
            }
            _ => Outcome::Empty,
        })
    }

    /// Ends a transaction; those tables that it changed are as it left them.
    fn commit(&mut self, session: &mut Session) -> &'static str {
        let failed = std::mem::take(&mut session.failed);
        session.savepoints.clear();
        let Some((mut tables, changed)) = session.transaction.take() else {
            return "COMMIT";
        };
        if failed {
            return "ROLLBACK";
        }
        self.rewrite |= !changed.is_empty();
        for name in changed {
            match tables.remove(&name) {
                Some(table) => self.tables.insert(name, table),
                None => self.tables.remove(&name),
            };
        }
        "COMMIT"
    }

    fn select(
        &self,
        session: &Session,
        select: &Select,
        parameters: &[Value],
        facts: &Facts,
    ) -> Result<Outcome, Failure> {
        let table = select
            .from
            .as_ref()
            .map(|name| self.table(session, name))
            .transpose()?;
        let asked = Asked {
            facts,
            table: table.as_deref(),
            parameters,
        };
        let rows = asked.select(select)?;
        let words = format!("SELECT {}", rows.rows.len());
        Ok(Outcome::Rows { rows, words })
    }

    fn create(
        &mut self,
        session: &mut Session,
        name: &str,
        if_not_exists: bool,
        columns: &[Column],
    ) -> Result<Outcome, Failure> {
        if self.tables(session).contains_key(name) {
            if if_not_exists {
                return Ok(Outcome::done("CREATE TABLE"));
            }
            return Err(Failure::new(
                "42P07",
                format!("relation \"{name}\" already exists"),
            ));
        }
        if self.tables(session).len() >= MOST_TABLES {
            return Err(Failure::new("53000", "there are too many tables"));
        }
        for (at, column) in columns.iter().enumerate() {
            if columns[..at].iter().any(|other| other.name == column.name) {
                let words = format!("column \"{}\" specified more than once", column.name);
                return Err(Failure::new("42701", words));
            }
        }
        let table = Table::new(columns.to_vec());
        self.put(session, name, Some(Arc::new(table)));
        self.note(session, None);
        Ok(Outcome::done("CREATE TABLE"))
    }

    fn insert(
        &mut self,
        session: &mut Session,
        insert: &Insert,
        parameters: &[Value],
        facts: &Facts,
    ) -> Result<Outcome, Failure> {
        let name = &insert.table;
        // Taken out, so that nobody else holds it and it need not be copied.
        let mut shared = self.take(session, name)?;
        let table = Arc::make_mut(&mut shared);
        let mut added = Added::default();
        let inserted = added.insert(table, insert, parameters, facts);
        let outcome = inserted.and_then(|()| {
            let count = added.rows.len() as u64;
            let words = format!("INSERT 0 {count}");
            returned(table, &insert.returning, &added.rows, count, words, facts)
        });
        if outcome.is_err() {
            added.undo(table);
        }
        self.put(session, name, Some(shared));
        let outcome = outcome?;
        session.last_id = added.last_id.unwrap_or(session.last_id);
        self.note(session, added.undo.is_empty().then_some(added.written));
        Ok(outcome)
    }

    /// `UPDATE`, or `DELETE` where nothing is set.
    fn change(
        &mut self,
        session: &mut Session,
        change: &Change<'_>,
        parameters: &[Value],
        facts: &Facts,
    ) -> Result<Outcome, Failure> {
        let mut shared = self.table(session, change.name)?;
        let table = &*shared;
        for (column, _) in change.set.into_iter().flatten() {
            if table.column(column).is_none() {
                return Err(no_column(change.name, column));
            }
        }
        let asked = Asked {
            facts,
            table: Some(table),
            parameters,
        };
        let mut kept = Vec::new();
        let mut answers = Vec::new();
        for (place, row) in table.rows.iter().enumerate() {
            let meant = match change.filter {
                None => true,
                Some(filter) => asked.scope(row).truth(filter)? == Some(true),
            };
            if !meant {
                kept.push(row.clone());
                continue;
            }
            match change.set {
                None => answers.push(row.clone()),
                Some(set) => {
                    let fresh = changed_row(table, place, set, None, parameters, facts)?;
                    table.check(change.name, &fresh)?;
                    kept.push(fresh.clone());
                    answers.push(fresh);
                }
            }
        }
        let count = answers.len() as u64;
        let word = if change.set.is_some() {
            "UPDATE"
        } else {
            "DELETE"
        };
        let words = format!("{word} {count}");
        let outcome = returned(table, change.returning, &answers, count, words, facts)?;
        if count > 0 {
            let table = Arc::make_mut(&mut shared);
            let unique = |at: &usize| table.columns[*at].key.is_unique();
            for at in (0..table.columns.len()).filter(unique) {
                let mut seen = BTreeSet::new();
                let twice = kept
                    .iter()
                    .any(|row| !row[at].is_null() && !seen.insert(row[at].to_string()));
                if twice {
                    return Err(table.duplicate(change.name, at));
                }
            }
            table.replace(kept);
            self.put(session, change.name, Some(shared));
            self.note(session, None);
        }
        Ok(outcome)
    }
}

/// A statement that changes rows.
struct Change<'a> {
    name: &'a str,
    set: Option<&'a Vec<(String, Expression)>>,
    filter: Option<&'a Expression>,
    returning: &'a [Item],
}

fn no_column(table: &str, column: &str) -> Failure {
    let words = format!("column \"{column}\" of relation \"{table}\" does not exist");
    Failure::new("42703", words)
}

/// Which column each value of a row is for.
fn places(table: &Table, name: &str, columns: &[String]) -> Result<Vec<usize>, Failure> {
    if columns.is_empty() {
        return Ok((0..table.columns.len()).collect());
    }
    let place = |column: &String| table.column(column).ok_or_else(|| no_column(name, column));
    columns.iter().map(place).collect()
}

fn scope<'a>(
    table: &'a Table,
    row: &'a [Value],
    parameters: &'a [Value],
    facts: &'a Facts,
) -> Scope<'a> {
    Scope {
        facts,
        columns: &table.columns,
        row,
        excluded: None,
        parameters,
        group: None,
    }
}

fn changed_row(
    table: &Table,
    place: usize,
    set: &[(String, Expression)],
    excluded: Option<&[Value]>,
    parameters: &[Value],
    facts: &Facts,
) -> Result<Vec<Value>, Failure> {
    let old = &table.rows[place];
    let mut fresh = old.clone();
    for (name, expression) in set {
        let at = table
            .column(name)
            .ok_or_else(|| Failure::new("42703", format!("column \"{name}\" does not exist")))?;
        let scope = Scope {
            excluded,
            ..scope(table, old, parameters, facts)
        };
        fresh[at] = table.columns[at].kind.take(scope.value(expression)?)?;
    }
    Ok(fresh)
}

/// What `RETURNING` asks for, or how many rows there were.
fn returned(
    table: &Table,
    items: &[Item],
    rows: &[Vec<Value>],
    count: u64,
    words: String,
    facts: &Facts,
) -> Result<Outcome, Failure> {
    if items.is_empty() {
        return Ok(Outcome::Done { count, words });
    }
    let asked = Asked {
        facts,
        table: Some(table),
        parameters: &[],
    };
    let answer = |row: &Vec<Value>| query::items(items, asked.scope(row));
    let rows = rows.iter().map(answer).collect::<Result<_, _>>()?;
    let rows = Rows {
        fields: asked.fields(items),
        rows,
    };
    Ok(Outcome::Rows { rows, words })
}

fn add_column(
    table: &mut Table,
    name: &str,
    column: &Column,
    facts: &Facts,
) -> Result<(), Failure> {
    if table.column(&column.name).is_some() {
        let words = format!(
            "column \"{}\" of relation \"{name}\" already exists",
            column.name
        );
        return Err(Failure::new("42701", words));
    }
    let value = match &column.default {
        Some(default) => column
            .kind
            .take(scope(table, &[], &[], facts).value(default)?)?,
        None => Value::Null,
    };
    let mut columns = table.columns.clone();
    columns.push(column.clone());
    let mut fresh = Table::new(columns);
    for row in &table.rows {
        let row: Vec<Value> = row.iter().cloned().chain([value.clone()]).collect();
        fresh.check(name, &row)?;
        fresh.push(row)?;
    }
    *table = fresh;
    Ok(())
}

/// An answer of one column of texts.
pub(in super::super) fn list(title: &str, rows: Vec<Vec<Value>>) -> Outcome {
    let words = format!("SELECT {}", rows.len());
    let field = Field {
        name: title.to_owned(),
        kind: Kind::Text,
    };
    Outcome::Rows {
        rows: Rows {
            fields: vec![field],
            rows,
        },
        words,
    }
}

/// A row of two texts.
fn pair(titles: [&str; 2], values: [&str; 2]) -> Outcome {
    let field = |title: &str| Field {
        name: title.to_owned(),
        kind: Kind::Text,
    };
    Outcome::Rows {
        rows: Rows {
            fields: titles.map(field).into(),
            rows: vec![values.map(|value| Value::Text(value.to_owned())).into()],
        },
        words: "SELECT 1".to_owned(),
    }
}

fn describe_table(columns: &[Column]) -> Outcome {
    let text = |text: &str| Value::Text(text.to_owned());
    let row = |column: &Column| {
        vec![
            text(&column.name),
            text(&column.declared),
            text(if column.not_null { "NO" } else { "YES" }),
            text(match column.key {
                Key::Primary => "PRI",
                Key::Unique => "UNI",
                Key::None => "",
            }),
            Value::Null,
            text(if column.counts { "auto_increment" } else { "" }),
        ]
    };
    let fields = ["Field", "Type", "Null", "Key", "Default", "Extra"].map(|name| Field {
        name: name.to_owned(),
        kind: Kind::Text,
    });
    let rows = Rows {
        fields: fields.into(),
        rows: columns.iter().map(row).collect(),
    };
    Outcome::Rows {
        rows,
        words: "SELECT".to_owned(),
    }
}
