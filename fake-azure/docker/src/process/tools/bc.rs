//! `bc` and `dc`: calculators of any precision.

mod dc;
mod decimal;
mod parse;
mod run;

use super::input::{self, Lines};
use super::options::Options;
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;
use run::{Calculator, Halt};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("bc", "[-sqlwi] [FILE]...", |process| Box::pin(bc(process))),
    Tool::new(
        "dc",
        "[-x] [-eSCRIPT]... [-fFILE]... [FILE]...",
        |process| Box::pin(dc::dc(process)),
    ),
];

/// The digits behind the point when the library is loaded.
const LIBRARY_SCALE: usize = 20;

async fn bc(process: &mut Process) -> Outcome {
    let options = Options::new(
        "sqlwi",
        &[
            ("mathlib", 'l'),
            ("quiet", 'q'),
            ("standard", 's'),
            ("warn", 'w'),
        ],
    );
    let given = options.read(&process.args)?;
    let mut calculator = Calculator::default();
    if given.has('l') {
        calculator.scale = LIBRARY_SCALE;
    }
    let mut files = given.operands.clone();
    files.push("-".to_owned());
    let mut out = Output::default();
    let mut code = 0;
    for name in files {
        let from = input::open(process, &name);
        let from = from.map_err(|errno| Stop::told(format!("can't open '{name}': {errno}")))?;
        let mut lines = Lines::new(from);
        // Lines that belong together, such as those of a function.
        let mut text = String::new();
        while let Some(line) = lines.next(process, &mut out).await? {
            text += &String::from_utf8_lossy(&line);
            if parse::is_open(&text) {
                continue;
            }
            let halt = calculator.take(&std::mem::take(&mut text));
            out.put(process, std::mem::take(&mut calculator.written))
                .await?;
            match halt {
                None => {}
                Some(Halt::Quit) => {
                    out.flush(process).await?;
                    return Ok(code);
                }
                Some(Halt::Wrong(words)) => {
                    out.complain(process, format!("bc: {words}\n")).await?;
                    code = 1;
                }
            }
        }
        if !text.is_empty() {
            out.complain(process, "bc: bad expression at ''\n").await?;
            code = 1;
        }
    }
    out.flush(process).await?;
    Ok(code)
}
