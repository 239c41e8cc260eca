//! What expressions come to.

use std::cell::Cell;

use jiff::Timestamp;

use super::expression::{Expression, Operator, is_aggregate};
use super::kind::Kind;
use super::statement::Column;
use super::value::Value;
use super::{Dialect, Failure};

/// What functions can tell.
#[derive(Debug)]
pub(in super::super) struct Facts {
    pub(in super::super) dialect: Dialect,
    pub(in super::super) now: Timestamp,
    pub(in super::super) version: String,
    pub(in super::super) user: String,
    pub(in super::super) database: String,
    pub(in super::super) connection: u32,
    pub(in super::super) last_id: i64,
    /// Numbers for identifiers that nobody else has.
    pub(in super::super) counter: u64,
    /// How many seconds the statement asked to sleep.
    pub(in super::super) sleep: Cell<f64>,
}

/// What an expression sees.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) facts: &'a Facts,
    pub(super) columns: &'a [Column],
    pub(super) row: &'a [Value],
    /// The row that was to be inserted.
    pub(super) excluded: Option<&'a [Value]>,
    pub(super) parameters: &'a [Value],
    /// The rows that functions over many rows look at.
    pub(super) group: Option<&'a [&'a Vec<Value>]>,
}

type Outcome = Result<Value, Failure>;

