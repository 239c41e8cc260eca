//! Answering a query from one table.

use std::collections::{BTreeMap, BTreeSet};

use super::Failure;
use super::evaluate::{Facts, Scope};
use super::expression::{Expression, is_aggregate};
use super::kind::Kind;
use super::statement::{Column, Field, Item, Rows, Select};
use super::table::Table;
use super::value::Value;

/// The most rows of an answer.
const MOST_ROWS: usize = 1_000_000;

/// A row of an answer, and what it is ordered by.
type Answered = (Vec<Value>, Vec<Value>);

/// What a query sees.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) facts: &'a Facts,
    pub(super) table: Option<&'a Table>,
    pub(super) parameters: &'a [Value],
}

impl<'a> Asked<'a> {
    pub(super) fn columns(&self) -> &'a [Column] {
        self.table.map_or(&[], |table| &table.columns)
    }

    pub(super) fn scope(&self, row: &'a [Value]) -> Scope<'a> {
        Scope {
            facts: self.facts,
            columns: self.columns(),
            row,
            excluded: None,
            parameters: self.parameters,
            group: None,
        }
    }

    /// The rows of an answer.
    pub(super) fn select(&self, select: &Select) -> Result<Rows, Failure> {
        let fields = self.fields(&select.items);
        let none = vec![Vec::new()];
        let all = self.table.map_or(&none, |table| &table.rows);
        let mut kept: Vec<&Vec<Value>> = Vec::new();
        for row in all {
            if let Some(filter) = &select.filter
                && self.scope(row).truth(filter)? != Some(true)
            {
                continue;
            }
            kept.push(row);
        }
        let grouped = !select.group.is_empty() || has_aggregate(&select.items);
        let mut rows = if grouped {
            self.groups(select, &kept)?
        } else {
            kept.into_iter()
                .map(|row| self.one(select, self.scope(row)))
                .collect::<Result<Vec<_>, _>>()?
        };
        if !select.order.is_empty() {
            rows.sort_by(|one, two| {
                let keys = one.1.iter().zip(&two.1).zip(&select.order);
                let mut orders = keys.map(|((one, two), (_, descending))| {
                    if *descending {
                        two.order(one)
                    } else {
                        one.order(two)
                    }
                });
                orders
                    .find(|order| order.is_ne())
                    .unwrap_or(std::cmp::Ordering::Equal)
            });
        }
        let mut rows: Vec<Vec<Value>> = rows.into_iter().map(|(row, _)| row).collect();
        if select.distinct {
            let mut seen = BTreeSet::new();
            rows.retain(|row| seen.insert(format!("{row:?}")));
        }
        let offset = self.bound(select.offset.as_ref())?.unwrap_or(0);
        let limit = self.bound(select.limit.as_ref())?.unwrap_or(MOST_ROWS);
        let rows = rows.into_iter().skip(offset).take(limit).collect();
        Ok(Rows { fields, rows })
    }

    fn bound(&self, bound: Option<&Expression>) -> Result<Option<usize>, Failure> {
        let Some(bound) = bound else {
            return Ok(None);
        };
        match Kind::Int8.take(self.scope(&[]).value(bound)?)? {
            Value::Integer(number) => usize::try_from(number)
                .map(Some)
                .map_err(|_| Failure::new("2201W", "LIMIT must not be negative")),
            _ => Ok(None),
        }
    }

    /// A row of the answer, and what it is ordered by.
    fn one(&self, select: &Select, scope: Scope<'_>) -> Result<Answered, Failure> {
        let row = items(&select.items, scope)?;
        let mut keys = Vec::new();
        for (expression, _) in &select.order {
            keys.push(match self.ordered_by(select, expression) {
                Some(place) => row.get(place).cloned().unwrap_or(Value::Null),
                None => scope.value(expression)?,
            });
        }
        Ok((row, keys))
    }

    /// The place of the item that `ORDER BY 2` or `ORDER BY name` means.
    fn ordered_by(&self, select: &Select, expression: &Expression) -> Option<usize> {
        match expression {
            Expression::Value(Value::Integer(number)) => usize::try_from(*number)
                .ok()
                .and_then(|number| number.checked_sub(1)),
            Expression::Column(name)
                if self.table.is_none_or(|table| table.column(name).is_none()) =>
            {
                self.fields(&select.items)
                    .iter()
                    .position(|field| field.name == *name)
            }
            _ => None,
        }
    }

    fn groups(&self, select: &Select, rows: &[&Vec<Value>]) -> Result<Vec<Answered>, Failure> {
        let mut groups: BTreeMap<String, Vec<&Vec<Value>>> = BTreeMap::new();
        for row in rows {
            let mut key = String::new();
            for expression in &select.group {
                let by = match self.ordered_by(select, expression) {
                    Some(place) => match select.items.get(place) {
                        Some(Item::One { expression, .. }) => self.scope(row).value(expression)?,
                        _ => Value::Null,
                    },
                    None => self.scope(row).value(expression)?,
                };
                key.extend([format!("{by:?}\0")]);
            }
            groups.entry(key).or_default().push(row);
        }
        if groups.is_empty() && select.group.is_empty() {
            groups.insert(String::new(), Vec::new());
        }
        let empty = vec![Value::Null; self.columns().len()];
        let mut answers = Vec::new();
        for rows in groups.values() {
            let first = rows.first().map_or(&empty, |row| *row);
            let scope = Scope {
                facts: self.facts,
                columns: self.columns(),
                row: first,
                excluded: None,
                parameters: self.parameters,
                group: Some(rows),
            };
            answers.push(self.one(select, scope)?);
        }
        Ok(answers)
    }

    /// The columns of an answer.
    pub(super) fn fields(&self, items: &[Item]) -> Vec<Field> {
        let mut fields = Vec::new();
        for item in items {
            match item {
                Item::All => fields.extend(self.columns().iter().map(|column| Field {
                    name: column.name.clone(),
                    kind: column.kind,
                })),
                Item::One { expression, name } => fields.push(Field {
                    name: name.clone().unwrap_or_else(|| title(expression)),
                    kind: self.kind(expression),
                }),
            }
        }
        fields
    }

    /// The type of what an expression comes to, as far as it can be told.
    pub(super) fn kind(&self, expression: &Expression) -> Kind {
        match expression {
            Expression::Value(value) => match value {
                Value::Bool(_) => Kind::Bool,
                Value::Integer(number) if i32::try_from(*number).is_ok() => Kind::Int4,
                Value::Integer(_) => Kind::Int8,
                Value::Float(_) => Kind::Float8,
                Value::Number(_) => Kind::Numeric,
                Value::Bytes(_) => Kind::Bytea,
                Value::Text(_) | Value::Null => Kind::Text,
            },
            Expression::Column(name) | Expression::Excluded(name) => {
                let column = self.columns().iter().find(|column| column.name == *name);
                column.map_or(Kind::Text, |column| column.kind)
            }
            Expression::Parameter(_) | Expression::Setting(_) => Kind::Text,
            Expression::Not(_)
            | Expression::IsNull(..)
            | Expression::In(..)
            | Expression::Like { .. } => Kind::Bool,
            Expression::Minus(inner) => self.kind(inner),
            Expression::CountAll => Kind::Int8,
            Expression::Cast(_, kind) => *kind,
            Expression::Case(cases, otherwise) => {
                let first = cases.first().map(|(_, then)| then).or(otherwise.as_deref());
                first.map_or(Kind::Text, |first| self.kind(first))
            }
            Expression::Binary(left, operator, right) => self.kind_of(left, *operator, right),
            Expression::Call(name, args) => self.kind_of_call(name, args),
        }
    }

    fn kind_of(
        &self,
        left: &Expression,
        operator: super::expression::Operator,
        right: &Expression,
    ) -> Kind {
        use super::expression::Operator::{Divide, Join, Minus, Modulo, Plus, Times};
        match operator {
            Join => Kind::Text,
            Plus | Minus | Times | Divide | Modulo => {
                let (left, right) = (self.kind(left), self.kind(right));
                let either = |kind| left == kind || right == kind;
                match (left.is_integer(), right.is_integer()) {
                    (true, true) if either(Kind::Int8) => Kind::Int8,
                    (true, true) => Kind::Int4,
                    _ if either(Kind::Float8) || either(Kind::Float4) => Kind::Float8,
                    _ if left.is_number() && right.is_number() => Kind::Numeric,
                    (true, false) => left,
                    (false, true) => right,
                    _ => Kind::Numeric,
                }
            }
            _ => Kind::Bool,
        }
    }

    fn kind_of_call(&self, name: &str, args: &[Expression]) -> Kind {
        let first = || args.first().map_or(Kind::Text, |arg| self.kind(arg));
        match name {
            "count" | "length" | "char_length" | "character_length" | "lastval"
            | "last_insert_id" => Kind::Int8,
            "pg_backend_pid" | "connection_id" | "sleep" => Kind::Int4,
            "sum" => match first() {
                kind if kind.is_integer() => Kind::Int8,
                kind => kind,
            },
            "avg" => match first() {
                Kind::Float4 | Kind::Float8 => Kind::Float8,
                _ => Kind::Numeric,
            },
            "min" | "max" | "coalesce" | "ifnull" | "nullif" | "greatest" | "least" | "abs" => {
                first()
            }
            "round" | "floor" | "ceil" | "ceiling" => match first() {
                kind if kind.is_integer() => kind,
                _ => Kind::Numeric,
            },
            "now"
            | "current_timestamp"
            | "statement_timestamp"
            | "transaction_timestamp"
            | "clock_timestamp" => Kind::Timestamptz,
            "localtimestamp" | "sysdate" | "utc_timestamp" => Kind::Timestamp,
            "current_date" | "curdate" => Kind::Date,
            "gen_random_uuid" | "uuid_generate_v4" => Kind::Uuid,
            _ => Kind::Text,
        }
    }
}

