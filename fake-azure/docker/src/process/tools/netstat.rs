//! `netstat`: the ports that are listened on, and where networks lead.

use super::interfaces::{Columns, kernel_routes};
use super::options::{Given, Options};
use super::stop::Outcome;
use super::tool::Tool;
use crate::process::network::Transport;
use crate::process::{Pid, Process, ProcessInfo};

pub(super) const TOOLS: &[Tool] = &[Tool::new("netstat", "[-ral] [-tuwx] [-enWp]", |process| {
    Box::pin(netstat(process))
})];

const OPTIONS: Options = Options::new(
    "laentuwxrWp",
    &[
        ("all", 'a'),
        ("listening", 'l'),
        ("numeric", 'n'),
        ("programs", 'p'),
        ("route", 'r'),
        ("tcp", 't'),
        ("udp", 'u'),
    ],
);

/// How wide the column of a program is, with its number.
const PROGRAM: usize = 19;
/// How wide an address is that nothing shortens.
const WIDE: usize = 51;

async fn netstat(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&process.args)?;
    given.operands_between(0, 0)?;
    let text = if given.has('r') {
        kernel_routes(process, given.has('n'), Columns::Window)
    } else {
        sockets(process, &given)
    };
    process.print(text).await?;
    Ok(0)
}

/// What follows the heading, by which sockets were asked for.
fn kinds(given: &Given) -> &'static str {
    if given.has('a') {
        "(servers and established)"
    } else if given.has('l') {
        "(only servers)"
    } else {
        "(w/o servers)"
    }
}

fn sockets(process: &Process, given: &Given) -> String {
    let all = given.last_of("tuwx").is_none();
    let wants = |letter| all || given.has(letter);
    let width = if given.has('W') { WIDE } else { 23 };
    let (program, heading) = if given.has('p') {
        (true, "PID/Program name")
    } else {
        (false, "")
    };
    let mut text = String::new();
    if wants('t') || wants('u') || wants('w') {
        text += &format!(
            "Active Internet connections {}\nProto Recv-Q Send-Q {:<width$} {:<width$} State       \
             {heading}\n",
            kinds(given),
            "Local Address",
            "Foreign Address",
        );
    }
    let listening = given.has('a') || given.has('l');
    for (transport, port) in process.space.network().listened() {
        let (letter, name, state) = match transport {
            Transport::Tcp => ('t', "tcp", "LISTEN"),
            // Nobody is connected to it, so it is always one that waits.
            Transport::Udp => ('u', "udp", ""),
        };
        if !listening || !wants(letter) {
            continue;
        }
        let local = format!("0.0.0.0:{}", service(port, given.has('n')));
        let owner = process.space.listener((transport, port));
        let owner = if program {
            owned(process, owner.as_ref())
        } else {
            String::new()
        };
        text += &format!(
            "{name:<5} {:>6} {:>6} {local:<width$} {:<width$} {state:<12}{owner}\n",
            0, 0, "0.0.0.0:*"
        );
    }
    if wants('x') {
        text += &format!(
            "Active UNIX domain sockets {}\nProto RefCnt Flags       Type       State         \
             I-Node {}Path\n",
            kinds(given),
            if program { "PID/Program name    " } else { "" },
        );
    }
    text
}

/// A port by its number, or by the name of the service that everybody has there.
fn service(port: u16, numeric: bool) -> String {
    let known = match port {
        21 => "ftp",
        22 => "ssh",
        25 => "smtp",
        53 => "domain",
        80 => "http",
        443 => "https",
        3306 => "mysql",
        5432 => "postgresql",
        6379 => "redis",
        11_211 => "memcached",
        _ => "",
    };
    if numeric || known.is_empty() {
        port.to_string()
    } else {
        known.to_owned()
    }
}

/// Whose socket it is, as far as one may see that.
fn owned(process: &Process, owner: Option<&ProcessInfo>) -> String {
    let seen = |info: &&ProcessInfo| process.user.is_root() || process.user.uid == info.uid;
    let Some(info) = owner.filter(seen) else {
        return format!("{:<PROGRAM$} ", "-");
    };
    let pid: Pid = info.pid;
    // What a server shows of itself is no path.
    let name = info.title.as_deref().unwrap_or_else(|| info.base_name());
    let shown: String = format!("{pid}/{name}").chars().take(PROGRAM).collect();
    format!("{shown:<PROGRAM$} ")
}
