//! Small tools that stand alone: `link`, `fsync`, `hostid`, `dnsdomainname`, `nologin`, `linux32`,
//! `linux64`, `logger`, `who`, `w`, `last`, `users`, `mountpoint`, `dos2unix`, `unix2dos`,
//! `strings`.

use std::future::ready;

use super::calls::Calls as _;
use super::host;
use super::input;
use super::options::Options;
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::{Tool, called};
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("link", "FILE LINK", |process| {
        Box::pin(ready(link(process)))
    }),
    Tool::new("fsync", "[-d] FILE...", |process| Box::pin(fsync(process))),
    Tool::new("hostid", "", |process| Box::pin(hostid(process))),
    Tool::new("dnsdomainname", "", |process| {
        Box::pin(dnsdomainname(process))
    }),
    Tool::new("nologin", "", |process| Box::pin(nologin(process))),
    Tool::new("linux32", "[PROG ARGS]", |process| {
        Box::pin(ready(personality(process)))
    }),
    Tool::new("linux64", "[PROG ARGS]", |process| {
        Box::pin(ready(personality(process)))
    }),
    Tool::new("logger", "[-s] [-t TAG] [-p PRIO] [MESSAGE]", |process| {
        Box::pin(logger(process))
    }),
    Tool::new("who", "[-aH]", |process| Box::pin(who(process))),
    Tool::new("users", "", |process| Box::pin(who(process))),
    Tool::new("w", "", |process| Box::pin(who(process))),
    Tool::new("last", "", |process| Box::pin(who(process))),
    Tool::new("mountpoint", "[-q] { [-dn] DIR | -x DEVICE }", |process| {
        Box::pin(mountpoint(process))
    }),
    Tool::new("dos2unix", "[-ud] [FILE]", |process| {
        Box::pin(line_ends(process))
    }),
    Tool::new("unix2dos", "[-ud] [FILE]", |process| {
        Box::pin(line_ends(process))
    }),
    Tool::new(
        "strings",
        "[-fo] [-t o|d|x] [-n LEN] [FILE]...",
        |process| Box::pin(strings(process)),
    ),
];

fn link(process: &mut Process) -> Outcome {
    let given = Options::new("", &[]).read(&process.args)?;
    let [from, to] = given.operands_between(2, 2)? else {
        return Err(Stop::Usage(String::new()));
    };
    process.link(from, to).map_err(|errno| {
        Stop::told(format!("can't create hardlink '{to}' to '{from}': {errno}"))
    })?;
    Ok(0)
}

async fn fsync(process: &mut Process) -> Outcome {
    let given = Options::new("d", &[]).read(&process.args)?;
    if given.operands.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    let mut code = 0;
    for name in &given.operands {
        if let Err(errno) = input::open(process, name) {
            process.complain(format!("fsync: {name}: {errno}\n")).await;
            code = 1;
        }
    }
    Ok(code)
}

/// The host's address with its halves turned around, as every C library without a file for it says.
async fn hostid(process: &mut Process) -> Outcome {
    let name = process.space.host_name().to_owned();
    let found = super::http::resolve(process, &name);
    let address = found.and_then(|found| match found {
        std::net::IpAddr::V4(address) => Some(u32::from(address).swap_bytes()),
        std::net::IpAddr::V6(_) => None,
    });
    let id = address.unwrap_or_default().rotate_left(16);
    process.print(format!("{id:08x}\n")).await?;
    Ok(0)
}

async fn dnsdomainname(process: &mut Process) -> Outcome {
    if let Some((_, domain)) = process.space.host_name().split_once('.') {
        let line = format!("{domain}\n");
        process.print(line).await?;
    }
    Ok(0)
}

async fn nologin(process: &mut Process) -> Outcome {
    process.print("This account is not available\n").await?;
    Ok(1)
}

/// Machines here are of 64 bits whatever is asked for.
fn personality(process: &mut Process) -> Outcome {
    let mut words = process.args[1..].to_vec();
    if words.is_empty() {
        words.push("/bin/sh".to_owned());
    }
    Err(Stop::Become(words))
}

/// No log of the system listens in a container; `-s` is heard.
async fn logger(process: &mut Process) -> Outcome {
    let given = Options::new("st:p:", &[]).read(&process.args)?;
    let mut text = given.operands.join(" ");
    if given.operands.is_empty() {
        let stdin = input::open(process, "-")?;
        let bytes = input::whole(process, &stdin).await;
        let bytes = bytes.map_err(|errno| Stop::told(format!("read error: {errno}")))?;
        text = String::from_utf8_lossy(&bytes).into_owned();
    }
    if given.has('s') {
        let tag = given.value('t').unwrap_or("root").to_owned();
        for line in text.lines() {
            process.complain(format!("{tag}: {line}\n")).await;
        }
    }
    Ok(0)
}