impl Scope<'_> {
    pub(super) fn column(&self, name: &str, row: &[Value]) -> Outcome {
        let place = self.columns.iter().position(|column| column.name == name);
        let value = place.and_then(|place| row.get(place)).cloned();
        value.ok_or_else(|| Failure::new("42703", format!("column \"{name}\" does not exist")))
    }

    /// What an expression comes to.
    pub(super) fn value(&self, expression: &Expression) -> Outcome {
        Ok(match expression {
            Expression::Value(value) => value.clone(),
            Expression::Column(name) => self.column(name, self.row)?,
            Expression::Excluded(name) => self.column(name, self.excluded.unwrap_or_default())?,
            Expression::Parameter(number) => {
                let value = self.parameters.get(number - 1).cloned();
                let words = || format!("there is no parameter ${number}");
                value.ok_or_else(|| Failure::new("42P02", words()))?
            }
            Expression::Setting(name) => self.setting(name),
            Expression::Not(inner) => match self.truth(inner)? {
                Some(is) => Value::Bool(!is),
                None => Value::Null,
            },
            Expression::Minus(inner) => match self.value(inner)? {
                Value::Integer(number) => {
                    Value::Integer(number.checked_neg().ok_or_else(overflow)?)
                }
                value => calculate(&Value::Integer(0), Operator::Minus, &value)?,
            },
            Expression::Binary(left, operator, right) => self.binary(left, *operator, right)?,
            Expression::Call(name, args) if is_aggregate(name) => self.aggregate(name, args)?,
            Expression::CountAll => {
                let rows = self.group.map_or(1, <[_]>::len);
                Value::Integer(i64::try_from(rows).unwrap_or(i64::MAX))
            }
            Expression::Call(name, args) => self.call(name, args)?,
            Expression::Cast(inner, kind) => kind.take(self.value(inner)?)?,
            Expression::IsNull(inner, not) => Value::Bool(self.value(inner)?.is_null() != *not),
            Expression::In(value, list, not) => self.is_in(value, list, *not)?,
            Expression::Like {
                value,
                pattern,
                any_case,
                not,
            } => match (self.value(value)?, self.value(pattern)?) {
                (Value::Null, _) | (_, Value::Null) => Value::Null,
                (value, pattern) => {
                    let any_case = *any_case || self.facts.dialect == Dialect::MySql;
                    Value::Bool(like(&value.to_string(), &pattern.to_string(), any_case) != *not)
                }
            },
            Expression::Case(cases, otherwise) => {
                for (when, then) in cases {
                    if self.truth(when)? == Some(true) {
                        return self.value(then);
                    }
                }
                match otherwise {
                    Some(otherwise) => self.value(otherwise)?,
                    None => Value::Null,
                }
            }
        })
    }

    /// Whether an expression is true, false or neither.
    pub(super) fn truth(&self, expression: &Expression) -> Result<Option<bool>, Failure> {
        Ok(match self.value(expression)? {
            Value::Null => None,
            Value::Bool(is) => Some(is),
            Value::Text(text) if self.facts.dialect == Dialect::Postgres => {
                match Kind::Bool.take(Value::Text(text))? {
                    Value::Bool(is) => Some(is),
                    _ => None,
                }
            }
            value => Some(value.number().is_some_and(|number| number != 0.0)),
        })
    }

    fn binary(&self, left: &Expression, operator: Operator, right: &Expression) -> Outcome {
        let truth = |is: Option<bool>| is.map_or(Value::Null, Value::Bool);
        if operator == Operator::And {
            return Ok(truth(match (self.truth(left)?, self.truth(right)?) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            }));
        }
        if operator == Operator::Or {
            return Ok(truth(match (self.truth(left)?, self.truth(right)?) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            }));
        }
        let (left, right) = (self.value(left)?, self.value(right)?);
        if left.is_null() || right.is_null() {
            return Ok(Value::Null);
        }
        let order = left.compare(&right);
        let is = |wanted: fn(std::cmp::Ordering) -> bool| truth(order.map(wanted));
        Ok(match operator {
            Operator::Equal => is(std::cmp::Ordering::is_eq),
            Operator::Unequal => is(std::cmp::Ordering::is_ne),
            Operator::Less => is(std::cmp::Ordering::is_lt),
            Operator::LessOrEqual => is(std::cmp::Ordering::is_le),
            Operator::Greater => is(std::cmp::Ordering::is_gt),
            Operator::GreaterOrEqual => is(std::cmp::Ordering::is_ge),
            Operator::Join => Value::Text(format!("{left}{right}")),
            operator => calculate(&left, operator, &right)?,
        })
    }

    fn is_in(&self, value: &Expression, list: &[Expression], not: bool) -> Outcome {
        let value = self.value(value)?;
        let mut unknown = value.is_null();
        for item in list {
            let item = self.value(item)?;
            match value.compare(&item) {
                Some(order) if order.is_eq() => return Ok(Value::Bool(!not)),
                None => unknown = true,
                Some(_) => {}
            }
        }
        Ok(if unknown {
            Value::Null
        } else {
            Value::Bool(not)
        })
    }

    fn aggregate(&self, name: &str, args: &[Expression]) -> Outcome {
        let [arg] = args else {
            return Err(Failure::new(
                "42883",
                format!("function {name} takes one argument"),
            ));
        };
        let Some(rows) = self.group else {
            let words = format!("aggregate functions are not allowed here: {name}");
            return Err(Failure::new("42803", words));
        };
        let mut values = Vec::new();
        for row in rows {
            let scope = Scope {
                row,
                group: None,
                ..*self
            };
            let value = scope.value(arg)?;
            if !value.is_null() {
                values.push(value);
            }
        }
        Ok(match name {
            "count" => Value::Integer(i64::try_from(values.len()).unwrap_or(i64::MAX)),
            "min" => values
                .into_iter()
                .min_by(Value::order)
                .unwrap_or(Value::Null),
            "max" => values
                .into_iter()
                .max_by(Value::order)
                .unwrap_or(Value::Null),
            _ => {
                let count = values.len();
                let mut values = values.into_iter();
                let Some(mut sum) = values.next() else {
                    return Ok(Value::Null);
                };
                for value in values {
                    sum = calculate(&sum, Operator::Plus, &value)?;
                }
                if name == "avg" {
                    let count = Value::Number(count.to_string());
                    sum = calculate(&sum, Operator::Divide, &count)?;
                }
                sum
            }
        })
    }

    fn setting(&self, name: &str) -> Value {
        let name = name.rsplit('.').next().unwrap_or(name);
        let text = match name {
            "version" => self.facts.version.as_str(),
            "version_comment" => "MySQL Community Server - GPL",
            "autocommit" | "auto_increment_increment" => return Value::Integer(1),
            "max_allowed_packet" => return Value::Integer(67_108_864),
            "lower_case_table_names" => return Value::Integer(0),
            "character_set_client"
            | "character_set_connection"
            | "character_set_results"
            | "character_set_server" => "utf8mb4",
            "collation_server" | "collation_connection" => "utf8mb4_0900_ai_ci",
            "sql_mode" => {
                "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
            }
            "system_time_zone" => "UTC",
            "time_zone" => "SYSTEM",
            "tx_isolation" | "transaction_isolation" => "REPEATABLE-READ",
            "wait_timeout" | "interactive_timeout" => return Value::Integer(28_800),
            _ => return Value::Null,
        };
        Value::Text(text.to_owned())
    }

    fn call(&self, name: &str, args: &[Expression]) -> Outcome {
        let values = args
            .iter()
            .map(|arg| self.value(arg))
            .collect::<Result<Vec<_>, _>>()?;
        let facts = self.facts;
        let text = |text: &str| Value::Text(text.to_owned());
        Ok(match (name, values.as_slice()) {
            ("version", []) => text(&facts.version),
            (
                "now"
                | "current_timestamp"
                | "localtimestamp"
                | "statement_timestamp"
                | "transaction_timestamp"
                | "clock_timestamp"
                | "sysdate"
                | "utc_timestamp",
                _,
            ) => {
                let kind = match facts.dialect {
                    Dialect::Postgres => Kind::Timestamptz,
                    Dialect::MySql => Kind::Timestamp,
                };
                let at = match facts.dialect {
                    Dialect::Postgres => facts.now.to_string(),
                    Dialect::MySql => facts.now.strftime("%Y-%m-%d %H:%M:%S").to_string(),
                };
                kind.take(Value::Text(at))?
            }
            ("current_date" | "curdate", []) => text(&facts.now.strftime("%Y-%m-%d").to_string()),
            ("current_user" | "session_user" | "user", []) => match facts.dialect {
                Dialect::Postgres => text(&facts.user),
                Dialect::MySql => text(&format!("{}@%", facts.user)),
            },
            ("current_database" | "current_catalog" | "database" | "schema", []) => {
                text(&facts.database)
            }
            ("current_schema", []) => text("public"),
            ("pg_backend_pid" | "connection_id", []) => Value::Integer(i64::from(facts.connection)),
            ("last_insert_id" | "lastval", []) => Value::Integer(facts.last_id),
            ("gen_random_uuid" | "uuid_generate_v4" | "uuid", []) => {
                text(&format!("00000000-0000-4000-8000-{:012x}", facts.counter))
            }
            ("pg_sleep" | "sleep", [value]) => {
                let seconds = value.number().unwrap_or_default().clamp(0.0, 86_400.0);
                facts.sleep.set(facts.sleep.get() + seconds);
                if name == "sleep" {
                    Value::Integer(0)
                } else {
                    text("")
                }
            }
            ("coalesce" | "ifnull", values) => values
                .iter()
                .find(|value| !value.is_null())
                .cloned()
                .unwrap_or(Value::Null),
            ("nullif", [one, two]) => match one.compare(two) {
                Some(order) if order.is_eq() => Value::Null,
                _ => one.clone(),
            },
            ("concat", values) => {
                let parts: String = values.iter().map(ToString::to_string).collect();
                text(&parts)
            }
            ("greatest", values) => values
                .iter()
                .filter(|v| !v.is_null())
                .max_by(|a, b| a.order(b))
                .cloned()
                .unwrap_or(Value::Null),
            ("least", values) => values
                .iter()
                .filter(|v| !v.is_null())
                .min_by(|a, b| a.order(b))
                .cloned()
                .unwrap_or(Value::Null),
            ("set_config", [_, value, _]) => value.clone(),
            (_, [Value::Null, ..]) if is_known(name) => Value::Null,
            (name, values) => return on_values(name, values),
        })
    }
}

