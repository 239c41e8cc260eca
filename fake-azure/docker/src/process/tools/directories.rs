//! `mkdir`, `rmdir`, `mkfifo`, `mknod`, `mktemp`: making files that are not regular ones.

use super::calls::Calls as _;
use super::mode::Mode;
use super::options::{Given, Options};
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::{Errno, Node, Open, path};
use crate::process::{Descriptor, Process};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("mkdir", "[-m MODE] [-pv] DIRECTORY...", |process| {
        Box::pin(mkdir(process))
    }),
    Tool::new("rmdir", "[-p] DIRECTORY...", |process| {
        Box::pin(rmdir(process))
    }),
    Tool::new("mkfifo", "[-m MODE] NAME", |process| {
        Box::pin(mkfifo(process))
    }),
    Tool::new("mknod", "[-m MODE] NAME TYPE [MAJOR MINOR]", |process| {
        Box::pin(mknod(process))
    }),
    Tool::new("mktemp", "[-dtuq] [-p DIR] [TEMPLATE]", |process| {
        Box::pin(mktemp(process))
    }),
];

/// The mode that was asked for, the umask not taken off.
fn asked_mode(given: &Given, otherwise: u32, umask: u32) -> Result<Option<u32>, Stop> {
    let Some(text) = given.value('m') else {
        return Ok(None);
    };
    let mode = Mode::read(text).ok_or_else(|| Stop::told(format!("invalid mode '{text}'")))?;
    Ok(Some(mode.applied_to(otherwise, false, umask)))
}

async fn mkdir(process: &mut Process) -> Outcome {
    let options = Options::new("m:pv", &[("mode", 'm'), ("parents", 'p'), ("verbose", 'v')]);
    let given = options.read(&process.args)?;
    if given.operands.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    let mode = asked_mode(&given, 0o777, 0)?;
    let mut code = 0;
    for name in &given.operands {
        match make(process, name, given.has('p')) {
            Ok(made) => {
                if let (Some(mode), Some(last)) = (mode, made.last()) {
                    // It was made just now by who may change it.
                    process.chmod(last, mode).ok();
                }
                for name in made.iter().filter(|_| given.has('v')) {
                    process
                        .print(format!("created directory: '{name}'\n"))
                        .await?;
                }
            }
            Err((name, errno)) => {
                let text = format!("mkdir: can't create directory '{name}': {errno}\n");
                process.complain(text).await;
                code = 1;
            }
        }
    }
    Ok(code)
}

/// Makes a directory, with those above it if they are missing; returns those that were made.
fn make(process: &Process, name: &str, parents: bool) -> Result<Vec<String>, (String, Errno)> {
    let mut made = Vec::new();
    if !parents {
        return match process.make_dir(name, 0o777) {
            Ok(()) => Ok(vec![name.to_owned()]),
            Err(errno) => Err((name.to_owned(), errno)),
        };
    }
    let mut done = String::new();
    for part in name.split_inclusive('/') {
        done += part;
        if part == "/" || process.is_dir(&done) {
            continue;
        }
        match process.make_dir(&done, 0o777) {
            Ok(()) => made.push(done.clone()),
            Err(errno) => return Err((name.to_owned(), errno)),
        }
    }
    Ok(made)
}

async fn rmdir(process: &mut Process) -> Outcome {
    let options = Options::new("pv", &[("parents", 'p'), ("ignore-fail-on-non-empty", 'i')]);
    let given = options.read(&process.args)?;
    if given.operands.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    let mut code = 0;
    for name in &given.operands {
        let mut name = name.clone();
        loop {
            if let Err(errno) = process.remove_dir(&name) {
                process
                    .complain(format!("rmdir: '{name}': {errno}\n"))
                    .await;
                code = 1;
                break;
            }
            match path::split(&name) {
                (parent, Some(_)) if given.has('p') && parent != "/" && parent != "." => {
                    name = parent;
                }
                _ => break,
            }
        }
    }
    Ok(code)
}

