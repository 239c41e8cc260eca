//! `crontab` and `crond`: commands at their times.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use super::calls::Calls as _;
use super::date::zone;
use super::input;
use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::{Accounts, Process};

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("crontab", "[-c DIR] [-u USER] [-ler]|[FILE]", |process| {
        Box::pin(crontab(process))
    }),
    Tool::new(
        "crond",
        "[-fbS] [-l N] [-d N] [-L LOGFILE] [-c DIR]",
        |process| Box::pin(crond(process)),
    ),
];

/// Where the tables lie, one for each user.
const TABLES: &str = "/var/spool/cron/crontabs";

async fn crontab(process: &mut Process) -> Outcome {
    let options = Options::new("c:u:ler", &[]);
    let given = options.read(&process.args)?;
    let accounts = Accounts::read(process.space.files());
    let user = match given.value('u') {
        Some(_) if !process.user.is_root() => {
            return Err(Stop::told("must be suid to work properly"));
        }
        Some(name) => accounts.user(name).map(|user| user.name.clone()),
        None => Some(accounts.user_name(process.user.uid)),
    };
    let Some(user) = user else {
        let name = given.value('u').unwrap_or_default();
        return Err(Stop::told(format!("unknown user {name}")));
    };
    let folder = given.value('c').unwrap_or(TABLES);
    let table = format!("{folder}/{user}");
    let wrong = |errno| Stop::told(format!("can't open '{user}': {errno}"));
    match given.last_of("ler") {
        Some('l') => {
            let text = input::whole_file(process, &table).await.map_err(wrong)?;
            process.print(text).await?;
        }
        Some('r') => {
            // One that is not there is gone.
            process.unlink(&table).ok();
        }
        Some(_) => return edit(process, &table),
        None => {
            let name = given.operands_between(0, 1)?.first();
            let name = name.map_or("-", String::as_str);
            let text = input::whole_file(process, name).await;
            let text = text.map_err(|errno| Stop::told(format!("can't open '{name}': {errno}")))?;
            put(process, folder, &user, &text).await?;
        }
    }
    Ok(0)
}

async fn put(process: &Process, folder: &str, user: &str, text: &[u8]) -> Result<(), Stop> {
    let table = format!("{folder}/{user}");
    let wrong = |errno| Stop::told(format!("can't open '{user}': {errno}"));
    if !process.is_dir(folder) {
        return Err(Stop::told(format!(
            "can't change directory to '{folder}': No such file or directory"
        )));
    }
    let to = process.create(&table).map_err(wrong)?;
    to.write(text, process.now()).await.map_err(wrong)?;
    process.chmod(&table, 0o600).map_err(wrong)?;
    Ok(())
}

/// Lets the user's editor change the table.
fn edit(process: &mut Process, table: &str) -> Outcome {
    let named = ["VISUAL", "EDITOR"].into_iter();
    let mut named = named.filter_map(|name| process.variable(name));
    let editor = named.next().unwrap_or("vi").to_owned();
    if process.stat(table).is_err() {
        let wrong = |errno| Stop::told(format!("can't open '{table}': {errno}"));
        process.create(table).map_err(wrong)?;
    }
    Err(Stop::Become(vec![
        "sh".to_owned(),
        "-c".to_owned(),
        format!("{editor} \"$1\""),
        "crontab".to_owned(),
        table.to_owned(),
    ]))
}

/// A line of a table: when, and what.
struct Job {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Whether any day, and any day of the week, will do.
    any: (bool, bool),
    at_start: bool,
    command: String,
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// The numbers of a field as bits: `*`, `5`, `1-5`, `*/2`, `mon`, and lists of these.
fn field(text: &str, first: u32, last: u32, names: &[&str]) -> Option<u64> {
    let number = |text: &str| {
        let short = text.get(..3).unwrap_or(text).to_ascii_lowercase();
        match names.iter().position(|name| *name == short) {
            Some(at) => u32::try_from(at).ok().map(|at| at + first),
            None => text.parse().ok(),
        }
    };
    let mut bits = 0;
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse().ok().filter(|step| *step > 0)?),
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (first, last),
            Some((from, to)) => (number(from)?, number(to)?),
            None if step > 1 => (number(range)?, last),
            None => (number(range)?, number(range)?),
        };
        if from < first || to > last || from > to {
            return None;
        }
        let chosen = (from..=to).step_by(usize::try_from(step).ok()?);
        bits = chosen.fold(bits, |bits, number| bits | 1_u64 << number);
    }
    Some(bits)
}

impl Job {
    /// Reads a line; none is a remark, a variable, or nothing that is understood.
    fn read(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.starts_with('#') {
            return None;
        }
        let spelled = match line.split_once(char::is_whitespace) {
            Some(("@reboot", command)) => {
                return Some(Self {
                    at_start: true,
                    ..Self::read(&format!("0 0 1 1 * {command}"))?
                });
            }
            Some(("@yearly" | "@annually", command)) => format!("0 0 1 1 * {command}"),
            Some(("@monthly", command)) => format!("0 0 1 * * {command}"),
            Some(("@weekly", command)) => format!("0 0 * * 0 {command}"),
            Some(("@daily" | "@midnight", command)) => format!("0 0 * * * {command}"),
            Some(("@hourly", command)) => format!("0 * * * * {command}"),
            _ => line.to_owned(),
        };
        let mut rest = spelled.as_str();
        let mut fields = [""; 5];
        for field in &mut fields {
            let (word, after) = rest.split_once(char::is_whitespace)?;
            (*field, rest) = (word, after.trim_start());
        }
        let [minutes, hours, days, months, weekdays] = fields;
        let any = (days.starts_with('*'), weekdays.starts_with('*'));
        let weekdays = field(weekdays, 0, 7, &DAYS)?;
        Some(Self {
            minutes: field(minutes, 0, 59, &[])?,
            hours: field(hours, 0, 23, &[])?,
            days: field(days, 1, 31, &[])?,
            months: field(months, 1, 12, &MONTHS)?,
            // Sunday is 0 and 7.
            weekdays: weekdays | weekdays >> 7,
            any,
            at_start: false,
            command: rest.to_owned(),
        })
    }

