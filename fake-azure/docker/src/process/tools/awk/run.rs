//! Running a program: rules over records, statements.

use futures_util::future::BoxFuture;

use super::record::{Record, Separator};
use super::stream::{Ending, Mode, Records, Streams};
use super::syntax::{
    ARGC, ARGV, CONVFMT, ENVIRON, Expression, FILENAME, FNR, FS, Function, NF, NR, OFMT, OFS, ORS,
    Pattern, Program, RS, Rule, SUBSEP, Statement, To, Variable,
};
use super::value::{Array, Value, formatted};
use crate::process::Process;
use crate::process::tools::format::whole;
use crate::process::tools::input;
use crate::process::tools::output::Output;
use crate::process::tools::stop::{Outcome, Stop};

/// How deep functions may call each other.
pub(super) const CALLS: usize = 50;
/// How much all arrays and variables may hold, in entries.
pub(super) const MOST_ARRAYS: usize = 10_000;

/// Why a statement does not lead to the next one.
#[derive(Clone, Debug)]
pub(super) enum Flow {
    Next,
    NextFile,
    Break,
    Continue,
    Return(Value),
    Exit,
    /// It cannot go on.
    Fails(Stop),
}

impl From<Stop> for Flow {
    fn from(stop: Stop) -> Self {
        Self::Fails(stop)
    }
}

impl From<String> for Flow {
    fn from(words: String) -> Self {
        Self::Fails(Stop::told(words))
    }
}

pub(super) type Step<T> = Result<T, Flow>;

/// What stands behind a variable.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Value(Value),
    Array(usize),
    /// Nothing yet, and this array if it is used as one.
    Either(usize),
}

/// Everything that a program works with.
pub(super) struct Machine {
    pub(super) globals: Vec<Cell>,
    pub(super) arrays: Vec<Array>,
    /// The variables of the functions that are running, the innermost last.
    pub(super) frames: Vec<Vec<Cell>>,
    pub(super) record: Record,
    pub(super) separator: Separator,
    pub(super) streams: Streams,
    pub(super) out: Output,
    pub(super) names: Vec<String>,
    pub(super) seed: u64,
    pub(super) last_seed: f64,
    open_ranges: Vec<bool>,
    code: u8,
    input: Option<Records>,
    next_argument: usize,
    any_file: bool,
    ended: bool,
}

impl Machine {
    pub(super) fn new(program: &Program, process: &Process, args: &[String]) -> Self {
        let mut machine = Self {
            globals: vec![Cell::Value(Value::Nothing); program.globals.len()],
            arrays: Vec::new(),
            frames: Vec::new(),
            record: Record::default(),
            separator: Separator::Blanks,
            streams: Streams::default(),
            out: Output::default(),
            names: program.globals.clone(),
            seed: 0x2545_f491,
            last_seed: 0.0,
            open_ranges: vec![false; program.ranges],
            code: 0,
            input: None,
            next_argument: 1,
            any_file: false,
            ended: false,
        };
        machine.record.set(Vec::new());
        for (index, text) in [
            (FS, " "),
            (OFS, " "),
            (RS, "\n"),
            (ORS, "\n"),
            (SUBSEP, "\x1c"),
            (CONVFMT, "%.6g"),
            (OFMT, "%.6g"),
        ] {
            machine.globals[index] = Cell::Value(Value::Text(text.as_bytes().to_vec()));
        }
        let mut environment = Array::default();
        for (name, value) in &process.env {
            environment.set(name.as_bytes(), Value::Input(value.as_bytes().to_vec()));
        }
        let mut arguments = Array::default();
        for (index, arg) in args.iter().enumerate() {
            let key = index.to_string();
            arguments.set(key.as_bytes(), Value::Input(arg.as_bytes().to_vec()));
        }
        machine.globals[ARGC] = Cell::Value(Value::count(args.len()));
        machine.arrays = vec![environment, arguments];
        machine.globals[ENVIRON] = Cell::Array(0);
        machine.globals[ARGV] = Cell::Array(1);
        machine
    }

    /// Sets a variable by its name, as the command line does.
    pub(super) fn set_named(&mut self, name: &str, value: &str) {
        if let Some(index) = self.names.iter().position(|known| known == name) {
            let value = Value::Input(value.as_bytes().to_vec());
            // A variable that cannot be divided by keeps what it was.
            self.set_global(index, value).ok();
        }
    }

