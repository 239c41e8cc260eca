//! `gzip`, `gunzip`, `zcat` and those that unpack other compressions.

use super::calls::Calls as _;
use super::input::{self, WHOLE};
use super::options::{Given, Options};
use super::stop::{Outcome, Stop};
use super::tool::{Tool, called};
use crate::files::Open;
use crate::files::compression::{self, Compression};
use crate::process::Process;

const USAGE: &str = "[-cdfkqtv1-9] [FILE]...";

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("gzip", USAGE, |process| Box::pin(gzip(process))),
    Tool::new("gunzip", USAGE, |process| Box::pin(gzip(process))),
    Tool::new("zcat", "[FILE]...", |process| Box::pin(gzip(process))),
    Tool::new("bunzip2", USAGE, |process| Box::pin(gzip(process))),
    Tool::new("bzcat", "[FILE]...", |process| Box::pin(gzip(process))),
    Tool::new("unxz", USAGE, |process| Box::pin(gzip(process))),
    Tool::new("xzcat", "[FILE]...", |process| Box::pin(gzip(process))),
];

const OPTIONS: Options = Options::new(
    "cdfkqtvn123456789",
    &[
        ("stdout", 'c'),
        ("decompress", 'd'),
        ("force", 'f'),
        ("keep", 'k'),
        ("test", 't'),
        ("fast", '1'),
        ("best", '9'),
    ],
);

/// The endings of packed files, and what takes their place.
const ENDINGS: [(&str, &str); 7] = [
    (".gz", ""),
    (".tgz", ".tar"),
    (".bz2", ""),
    (".tbz", ".tar"),
    (".xz", ""),
    (".txz", ".tar"),
    (".zst", ""),
];

async fn gzip(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&process.args)?;
    let tool = called(process, "gzip");
    let unpack = tool != "gzip" || given.has('d') || given.has('t');
    let mut code = 0;
    for name in input::or_stdin(&given.operands) {
        if let Err(words) = one(process, &given, &tool, unpack, &name).await? {
            process.complain(format!("{tool}: {words}\n")).await;
            code = 1;
        }
    }
    Ok(code)
}

async fn one(
    process: &mut Process,
    given: &Given,
    tool: &str,
    unpack: bool,
    name: &str,
) -> Result<Result<(), String>, Stop> {
    let to_stdout = name == "-" || given.has('c') || given.has('t') || tool.ends_with("cat");
    let goal = match (to_stdout, unpack) {
        (true, _) => None,
        (false, false) => Some(format!("{name}.gz")),
        (false, true) => {
            let ending = ENDINGS.iter().find(|(ending, _)| name.ends_with(ending));
            let Some((ending, instead)) = ending else {
                return Ok(match process.stat(name) {
                    Ok(_) => Err(format!("{name}: unknown suffix - ignored")),
                    Err(errno) => Err(format!("{name}: {errno}")),
                });
            };
            Some(format!("{}{instead}", &name[..name.len() - ending.len()]))
        }
    };
    let content = match input::whole_file(process, name).await {
        Ok(content) => content,
        Err(errno) => return Ok(Err(format!("{name}: {errno}"))),
    };
    if unpack && Compression::of(&content) == Compression::None {
        return Ok(Err(if tool.ends_with("cat") {
            "no gzip/bzip2/xz magic".to_owned()
        } else {
            "invalid magic".to_owned()
        }));
    }
    let changed = if unpack {
        match compression::decompress(&content, WHOLE as u64) {
            Ok(changed) => changed,
            Err(error) => return Ok(Err(format!("corrupted data: {error}"))),
        }
    } else {
        let level = given
            .last_of("123456789")
            .and_then(|digit| digit.to_digit(10));
        compression::gzip(&content, level.unwrap_or(6))
    };
    process.step().await;
    if given.has('t') {
        return Ok(Ok(()));
    }
    let Some(goal) = goal else {
        process.print(changed).await?;
        return Ok(Ok(()));
    };
    if process.stat(&goal).is_ok() && !given.has('f') {
        return Ok(Err(format!(
            "can't open '{goal}': {}",
            crate::files::Errno::Exists
        )));
    }
    let written = match process.open(&goal, Open::to_write(0o666)) {
        Ok(file) => file.write(&changed, process.now()).await,
        Err(errno) => Err(errno),
    };
    if let Err(errno) = written {
        return Ok(Err(format!("can't open '{goal}': {errno}")));
    }
    if let Ok(stat) = process.stat(name) {
        // Whose file it is may not change these: then the new one has its own.
        process.chmod(&goal, stat.meta.mode).ok();
        process.set_modified(&goal, stat.meta.modified, true).ok();
    }
    if given.has('k') {
        return Ok(Ok(()));
    }
    Ok(process
        .unlink(name)
        .map_err(|errno| format!("{name}: {errno}")))
}
