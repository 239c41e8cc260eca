//! `ip`, `ifconfig`, `route`: the interfaces and where they lead.

use std::net::Ipv4Addr;

use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::{Interface, Process};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new(
        "ip",
        "[-4|-6] a[ddr]|l[ink]|r[oute]|n[eigh] [show] [dev IFACE]",
        |process| Box::pin(ip(process)),
    ),
    Tool::new("ifconfig", "[-a] [IFACE]", |process| {
        Box::pin(ifconfig(process))
    }),
    Tool::new("route", "[-ne]", |process| Box::pin(route(process))),
];

/// What follows from an address and the length of its network's part.
struct Net {
    mask: Ipv4Addr,
    network: Ipv4Addr,
    broadcast: Ipv4Addr,
    /// The first address of a network is the engine's.
    gateway: Ipv4Addr,
}

impl Net {
    fn of(interface: &Interface) -> Self {
        let bits = u32::from(interface.address);
        let mask = u32::MAX
            .checked_shl(32 - u32::from(interface.prefix.min(32)))
            .unwrap_or(0);
        let network = bits & mask;
        Self {
            mask: mask.into(),
            network: network.into(),
            broadcast: (network | !mask).into(),
            gateway: network.wrapping_add(1).into(),
        }
    }
}

fn is_loopback(interface: &Interface) -> bool {
    interface.address.is_loopback()
}

/// The interfaces, or the one that was asked for.
fn wanted(process: &Process, name: Option<&str>) -> Result<Vec<Interface>, String> {
    let mut all = process.space.network().interfaces();
    if let Some(name) = name {
        all.retain(|interface| interface.name == name);
        if all.is_empty() {
            return Err(name.to_owned());
        }
    }
    Ok(all)
}

async fn ip(process: &mut Process) -> Outcome {
    let mut words = process.args[1..].iter().map(String::as_str).peekable();
    let mut only_six = false;
    let mut brief = false;
    while let Some(option) = words.next_if(|word| word.starts_with('-')) {
        match option {
            "-4" | "-o" | "-oneline" | "-d" | "-s" => {}
            "-6" => only_six = true,
            "-br" | "-brief" => brief = true,
            "--help" => return Err(Stop::Help),
            _ => return Err(Stop::Usage(String::new())),
        }
    }
    let object = words.next().unwrap_or_default().to_owned();
    let mut action = None;
    let mut name = None;
    while let Some(word) = words.next() {
        match word {
            "dev" => name = words.next(),
            word if action.is_none() => action = Some(word),
            word => name = Some(word),
        }
    }
    let begins = |whole: &str| !object.is_empty() && whole.starts_with(object.as_str());
    let shows = action.is_none_or(|action| {
        ["show", "list", "get"]
            .iter()
            .any(|known| known.starts_with(action))
    });
    if !shows {
        // Containers may not, and here nothing could.
        return Err(Stop::with(2, "RTNETLINK answers: Operation not permitted"));
    }
    if begins("neighbour") || begins("neighbor") || only_six {
        return Ok(0);
    }
    let interfaces =
        wanted(process, name).map_err(|name| Stop::told(format!("can't find device '{name}'")))?;
    let text: String = if begins("address") {
        interfaces
            .iter()
            .map(|i| link(index(process, i), i, true, brief))
            .collect()
    } else if begins("link") {
        interfaces
            .iter()
            .map(|i| link(index(process, i), i, false, brief))
            .collect()
    } else if begins("route") {
        routes(&interfaces)
    } else {
        return Err(Stop::Usage(String::new()));
    };
    process.print(text).await?;
    Ok(0)
}

/// The number of an interface among all that are there, from 1 on; one that leads out comes after
/// the loop at least.
fn index(process: &Process, interface: &Interface) -> usize {
    let all = process.space.network().interfaces();
    let at = all.iter().position(|known| known.name == interface.name);
    let has_loop = all.iter().any(is_loopback);
    at.unwrap_or_default() + if has_loop { 1 } else { 2 }
}

fn link(index: usize, interface: &Interface, address: bool, brief: bool) -> String {
    let name = &interface.name;
    if brief {
        let state = if is_loopback(interface) {
            "UNKNOWN"
        } else {
            "UP"
        };
        return format!(
            "{name:<16} {state:<14} {}/{} \n",
            interface.address, interface.prefix
        );
    }
    let net = Net::of(interface);
    let mut text = if is_loopback(interface) {
        "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN qlen 1000\n    \
         link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"
            .to_owned()
    } else {
        format!(
            "{number}: {name}@if{peer}: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 qdisc \
             noqueue state UP \n    link/ether {} brd ff:ff:ff:ff:ff:ff\n",
            interface.mac,
            number = index,
            peer = index + 1,
        )
    };
    if address && is_loopback(interface) {
        text += &format!(
            "    inet {}/{} scope host lo\n       valid_lft forever preferred_lft forever\n",
            interface.address, interface.prefix
        );
    } else if address {
        text += &format!(
            "    inet {}/{} brd {} scope global {name}\n       valid_lft forever preferred_lft \
             forever\n",
            interface.address, interface.prefix, net.broadcast
        );
    }
    text
}