/// What functions of nothing but their arguments come to.
fn on_values(name: &str, values: &[Value]) -> Outcome {
    let text = |text: &str| Value::Text(text.to_owned());
    Ok(match (name, values) {
        ("length" | "char_length" | "character_length", [value]) => {
            let length = value.to_string().chars().count();
            Value::Integer(i64::try_from(length).unwrap_or(i64::MAX))
        }
        ("lower", [value]) => text(&value.to_string().to_lowercase()),
        ("upper", [value]) => text(&value.to_string().to_uppercase()),
        ("trim" | "btrim", [value]) => text(value.to_string().trim()),
        ("md5", [value]) => text(&super::super::secret::md5_hex(value.to_string().as_bytes())),
        ("replace", [value, from, to]) => {
            let replaced = value
                .to_string()
                .replace(&from.to_string(), &to.to_string());
            if replaced.len() > 1024 * 1024 {
                return Err(Failure::new("54000", "the text is too long"));
            }
            text(&replaced)
        }
        ("abs", [Value::Integer(number)]) => {
            Value::Integer(number.checked_abs().ok_or_else(overflow)?)
        }
        ("abs" | "round" | "floor" | "ceil" | "ceiling", [Value::Integer(number), ..]) => {
            Value::Integer(*number)
        }
        ("abs" | "round" | "floor" | "ceil" | "ceiling", [value, ..]) => {
            rounded(name, value, values.get(1))?
        }
        (name, values) => {
            return Err(if is_known(name) {
                Failure::new(
                    "42883",
                    format!("function {name} does not take {} arguments", values.len()),
                )
            } else {
                Failure::not_simulated(format_args!("the function {name}"))
            });
        }
    })
}