/// Nobody is logged on in a container.
async fn who(process: &mut Process) -> Outcome {
    let given = Options::new("aHW", &[]).read(&process.args)?;
    let head = match called(process, "who").as_str() {
        "w" => Some(format!(
            "{}\nUSER\t\tTTY\t\tIDLE\tTIME\t\t HOST",
            host::up(process)
        )),
        "who" if given.has('H') => Some("USER\t\tTTY\t\tIDLE\tTIME\t\t HOST".to_owned()),
        "last" => Some("USER       TTY            HOST               LOGIN        TIME".to_owned()),
        _ => None,
    };
    if let Some(head) = head {
        process.print(head + "\n").await?;
    }
    Ok(0)
}

async fn mountpoint(process: &mut Process) -> Outcome {
    let given = Options::new("qdnx", &[]).read(&process.args)?;
    let [name] = given.operands_between(1, 1)? else {
        return Err(Stop::Usage(String::new()));
    };
    let place = process.canonical(name).and_then(|place| {
        let is_directory = process.stat(&place)?.is_dir();
        Ok((place, is_directory))
    });
    let (place, is_directory) = match place {
        Ok(found) => found,
        Err(_) if given.has('q') => return Ok(1),
        Err(errno) => return Err(Stop::told(format!("{name}: {errno}"))),
    };
    if !is_directory {
        return Err(Stop::told(format!("{name}: Not a directory")));
    }
    let is_one = process
        .space
        .files()
        .mounts()
        .any(|mount| mount.at == place);
    // What the kernel mounts in every container.
    let is_one = is_one
        || matches!(
            place.as_str(),
            "/proc" | "/sys" | "/dev/pts" | "/dev/mqueue"
        );
    if given.has('q') {
        return Ok(u8::from(!is_one));
    }
    let not = if is_one { "" } else { "not " };
    process
        .print(format!("{name} is {not}a mountpoint\n"))
        .await?;
    Ok(u8::from(!is_one))
}

async fn line_ends(process: &mut Process) -> Outcome {
    let given = Options::new("ud", &[]).read(&process.args)?;
    let to_dos = match given.last_of("ud") {
        Some(letter) => letter == 'd',
        None => called(process, "dos2unix") == "unix2dos",
    };
    let operands = given.operands_between(0, 1)?;
    let name = operands.first().map_or("-", String::as_str);
    let text = input::whole_file(process, name).await;
    let text = text.map_err(|errno| Stop::told(format!("{name}: {errno}")))?;
    let mut changed = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let Some(bare) = line.strip_suffix(b"\n") else {
            changed.extend_from_slice(line);
            continue;
        };
        let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
        changed.extend_from_slice(bare);
        changed.extend_from_slice(if to_dos { b"\r\n" } else { b"\n" });
    }
    if name == "-" {
        process.print(changed).await?;
        return Ok(0);
    }
    let wrong = |errno| Stop::told(format!("{name}: {errno}"));
    let to = process.create(name).map_err(wrong)?;
    to.write(&changed, process.now()).await.map_err(wrong)?;
    Ok(0)
}

async fn strings(process: &mut Process) -> Outcome {
    let given = Options::new("fot:n:a", &[]).read(&process.args)?;
    let least = usize::try_from(given.number('n')?.unwrap_or(4).max(1)).unwrap_or(4);
    let base = match given.value('t') {
        Some(base @ ("o" | "d" | "x")) => Some(base),
        Some(_) => return Err(Stop::Usage(String::new())),
        None => given.has('o').then_some("o"),
    };
    let mut out = Output::default();
    let mut code = 0;
    for name in input::or_stdin(&given.operands) {
        let bytes = match input::whole_file(process, &name).await {
            Ok(bytes) => bytes,
            Err(errno) => {
                let words = format!("strings: {name}: {errno}\n");
                out.complain(process, words).await?;
                code = 1;
                continue;
            }
        };
        let is_text = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t');
        let mut at = 0;
        while at < bytes.len() {
            let length = bytes[at..].iter().take_while(|byte| is_text(byte)).count();
            if length >= least {
                let mut line = String::new();
                if given.has('f') {
                    line += &format!("{name}: ");
                }
                match base {
                    Some("o") => line += &format!("{at:7o} "),
                    Some("x") => line += &format!("{at:7x} "),
                    Some(_) => line += &format!("{at:7} "),
                    None => {}
                }
                line += &String::from_utf8_lossy(&bytes[at..at + length]);
                out.put(process, line + "\n").await?;
            }
            at += length + 1;
        }
    }
    out.flush(process).await?;
    Ok(code)
}
