//! Rows on their way into a table.

use super::dump::insertion;
use super::{changed_row, places, scope};
use crate::process::script::services::sql::evaluate::Facts;
use crate::process::script::services::sql::expression::Expression;
use crate::process::script::services::sql::statement::{Conflict, Insert};
use crate::process::script::services::sql::table::Table;
use crate::process::script::services::sql::value::Value;
use crate::process::script::services::sql::{Dialect, Failure};

/// What an `INSERT` has done so far.
#[derive(Default)]
pub(super) struct Added {
    /// The rows as they are now.
    pub(super) rows: Vec<Vec<Value>>,
    /// How many of them are new.
    fresh: usize,
    /// What those that were changed had been.
    pub(super) undo: Vec<(usize, Vec<Value>)>,
    pub(super) last_id: Option<i64>,
    /// The same for a file.
    pub(super) written: String,
}

impl Added {
    pub(super) fn insert(
        &mut self,
        table: &mut Table,
        insert: &Insert,
        parameters: &[Value],
        facts: &Facts,
    ) -> Result<(), Failure> {
        let name = &insert.table;
        let places = places(table, name, &insert.columns)?;
        for given in &insert.rows {
            let row = new_row(table, name, &places, given, parameters, facts)?;
            if let Some((place, column)) = table.conflict(&row) {
                match &insert.conflict {
                    Conflict::Fail => return Err(table.duplicate(name, column)),
                    Conflict::Nothing => {}
                    Conflict::Update(set) => {
                        let fresh = changed_row(table, place, set, Some(&row), parameters, facts)?;
                        table.check(name, &fresh)?;
                        self.undo.push((place, table.update(place, fresh.clone())));
                        self.rows.push(fresh);
                    }
                }
                continue;
            }
            for (value, column) in row.iter().zip(&table.columns) {
                if let (Value::Integer(number), true) = (value, column.counts) {
                    // MySQL remembers the first of many, Postgres the last.
                    match facts.dialect {
                        Dialect::MySql => self.last_id.get_or_insert(*number),
                        Dialect::Postgres => self.last_id.insert(*number),
                    };
                }
            }
            self.written
                .push_str(&insertion(name, table, &row, facts.dialect));
            table.push(row.clone())?;
            self.fresh += 1;
            self.rows.push(row);
        }
        Ok(())
    }

    pub(super) fn undo(&self, table: &mut Table) {
        table.pop(self.fresh);
        for (place, old) in self.undo.iter().rev() {
            table.update(*place, old.clone());
        }
    }
}

fn new_row(
    table: &mut Table,
    name: &str,
    places: &[usize],
    given: &[Option<Expression>],
    parameters: &[Value],
    facts: &Facts,
) -> Result<Vec<Value>, Failure> {
    if given.len() > places.len() {
        return Err(Failure::new(
            "42601",
            "INSERT has more expressions than target columns",
        ));
    }
    let mut row: Vec<Option<Value>> = vec![None; table.columns.len()];
    for (place, expression) in places.iter().zip(given) {
        if let Some(expression) = expression {
            let value = scope(table, &[], parameters, facts).value(expression)?;
            let column = &table.columns[*place];
            // MySQL counts on where nothing is said.
            let counted = column.counts && value.is_null() && facts.dialect == Dialect::MySql;
            if !counted {
                row[*place] = Some(column.kind.take(value)?);
            }
        }
    }
    let mut whole = Vec::new();
    for (at, value) in row.into_iter().enumerate() {
        let column = &table.columns[at];
        whole.push(match (value, &column.default) {
            (Some(value), _) => value,
            (None, _) if column.counts => {
                table.counters[at] += 1;
                Value::Integer(table.counters[at])
            }
            (None, Some(default)) => {
                let value = scope(table, &[], &[], facts).value(default)?;
                column.kind.take(value)?
            }
            (None, None) => Value::Null,
        });
    }
    table.check(name, &whole)?;
    Ok(whole)
}
