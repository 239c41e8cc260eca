//! From words to arguments: expansion, splitting, names of files, removal of quotes.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::super::Process;
use super::super::task::CHUNK;
use super::Shell;
use super::arithmetic::{self, Names};
use super::dialect::Dialect;
use super::interrupt::Interrupt;
use super::options::Switch;
use super::parser;
use super::pattern::{Part, Pattern};
use super::split::{self, Chunk, DEFAULT_IFS, Field};
use super::syntax::{Assignment, List, Piece, Word};
use super::text;
use super::variables::{Letters, Refusal};

/// The longest text that a word may become, in bytes.
pub(super) const LONGEST: usize = 16 << 20;

/// The most arguments that words may become.
const MOST_FIELDS: usize = 1 << 18;

/// How the pieces of a word are treated.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Context {
    /// Whether double quotes are around.
    pub(super) is_quoted: bool,
    /// Whether text without quotes is split: in the word of `${name-word}`.
    pub(super) is_split: bool,
    /// Whether a `~` behind a colon is a home, too.
    pub(super) is_assignment: bool,
}

impl Shell {
    /// Returns the arguments that words become.
    pub(super) async fn fields(&mut self, words: &[Word]) -> Result<Vec<String>, Interrupt> {
        let mut fields = Vec::with_capacity(words.len());
        for word in words {
            if let [Piece::Quoted(text)] = word.pieces.as_slice() {
                fields.push(text.clone());
                continue;
            }
            for field in self.split_fields(word).await? {
                if !self.state.has(Switch::NoGlob) {
                    let names =
                        super::glob::names(&mut self.process, &field, self.state.habits).await;
                    if !names.is_empty() {
                        fields.extend(names);
                        continue;
                    }
                    let habits = self.state.habits;
                    let fails = habits.has("failglob");
                    if (fails || habits.has("nullglob")) && super::glob::is_pattern(&field) {
                        if fails {
                            let message = format!("no match: {}", split::join(field));
                            return Err(self.discard(&message).await);
                        }
                        continue;
                    }
                }
                fields.push(split::join(field));
            }
            if fields.len() > MOST_FIELDS {
                return Err(self.fail("too many words").await);
            }
        }
        Ok(fields)
    }

    async fn split_fields(&mut self, word: &Word) -> Result<Vec<Field>, Interrupt> {
        let mut chunks = Vec::new();
        self.expand(&word.pieces, Context::default(), &mut chunks)
            .await?;
        Ok(split::split(chunks, self.ifs()))
    }

    /// Returns the one text that a word becomes where nothing is split.
    pub(super) async fn text(&mut self, word: &Word) -> Result<String, Interrupt> {
        self.text_in(word, Context::default()).await
    }

    pub(super) async fn text_in(
        &mut self,
        word: &Word,
        context: Context,
    ) -> Result<String, Interrupt> {
        Ok(split::join(self.parts(word, context).await?))
    }

    /// Returns the pattern that a word becomes.
    pub(super) async fn pattern(&mut self, word: &Word) -> Result<Pattern, Interrupt> {
        let parts = self.parts(word, Context::default()).await?;
        Ok(Pattern::new(&parts))
    }

    /// Returns the text of a word, with what of it is quoted.
    pub(super) async fn parts(
        &mut self,
        word: &Word,
        context: Context,
    ) -> Result<Vec<Part>, Interrupt> {
        let mut chunks = Vec::new();
        self.expand(&word.pieces, context, &mut chunks).await?;
        let first: String = self.ifs().chars().take(1).collect();
        let parts = chunks.into_iter().map(|chunk| match chunk {
            Chunk::Text {
                text, is_quoted, ..
            } => Part { text, is_quoted },
            Chunk::Break { is_star } => Part {
                // Only bash joins `$@` otherwise than `$*` where nothing is split.
                text: match self.state.dialect {
                    Dialect::Bash if !is_star => " ".to_owned(),
                    _ => first.clone(),
                },
                is_quoted: true,
            },
        });
        Ok(parts.collect())
    }