    pub(super) fn set_global(&mut self, index: usize, value: Value) -> Step<()> {
        let format = self.special(CONVFMT);
        match index {
            NF => {
                let count = usize::try_from(whole(value.number())).unwrap_or(0);
                if count > super::record::MOST_FIELDS {
                    return Err("NF is too large".to_owned().into());
                }
                let paragraphs = self.paragraphs();
                self.record.resize(count, &self.separator, paragraphs)?;
            }
            FS => {
                // The record that is there keeps its fields.
                let paragraphs = self.paragraphs();
                self.record.count(&self.separator, paragraphs)?;
                self.separator = Separator::of(&value.text(&format))?;
            }
            _ => {}
        }
        if matches!(self.globals[index], Cell::Array(_)) {
            return Err(format!("array '{}' used as a value", self.names[index]).into());
        }
        self.globals[index] = Cell::Value(value);
        Ok(())
    }

    /// The text of a variable that means something.
    pub(super) fn special(&self, index: usize) -> Vec<u8> {
        match &self.globals[index] {
            Cell::Value(value) => value.text(b"%.6g"),
            _ => Vec::new(),
        }
    }

    pub(super) fn paragraphs(&self) -> bool {
        matches!(&self.globals[RS], Cell::Value(Value::Text(t) | Value::Input(t)) if t.is_empty())
    }

    pub(super) async fn run(&mut self, process: &mut Process, program: &Program) -> Outcome {
        let mut flow = self.all(process, program).await;
        if let Err(Flow::Exit) | Ok(()) = flow {
            flow = self.finally(process, program, matches!(flow, Ok(()))).await;
        }
        self.out.flush(process).await?;
        self.streams.close_all().await;
        match flow {
            Err(Flow::Fails(stop)) => Err(stop),
            _ => Ok(self.code),
        }
    }

    async fn all(&mut self, process: &mut Process, program: &Program) -> Step<()> {
        for statement in &program.begin {
            self.top(process, program, statement).await?;
        }
        if program.rules.is_empty() && program.end.is_empty() {
            return Ok(());
        }
        while let Some(record) = self.next_record(process).await? {
            self.record.set(record);
            for rule in &program.rules {
                match self.rule(process, program, rule).await {
                    Ok(()) => {}
                    Err(Flow::Next) => break,
                    Err(Flow::NextFile) => {
                        self.input = None;
                        break;
                    }
                    Err(other) => return Err(other),
                }
            }
        }
        Ok(())
    }

    /// Runs what stands at the end; `exit` there ends at once.
    async fn finally(
        &mut self,
        process: &mut Process,
        program: &Program,
        _reached_end: bool,
    ) -> Step<()> {
        for statement in &program.end {
            match self.top(process, program, statement).await {
                Err(Flow::Exit) => return Ok(()),
                other => other?,
            }
        }
        Ok(())
    }

    async fn top(
        &mut self,
        process: &mut Process,
        program: &Program,
        statement: &Statement,
    ) -> Step<()> {
        match self.statement(process, program, statement).await {
            Err(Flow::Next | Flow::NextFile | Flow::Break | Flow::Continue | Flow::Return(_)) => {
                Ok(())
            }
            other => other,
        }
    }