async fn make_node(process: &mut Process, name: &str, node: Node, mode: u32) -> Outcome {
    let path = process.path(name);
    let files = process.space.files();
    let made = files.mknod(
        &path,
        node,
        mode & !process.umask,
        &process.user,
        process.now(),
    );
    made.map_err(|errno| Stop::told(format!("{name}: {errno}")))?;
    std::future::ready(Ok(0)).await
}

async fn mkfifo(process: &mut Process) -> Outcome {
    let given = Options::new("m:", &[("mode", 'm')]).read(&process.args)?;
    let mode = asked_mode(&given, 0o666, 0)?.unwrap_or(0o666);
    let name = given.operands_between(1, 1)?[0].clone();
    make_node(process, &name, Node::Fifo, mode).await
}

async fn mknod(process: &mut Process) -> Outcome {
    let given = Options::new("m:", &[("mode", 'm')]).read(&process.args)?;
    let mode = asked_mode(&given, 0o666, 0)?.unwrap_or(0o666);
    let operands = given.operands_between(2, 4)?;
    let number = |index: usize| -> Result<u32, Stop> {
        let text = operands
            .get(index)
            .ok_or_else(|| Stop::Usage(String::new()))?;
        text.parse()
            .map_err(|_| super::options::invalid_number(text))
    };
    let node = match operands[1].as_str() {
        "p" => Node::Fifo,
        "c" | "u" => Node::CharDevice {
            major: number(2)?,
            minor: number(3)?,
        },
        "b" => Node::BlockDevice {
            major: number(2)?,
            minor: number(3)?,
        },
        _ => return Err(Stop::Usage(String::new())),
    };
    let name = operands[0].clone();
    make_node(process, &name, node, mode).await
}

async fn mktemp(process: &mut Process) -> Outcome {
    let options = Options::new(
        "dtuqp:",
        &[
            ("directory", 'd'),
            ("dry-run", 'u'),
            ("quiet", 'q'),
            ("tmpdir", 'p'),
        ],
    );
    let given = options.read(&process.args)?;
    let operands = given.operands_between(0, 1)?;
    let template = operands.first().map_or("tmp.XXXXXX", String::as_str);
    let folder = if operands.is_empty() || given.has('t') || given.has('p') {
        let wanted = given.value('p').map(str::to_owned);
        let folder = wanted.or_else(|| process.variable("TMPDIR").map(str::to_owned));
        format!("{}/", folder.unwrap_or_else(|| "/tmp".to_owned()))
    } else {
        String::new()
    };
    let bare = template.trim_end_matches('X');
    let marks = template.len() - bare.len();
    let failed = |errno: Errno| {
        let words = format!("{template}: {errno}");
        if given.has('q') {
            Stop::with(1, String::new())
        } else {
            Stop::told(words)
        }
    };
    if marks < 6 {
        return Err(failed(Errno::Invalid));
    }
    for _ in 0..100 {
        let name = format!("{folder}{bare}{}", letters(process, marks).await);
        let made = if given.has('u') {
            match process.lstat(&name) {
                Ok(_) => Err(Errno::Exists),
                Err(_) => Ok(()),
            }
        } else if given.has('d') {
            let made = process.make_dir(&name, 0o777);
            made.and_then(|()| process.chmod(&name, 0o700))
        } else {
            let how = Open {
                create_new: true,
                ..Open::to_write(0o600)
            };
            process.open(&name, how).map(drop)
        };
        match made {
            Ok(()) => {
                process.print(format!("{name}\n")).await?;
                return Ok(0);
            }
            Err(Errno::Exists) => {}
            Err(errno) => return Err(failed(errno)),
        }
    }
    Err(failed(Errno::Exists))
}

/// Letters by the space's chance.
async fn letters(process: &Process, count: usize) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let chance = Descriptor::Random(process.space.chance());
    let bytes = chance.read(count.min(255)).await.unwrap_or_default();
    let letters = bytes
        .iter()
        .map(|b| LETTERS[usize::from(*b) % LETTERS.len()]);
    letters.map(char::from).collect()
}
