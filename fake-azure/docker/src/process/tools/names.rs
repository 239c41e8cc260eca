//! `nslookup` and `ping`: names, addresses, and whether anybody is there.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::http::resolve;
use super::input;
use super::options::{Options, invalid_number};
use super::sleep::duration;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::Errno;
use crate::process::descriptor::random;
use crate::process::network::dns::{self, Answer, Question, Wanted};
use crate::process::network::{Network, Transport};
use crate::process::{Process, Signal};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new(
        "nslookup",
        "[-type=QUERY_TYPE] HOST [DNS_SERVER]",
        |process| Box::pin(nslookup(process)),
    ),
    Tool::new(
        "ping",
        "[-c CNT] [-s SIZE] [-i SECS] [-W SEC] [-w SEC] [-q46An] HOST",
        |process| Box::pin(ping(process)),
    ),
    Tool::new("ping6", "[-c CNT] HOST", |process| Box::pin(ping(process))),
];

/// A port that nobody listens on: who refuses it is there.
const KNOCK: u16 = 7;
/// How long a name server has to answer.
const PATIENCE: Duration = Duration::from_secs(5);

async fn nslookup(process: &mut Process) -> Outcome {
    let mut kind = None;
    let mut operands = Vec::new();
    for word in &process.args[1..] {
        match word.strip_prefix('-') {
            Some(option) => kind = option.rsplit_once('=').map(|(_, kind)| kind.to_uppercase()),
            None => operands.push(word.clone()),
        }
    }
    let Some(name) = operands.first().cloned() else {
        return Err(Stop::Usage(String::new()));
    };
    let server = match operands.get(1) {
        Some(server) => server.clone(),
        None => name_server(process).await,
    };
    let mut text = format!("Server:\t\t{server}\nAddress:\t{server}:53\n\n");
    let by_address = name.parse::<IpAddr>().ok();
    let kinds = match kind.as_deref() {
        _ if by_address.is_some() => vec![Wanted::Name],
        None => vec![Wanted::V6, Wanted::V4],
        Some("A") => vec![Wanted::V4],
        Some("AAAA") => vec![Wanted::V6],
        Some("PTR") => vec![Wanted::Name],
        Some(kind) => {
            return Err(Stop::told(format!(
                "records of type {kind} are not known here"
            )));
        }
    };
    let asked = by_address.map_or_else(|| name.clone(), dns::reversed);
    let mut code = 0;
    for wanted in kinds {
        let answer = answer(process, &server, &asked, wanted).await;
        let Some(answer) = answer else {
            text += ";; connection timed out; no servers could be reached\n\n";
            process.print(text).await?;
            return Ok(1);
        };
        if !answer.is_known {
            text += &format!("** server can't find {asked}: NXDOMAIN\n\n");
            code = 1;
            continue;
        }
        text += "Non-authoritative answer:\n";
        for address in answer.addresses {
            text += &format!("Name:\t{asked}\nAddress: {address}\n");
        }
        for name in answer.names {
            text += &format!("{asked}\tname = {name}\n");
        }
        text += "\n";
    }
    process.print(text).await?;
    Ok(code)
}

/// What a name server says, asked by datagrams; none when none answers in time. Where the server is
/// the host's, of which only the answers are known here, the network itself is asked.
async fn answer(process: &Process, server: &str, name: &str, wanted: Wanted) -> Option<Answer> {
    let network = process.space.network().clone();
    let server = resolve(process, server);
    let to = server.map(|server| SocketAddr::new(server, dns::PORT));
    let question = Question {
        id: u16::from_le_bytes(random(&process.space.chance(), 2).try_into().ok()?),
        name: name.to_owned(),
        wanted,
    };
    let connected = match to {
        Some(to) => network.connect_by(Transport::Udp, to).await,
        None => Err(Errno::Unreachable),
    };
    match connected {
        Ok(connection) => {
            let patience = process.space.clock().sleep(PATIENCE);
            tokio::select! {
                answer = dns::ask(&connection, &question) => answer.ok(),
                () = patience => None,
            }
        }
        Err(_) => Some(question.answered_by(&OfNetwork(network))),
    }
}

