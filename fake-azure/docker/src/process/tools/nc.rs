//! `nc`: bytes to and from a connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};

use super::http::resolve;
use super::options::{Options, invalid_number};
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::Errno;
use crate::process::network::Transport;
use crate::process::task::CHUNK;
use crate::process::{Connection, Descriptor, Process, Signal};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new(
        "nc",
        "[-nuvz] [-w SEC] [-l [-k] -p PORT] [-e PROG] [HOST PORT]",
        |process| Box::pin(nc(process)),
    ),
    Tool::new(
        "netcat",
        "[-nuvz] [-w SEC] [-l [-k] -p PORT] [-e PROG] [HOST PORT]",
        |process| Box::pin(nc(process)),
    ),
];

async fn nc(process: &mut Process) -> Outcome {
    // All that follows `-e` is the program's.
    let mut args = process.args.clone();
    let at = args.iter().position(|word| word == "-e");
    let program = at
        .map(|at| args.split_off(at).split_off(1))
        .unwrap_or_default();
    let options = Options::new("lkp:w:zvnus:i:q:N46", &[]);
    let mut given = options.read(&args)?;
    let transport = if given.has('u') {
        Transport::Udp
    } else {
        Transport::Tcp
    };
    if at.is_some() && program.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    let seconds = given.number('w')?.map(Duration::from_secs);
    if given.has('l') {
        let port = given
            .value('p')
            .map(str::to_owned)
            .or_else(|| given.operands.pop());
        let port = port.ok_or_else(|| Stop::Usage(String::new()))?;
        let port: u16 = port.parse().map_err(|_| invalid_number(&port))?;
        let again = given.has('k') || given.all().filter(|(letter, _)| *letter == 'l').count() > 1;
        return listen(process, (transport, port), again, program, seconds).await;
    }
    let operands = given.operands_between(2, 2)?;
    let (host, ports) = (operands[0].clone(), operands[1].clone());
    let (first, last) = ports.split_once('-').unwrap_or((&ports, &ports));
    let number = |text: &str| text.parse::<u16>().map_err(|_| invalid_number(text));
    let (first, last) = (number(first)?, number(last)?);
    let address = resolve(process, &host);
    let address = address.ok_or_else(|| Stop::told(format!("bad address '{host}'")))?;
    let mut code = 1;
    for port in first..=last {
        let to = SocketAddr::new(address, port);
        let waiting = process
            .space
            .clock()
            .sleep(seconds.unwrap_or(Duration::MAX));
        let connected = tokio::select! {
            connected = process.space.network().connect_by(transport, to) => connected,
            () = waiting => return Err(Stop::told("timed out")),
        };
        let connection = match connected {
            Ok(connection) => connection,
            // A range is looked through to its end.
            Err(_) if given.has('z') && first < last => continue,
            Err(errno) => {
                let words = format!("can't connect to remote host ({}): {errno}", to.ip());
                if given.has('z') && !given.has('v') {
                    return Ok(1);
                }
                return Err(Stop::told(words));
            }
        };
        if given.has('v') {
            process.complain(format!("{host} ({to}) open\n")).await;
        }
        code = 0;
        if given.has('z') {
            connection.finish().await;
            continue;
        }
        return talk(process, (transport, connection), program, seconds).await;
    }
    Ok(code)
}

async fn listen(
    process: &mut Process,
    (transport, port): (Transport, u16),
    again: bool,
    program: Vec<String>,
    seconds: Option<Duration>,
) -> Outcome {
    let listener = process.listen(transport, port);
    let mut listener = listener.map_err(|errno| Stop::told(format!("bind: {errno}")))?;
    loop {
        let Some(connection) = listener.accept().await else {
            return Ok(0);
        };
        if again && !program.is_empty() {
            // Each one gets a program of its own, while others are waited for.
            start(process, connection, program.clone())?;
            continue;
        }
        let code = talk(process, (transport, connection), program.clone(), seconds).await?;
        if !again {
            return Ok(code);
        }
    }
}

/// Starts a program whose input and output are a connection.
fn start(
    process: &Process,
    connection: Connection,
    program: Vec<String>,
) -> Result<crate::process::Child, Stop> {
    let connection = Descriptor::Connection(Arc::new(connection));
    let mut launch = process.child(program);
    launch.descriptors.set(0, connection.clone());
    launch.descriptors.set(1, connection.clone());
    launch.descriptors.set(2, connection);
    process.spawn(launch).map_err(|error| {
        let (words, code) = super::tool::refusal(&error);
        Stop::with(code, words)
    })
}

async fn talk(
    process: &mut Process,
    (transport, connection): (Transport, Connection),
    program: Vec<String>,
    seconds: Option<Duration>,
) -> Outcome {
    if !program.is_empty() {
        let child = start(process, connection, program)?;
        return Ok(child.wait().await.code());
    }
    let stdin = process.descriptors.get(0);
    let stdout = process.descriptors.get(1).map_err(Stop::Output)?;
    let now = process.now();
    let up = async {
        if let Ok(stdin) = stdin {
            loop {
                match stdin.read(CHUNK).await {
                    Ok(bytes) if !bytes.is_empty() => {
                        if connection.write(&bytes).await.is_err() {
                            break;
                        }
                    }
                    _ => break,
                }
                tokio::task::yield_now().await;
            }
        }
        // The other side may still have something to say.
        connection.finish().await;
        std::future::pending::<()>().await;
    };
    let clock = process.space.clock().clone();
    let down = async {
        loop {
            let silence = clock.sleep(seconds.unwrap_or(Duration::MAX));
            let reading = async {
                let bytes = connection.read(CHUNK).await.unwrap_or_default();
                if bytes.is_empty() && transport == Transport::Udp {
                    // Nobody is told that no more datagrams come.
                    std::future::pending::<()>().await;
                }
                bytes
            };
            let bytes = tokio::select! {
                bytes = reading => bytes,
                () = silence => Vec::new(),
            };
            if bytes.is_empty() {
                return Ok(());
            }
            stdout.write(&bytes, now).await?;
            tokio::task::yield_now().await;
        }
    };
    let (up, down) = (std::pin::pin!(up), std::pin::pin!(down));
    let ended = match select(up, down).await {
        Either::Left(((), _)) => Ok(()),
        Either::Right((ended, _)) => ended,
    };
    if ended == Err(Errno::BrokenPipe) {
        process.space.signal(process.pid, Signal::PIPE, false);
    }
    ended?;
    Ok(0)
}