fn is_known(name: &str) -> bool {
    const KNOWN: [&str; 15] = [
        "abs",
        "btrim",
        "ceil",
        "ceiling",
        "char_length",
        "character_length",
        "floor",
        "length",
        "lower",
        "md5",
        "nullif",
        "replace",
        "round",
        "trim",
        "upper",
    ];
    KNOWN.contains(&name)
}

fn overflow() -> Failure {
    Failure::new("22003", "bigint out of range")
}

fn rounded(name: &str, value: &Value, digits: Option<&Value>) -> Outcome {
    let number = value.number().ok_or_else(|| {
        Failure::new(
            "22P02",
            format!("invalid input syntax for type numeric: \"{value}\""),
        )
    })?;
    let digits = digits
        .and_then(Value::number)
        .unwrap_or_default()
        .clamp(0.0, 15.0);
    let number = match name {
        "abs" => {
            return Ok(Value::Number(
                value.to_string().trim_start_matches('-').to_owned(),
            ));
        }
        "floor" => number.floor(),
        "round" => number,
        _ => number.ceil(),
    };
    let digits = digits.to_string().parse::<usize>().unwrap_or_default();
    Ok(Value::Number(format!("{number:.digits$}")))
}

/// Adds, subtracts, multiplies, divides.
fn calculate(left: &Value, operator: Operator, right: &Value) -> Outcome {
    let by_zero = || Failure::new("22012", "division by zero");
    if let (Value::Integer(one), Value::Integer(two)) = (left, right) {
        let result = match operator {
            Operator::Plus => one.checked_add(*two),
            Operator::Minus => one.checked_sub(*two),
            Operator::Times => one.checked_mul(*two),
            Operator::Divide if *two == 0 => return Err(by_zero()),
            Operator::Divide => one.checked_div(*two),
            _ if *two == 0 => return Err(by_zero()),
            _ => one.checked_rem(*two),
        };
        return result.map(Value::Integer).ok_or_else(overflow);
    }
    let number = |value: &Value| {
        value.number().ok_or_else(|| {
            Failure::new(
                "22P02",
                format!("invalid input syntax for type numeric: \"{value}\""),
            )
        })
    };
    let (one, two) = (number(left)?, number(right)?);
    let result = match operator {
        Operator::Plus => one + two,
        Operator::Minus => one - two,
        Operator::Times => one * two,
        Operator::Divide | Operator::Modulo if two == 0.0 => return Err(by_zero()),
        Operator::Divide => one / two,
        _ => one % two,
    };
    let float = |value: &Value| matches!(value, Value::Float(_));
    if float(left) || float(right) {
        return Ok(Value::Float(result));
    }
    let scale = |value: &Value| {
        value
            .to_string()
            .split_once('.')
            .map_or(0, |(_, d)| d.len())
    };
    let digits = match operator {
        Operator::Times => scale(left) + scale(right),
        Operator::Divide => 16,
        _ => scale(left).max(scale(right)),
    };
    let digits = digits.min(16);
    Ok(Value::Number(format!("{result:.digits$}")))
}

/// `LIKE`: `%` is any characters, `_` one; only the last `%` that was met ever takes more.
fn like(text: &str, pattern: &str, any_case: bool) -> bool {
    let fold = |text: &str| -> Vec<char> {
        if any_case {
            text.to_lowercase().chars().collect()
        } else {
            text.chars().collect()
        }
    };
    let (text, pattern) = (fold(text), fold(pattern));
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match pattern.get(at) {
            Some('%') => {
                star = Some((at + 1, read));
                at += 1;
            }
            Some('\\') if pattern.get(at + 1) == Some(&text[read]) => {
                at += 2;
                read += 1;
            }
            Some(&c) if c == '_' || c == text[read] && c != '\\' => {
                at += 1;
                read += 1;
            }
            _ => match &mut star {
                Some((after, taken)) => {
                    *taken += 1;
                    at = *after;
                    read = *taken;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|c| *c == '%')
}
