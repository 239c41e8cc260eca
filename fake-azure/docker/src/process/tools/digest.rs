//! `md5sum`, `sha1sum`, `sha256sum`, `sha512sum`.

use sha2::digest::DynDigest;

use super::input::{self, Lines, chomp, chunk};
use super::options::Options;
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::{Tool, called};
use crate::files::Errno;
use crate::process::{Descriptor, Process};

const USAGE: &str = "[-c[sw]] [FILE]...";

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("md5sum", USAGE, |process| Box::pin(sum(process, "md5sum"))),
    Tool::new("sha1sum", USAGE, |process| {
        Box::pin(sum(process, "sha1sum"))
    }),
    Tool::new("sha224sum", USAGE, |process| {
        Box::pin(sum(process, "sha224sum"))
    }),
    Tool::new("sha256sum", USAGE, |process| {
        Box::pin(sum(process, "sha256sum"))
    }),
    Tool::new("sha384sum", USAGE, |process| {
        Box::pin(sum(process, "sha384sum"))
    }),
    Tool::new("sha512sum", USAGE, |process| {
        Box::pin(sum(process, "sha512sum"))
    }),
];

fn hasher(name: &str) -> Box<dyn DynDigest + Send> {
    match name {
        "md5sum" => Box::new(md5::Md5::default()),
        "sha1sum" => Box::new(sha1::Sha1::default()),
        "sha224sum" => Box::new(sha2::Sha224::default()),
        "sha384sum" => Box::new(sha2::Sha384::default()),
        "sha512sum" => Box::new(sha2::Sha512::default()),
        _ => Box::new(sha2::Sha256::default()),
    }
}

async fn digest(process: &mut Process, from: &Descriptor, name: &str) -> Result<String, Errno> {
    let mut hasher = hasher(name);
    loop {
        let bytes = chunk(process, from).await?;
        if bytes.is_empty() {
            let digest = hasher.finalize();
            return Ok(digest
                .iter()
                .fold(String::new(), |text, byte| text + &format!("{byte:02x}")));
        }
        hasher.update(&bytes);
    }
}

async fn digest_of(process: &mut Process, file: &str, name: &str) -> Result<String, String> {
    let from = input::open(process, file);
    let from = from.map_err(|errno| format!("can't open '{file}': {errno}"))?;
    let digest = digest(process, &from, name).await;
    digest.map_err(|errno| format!("can't read '{file}': {errno}"))
}

async fn sum(process: &mut Process, name: &'static str) -> Outcome {
    let options = Options::new(
        "cswbt",
        &[
            ("check", 'c'),
            ("status", 's'),
            ("warn", 'w'),
            ("binary", 'b'),
            ("text", 't'),
        ],
    );
    let given = options.read(&process.args)?;
    let mut code = 0;
    for file in input::or_stdin(&given.operands) {
        if given.has('c') {
            code |= check(process, &file, name, given.has('s')).await?;
            continue;
        }
        match digest_of(process, &file, name).await {
            Ok(digest) => process.print(format!("{digest}  {file}\n")).await?,
            Err(words) => {
                let tool = called(process, name);
                process.complain(format!("{tool}: {words}\n")).await;
                code = 1;
            }
        }
    }
    Ok(code)
}

/// Compares files with the digests that a list has of them.
async fn check(process: &mut Process, list: &str, name: &'static str, silent: bool) -> Outcome {
    let tool = called(process, name);
    let from = input::open(process, list).map_err(|errno| Stop::cannot_open(list, errno))?;
    let mut lines = Lines::new(from);
    let mut out = Output::default();
    let (mut count, mut wrong) = (0, 0);
    while let Some(line) = lines.next(process, &mut out).await? {
        let line = String::from_utf8_lossy(chomp(&line, b'\n').0).into_owned();
        count += 1;
        let parts = line.split_once(' ');
        let Some((expected, file)) = parts.filter(|(_, file)| !file.is_empty()) else {
            wrong += 1;
            continue;
        };
        let file = file.strip_prefix([' ', '*']).unwrap_or(file);
        let verdict = match digest_of(process, file, name).await {
            Ok(digest) if digest.eq_ignore_ascii_case(expected) => "OK",
            Ok(_) => "FAILED",
            Err(words) => {
                out.complain(process, format!("{tool}: {words}\n")).await?;
                "FAILED"
            }
        };
        wrong += u64::from(verdict != "OK");
        if !silent {
            out.put(process, format!("{file}: {verdict}\n")).await?;
        }
    }
    out.flush(process).await?;
    if wrong > 0 && !silent {
        let words =
            format!("{tool}: WARNING: {wrong} of {count} computed checksums did NOT match\n");
        process.complain(words).await;
    }
    if count == 0 {
        return Err(Stop::told(format!("no checksum lines found in '{list}'")));
    }
    Ok(u8::from(wrong > 0))
}
