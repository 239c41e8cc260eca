//! `\\d`, `\\dt` and `\\l`: what there is, as psql tells it.

use super::Psql;
use super::table::{Frame, Title};
use super::wire::Answer;
use crate::process::Process;
use crate::process::script::pattern::Glob;

/// A column of a table, as the server tells of it.
struct Column {
    table: String,
    name: String,
    kind: String,
    is_needed: String,
    default: String,
    key: String,
}

type Row = Vec<Option<String>>;

fn titles(names: &[&str]) -> Vec<Title> {
    names
        .iter()
        .map(|name| ((*name).to_owned(), false))
        .collect()
}

fn row(values: &[&str]) -> Row {
    values
        .iter()
        .map(|value| Some((*value).to_owned()))
        .collect()
}

impl Psql<'_> {
    /// The texts of an answer of one column; none where the server is gone.
    async fn texts(&mut self, statement: &str) -> Option<Vec<String>> {
        let answers = self.client.query(statement).await?;
        let rows = answers.into_iter().find_map(|answer| match answer {
            Answer::Rows { rows, .. } => Some(rows),
            _ => None,
        });
        let texts = rows.unwrap_or_default().into_iter();
        Some(
            texts
                .filter_map(|row| row.into_iter().next().flatten())
                .collect(),
        )
    }

    async fn gone(&self, process: &mut Process) -> u8 {
        let words = "server closed the connection unexpectedly\n";
        process.complain(words).await;
        1
    }

    /// Lists tables, or describes those that are named; `describes` is `\\d`, which also lists what
    /// counts.
    pub(super) async fn tell_relations(
        &mut self,
        process: &mut Process,
        named: Option<&str>,
        describes: bool,
    ) -> u8 {
        let Some(told) = self.texts("SHOW simulator.columns").await else {
            return self.gone(process).await;
        };
        let Some(mut tables) = self.texts("SHOW simulator.tables").await else {
            return self.gone(process).await;
        };
        let columns: Vec<Column> = told.iter().filter_map(|told| column(told)).collect();
        if let Some(named) = named {
            let bare = named.trim_end_matches(';');
            let bare = bare.strip_prefix("public.").unwrap_or(bare);
            let glob = Glob::new(&bare.replace('"', "").to_ascii_lowercase());
            tables.retain(|table| glob.find(&table.to_ascii_lowercase()).is_some());
            if tables.is_empty() {
                let words = format!("Did not find any relation named \"{named}\".\n");
                process.complain(words).await;
                return 1;
            }
            if describes {
                for table in &tables {
                    let own = columns.iter().filter(|column| column.table == *table);
                    let text = self.described(table, &own.collect::<Vec<_>>());
                    process.print(text).await.ok();
                }
                return 0;
            }
        }
        let mut rows: Vec<(String, &str)> = tables.into_iter().map(|t| (t, "table")).collect();
        if describes {
            let counting = columns.iter().filter(|c| c.default.starts_with("nextval("));
            rows.extend(counting.map(|c| (format!("{}_{}_seq", c.table, c.name), "sequence")));
        }
        if rows.is_empty() {
            process.complain("Did not find any relations.\n").await;
            return 0;
        }
        rows.sort();
        let user = self.user.clone();
        let rows: Vec<Row> = rows
            .iter()
            .map(|(name, kind)| row(&["public", name, kind, &user]))
            .collect();
        let frame = Frame {
            title: "List of relations".to_owned(),
            below: None,
        };
        let titles = titles(&["Schema", "Name", "Type", "Owner"]);
        process
            .print(self.style.show_in(&titles, &rows, &frame))
            .await
            .ok();
        0
    }

    fn described(&self, table: &str, columns: &[&Column]) -> String {
        let rows: Vec<Row> = columns
            .iter()
            .map(|c| row(&[&c.name, &c.kind, "", &c.is_needed, &c.default]))
            .collect();
        let mut below = Vec::new();
        let keys = |key: &str| {
            let keys = columns.iter().filter(|column| column.key == key);
            keys.map(|column| column.name.as_str()).collect::<Vec<_>>()
        };
        let primary = keys("primary");
        if !primary.is_empty() {
            let names = primary.join(", ");
            below.push(format!("    \"{table}_pkey\" PRIMARY KEY, btree ({names})"));
        }
        for name in keys("unique") {
            below.push(format!(
                "    \"{table}_{name}_key\" UNIQUE CONSTRAINT, btree ({name})"
            ));
        }
        if !below.is_empty() {
            below.insert(0, "Indexes:".to_owned());
        }
        let frame = Frame {
            title: format!("Table \"public.{table}\""),
            below: Some(below),
        };
        let titles = titles(&["Column", "Type", "Collation", "Nullable", "Default"]);
        self.style.show_in(&titles, &rows, &frame)
    }

    pub(super) async fn tell_databases(&mut self, process: &mut Process) -> u8 {
        let Some(mut names) = self.texts("SHOW simulator.databases").await else {
            return self.gone(process).await;
        };
        names.extend(["template0", "template1"].map(str::to_owned));
        names.sort();
        names.dedup();
        let user = self.user.as_str();
        let locale = "en_US.utf8";
        let heads: &[&str] = match self.major {
            ..15 => &["Name", "Owner", "Encoding", "Collate", "Ctype"],
            15 => &[
                "Name",
                "Owner",
                "Encoding",
                "Collate",
                "Ctype",
                "ICU Locale",
                "Locale Provider",
            ],
            16 => &[
                "Name",
                "Owner",
                "Encoding",
                "Locale Provider",
                "Collate",
                "Ctype",
                "ICU Locale",
                "ICU Rules",
            ],
            _ => &[
                "Name",
                "Owner",
                "Encoding",
                "Locale Provider",
                "Collate",
                "Ctype",
                "Locale",
                "ICU Rules",
            ],
        };
        let rows: Vec<Row> = names
            .iter()
            .map(|name| {
                let granted = if name.starts_with("template") {
                    format!("=c/{user}\n{user}=CTc/{user}")
                } else {
                    String::new()
                };
                let value = |head: &&str| match *head {
                    "Name" => name.as_str(),
                    "Owner" => user,
                    "Encoding" => "UTF8",
                    "Collate" | "Ctype" => locale,
                    "Locale Provider" => "libc",
                    _ => "",
                };
                let mut values: Vec<&str> = heads.iter().map(value).collect();
                values.push(&granted);
                row(&values)
            })
            .collect();
        let frame = Frame {
            title: "List of databases".to_owned(),
            below: None,
        };
        let mut titles = titles(heads);
        titles.push(("Access privileges".to_owned(), false));
        process
            .print(self.style.show_in(&titles, &rows, &frame))
            .await
            .ok();
        0
    }
}

/// Reads what the server tells of a column.
fn column(told: &str) -> Option<Column> {
    let mut parts = told.split('\t').map(str::to_owned);
    Some(Column {
        table: parts.next()?,
        name: parts.next()?,
        kind: parts.next()?,
        is_needed: parts.next()?,
        default: parts.next()?,
        key: parts.next()?,
    })
}
