//! The directives of nginx's configuration files.

use std::sync::Arc;

use crate::files::{Credentials, View, path};
use crate::process::script::pattern::Glob;

/// The most files that include each other.
const MOST_FILES: usize = 200;
/// How deep blocks and includes may stand in each other.
const DEEPEST: usize = 24;
/// The longest file, in bytes.
const LONGEST_FILE: usize = 1024 * 1024;

/// A directive, with its block if it has one.
#[derive(Debug)]
pub(super) struct Directive {
    pub(super) name: String,
    pub(super) args: Vec<String>,
    pub(super) block: Option<Vec<Self>>,
    pub(super) place: Place,
}

/// Where a directive stands.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) file: Arc<str>,
    pub(super) line: usize,
}

/// What is wrong with a configuration, as nginx words it: what stands after `[emerg]`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong(pub(super) String);

impl Place {
    pub(super) fn wrong(&self, problem: &str) -> Wrong {
        Wrong(format!("{problem} in {}:{}", self.file, self.line))
    }
}

impl Directive {
    pub(super) fn wrong(&self, problem: &str) -> Wrong {
        self.place.wrong(problem)
    }

    /// The one argument.
    pub(super) fn only(&self) -> Result<&str, Wrong> {
        match self.args.as_slice() {
            [only] => Ok(only),
            _ => Err(self.wrong_number()),
        }
    }

    /// The first argument.
    pub(super) fn first(&self) -> Result<&str, Wrong> {
        let first = self.args.first().map(String::as_str);
        first.ok_or_else(|| self.wrong_number())
    }

    pub(super) fn wrong_number(&self) -> Wrong {
        let problem = format!("invalid number of arguments in \"{}\" directive", self.name);
        self.wrong(&problem)
    }
}

/// Reads a configuration file with all that it includes, and directives that stand before it.
pub(super) fn read(files: &View, file: &str, globals: &str) -> Result<Vec<Directive>, Wrong> {
    let mut reader = Reader { files, read: 0 };
    let mut all = reader.text("command line", globals, 0)?;
    all.extend(reader.file(file, None, 0)?);
    Ok(all)
}

struct Reader<'a> {
    files: &'a View,
    read: usize,
}

enum Token {
    Word(String),
    Semicolon,
    Open,
    Close,
    End,
}

impl Reader<'_> {
    fn file(
        &mut self,
        file: &str,
        from: Option<&Place>,
        depth: usize,
    ) -> Result<Vec<Directive>, Wrong> {
        let wrong = |problem: String| match from {
            Some(place) => place.wrong(&problem),
            None => Wrong(problem),
        };
        self.read += 1;
        if self.read > MOST_FILES || depth > DEEPEST {
            return Err(wrong("too many levels of include".to_owned()));
        }
        let content = self.files.read(file, &Credentials::ROOT).map_err(|errno| {
            wrong(format!(
                "open() \"{file}\" failed ({}: {errno})",
                errno.number()
            ))
        })?;
        if content.len() > LONGEST_FILE {
            return Err(wrong(format!("\"{file}\" is too large")));
        }
        self.text(file, &String::from_utf8_lossy(&content), depth)
    }

    fn text(&mut self, file: &str, text: &str, depth: usize) -> Result<Vec<Directive>, Wrong> {
        let mut lexer = Lexer {
            rest: text,
            place: Place {
                file: file.into(),
                line: 1,
            },
        };
        self.block(&mut lexer, depth, false)
    }

    fn block(
        &mut self,
        lexer: &mut Lexer<'_>,
        depth: usize,
        inside: bool,
    ) -> Result<Vec<Directive>, Wrong> {
        if depth > DEEPEST {
            return Err(lexer.place.wrong("blocks stand too deep in each other"));
        }
        let mut all = Vec::new();
        let mut words = Vec::new();
        loop {
            match lexer.token()? {
                Token::Word(word) => words.push(word),
                Token::Semicolon if words.is_empty() => {
                    return Err(lexer.place.wrong("unexpected \";\""));
                }
                Token::Open if words.is_empty() => {
                    return Err(lexer.place.wrong("unexpected \"{\""));
                }
                Token::Semicolon => {
                    let directive = directive(std::mem::take(&mut words), None, lexer);
                    if directive.name == "include" {
                        all.extend(self.include(&directive, depth)?);
                    } else {
                        all.push(directive);
                    }
                }
                Token::Open => {
                    let words = std::mem::take(&mut words);
                    let place = lexer.place.clone();
                    let block = self.block(lexer, depth + 1, true)?;
                    let mut directive = directive(words, Some(block), lexer);
                    directive.place = place;
                    all.push(directive);
                }
                Token::Close if inside && words.is_empty() => return Ok(all),
                Token::Close => return Err(lexer.place.wrong("unexpected \"}\"")),
                Token::End if !inside && words.is_empty() => return Ok(all),
                Token::End if words.is_empty() => {
                    let problem = "unexpected end of file, expecting \"}\"";
                    return Err(lexer.place.wrong(problem));
                }
                Token::End => {
                    let problem = "unexpected end of file, expecting \";\" or \"}\"";
                    return Err(lexer.place.wrong(problem));
                }
            }
        }
    }

    fn include(&mut self, include: &Directive, depth: usize) -> Result<Vec<Directive>, Wrong> {
        let pattern = path::join("/etc/nginx", include.only()?);
        if !pattern.contains(['*', '?']) {
            return self.file(&pattern, Some(&include.place), depth + 1);
        }
        let (folder, name) = pattern.rsplit_once('/').unwrap_or(("", &pattern));
        let glob = Glob::new(name);
        let entries = self
            .files
            .read_dir(&format!("{folder}/"), &Credentials::ROOT);
        let mut names: Vec<String> = entries
            .unwrap_or_default()
            .into_iter()
            .map(|entry| entry.name)
            .filter(|name| !name.starts_with('.') && glob.matches(name))
            .collect();
        names.sort_unstable();
        let mut all = Vec::new();
        for name in names {
            all.extend(self.file(&format!("{folder}/{name}"), Some(&include.place), depth + 1)?);
        }
        Ok(all)
    }
}

