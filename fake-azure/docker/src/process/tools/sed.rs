//! `sed`.

mod command;
mod parse;
mod run;
mod substitute;

use super::input;
use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::Open;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "sed",
    "[-i[SFX]] [-nrEsz] [-f FILE]... [-e CMD]... [FILE]...",
    |process| Box::pin(sed(process)),
)];

const OPTIONS: Options = Options::new(
    "i::nrEsze:f:u",
    &[
        ("in-place", 'i'),
        ("quiet", 'n'),
        ("silent", 'n'),
        ("regexp-extended", 'E'),
        ("separate", 's'),
        ("null-data", 'z'),
        ("expression", 'e'),
        ("file", 'f'),
        ("unbuffered", 'u'),
    ],
);

async fn sed(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&process.args)?;
    let mut operands = given.operands.clone();
    let mut script = String::new();
    for (letter, value) in given.all() {
        let part = match (letter, value) {
            ('e', Some(text)) => text.to_owned(),
            ('f', Some(name)) => {
                let text = input::whole_file(process, name).await;
                let text = text.map_err(|errno| Stop::cannot_open(name, errno))?;
                let text = String::from_utf8_lossy(&text).into_owned();
                text.strip_suffix('\n').map_or(text.clone(), str::to_owned)
            }
            _ => continue,
        };
        script = script + &part + "\n";
    }
    if !given.has('e') && !given.has('f') {
        if operands.is_empty() {
            return Err(Stop::Usage(String::new()));
        }
        script = operands.remove(0) + "\n";
    }
    let extended = given.has('E') || given.has('r');
    let program = parse::parse(&script, extended).map_err(Stop::told)?;
    let mut run = run::Run::new(program, given.has('n') || script.starts_with("#n\n"));
    run.separator = if given.has('z') { 0 } else { b'\n' };
    if !given.has('i') {
        let names = input::or_stdin(&operands);
        if given.has('s') {
            let mut code = 0;
            for name in names {
                code |= run.files(process, vec![name], None).await?;
                if run.has_quit() {
                    return Ok(run.quit_code());
                }
            }
            return Ok(code);
        }
        let code = run.files(process, names, None).await?;
        return Ok(if run.has_quit() {
            run.quit_code()
        } else {
            code
        });
    }
    let suffix = given.value('i').unwrap_or_default().to_owned();
    let mut code = 0;
    for name in operands {
        match in_place(process, &mut run, &name, &suffix).await? {
            Ok(()) => {}
            Err(words) => {
                process.complain(format!("sed: {words}\n")).await;
                code = 1;
            }
        }
        if run.has_quit() {
            return Ok(run.quit_code());
        }
    }
    Ok(code)
}

/// Edits a file where it is; what it was is kept under another name if there is a suffix.
async fn in_place(
    process: &mut Process,
    run: &mut run::Run,
    name: &str,
    suffix: &str,
) -> Result<Result<(), String>, Stop> {
    let failed = |errno| Ok(Err(format!("{name}: {errno}")));
    let before = match input::whole_file(process, name).await {
        Ok(before) => before,
        Err(errno) => return failed(errno),
    };
    let mut edited = Vec::new();
    run.files(process, vec![name.to_owned()], Some(&mut edited))
        .await?;
    let write = |name: String, content: Vec<u8>| {
        let opened = process.open(&name, Open::to_write(0o666));
        (opened, content)
    };
    if !suffix.is_empty() {
        let kept = if suffix.contains('*') {
            suffix.replace('*', name)
        } else {
            format!("{name}{suffix}")
        };
        let (opened, content) = write(kept, before);
        match opened {
            Ok(file) => {
                if let Err(errno) = file.write(&content, process.now()).await {
                    return failed(errno);
                }
            }
            Err(errno) => return failed(errno),
        }
    }
    let (opened, content) = write(name.to_owned(), edited);
    match opened {
        Ok(file) => match file.write(&content, process.now()).await {
            Ok(()) => Ok(Ok(())),
            Err(errno) => failed(errno),
        },
        Err(errno) => failed(errno),
    }
}
