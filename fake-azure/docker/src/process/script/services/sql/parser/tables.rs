//! Reading what makes, changes and drops tables.

use super::Parser;
use crate::process::script::services::sql::Failure;
use crate::process::script::services::sql::kind::Kind;
use crate::process::script::services::sql::statement::{Column, Key, Statement};
use crate::process::script::services::sql::token::Token;

impl Parser<'_> {
    pub(super) fn create(&mut self) -> Result<Statement, Failure> {
        self.take_all(&["or", "replace"]);
        let _ = self.take("temporary") || self.take("temp") || self.take("unlogged");
        if self.take("table") {
            return self.create_table();
        }
        if self.take("database") {
            let if_not_exists = self.take_all(&["if", "not", "exists"]);
            let name = self.name()?;
            self.at = self.tokens.len();
            return Ok(Statement::CreateDatabase {
                name,
                if_not_exists,
            });
        }
        let harmless = [
            ("schema", "CREATE SCHEMA"),
            ("extension", "CREATE EXTENSION"),
            ("index", "CREATE INDEX"),
            ("unique", "CREATE INDEX"),
            ("sequence", "CREATE SEQUENCE"),
        ];
        if self.take("user") || self.take("role") {
            return self.role();
        }
        for (word, words) in harmless {
            if self.take(word) {
                return Ok(self.rest_is(words));
            }
        }
        match self.peek() {
            Some(Token::Word(word)) => Err(Failure::not_simulated(format_args!(
                "CREATE {}",
                word.to_ascii_uppercase()
            ))),
            _ => Err(self.wrong()),
        }
    }

    /// A user's name, and the password that stands somewhere after it.
    fn role(&mut self) -> Result<Statement, Failure> {
        self.take_all(&["if", "not", "exists"]);
        let Some(Token::Word(name) | Token::Name(name) | Token::Text(name)) = self.next() else {
            return Err(self.wrong());
        };
        let mut password = None;
        while let Some(token) = self.next() {
            let named = matches!(&token, Token::Word(word) if word == "password" || word == "by");
            if let (true, Some(Token::Text(text))) = (named, self.peek()) {
                password = Some(text.clone());
            }
        }
        self.at = self.tokens.len();
        Ok(Statement::Role { name, password })
    }

    fn create_table(&mut self) -> Result<Statement, Failure> {
        let if_not_exists = self.take_all(&["if", "not", "exists"]);
        let name = self.name()?;
        if self.is("as") || self.is("like") {
            return Err(self.not_simulated("CREATE TABLE from another one"));
        }
        self.expect_symbol("(")?;
        let mut columns: Vec<Column> = Vec::new();
        loop {
            self.take_constraint_name()?;
            if self.is("primary") || self.is("unique") || self.is("key") || self.is("index") {
                let key = if self.take("primary") {
                    Key::Primary
                } else if self.take("unique") {
                    Key::Unique
                } else {
                    Key::None
                };
                let _ = self.take("key") || self.take("index");
                if !self.is_symbol("(") {
                    self.name()?;
                }
                self.expect_symbol("(")?;
                let names = self.names()?;
                self.expect_symbol(")")?;
                // A key of several columns is not checked.
                if let [name] = names.as_slice()
                    && let Some(column) = columns.iter_mut().find(|column| column.name == *name)
                {
                    column.key = column.key.max(key);
                    column.not_null |= key == Key::Primary;
                }
            } else if self.is("foreign") || self.is("check") || self.is("exclude") {
                self.skip_constraint();
            } else {
                columns.push(self.column()?);
            }
            if !self.take_symbol(",") {
                break;
            }
        }
        self.expect_symbol(")")?;
        // Engines, character sets and storage change nothing here.
        self.at = self.tokens.len();
        Ok(Statement::CreateTable {
            name,
            if_not_exists,
            columns,
        })
    }

    fn take_constraint_name(&mut self) -> Result<(), Failure> {
        if self.take("constraint") {
            self.name()?;
        }
        Ok(())
    }

    /// Passes over a constraint that is not checked.
    fn skip_constraint(&mut self) {
        let mut depth = 0_usize;
        while let Some(token) = self.peek() {
            match token {
                Token::Symbol("(") => depth += 1,
                Token::Symbol(")" | ",") if depth == 0 => return,
                Token::Symbol(")") => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
    }

    pub(super) fn column(&mut self) -> Result<Column, Failure> {
        let name = self.plain_name()?;
        let declared = match self.peek() {
            Some(Token::Word(word)) => word.clone(),
            _ => return Err(self.wrong()),
        };
        let begin = self.at;
        let kind = self.kind()?;
        let written: Vec<String> = self.tokens[begin..self.at]
            .iter()
            .map(|placed| self.text[placed.at..placed.end].to_ascii_lowercase())
            .collect();
        let mut column = Column {
            name,
            kind,
            declared: told_type(&written),
            not_null: Kind::counts(&declared),
            key: Key::None,
            counts: Kind::counts(&declared),
            default: None,
        };
        loop {
            self.take_constraint_name()?;
            if self.take_all(&["not", "null"]) {
                column.not_null = true;
            } else if self.take("null") {
            } else if self.take_all(&["primary", "key"]) {
                column.key = Key::Primary;
                column.not_null = true;
            } else if self.take("unique") {
                self.take("key");
                column.key = column.key.max(Key::Unique);
            } else if self.take("auto_increment") {
                column.counts = true;
            } else if self.take("default") {
                column.default = Some(self.expression()?);
            } else if self.take("generated") {
                let _ = self.take("always") || self.take_all(&["by", "default"]);
                self.expect("as")?;
                self.expect("identity")?;
                column.counts = true;
                column.not_null = true;
                if self.is_symbol("(") {
                    self.skip_parentheses();
                }
            } else if self.take("references") {
                self.name()?;
                if self.is_symbol("(") {
                    self.skip_parentheses();
                }
                while self.take("on") {
                    let _ = self.take("delete") || self.take("update");
                    let _ = self.take("cascade")
                        || self.take("restrict")
                        || self.take_all(&["set", "null"]);
                }
            } else if self.take("check") {
                self.skip_parentheses();
            } else if self.take("collate") || self.take("comment") {
                self.at += 1;
            } else if self.take_all(&["on", "update"]) {
                self.expression()?;
            } else {
                return Ok(column);
            }
        }
    }

    fn skip_parentheses(&mut self) {
        let mut depth = 0_usize;
        while let Some(token) = self.next() {
            match token {
                Token::Symbol("(") => depth += 1,
                Token::Symbol(")") => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    pub(super) fn drop(&mut self) -> Result<Statement, Failure> {
        if self.take("table") {
            let if_exists = self.take_all(&["if", "exists"]);
            let names = self.names()?;
            let _ = self.take("cascade") || self.take("restrict");
            return Ok(Statement::DropTable { names, if_exists });
        }
        if self.take("database") {
            let if_exists = self.take_all(&["if", "exists"]);
            let name = self.name()?;
            self.at = self.tokens.len();
            return Ok(Statement::DropDatabase { name, if_exists });
        }
        let harmless = [
            ("schema", "DROP SCHEMA"),
            ("extension", "DROP EXTENSION"),
            ("index", "DROP INDEX"),
            ("user", "DROP ROLE"),
            ("role", "DROP ROLE"),
            ("sequence", "DROP SEQUENCE"),
        ];
        for (word, words) in harmless {
            if self.take(word) {
                return Ok(self.rest_is(words));
            }
        }
        Err(self.not_simulated("this DROP"))
    }

    pub(super) fn alter(&mut self) -> Result<Statement, Failure> {
        if self.take("user") || self.take("role") {
            return self.role();
        }
        if self.take("database") {
            return Ok(self.rest_is("ALTER DATABASE"));
        }
        self.expect("table")?;
        let _ = self.take_all(&["if", "exists"]) || self.take("only");
        let table = self.name()?;
        if self.take("owner") {
            return Ok(self.rest_is("ALTER TABLE"));
        }
        if self.take("add") {
            if self.is("constraint")
                || self.is("primary")
                || self.is("foreign")
                || self.is("unique")
            {
                return Ok(self.rest_is("ALTER TABLE"));
            }
            self.take("column");
            self.take_all(&["if", "not", "exists"]);
            let column = self.column()?;
            return Ok(Statement::AddColumn { table, column });
        }
        Err(self.not_simulated("this ALTER TABLE"))
    }
}

/// A type as MySQL tells of it, of the words that it was declared with.
fn told_type(words: &[String]) -> String {
    let name = words.first().map_or("", String::as_str);
    let size: String = words
        .iter()
        .skip(1)
        .filter(|word| *word != "unsigned")
        .cloned()
        .collect();
    let sign = if words.iter().any(|word| word == "unsigned") {
        " unsigned"
    } else {
        ""
    };
    let told = match (name, size.as_str()) {
        ("integer" | "int", _) => "int".to_owned(),
        ("bigint" | "smallint" | "mediumint", _) => name.to_owned(),
        ("serial", _) => "bigint unsigned".to_owned(),
        ("bool" | "boolean", _) => "tinyint(1)".to_owned(),
        ("decimal" | "numeric", "") => "decimal(10,0)".to_owned(),
        ("numeric", size) => format!("decimal{size}"),
        ("char" | "binary", "") => format!("{name}(1)"),
        (name, size) => format!("{name}{size}"),
    };
    told + sign
}