fn directive(words: Vec<String>, block: Option<Vec<Directive>>, lexer: &Lexer<'_>) -> Directive {
    let mut words = words.into_iter();
    Directive {
        name: words.next().unwrap_or_default(),
        args: words.collect(),
        block,
        place: lexer.place.clone(),
    }
}

struct Lexer<'a> {
    rest: &'a str,
    place: Place,
}

impl Lexer<'_> {
    fn next(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.rest = &self.rest[character.len_utf8()..];
        if character == '\n' {
            self.place.line += 1;
        }
        Some(character)
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn token(&mut self) -> Result<Token, Wrong> {
        loop {
            match self.peek() {
                None => return Ok(Token::End),
                Some('#') => while !matches!(self.next(), None | Some('\n')) {},
                Some(c) if c.is_whitespace() => {
                    self.next();
                }
                Some(_) => break,
            }
        }
        match self.next() {
            Some(';') => Ok(Token::Semicolon),
            Some('{') => Ok(Token::Open),
            Some('}') => Ok(Token::Close),
            Some(quote @ ('"' | '\'')) => self.quoted(quote),
            Some(first) => Ok(self.word(first)),
            None => Ok(Token::End),
        }
    }

    fn quoted(&mut self, quote: char) -> Result<Token, Wrong> {
        let mut word = String::new();
        loop {
            match self.next() {
                Some(c) if c == quote => return Ok(Token::Word(word)),
                Some('\\') => match self.next() {
                    Some(c @ ('"' | '\'' | '\\')) => word.push(c),
                    Some('n') => word.push('\n'),
                    Some('t') => word.push('\t'),
                    Some('r') => word.push('\r'),
                    Some(other) => word.extend(['\\', other]),
                    None => {}
                },
                Some(other) => word.push(other),
                None => {
                    let problem = format!("unexpected end of file, expecting \"{quote}\"");
                    return Err(self.place.wrong(&problem));
                }
            }
        }
    }

    fn word(&mut self, first: char) -> Token {
        let mut word = first.to_string();
        if first == '\\' {
            word.extend(self.next());
        }
        while let Some(character) = self.peek() {
            let variable = character == '{' && word.ends_with('$');
            if variable {
                // `${name}` is part of the word.
                while let Some(inside) = self.next() {
                    word.push(inside);
                    if inside == '}' || inside.is_whitespace() {
                        break;
                    }
                }
                continue;
            }
            if character.is_whitespace() || matches!(character, ';' | '{') {
                break;
            }
            word.extend(self.next());
            if character == '\\' {
                word.extend(self.next());
            }
        }
        Token::Word(word)
    }
}