    /// Returns the value that an assignment gives.
    pub(super) async fn assigned(&mut self, assignment: &Assignment) -> Result<String, Interrupt> {
        let context = Context {
            is_assignment: true,
            ..Context::default()
        };
        let value = self.text_in(&assignment.value, context).await?;
        if assignment.is_appended {
            let before = self.value_of(&assignment.name).unwrap_or_default();
            self.appended(&assignment.name, before, value).await
        } else {
            Ok(value)
        }
    }

    /// What `name+=value` gives: a longer text, or of a whole number a sum.
    pub(super) async fn appended(
        &mut self,
        name: &str,
        before: String,
        value: String,
    ) -> Result<String, Interrupt> {
        if !self.state.variables.shape(name).is_integer {
            return self.shaped(name, before + &value).await;
        }
        let sum = format!("({before:0>1})+({value:0>1})");
        Ok(self.evaluate(&sum).await?.to_string())
    }

    /// What a variable that was declared with `-i`, `-l` or `-u` makes of a value.
    pub(super) async fn shaped(&mut self, name: &str, value: String) -> Result<String, Interrupt> {
        let shape = self.state.variables.shape(name);
        if shape.is_integer {
            return Ok(self.evaluate(&value).await?.to_string());
        }
        Ok(match shape.letters {
            Some(Letters::Lower) => value.to_lowercase(),
            Some(Letters::Upper) => value.to_uppercase(),
            None => value,
        })
    }

