//! `awk`: the language of POSIX, with what busybox adds.
//!
//! | file | what |
//! |---|---|
//! | `token`, `parse`, `syntax` | from text to a tree |
//! | `value`, `record` | numbers, strings, fields, arrays |
//! | `stream` | records that come in, files and commands that are written to |
//! | `run`, `evaluate`, `function` | what the tree does |

mod evaluate;
mod function;
mod parse;
mod record;
mod run;
mod stream;
mod syntax;
mod token;
mod value;

use super::escapes;
use super::input;
use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("awk", USAGE, |process| Box::pin(awk(process))),
    Tool::new("gawk", USAGE, |process| Box::pin(awk(process))),
    Tool::new("mawk", USAGE, |process| Box::pin(awk(process))),
];

const USAGE: &str = "[-F SEP] [-v VAR=VAL]... [-f FILE]... [AWK_PROGRAM] [FILE]...";

const OPTIONS: Options = Options::new(
    "+F:v:f:e:",
    &[
        ("field-separator", 'F'),
        ("assign", 'v'),
        ("file", 'f'),
        ("source", 'e'),
    ],
);

async fn awk(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&process.args)?;
    let mut operands = given.operands.clone();
    let mut program = String::new();
    for (letter, value) in given.all() {
        let text = match (letter, value) {
            ('e', Some(text)) => text.to_owned(),
            ('f', Some(name)) => {
                let text = input::whole_file(process, name).await;
                let text = text.map_err(|errno| Stop::cannot_open(name, errno))?;
                String::from_utf8_lossy(&text).into_owned()
            }
            _ => continue,
        };
        program = program + &text + "\n";
    }
    if !given.has('f') && !given.has('e') {
        if operands.is_empty() {
            return Err(Stop::Usage(String::new()));
        }
        program = operands.remove(0);
    }
    let program = parse::parse(&program).map_err(Stop::told)?;
    let mut args = vec!["awk".to_owned()];
    args.extend(operands);
    let mut machine = run::Machine::new(&program, process, &args);
    if let Some(separator) = given.value('F') {
        let separator = match separator {
            "t" => "\t".to_owned(),
            other => unescaped(other),
        };
        machine.set_named("FS", &separator);
    }
    for assignment in given.values('v') {
        let Some((name, value)) = assignment.split_once('=') else {
            return Err(Stop::Usage(String::new()));
        };
        machine.set_named(name, &unescaped(value));
    }
    machine.run(process, &program).await
}

/// A value of the command line, whose escapes mean what they mean in a program.
fn unescaped(text: &str) -> String {
    let (bytes, _) = escapes::resolve(text.as_bytes(), false);
    String::from_utf8_lossy(&bytes).into_owned()
}