/// What a column of an answer is called that nobody named.
fn title(expression: &Expression) -> String {
    match expression {
        Expression::Column(name) | Expression::Call(name, _) | Expression::Excluded(name) => {
            name.clone()
        }
        Expression::CountAll => "count".to_owned(),
        Expression::Cast(inner, kind) => match title(inner).as_str() {
            "?column?" => kind.name().to_owned(),
            inner => inner.to_owned(),
        },
        Expression::Case(..) => "case".to_owned(),
        Expression::Setting(name) => format!("@@{name}"),
        _ => "?column?".to_owned(),
    }
}

/// Whether what an expression comes to depends on when it is asked for.
pub(super) fn is_volatile(expression: &Expression) -> bool {
    let mut is = false;
    expression.each(&mut |part| {
        is |= matches!(part, Expression::Call(name, _) if !is_aggregate(name)
            && !matches!(name.as_str(), "lower" | "upper" | "coalesce" | "concat" | "length" | "abs" | "round"));
    });
    is
}

fn has_aggregate(items: &[Item]) -> bool {
    items.iter().any(|item| match item {
        Item::All => false,
        Item::One { expression, .. } => expression.is_aggregate(),
    })
}

/// What the items of an answer come to for a row.
pub(super) fn items(items: &[Item], scope: Scope<'_>) -> Result<Vec<Value>, Failure> {
    let mut row = Vec::new();
    for item in items {
        match item {
            Item::All => row.extend(scope.row.iter().cloned()),
            Item::One { expression, .. } => row.push(scope.value(expression)?),
        }
    }
    Ok(row)
}