fn routes(interfaces: &[Interface]) -> String {
    let mut text = String::new();
    let mut outward = interfaces
        .iter()
        .filter(|interface| !is_loopback(interface))
        .peekable();
    if let Some(first) = outward.peek() {
        text += &format!(
            "default via {} dev {} \n",
            Net::of(first).gateway,
            first.name
        );
    }
    for interface in outward {
        text += &format!(
            "{}/{} dev {} scope link  src {} \n",
            Net::of(interface).network,
            interface.prefix,
            interface.name,
            interface.address
        );
    }
    text
}

async fn ifconfig(process: &mut Process) -> Outcome {
    let given = Options::new("a", &[]).read(&process.args)?;
    let operands = given.operands_between(0, usize::MAX)?;
    if operands.len() > 1 {
        return Err(Stop::told("SIOCSIFADDR: Operation not permitted"));
    }
    let interfaces = wanted(process, operands.first().map(String::as_str));
    let mut interfaces = interfaces.map_err(|name| {
        Stop::told(format!(
            "{name}: error fetching interface information: Device not found"
        ))
    })?;
    interfaces.sort_by(|a, b| a.name.cmp(&b.name));
    let shown = interfaces.iter().map(|interface| {
        let net = Net::of(interface);
        let name = &interface.name;
        let (kind, broadcast, flags, length) = if is_loopback(interface) {
            ("Local Loopback  ".to_owned(), String::new(), "UP LOOPBACK RUNNING  MTU:65536", 1000)
        } else {
            let kind = format!("Ethernet  HWaddr {}  ", interface.mac.to_uppercase());
            let broadcast = format!("Bcast:{}  ", net.broadcast);
            (kind, broadcast, "UP BROADCAST RUNNING MULTICAST  MTU:1500", 0)
        };
        format!(
            "{name:<9} Link encap:{kind}\n          inet addr:{}  {broadcast}Mask:{}\n          \
             {flags}  Metric:1\n          RX packets:0 errors:0 dropped:0 overruns:0 frame:0\n          \
             TX packets:0 errors:0 dropped:0 overruns:0 carrier:0\n          collisions:0 \
             txqueuelen:{length} \n          RX bytes:0 (0.0 B)  TX bytes:0 (0.0 B)\n\n",
            interface.address, net.mask
        )
    });
    let text: Vec<String> = shown.collect();
    process.print(text.concat()).await?;
    Ok(0)
}

async fn route(process: &mut Process) -> Outcome {
    let given = Options::new("ne", &[]).read(&process.args)?;
    if !given.operands.is_empty() {
        return Err(Stop::told("SIOCADDRT: Operation not permitted"));
    }
    let text = kernel_routes(process, given.has('n'), Columns::Metric);
    process.print(text).await?;
    Ok(0)
}

/// Which figures of a route are shown beside where it leads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    /// As `route` does.
    Metric,
    /// As `netstat -r` does.
    Window,
}

/// The routes, as a table.
pub(super) fn kernel_routes(process: &Process, numeric: bool, columns: Columns) -> String {
    let (heading, figures) = match columns {
        Columns::Metric => ("Flags Metric Ref    Use Iface", "0      0        0"),
        Columns::Window => ("Flags   MSS Window  irtt Iface", "    0 0          0"),
    };
    let mut text = format!(
        "Kernel IP routing table\nDestination     Gateway         Genmask         {heading}\n"
    );
    let row = |to: String, gateway: String, mask: String, flags: &str, name: &str| {
        format!("{to:<15} {gateway:<15} {mask:<15} {flags:<5} {figures} {name}\n")
    };
    let interfaces = process.space.network().interfaces().into_iter();
    for (index, interface) in interfaces.filter(|i| !is_loopback(i)).enumerate() {
        let net = Net::of(&interface);
        let nowhere = "0.0.0.0".to_owned();
        let (any, none) = if numeric {
            (nowhere.clone(), nowhere.clone())
        } else {
            ("default".to_owned(), "*".to_owned())
        };
        if index == 0 {
            text += &row(any, net.gateway.to_string(), nowhere, "UG", &interface.name);
        }
        let (network, mask) = (net.network.to_string(), net.mask.to_string());
        text += &row(network, none, mask, "U", &interface.name);
    }
    text
}
