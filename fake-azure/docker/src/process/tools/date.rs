//! `date`.

pub(super) mod read;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::calls::Calls as _;
use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "date",
    "[-u] [-R] [-I[SPEC]] [-r FILE] [-d TIME] [-D FMT] [+FMT]",
    |process| Box::pin(date(process)),
)];

const OPTIONS: Options = Options::new(
    "uRI::r:d:D:s:",
    &[
        ("utc", 'u'),
        ("universal", 'u'),
        ("rfc-2822", 'R'),
        ("rfc-email", 'R'),
        ("iso-8601", 'I'),
        ("reference", 'r'),
        ("date", 'd'),
        ("set", 's'),
    ],
);

/// The longest format, in bytes.
const LONGEST: usize = 4096;

async fn date(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&process.args)?;
    let zone = if given.has('u') {
        TimeZone::UTC
    } else {
        zone(process)
    };
    let mut format = None;
    let mut set = given.value('s');
    for operand in &given.operands {
        match operand.strip_prefix('+') {
            Some(text) => format = Some(text),
            None => set = Some(operand),
        }
    }
    if set.is_some() {
        return Err(Stop::told("can't set date: Operation not permitted"));
    }
    let time = if let Some(file) = given.value('r') {
        let stat = process.stat(file);
        stat.map_err(|errno| Stop::told(format!("{file}: {errno}")))?
            .meta
            .modified
    } else if let Some(text) = given.value('d') {
        read::time(text, given.value('D'), process.now(), &zone)
            .ok_or_else(|| Stop::told(format!("invalid date '{text}'")))?
    } else {
        process.now()
    };
    let format = match format {
        Some(format) => format.to_owned(),
        None if given.has('R') => "%a, %d %b %Y %H:%M:%S %z".to_owned(),
        None if given.has('I') => iso(given.value('I').unwrap_or("date"))?,
        None => "%a %b %e %H:%M:%S %Z %Y".to_owned(),
    };
    if format.len() > LONGEST {
        return Err(Stop::told("format is too long"));
    }
    let text = show(time, &zone, &format);
    process.print(format!("{text}\n")).await?;
    Ok(0)
}

fn iso(precision: &str) -> Result<String, Stop> {
    let forms = [
        ("date", "%Y-%m-%d"),
        ("hours", "%Y-%m-%dT%H%:z"),
        ("minutes", "%Y-%m-%dT%H:%M%:z"),
        ("seconds", "%Y-%m-%dT%H:%M:%S%:z"),
        ("ns", "%Y-%m-%dT%H:%M:%S,%N%:z"),
    ];
    let form = forms.iter().find(|(name, _)| name.starts_with(precision));
    form.map(|(_, format)| (*format).to_owned())
        .ok_or_else(|| Stop::Usage(String::new()))
}

/// The time zone of a process: UTC, or what `TZ` says in the POSIX way. No table of
/// the world's zones is here, as in most images.
pub(super) fn zone(process: &Process) -> TimeZone {
    let zone = process
        .variable("TZ")
        .and_then(|tz| TimeZone::posix(tz).ok());
    zone.unwrap_or(TimeZone::UTC)
}

/// Writes a time as `strftime` does; what is no conversion stays as it is.
pub(super) fn show(time: Timestamp, zone: &TimeZone, format: &str) -> String {
    let time = time.to_zoned_datetime(zone.clone());
    let mut text = String::new();
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        let conversion = conversion(&rest[at..]);
        rest = &rest[at + conversion.len()..];
        match conversion {
            // jiff's own `%c` and its kin are those of another locale.
            "%c" => text += &time.strftime("%a %b %e %H:%M:%S %Y").to_string(),
            "%x" => text += &time.strftime("%m/%d/%y").to_string(),
            "%X" => text += &time.strftime("%H:%M:%S").to_string(),
            "%r" => text += &time.strftime("%I:%M:%S %p").to_string(),
            "%N" => text += &format!("{:09}", time.subsec_nanosecond()),
            "%3N" => text += &format!("{:03}", time.millisecond()),
            "%6N" => text += &format!("{:06}", time.subsec_nanosecond() / 1000),
            _ => match jiff::fmt::strtime::format(conversion, &time) {
                Ok(shown) => text += &shown,
                Err(_) => text += conversion,
            },
        }
    }
    text + rest
}

/// The conversion that a text begins with: `%`, flags, a width, a letter.
fn conversion(text: &str) -> &str {
    let mut letters = text.char_indices().skip(1);
    let end = letters.find(|(_, c)| !"-_0^#:EO123456789".contains(*c));
    match end {
        // A width of many figures asks for much memory.
        Some((at, letter)) if at <= 3 => &text[..at + letter.len_utf8()],
        _ => "%",
    }
}
