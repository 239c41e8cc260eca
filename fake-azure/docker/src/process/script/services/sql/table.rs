//! Tables.

use std::collections::BTreeSet;

use super::Failure;
use super::statement::{Column, Key};
use super::value::Value;

/// A table with its rows.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Value>>,
    /// The last number of each column that counts.
    pub(super) counters: Vec<i64>,
    /// What the unique columns hold, as text.
    keys: Vec<BTreeSet<String>>,
    bytes: usize,
}

/// How many bytes the rows of a table take at most.
const MOST_BYTES: usize = 32 * 1024 * 1024;

impl Table {
    pub(super) fn new(columns: Vec<Column>) -> Self {
        Self {
            counters: vec![0; columns.len()],
            keys: vec![BTreeSet::new(); columns.len()],
            columns,
            rows: Vec::new(),
            bytes: 0,
        }
    }

    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The place of a row that has the same value in a unique column, and that column.
    pub(super) fn conflict(&self, row: &[Value]) -> Option<(usize, usize)> {
        for (at, column) in self.columns.iter().enumerate() {
            if !column.key.is_unique()
                || row[at].is_null()
                || !self.keys[at].contains(&row[at].to_string())
            {
                continue;
            }
            let same = |other: &Vec<Value>| other[at].to_string() == row[at].to_string();
            return self.rows.iter().position(same).map(|place| (place, at));
        }
        None
    }

    /// Whether no column is empty that must not be.
    pub(super) fn check(&self, name: &str, row: &[Value]) -> Result<(), Failure> {
        let empty = self
            .columns
            .iter()
            .zip(row)
            .find(|(column, value)| column.not_null && value.is_null());
        match empty {
            None => Ok(()),
            Some((column, _)) => Err(Failure::new(
                "23502",
                format!(
                    "null value in column \"{}\" of relation \"{name}\" violates not-null constraint",
                    column.name
                ),
            )),
        }
    }

    /// The failure of a row that is there already.
    pub(super) fn duplicate(&self, name: &str, column: usize) -> Failure {
        let column = &self.columns[column];
        let key = if column.key == Key::Primary {
            format!("{name}_pkey")
        } else {
            format!("{name}_{}_key", column.name)
        };
        Failure::new(
            "23505",
            format!("duplicate key value violates unique constraint \"{key}\""),
        )
    }

    pub(super) fn push(&mut self, row: Vec<Value>) -> Result<(), Failure> {
        self.bytes += row.iter().map(Value::size).sum::<usize>();
        if self.bytes > MOST_BYTES {
            self.bytes = self.rows.iter().flatten().map(Value::size).sum();
            return Err(Failure::new("53100", "the simulated table is full"));
        }
        for (at, value) in row.iter().enumerate() {
            if let Value::Integer(number) = value
                && self.columns[at].counts
            {
                self.counters[at] = self.counters[at].max(*number);
            }
        }
        self.remember(&row);
        self.rows.push(row);
        Ok(())
    }

    fn remember(&mut self, row: &[Value]) {
        for (at, value) in row.iter().enumerate() {
            if self.columns[at].key.is_unique() && !value.is_null() {
                self.keys[at].insert(value.to_string());
            }
        }
    }

    /// Removes the last rows again.
    pub(super) fn pop(&mut self, count: usize) {
        for _ in 0..count {
            if let Some(row) = self.rows.pop() {
                self.forget(&row);
            }
        }
    }

    fn forget(&mut self, row: &[Value]) {
        self.bytes = self.bytes.saturating_sub(row.iter().map(Value::size).sum());
        for (at, value) in row.iter().enumerate() {
            if self.columns[at].key.is_unique() {
                self.keys[at].remove(&value.to_string());
            }
        }
    }

    /// Puts another row in the place of one, and returns that one.
    pub(super) fn update(&mut self, place: usize, row: Vec<Value>) -> Vec<Value> {
        let old = std::mem::replace(&mut self.rows[place], row);
        self.forget(&old);
        let row = self.rows[place].clone();
        self.bytes += row.iter().map(Value::size).sum::<usize>();
        self.remember(&row);
        old
    }

    /// Puts other rows in the place of all.
    pub(super) fn replace(&mut self, rows: Vec<Vec<Value>>) {
        self.bytes = rows.iter().flatten().map(Value::size).sum();
        self.keys = vec![BTreeSet::new(); self.columns.len()];
        for row in &rows {
            self.remember(row);
        }
        self.rows = rows;
    }
}
