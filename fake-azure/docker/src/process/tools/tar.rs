//! `tar`.

mod create;
mod extract;

use super::calls::Calls as _;
use super::input::{self, WHOLE};
use super::options::{Given, Options};
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::compression;
use crate::files::tar::Limits;
use crate::files::{Open, path};
use crate::process::{Descriptor, Process};

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "tar",
    "c|x|t [-zjJavhmokpOP] [-f TARFILE] [-C DIR] [--exclude GLOB] [--strip-components N] [FILE]...",
    |process| Box::pin(tar(process)),
)];

const OPTIONS: Options = Options::new(
    "cxtruzjJaZvhmokpOPf:C:T:X:Σ:Φ:ΨΩΔ",
    &[
        ("create", 'c'),
        ("extract", 'x'),
        ("get", 'x'),
        ("list", 't'),
        ("gzip", 'z'),
        ("gunzip", 'z'),
        ("bzip2", 'j'),
        ("xz", 'J'),
        ("auto-compress", 'a'),
        ("verbose", 'v'),
        ("dereference", 'h'),
        ("touch", 'm'),
        ("no-same-owner", 'o'),
        ("keep-old-files", 'k'),
        ("preserve-permissions", 'p'),
        ("same-permissions", 'p'),
        ("to-stdout", 'O'),
        ("absolute-names", 'P'),
        ("file", 'f'),
        ("directory", 'C'),
        ("files-from", 'T'),
        ("exclude-from", 'X'),
        ("exclude", 'Σ'),
        ("strip-components", 'Φ'),
        ("no-recursion", 'Ψ'),
        ("numeric-owner", 'Ω'),
        ("overwrite", 'Δ'),
        ("same-owner", 'p'),
        ("no-same-permissions", 'Δ'),
    ],
);

/// What archives may hold here.
const LIMITS: Limits = Limits {
    entries: 100_000,
    bytes: WHOLE as u64,
    path: path::PATH_MAX,
};

/// What is common to all that `tar` does.
struct Job {
    given: Given,
    /// The archive; `-` is standard input or output.
    file: String,
    names: Vec<String>,
    excluded: Vec<String>,
    verbose: bool,
}

impl Job {
    /// Whether a path is left out.
    fn is_excluded(&self, path: &str) -> bool {
        let last = path.rsplit('/').next().unwrap_or(path);
        self.excluded
            .iter()
            .any(|glob| super::glob::matches(glob, path) || super::glob::matches(glob, last))
    }
}

/// Puts a dash before a first word that has none, as in `tar czf`; the values that its letters
/// take follow in their order.
fn with_dash(args: &[String]) -> Vec<String> {
    let Some(first) = args.get(1).filter(|first| !first.starts_with('-')) else {
        return args.to_vec();
    };
    let mut rest = args[2..].iter().cloned();
    let mut words = vec![args[0].clone()];
    for letter in first.chars() {
        words.push(format!("-{letter}"));
        if matches!(letter, 'f' | 'C' | 'T' | 'X') {
            words.extend(rest.next());
        }
    }
    words.extend(rest);
    words
}

async fn lines_of(process: &mut Process, name: &str) -> Result<Vec<String>, Stop> {
    let text = input::whole_file(process, name).await;
    let text = text.map_err(|errno| Stop::cannot_open(name, errno))?;
    let text = String::from_utf8_lossy(&text);
    Ok(text
        .lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect())
}

async fn tar(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&with_dash(&process.args))?;
    let mut modes = "cxt".chars().filter(|mode| given.has(*mode));
    let (Some(mode), None) = (modes.next(), modes.next()) else {
        return Err(Stop::Usage(String::new()));
    };
    if given.has('r') || given.has('u') {
        return Err(Stop::told("archives cannot be appended to here"));
    }
    let mut names = given.operands.clone();
    if let Some(list) = given.value('T').map(str::to_owned) {
        names.extend(lines_of(process, &list).await?);
    }
    let mut excluded: Vec<String> = given.values('Σ').map(str::to_owned).collect();
    if let Some(list) = given.value('X').map(str::to_owned) {
        excluded.extend(lines_of(process, &list).await?);
    }
    let job = Job {
        file: given.value('f').unwrap_or("-").to_owned(),
        verbose: given.has('v'),
        given,
        names,
        excluded,
    };
    if mode == 'c' {
        return create::create(process, &job).await;
    }
    let bytes = read(process, &job).await?;
    enter(process, &job)?;
    extract::go_through(process, &job, &bytes, mode == 't').await
}

/// Goes to the folder that `-C` names.
fn enter(process: &mut Process, job: &Job) -> Result<(), Stop> {
    for folder in job.given.values('C') {
        if !process.is_dir(folder) {
            let errno = match process.stat(folder) {
                Ok(_) => crate::files::Errno::NotDirectory,
                Err(errno) => errno,
            };
            return Err(Stop::told(format!(
                "can't change directory to '{folder}': {errno}"
            )));
        }
        process.cwd = path::clean(&process.path(folder));
    }
    Ok(())
}

async fn read(process: &mut Process, job: &Job) -> Result<Vec<u8>, Stop> {
    let from = input::open(process, &job.file);
    let from = from.map_err(|errno| Stop::cannot_open(&job.file, errno))?;
    let bytes = input::whole(process, &from).await;
    let bytes = bytes.map_err(|errno| Stop::told(format!("read error: {errno}")))?;
    let bytes = compression::decompress(&bytes, WHOLE as u64);
    bytes.map_err(|error| Stop::told(format!("corrupted data: {error}")))
}

/// Writes a finished archive.
async fn write(process: &mut Process, job: &Job, bytes: Vec<u8>) -> Result<(), Stop> {
    let ends = |ending| job.given.has('a') && job.file.ends_with(ending);
    let bytes = if job.given.has('z') || ends("gz") {
        compression::gzip(&bytes, 6)
    } else if job.given.has('j') || job.given.has('J') || ends("bz2") || ends("xz") {
        return Err(Stop::told(
            "archives are written plain or with gzip here, not otherwise",
        ));
    } else {
        bytes
    };
    let to: Descriptor = if job.file == "-" {
        let stdout = process.descriptors.get(1);
        stdout.map_err(|errno| Stop::told(errno.to_string()))?
    } else {
        let opened = process.open(&job.file, Open::to_write(0o666));
        opened.map_err(|errno| Stop::cannot_open(&job.file, errno))?
    };
    let written = to.write(&bytes, process.now()).await;
    written.map_err(|errno| Stop::told(format!("write error: {errno}")))
}
