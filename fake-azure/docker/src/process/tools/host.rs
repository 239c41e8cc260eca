//! `hostname`, `uname`, `arch`, `nproc`, `uptime`, `free`: the machine that is believed in.

use super::options::Options;
use super::sizes;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::{Process, proc};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("hostname", "[-sidf]", |process| Box::pin(hostname(process))),
    Tool::new("uname", "[-amnrspvio]", |process| Box::pin(uname(process))),
    Tool::new("arch", "", |process| Box::pin(arch(process))),
    Tool::new("nproc", "[--all] [--ignore=N]", |process| {
        Box::pin(nproc(process))
    }),
    Tool::new("uptime", "", |process| Box::pin(uptime(process))),
    Tool::new("free", "[-bkmgh]", |process| Box::pin(free(process))),
];

async fn hostname(process: &mut Process) -> Outcome {
    let options = Options::new("sidfI", &[("short", 's'), ("fqdn", 'f'), ("long", 'f')]);
    let given = options.read(&process.args)?;
    if !given.operands.is_empty() {
        return Err(Stop::told("sethostname: Operation not permitted"));
    }
    let name = process.space.host_name().to_owned();
    let full = match given.last_of("sidfI") {
        // With a domain it is known by that, too.
        Some('d' | 'f') => canonical_name(process, &name).await,
        _ => name.clone(),
    };
    let (short, domain) = full.split_once('.').unwrap_or((&full, ""));
    let addresses = || {
        let interfaces = process.space.network().interfaces().into_iter();
        let outward = interfaces.filter(|interface| !interface.address.is_loopback());
        let addresses: Vec<_> = outward.map(|i| i.address.to_string()).collect();
        addresses.join(" ")
    };
    let text = match given.last_of("sidfI") {
        Some('s') => short.to_owned(),
        Some('d') if domain.is_empty() => return Ok(0),
        Some('d') => domain.to_owned(),
        Some('f') => full,
        Some('i') => {
            let known = process.space.network().resolve(&name);
            if known.is_empty() {
                return Err(Stop::told(format!("{name}: Unknown host")));
            }
            let known: Vec<_> = known.iter().map(ToString::to_string).collect();
            known.join(" ")
        }
        Some('I') => addresses() + " ",
        _ => name,
    };
    process.print(format!("{text}\n")).await?;
    Ok(0)
}

/// The first name of a host's line in `/etc/hosts`, which is its whole one.
async fn canonical_name(process: &mut Process, name: &str) -> String {
    let hosts = super::input::whole_file(process, "/etc/hosts").await;
    let hosts = hosts.unwrap_or_default();
    let text = String::from_utf8_lossy(&hosts);
    let mut lines = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default());
    let found = lines.find_map(|line| {
        let mut names = line.split_whitespace().skip(1);
        let whole = names.next()?;
        let is_it = whole == name || names.any(|other| other == name);
        is_it.then(|| whole.to_owned())
    });
    found.unwrap_or_else(|| name.to_owned())
}

async fn uname(process: &mut Process) -> Outcome {
    let options = Options::new(
        "asnrvmpio",
        &[
            ("all", 'a'),
            ("kernel-name", 's'),
            ("nodename", 'n'),
            ("kernel-release", 'r'),
            ("kernel-version", 'v'),
            ("machine", 'm'),
            ("processor", 'p'),
            ("operating-system", 'o'),
        ],
    );
    let given = options.read(&process.args)?;
    given.operands_between(0, 0)?;
    let machine = process.space.machine();
    let parts = [
        ('s', "Linux"),
        ('n', process.space.host_name()),
        ('r', &machine.kernel_release),
        ('v', &machine.kernel_version),
        ('m', machine.hardware.as_str()),
        ('p', "unknown"),
        ('i', "unknown"),
        ('o', "GNU/Linux"),
    ];
    let nothing = given.all().next().is_none();
    let wanted = parts.iter().filter(|(letter, text)| {
        let in_all = given.has('a') && *text != "unknown";
        in_all || given.has(*letter) || (nothing && *letter == 's')
    });
    let text: Vec<&str> = wanted.map(|(_, text)| *text).collect();
    let text = text.join(" ");
    process.print(format!("{text}\n")).await?;
    Ok(0)
}

async fn arch(process: &mut Process) -> Outcome {
    let line = format!("{}\n", process.space.machine().hardware);
    process.print(line).await?;
    Ok(0)
}

async fn nproc(process: &mut Process) -> Outcome {
    let options = Options::new("ai:", &[("all", 'a'), ("ignore", 'i')]);
    let given = options.read(&process.args)?;
    let ignored = given.number('i')?.unwrap_or(0);
    let count = u64::from(process.space.machine().cpus).saturating_sub(ignored);
    process.print(format!("{}\n", count.max(1))).await?;
    Ok(0)
}

async fn uptime(process: &mut Process) -> Outcome {
    process.print(format!("{}\n", up(process))).await?;
    Ok(0)
}

/// The line of `uptime`.
pub(super) fn up(process: &Process) -> String {
    let minutes = proc::uptime(process).as_mins().max(0);
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let mut since = match days {
        0 => String::new(),
        1 => "1 day, ".to_owned(),
        days => format!("{days} days, "),
    };
    since += &if hours > 0 {
        format!("{hours:2}:{minutes:02}")
    } else {
        format!("{minutes} min")
    };
    let now = process.now().strftime("%H:%M:%S").to_string();
    format!(" {now} up {since},  load average: 0.00, 0.00, 0.00")
}

async fn free(process: &mut Process) -> Outcome {
    let options = Options::new(
        "bkmgh",
        &[("bytes", 'b'), ("mega", 'm'), ("giga", 'g'), ("human", 'h')],
    );
    let given = options.read(&process.args)?;
    let total = process.space.machine().memory_bytes;
    let used = total / 4;
    let cached = total / 4 + total / 32;
    let unit = given.last_of("bkmgh").unwrap_or('k');
    let show = |bytes: u64| match unit {
        'b' => bytes.to_string(),
        'm' => (bytes >> 20).to_string(),
        'g' => (bytes >> 30).to_string(),
        'h' => sizes::human(bytes),
        _ => (bytes >> 10).to_string(),
    };
    let available = total - used;
    let row = |name: &str, values: &[u64]| {
        let columns = values.iter().map(|value| format!("{:>12}", show(*value)));
        format!("{name:<7}{}\n", columns.collect::<String>())
    };
    let mut text = String::from(
        "              total        used        free      shared  buff/cache   available\n",
    );
    text += &row(
        "Mem:",
        &[total, used, available - cached, 0, cached, available],
    );
    text += &row("Swap:", &[0, 0, 0]);
    process.print(text).await?;
    Ok(0)
}
