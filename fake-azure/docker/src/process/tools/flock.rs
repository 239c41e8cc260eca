//! `flock`: one at a time.

use std::time::Duration;

use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::{Tool, refusal};
use crate::files::Open;
use crate::process::{Descriptor, Process};

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "flock",
    "[-sxun] FD | { FILE [-c] PROG ARGS }",
    |process| Box::pin(flock(process)),
)];

/// How long it waits before it tries again to get what somebody else holds.
const PAUSE: Duration = Duration::from_millis(10);

async fn flock(process: &mut Process) -> Outcome {
    let options = Options::new(
        "+sxeunc:w:",
        &[
            ("shared", 's'),
            ("exclusive", 'x'),
            ("unlock", 'u'),
            ("nonblock", 'n'),
            ("timeout", 'w'),
        ],
    );
    let given = options.read(&process.args)?;
    let (name, command) = given
        .operands
        .split_first()
        .ok_or_else(|| Stop::Usage(String::new()))?;
    let held = match name.parse::<u32>() {
        Ok(number) if command.is_empty() => process
            .descriptors
            .get(number)
            .map_err(|errno| Stop::told(format!("{name}: {errno}")))?,
        _ if command.is_empty() && !given.has('c') => return Err(Stop::Usage(String::new())),
        _ => open(process, name)?,
    };
    let Descriptor::File(file) = held else {
        return Err(Stop::told(format!("{name}: Bad file descriptor")));
    };
    let space = process.space.clone();
    let locks = space.locks();
    if given.has('u') {
        locks.give_back(&file);
        return Ok(0);
    }
    let patience = given.number('w')?.map(Duration::from_secs);
    let mut waited = Duration::ZERO;
    let alone = given.last_of("sxe") != Some('s');
    while !locks.take(&file, alone) {
        if given.has('n') || patience.is_some_and(|patience| waited >= patience) {
            return Ok(1);
        }
        process.sleep(PAUSE).await;
        waited += PAUSE;
    }
    let line = match command.split_first() {
        None => return Ok(0),
        Some((flag, words)) if flag == "-c" => {
            let words = words.join(" ");
            vec!["sh".to_owned(), "-c".to_owned(), words]
        }
        Some(_) => command.to_vec(),
    };
    match process.spawn(process.child(line)) {
        Ok(child) => {
            let exit = process.wait(&child).await;
            locks.give_back(&file);
            Ok(exit.code())
        }
        Err(error) => {
            let (words, code) = refusal(&error);
            Err(Stop::Told { words, code })
        }
    }
}

/// Opens what is locked, and makes it where it is not there; a directory will do.
fn open(process: &Process, name: &str) -> Result<Descriptor, Stop> {
    let how = Open {
        truncate: false,
        ..Open::to_write(0o666)
    };
    let opened = process.open(name, how);
    let opened = opened.or_else(|_| super::input::open(process, name));
    opened.map_err(|errno| Stop::told(format!("can't open '{name}': {errno}")))
}