    fn is_due(&self, at: DateTime) -> bool {
        let has = |bits: u64, number: i8| bits >> u32::try_from(number).unwrap_or(63) & 1 == 1;
        let weekday = at.date().weekday().to_sunday_zero_offset();
        let (day, weekday) = (has(self.days, at.day()), has(self.weekdays, weekday));
        // Of a day and a day of the week that are both said one is enough.
        let is_day = match self.any {
            (false, false) => day || weekday,
            _ => day && weekday,
        };
        !self.at_start
            && is_day
            && has(self.minutes, at.minute())
            && has(self.hours, at.hour())
            && has(self.months, at.month())
    }
}

/// The jobs of all tables, with whose they are.
fn jobs(process: &Process, folder: &str) -> Vec<(String, Job)> {
    let mut jobs = Vec::new();
    for entry in process.list(folder).unwrap_or_default() {
        let path = process.path(&format!("{folder}/{}", entry.name));
        let Ok(text) = process.space.files().read(&path, &process.user) else {
            continue;
        };
        let text = String::from_utf8_lossy(&text).into_owned();
        jobs.extend(
            text.lines()
                .filter_map(Job::read)
                .map(|job| (entry.name.clone(), job)),
        );
    }
    jobs
}

async fn crond(process: &mut Process) -> Outcome {
    let options = Options::new("fbSl:d:L:c:", &[]);
    let given = options.read(&process.args)?;
    let folder = given.value('c').unwrap_or(TABLES).to_owned();
    if !process.is_dir(&folder) {
        return Err(Stop::told(format!(
            "can't change directory to '{folder}': No such file or directory"
        )));
    }
    if given.has('f') {
        return attend(process, &folder).await;
    }
    let child = process
        .fork(move |mut process| async move { attend(&mut process, &folder).await.unwrap_or(1) });
    child.map_err(|error| Stop::told(error.to_string()))?;
    Ok(0)
}

/// Starts what is due, minute by minute, as long as it runs.
async fn attend(process: &mut Process, folder: &str) -> Outcome {
    let zone = zone(process);
    for (user, job) in jobs(process, folder) {
        if job.at_start {
            start(process, &user, &job.command);
        }
    }
    loop {
        let now = process.now();
        let next = next_minute(now);
        let pause = next.duration_since(now);
        process.sleep(pause.try_into().unwrap_or_default()).await;
        let at = next.to_zoned_datetime(zone.clone()).datetime();
        for (user, job) in jobs(process, folder) {
            if job.is_due(at) {
                start(process, &user, &job.command);
            }
        }
    }
}

fn next_minute(now: Timestamp) -> Timestamp {
    let into = now.as_second().rem_euclid(60);
    let begun = Timestamp::from_second(now.as_second() - into).unwrap_or(now);
    begun
        .checked_add(SignedDuration::from_secs(60))
        .unwrap_or(now)
}

/// Starts a job as its user; what it writes goes where the daemon's own words go.
fn start(process: &Process, user: &str, command: &str) {
    let accounts = Accounts::read(process.space.files());
    let Some(user) = accounts.user(user) else {
        return;
    };
    let words = ["/bin/sh", "-c", command].map(str::to_owned);
    let mut launch = process.child(words.to_vec());
    launch.user = accounts.credentials(user);
    launch.cwd.clone_from(&user.home);
    for (name, value) in [
        ("USER", &user.name),
        ("HOME", &user.home),
        ("SHELL", &"/bin/sh".to_owned()),
    ] {
        launch.env.retain(|(known, _)| known != name);
        launch.env.push((name.to_owned(), value.clone()));
    }
    if let Err(error) = process.spawn(launch) {
        tracing::debug!("cron: {command}: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_due(line: &str, at: &str) -> bool {
        Job::read(line).unwrap().is_due(at.parse().unwrap())
    }

    #[test]
    fn a_line_tells_when() {
        // 2026-11-26 is a Thursday.
        for (line, at, due) in [
            ("* * * * * x", "2026-11-26T09:30:00", true),
            ("*/15 * * * * x", "2026-11-26T09:30:00", true),
            ("*/15 * * * * x", "2026-11-26T09:31:00", false),
            ("30 9-17 * * mon-fri x", "2026-11-26T09:30:00", true),
            ("30 9-17 * * 0,6,7 x", "2026-11-26T09:30:00", false),
            ("0 0 1 * 4 x", "2026-11-26T00:00:00", true),
            ("0 0 27 * 4 x", "2026-11-27T00:00:00", true),
            ("0 0 * nov 7 x", "2026-11-29T00:00:00", true),
            ("@daily x", "2026-11-29T00:00:00", true),
            ("@reboot x", "2026-01-01T00:00:00", false),
        ] {
            assert_eq!(is_due(line, at), due, "{line} at {at}");
        }
        for line in [
            "# x",
            "",
            "A=1",
            "60 * * * * x",
            "* * * * x",
            "*/0 * * * * x",
        ] {
            assert!(Job::read(line).is_none(), "{line}");
        }
        assert_eq!(Job::read(" 1 2 3 4 5  a  b ").unwrap().command, "a  b");
    }
}