    /// Expands pieces one after the other.
    pub(super) fn expand<'a>(
        &'a mut self,
        pieces: &'a [Piece],
        context: Context,
        chunks: &'a mut Vec<Chunk>,
    ) -> BoxFuture<'a, Result<(), Interrupt>> {
        Box::pin(async move {
            let start = chunks.len();
            for (index, piece) in pieces.iter().enumerate() {
                match piece {
                    Piece::Bare(text) => {
                        let is_last = index + 1 == pieces.len();
                        self.bare(text, index == 0, is_last, context, chunks);
                    }
                    Piece::Quoted(text) => chunks.push(Chunk::Text {
                        text: text.clone(),
                        is_quoted: true,
                        is_split: false,
                    }),
                    Piece::Double(inner) => {
                        let before = chunks.len();
                        let quoted = Context {
                            is_quoted: true,
                            ..context
                        };
                        self.expand(inner, quoted, chunks).await?;
                        // `"$@"` without parameters is nothing; other quotes are a field.
                        if chunks.len() == before && !is_all_parameters(inner) {
                            chunks.push(Chunk::quoted(String::new()));
                        }
                    }
                    Piece::Parameter(parameter) => {
                        self.parameter(parameter, context, chunks).await?;
                    }
                    Piece::Command(list) => {
                        let output = self.substitute(list).await?;
                        chunks.push(Chunk::expanded(output, context));
                    }
                    Piece::Pipe { is_read, commands } => {
                        let name = self.open_pipe(*is_read, commands).await?;
                        chunks.push(Chunk::quoted(name));
                    }
                    Piece::Arithmetic(expression) => {
                        let value = self.arithmetic(expression).await?;
                        chunks.push(Chunk::expanded(value.to_string(), context));
                    }
                }
            }
            if length(&chunks[start..]) > LONGEST {
                return Err(self.fail("out of memory").await);
            }
            Ok(())
        })
    }

    fn bare(
        &self,
        text: &str,
        is_first: bool,
        is_last: bool,
        context: Context,
        chunks: &mut Vec<Chunk>,
    ) {
        let mut push = |text: &str, is_quoted: bool| {
            chunks.push(Chunk::Text {
                text: text.to_owned(),
                is_quoted,
                is_split: !is_quoted && context.is_split && !context.is_quoted,
            });
        };
        if !text.contains('~') || context.is_quoted {
            return push(text, context.is_quoted);
        }
        let segments: Vec<&str> = if context.is_assignment {
            text.split_inclusive(':').collect()
        } else {
            vec![text]
        };
        let count = segments.len();
        for (index, segment) in segments.into_iter().enumerate() {
            let may_be_home = index > 0 || is_first;
            let is_cut_off = index + 1 == count && !is_last;
            match self.home(segment, is_cut_off).filter(|_| may_be_home) {
                Some((home, rest)) => {
                    push(&home, true);
                    push(rest, false);
                }
                None => push(segment, false),
            }
        }
    }

    /// Returns the directory that `~` or `~name` at the front of `text` stands for.
    fn home<'a>(&self, text: &'a str, is_cut_off: bool) -> Option<(String, &'a str)> {
        let behind = text.strip_prefix('~')?;
        let end = match behind.find(['/', ':']) {
            Some(end) => end,
            // What follows in quotes belongs to the name.
            None if is_cut_off => return None,
            None => behind.len(),
        };
        let (user, rest) = behind.split_at(end);
        let home = match user {
            "" => self.value_of("HOME")?,
            user => self.home_of(user)?,
        };
        Some((home, rest))
    }

    fn home_of(&self, user: &str) -> Option<String> {
        let files = self.process.space.files();
        let users = files.read("/etc/passwd", &self.process.user).ok()?;
        let users = String::from_utf8_lossy(&users);
        let mut fields = users
            .lines()
            .map(|line| line.split(':'))
            .find_map(|mut fields| (fields.next() == Some(user)).then_some(fields))?;
        fields.nth(4).map(str::to_owned)
    }

    /// Returns the characters that separate fields.
    pub(super) fn ifs(&self) -> &str {
        self.state.variables.get("IFS").unwrap_or(DEFAULT_IFS)
    }

    /// Runs commands and returns what they write, without newlines at the end.
    async fn substitute(&mut self, list: &Arc<List>) -> Result<String, Interrupt> {
        if list.items.is_empty() {
            self.state.substituted = Some(0);
            return Ok(String::new());
        }
        let (reader, writer) = Process::pipe();
        let mut launch = self.process.child(self.process.args.clone());
        launch.descriptors.set(1, writer);
        let child = self.start_subshell(launch, list)?;
        let Some(child) = child else {
            return Err(self.cannot_fork().await);
        };
        let mut output = Vec::new();
        loop {
            let bytes = reader.read(CHUNK).await.unwrap_or_default();
            self.process.step().await;
            if bytes.is_empty() {
                break;
            }
            output.extend(bytes.into_iter().filter(|byte| *byte != 0));
            if output.len() > LONGEST {
                return Err(self.fail("out of memory").await);
            }
        }
        drop(reader);
        let status = self.process.wait(&child).await.code();
        self.state.substituted = Some(status);
        // Only bash shows it as `$?` within the same command.
        if self.state.dialect.is_bash() {
            self.state.status = status;
        }
        let length = output.iter().rposition(|byte| *byte != b'\n');
        output.truncate(length.map_or(0, |last| last + 1));
        Ok(text::decode(&output))
    }

    /// Starts commands at the other end of a pipe, and returns the name of this one.
    async fn open_pipe(
        &mut self,
        is_read: bool,
        commands: &Arc<List>,
    ) -> Result<String, Interrupt> {
        let descriptors = &self.process.descriptors;
        let mut numbers = (FIRST_FOR_FILES..=LAST_FOR_PIPES).rev();
        let Some(number) = numbers.find(|number| descriptors.get(*number).is_err()) else {
            return Err(self
                .fail("cannot make pipe for process substitution: Too many open files")
                .await);
        };
        let (reader, writer) = Process::pipe();
        let mut launch = self.process.child(self.process.args.clone());
        let (theirs, end, own) = if is_read {
            (1, writer, reader)
        } else {
            (0, reader, writer)
        };
        launch.descriptors.set(theirs, end);
        if self.start_subshell(launch, commands)?.is_none() {
            return Err(self.cannot_fork().await);
        }
        self.process.descriptors.set(number, own);
        self.state.pipes.push((number, self.frames.len()));
        Ok(format!("/dev/fd/{number}"))
    }

    /// Closes the pipes that commands before this one, or what they called, were given.
    pub(super) fn close_pipes(&mut self) {
        let depth = self.frames.len();
        while let Some((number, opened_at)) = self.state.pipes.last().copied()
            && opened_at >= depth
        {
            self.state.pipes.pop();
            self.process.descriptors.close(number);
        }
    }

    /// Returns the value of an expression.
    pub(super) async fn arithmetic(&mut self, expression: &Word) -> Result<i64, Interrupt> {
        let expression = self.text(expression).await?;
        self.evaluate(&expression).await
    }

    pub(super) async fn evaluate(&mut self, expression: &str) -> Result<i64, Interrupt> {
        match arithmetic::evaluate(expression, self.state.dialect, self) {
            Ok(value) => Ok(value),
            Err(error) => Err(self.report_arithmetic(expression, &error).await),
        }
    }

    /// Gives a variable a value, or complains and gives up.
    pub(super) async fn set_variable(
        &mut self,
        name: &str,
        value: String,
    ) -> Result<(), Interrupt> {
        let value = self.shaped(name, value).await?;
        match self.assign_variable(name, value) {
            Ok(()) => Ok(()),
            Err(refusal) => Err(self.refuse(name, refusal).await),
        }
    }

    pub(super) fn assign_variable(&mut self, name: &str, value: String) -> Result<(), Refusal> {
        self.state.variables.set(name, value)?;
        if self.state.has(Switch::AllExport) {
            self.state.variables.export(name, true);
        }
        match name {
            "OPTIND" => self.state.option_letter = 0,
            "RANDOM" if self.state.dialect.has_bash_compatibility() => {
                let seed = self.state.variables.get(name).unwrap_or_default();
                self.state.chance = seed.bytes().map(u64::from).sum::<u64>() << 1 | 1;
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) async fn refuse(&mut self, name: &str, refusal: Refusal) -> Interrupt {
        let message = match refusal {
            Refusal::ReadOnly => self.read_only(name),
            Refusal::OutOfMemory => "out of memory".to_owned(),
        };
        if self.state.dialect.is_bash() && refusal == Refusal::ReadOnly {
            return self.discard(&message).await;
        }
        self.fail(&message).await
    }
}

impl Names for Shell {
    fn value(&self, name: &str) -> Result<Option<String>, arithmetic::Error> {
        let value = if name.ends_with(']') {
            self.element_by_text(name)
        } else {
            self.value_of(name)
        };
        match value {
            // Of the three, only bash minds in an expression.
            None if self.state.has(Switch::NoUnset) && self.state.dialect.is_bash() => {
                Err(arithmetic::Error::Unset(name.to_owned()))
            }
            value => Ok(value),
        }
    }

    fn is_by_name(&self, name: &str) -> bool {
        self.state.variables.is_by_name(name)
    }

    fn assign(&mut self, name: &str, value: i64) -> Result<(), arithmetic::Error> {
        let is_element = parser::subscripted(name).is_some();
        if !is_element && !parser::is_name(name) {
            return Err(arithmetic::Error::Syntax);
        }
        self.assign_by_text(name, value.to_string())
            .map_err(|refusal| match refusal {
                Refusal::ReadOnly => arithmetic::Error::ReadOnly(name.to_owned()),
                Refusal::OutOfMemory => arithmetic::Error::OutOfMemory,
            })
    }
}

impl Chunk {
    pub(super) fn quoted(text: String) -> Self {
        Self::Text {
            text,
            is_quoted: true,
            is_split: false,
        }
    }

    /// What an expansion became.
    pub(super) fn expanded(text: String, context: Context) -> Self {
        Self::Text {
            text,
            is_quoted: context.is_quoted,
            is_split: !context.is_quoted,
        }
    }
}

/// The lowest and the highest number of a pipe that commands are given by name.
const FIRST_FOR_FILES: u32 = 10;
const LAST_FOR_PIPES: u32 = 63;

/// Whether the pieces are `$@` and nothing else.
fn is_all_parameters(pieces: &[Piece]) -> bool {
    use super::syntax::{Name, Operation, Subscript};
    !pieces.is_empty()
        && pieces.iter().all(|piece| {
            let Piece::Parameter(parameter) = piece else {
                return false;
            };
            match &parameter.name {
                Name::Special('@') => true,
                Name::Element(_, subscript) => {
                    **subscript == Subscript::Each { is_apart: true }
                        && parameter.operation != Operation::Length
                }
                _ => false,
            }
        })
}

fn length(chunks: &[Chunk]) -> usize {
    let lengths = chunks.iter().map(|chunk| match chunk {
        Chunk::Text { text, .. } => text.len(),
        Chunk::Break { .. } => 1,
    });
    lengths.sum()
}