    fn rule<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        rule: &'a Rule,
    ) -> BoxFuture<'a, Step<()>> {
        Box::pin(async move {
            process.step().await;
            let applies = match &rule.pattern {
                Pattern::Always => true,
                Pattern::When(condition) => {
                    self.value(process, program, condition).await?.is_true()
                }
                Pattern::Range(first, last, index) => {
                    if !self.open_ranges[*index] {
                        self.open_ranges[*index] =
                            self.value(process, program, first).await?.is_true();
                    }
                    let applies = self.open_ranges[*index];
                    if applies && self.value(process, program, last).await?.is_true() {
                        self.open_ranges[*index] = false;
                    }
                    applies
                }
            };
            if !applies {
                return Ok(());
            }
            match &rule.action {
                Some(action) => self.statement(process, program, action).await,
                None => self.print_record(process).await,
            }
        })
    }

    async fn print_record(&mut self, process: &mut Process) -> Step<()> {
        let joint = self.special(OFS);
        let mut line = self.record.whole(&joint).to_vec();
        line.extend(self.special(ORS));
        self.out.put(process, line).await?;
        Ok(())
    }

    /// The next record of the files that the command line names.
    pub(super) fn next_record<'a>(
        &'a mut self,
        process: &'a mut Process,
    ) -> BoxFuture<'a, Step<Option<Vec<u8>>>> {
        Box::pin(async move {
            loop {
                if self.ended {
                    return Ok(None);
                }
                let ending = Ending::of(&self.special(RS))?;
                if let Some(input) = &mut self.input {
                    let record = match input.ready(&ending)? {
                        Some(record) => Some(record),
                        None => {
                            self.out.flush(process).await?;
                            input.next(process, &ending).await?
                        }
                    };
                    if let Some(record) = record {
                        self.count(NR);
                        self.count(FNR);
                        return Ok(Some(record));
                    }
                    self.input = None;
                }
                if !self.next_file(process).await? {
                    self.ended = true;
                }
            }
        })
    }

    pub(super) fn count(&mut self, index: usize) {
        let number = match &self.globals[index] {
            Cell::Value(value) => value.number(),
            _ => 0.0,
        };
        self.globals[index] = Cell::Value(Value::Number(number + 1.0));
    }

    /// Opens the next file; false when there is none.
    fn next_file<'a>(&'a mut self, process: &'a mut Process) -> BoxFuture<'a, Step<bool>> {
        Box::pin(async move {
            loop {
                let count = match &self.globals[ARGC] {
                    Cell::Value(value) => usize::try_from(whole(value.number())).unwrap_or(0),
                    _ => 0,
                };
                if self.next_argument >= count {
                    if std::mem::replace(&mut self.any_file, true) {
                        return Ok(false);
                    }
                    let stdin = process.descriptors.get(0);
                    let stdin = stdin.map_err(|errno| format!("standard input: {errno}"))?;
                    self.input = Some(Records::new(stdin));
                    return Ok(true);
                }
                let key = self.next_argument.to_string();
                self.next_argument += 1;
                let Cell::Array(arguments) = self.globals[ARGV] else {
                    return Ok(false);
                };
                if !self.arrays[arguments].has(key.as_bytes()) {
                    continue;
                }
                let argument = self.arrays[arguments].get(key.as_bytes()).text(b"%.6g");
                let argument = String::from_utf8_lossy(&argument).into_owned();
                if argument.is_empty() {
                    continue;
                }
                if let Some((name, value)) = argument.split_once('=')
                    && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                    && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                {
                    let (name, value) = (name.to_owned(), super::unescaped(value));
                    self.set_named(&name, &value);
                    continue;
                }
                self.any_file = true;
                match input::open(process, &argument) {
                    Ok(from) => {
                        self.input = Some(Records::new(from));
                        self.globals[FNR] = Cell::Value(Value::Number(0.0));
                        let name = Value::Input(argument.into_bytes());
                        self.globals[FILENAME] = Cell::Value(name);
                        return Ok(true);
                    }
                    Err(errno) => return Err(format!("{argument}: {errno}").into()),
                }
            }
        })
    }

    fn statement<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        statement: &'a Statement,
    ) -> BoxFuture<'a, Step<()>> {
        Box::pin(async move {
            process.step().await;
            match statement {
                Statement::Expression(expression) => {
                    self.value(process, program, expression).await?;
                }
                Statement::Print(values, to) => {
                    self.print(process, program, values, to.as_ref()).await?;
                }
                Statement::Printf(values, to) => {
                    let values = self.values(process, program, values).await?;
                    let Some((format, rest)) = values.split_first() else {
                        return Ok(());
                    };
                    let text = formatted(&format.text(b"%.6g"), rest);
                    self.put(process, program, text, to.as_ref()).await?;
                }
                Statement::If(condition, then, otherwise) => {
                    if self.value(process, program, condition).await?.is_true() {
                        self.statement(process, program, then).await?;
                    } else if let Some(otherwise) = otherwise {
                        self.statement(process, program, otherwise).await?;
                    }
                }
                Statement::While(..) | Statement::Do(..) | Statement::For(..) => {
                    self.repeat(process, program, statement).await?;
                }
                Statement::ForIn(key, array, body) => {
                    let array = self.array(*array)?;
                    for found in self.arrays[array].keys() {
                        if !self.arrays[array].has(&found) {
                            continue;
                        }
                        self.set_variable(*key, Value::Input(found))?;
                        match self.statement(process, program, body).await {
                            Err(Flow::Break) => break,
                            Ok(()) | Err(Flow::Continue) => {}
                            other => return other,
                        }
                    }
                }
                Statement::Block(statements) => {
                    for statement in statements {
                        self.statement(process, program, statement).await?;
                    }
                }
                Statement::Delete(array, index) => {
                    let id = self.array(*array)?;
                    match index {
                        None => self.arrays[id].clear(),
                        Some(index) => {
                            let key = self.key(process, program, index).await?;
                            self.arrays[id].remove(&key);
                        }
                    }
                }
                Statement::Next => return Err(Flow::Next),
                Statement::NextFile => return Err(Flow::NextFile),
                Statement::Break => return Err(Flow::Break),
                Statement::Continue => return Err(Flow::Continue),
                Statement::Exit(code) => {
                    if let Some(code) = code {
                        let code = self.value(process, program, code).await?.number();
                        self.code = whole(code).to_le_bytes()[0];
                    }
                    return Err(Flow::Exit);
                }
                Statement::Return(value) => {
                    let value = match value {
                        Some(value) => self.value(process, program, value).await?,
                        None => Value::Nothing,
                    };
                    return Err(Flow::Return(value));
                }
            }
            Ok(())
        })
    }

    fn repeat<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        statement: &'a Statement,
    ) -> BoxFuture<'a, Step<()>> {
        Box::pin(async move {
            let (first, condition, last, body, asks_first) = match statement {
                Statement::While(condition, body) => (None, Some(condition), None, body, true),
                Statement::Do(body, condition) => (None, Some(condition), None, body, false),
                Statement::For(first, condition, last, body) => (
                    first.as_ref(),
                    condition.as_ref(),
                    last.as_ref(),
                    body,
                    true,
                ),
                _ => return Ok(()),
            };
            if let Some(first) = first {
                self.statement(process, program, first).await?;
            }
            let mut asks = asks_first;
            loop {
                process.step().await;
                if asks
                    && let Some(condition) = condition
                    && !self.value(process, program, condition).await?.is_true()
                {
                    return Ok(());
                }
                asks = true;
                match self.statement(process, program, body).await {
                    Err(Flow::Break) => return Ok(()),
                    Ok(()) | Err(Flow::Continue) => {}
                    other => return other,
                }
                if let Some(last) = last {
                    self.statement(process, program, last).await?;
                }
            }
        })
    }

    fn print<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        values: &'a [Expression],
        to: Option<&'a To>,
    ) -> BoxFuture<'a, Step<()>> {
        Box::pin(async move {
            let mut line = if values.is_empty() {
                let joint = self.special(OFS);
                self.record.whole(&joint).to_vec()
            } else {
                let values = self.values(process, program, values).await?;
                let format = self.special(OFMT);
                let texts: Vec<Vec<u8>> = values.iter().map(|value| value.text(&format)).collect();
                texts.join(self.special(OFS).as_slice())
            };
            line.extend(self.special(ORS));
            self.put(process, program, line, to).await
        })
    }

    fn put<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        text: Vec<u8>,
        to: Option<&'a To>,
    ) -> BoxFuture<'a, Step<()>> {
        Box::pin(async move {
            let (target, mode) = match to {
                None => {
                    self.out.put(process, text).await?;
                    return Ok(());
                }
                Some(To::File(target)) => (target, Mode::Write),
                Some(To::Append(target)) => (target, Mode::Append),
                Some(To::Command(target)) => (target, Mode::CommandOut),
            };
            let name = self.value(process, program, target).await?.text(b"%.6g");
            if name == b"/dev/stdout" || (name == b"-" && mode != Mode::CommandOut) {
                self.out.put(process, text).await?;
                return Ok(());
            }
            // A command writes to where we do, and after what we wrote before.
            self.out.flush(process).await?;
            self.streams.write(process, &name, mode, &text).await?;
            Ok(())
        })
    }

    pub(super) fn set_variable(&mut self, variable: Variable, value: Value) -> Step<()> {
        match variable {
            Variable::Global(index) => self.set_global(index, value),
            Variable::Local(index) => {
                if let Some(frame) = self.frames.last_mut() {
                    if matches!(frame[index], Cell::Array(_)) {
                        return Err("array used as a value".to_owned().into());
                    }
                    frame[index] = Cell::Value(value);
                }
                Ok(())
            }
        }
    }

    pub(super) fn call<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        function: &'a Function,
        frame: Vec<Cell>,
        mark: usize,
    ) -> BoxFuture<'a, Step<Value>> {
        Box::pin(async move {
            self.frames.push(frame);
            let flow = self.statement(process, program, &function.body).await;
            self.frames.pop();
            // What the function made for itself goes with it.
            self.arrays.truncate(mark);
            match flow {
                Ok(()) => Ok(Value::Nothing),
                Err(Flow::Return(value)) => Ok(value),
                Err(other) => Err(other),
            }
        })
    }
}
