//! `touch` and `truncate`: times and lengths.

use jiff::Timestamp;

use super::calls::Calls as _;
use super::date;
use super::options::Options;
use super::sizes;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::{Errno, Open};
use crate::process::{Descriptor, Process};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new(
        "touch",
        "[-cham] [-d DATE] [-t DATE] [-r FILE] FILE...",
        |process| Box::pin(touch(process)),
    ),
    Tool::new("truncate", "[-c] -s SIZE FILE...", |process| {
        Box::pin(truncate(process))
    }),
];

/// Makes a file if it is not there, and keeps what is in it.
const MAKE: Open = Open {
    create: true,
    mode: 0o666,
    write: true,
    ..Open::READ
};

async fn touch(process: &mut Process) -> Outcome {
    let options = Options::new(
        "chamfd:t:r:",
        &[
            ("no-create", 'c'),
            ("reference", 'r'),
            ("date", 'd'),
            ("no-dereference", 'h'),
        ],
    );
    let given = options.read(&process.args)?;
    if given.operands.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    let now = process.now();
    let zone = date::zone(process);
    let wrong = |text: &str| Stop::told(format!("invalid date '{text}'"));
    let time: Timestamp = if let Some(file) = given.value('r') {
        let stat = process.stat(file);
        let stat = stat.map_err(|errno| Stop::told(format!("{file}: {errno}")))?;
        stat.meta.modified
    } else if let Some(text) = given.value('d') {
        date::read::time(text, None, now, &zone).ok_or_else(|| wrong(text))?
    } else if let Some(text) = given.value('t') {
        date::read::digits(text, now, &zone).ok_or_else(|| wrong(text))?
    } else {
        now
    };
    let follow = !given.has('h');
    let mut code = 0;
    for name in &given.operands {
        let touched = match process.set_modified(name, time, follow) {
            Err(Errno::NotFound) if given.has('c') => Ok(()),
            Err(Errno::NotFound) if follow => {
                let made = process.open(name, MAKE).map(drop);
                made.and_then(|()| process.set_modified(name, time, true))
            }
            touched => touched,
        };
        if let Err(errno) = touched {
            process.complain(format!("touch: {name}: {errno}\n")).await;
            code = 1;
        }
    }
    Ok(code)
}

async fn truncate(process: &mut Process) -> Outcome {
    let given = Options::new("cs:", &[("size", 's'), ("no-create", 'c')]).read(&process.args)?;
    let Some(size) = given.value('s').filter(|_| !given.operands.is_empty()) else {
        return Err(Stop::Usage(String::new()));
    };
    let length = sizes::read(size)?;
    let how = Open {
        create: !given.has('c'),
        ..MAKE
    };
    let mut code = 0;
    for name in &given.operands {
        let cut = match process.open(name, how) {
            Ok(Descriptor::File(open)) => open.file().truncate(length, process.now()),
            Ok(_) => Err(Errno::Invalid),
            Err(Errno::NotFound) if given.has('c') => Ok(()),
            Err(errno) => Err(errno),
        };
        if let Err(errno) = cut {
            process
                .complain(format!("truncate: {name}: {errno}\n"))
                .await;
            code = 1;
        }
    }
    Ok(code)
}