/// The names that a network knows without a name server.
struct OfNetwork(Arc<dyn Network>);

impl dns::Names for OfNetwork {
    fn addresses(&self, name: &str) -> Vec<IpAddr> {
        self.0.resolve(name)
    }

    fn name(&self, _: IpAddr) -> Option<String> {
        None
    }
}

/// The first server that `/etc/resolv.conf` names.
async fn name_server(process: &mut Process) -> String {
    let text = input::whole_file(process, "/etc/resolv.conf")
        .await
        .unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut servers = text
        .lines()
        .filter_map(|line| line.strip_prefix("nameserver"));
    let first = servers.next().map(|server| server.trim().to_owned());
    first.unwrap_or_else(|| "127.0.0.11".to_owned())
}

/// What was sent and what came back.
#[derive(Default)]
struct Tally {
    sent: u64,
    received: u64,
}

impl Tally {
    fn show(&self, host: &str) -> String {
        let lost = self.sent - self.received;
        let percent = (lost * 100).checked_div(self.sent).unwrap_or(0);
        let mut text = format!(
            "\n--- {host} ping statistics ---\n{} packets transmitted, {} packets received, \
             {percent}% packet loss\n",
            self.sent, self.received
        );
        if self.received > 0 {
            text += "round-trip min/avg/max = 0.050/0.050/0.050 ms\n";
        }
        text
    }
}

async fn ping(process: &mut Process) -> Outcome {
    let options = Options::new("c:s:i:W:w:t:I:p:qn46Af", &[]);
    let given = options.read(&process.args)?;
    let host = given.operands_between(1, 1)?[0].clone();
    let count = given
        .number('c')?
        .filter(|count| *count > 0)
        .unwrap_or(u64::MAX);
    let size = given.number('s')?.unwrap_or(56);
    let seconds = |letter, otherwise| -> Result<Duration, Stop> {
        let Some(text) = given.value(letter) else {
            return Ok(otherwise);
        };
        duration(text).ok_or_else(|| invalid_number(text))
    };
    let every = seconds('i', Duration::from_secs(1))?.max(Duration::from_millis(1));
    let patience = seconds('W', Duration::from_secs(10))?;
    let limit = seconds('w', Duration::MAX)?;
    let address = resolve(process, &host);
    let address = address.ok_or_else(|| Stop::told(format!("bad address '{host}'")))?;
    process.catch(Signal::INT);
    process
        .print(format!("PING {host} ({address}): {size} data bytes\n"))
        .await?;
    let ending = process.space.clock().sleep(limit);
    let mut tally = Tally::default();
    {
        let interrupted = process.signal();
        let pinging = async {
            for number in 0..count {
                if number > 0 {
                    process.sleep(every).await;
                }
                tally.sent += 1;
                if !is_there(process, address).await {
                    if number + 1 == count {
                        process.sleep(patience).await;
                    }
                    continue;
                }
                tally.received += 1;
                if !given.has('q') {
                    let line = format!(
                        "{} bytes from {address}: seq={number} ttl=64 time=0.050 ms\n",
                        size + 8
                    );
                    process.print(line).await?;
                }
            }
            Ok::<(), Errno>(())
        };
        tokio::select! {
            pinged = pinging => pinged?,
            _ = interrupted => {}
            () = ending => {}
        }
    }
    process.print(tally.show(&host)).await?;
    Ok(u8::from(tally.received == 0))
}

/// Whether somebody is at an address: one refuses or takes a connection, nobody does neither.
async fn is_there(process: &Process, address: IpAddr) -> bool {
    let to = SocketAddr::new(address, KNOCK);
    match process.space.network().connect(to).await {
        Ok(_) => true,
        Err(errno) => errno == Errno::Refused,
    }
}
