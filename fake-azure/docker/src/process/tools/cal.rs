//! `cal`.

use super::date::zone;
use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[Tool::new("cal", "[-my] [[MONTH] YEAR]", |process| {
    Box::pin(cal(process))
})];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// The width of a month.
const WIDTH: usize = 20;
/// Between months that stand side by side.
const GAP: &str = "  ";

async fn cal(process: &mut Process) -> Outcome {
    let given = Options::new("jmy", &[]).read(&process.args)?;
    if given.has('j') {
        return Err(Stop::told("-j is not supported"));
    }
    let now = process.now().to_zoned_datetime(zone(process)).date();
    let number = |text: &str, least: i16, most: i16| {
        let number = text.parse().ok().filter(|n| (least..=most).contains(n));
        let words = || Stop::told(format!("number {text} is not in {least}..{most} range"));
        number.ok_or_else(words)
    };
    let (month, year) = match given.operands_between(0, 2)? {
        [] if given.has('y') => (None, now.year()),
        [] => (Some(i16::from(now.month())), now.year()),
        [year] => (None, number(year, 1, 9999)?),
        [month, year, ..] => (Some(number(month, 1, 12)?), number(year, 1, 9999)?),
    };
    let from_monday = given.has('m');
    let text = match month {
        Some(month) => one(month, year, from_monday),
        None => all(year, from_monday),
    };
    process.print(text).await?;
    Ok(0)
}

/// The eight lines of a month; `title` is the first one.
fn lines(month: i16, year: i16, from_monday: bool, title: &str) -> Vec<String> {
    let indent = WIDTH.saturating_sub(title.len()) / 2;
    let mut lines = vec![format!("{}{title}", " ".repeat(indent))];
    lines.push(
        if from_monday {
            "Mo Tu We Th Fr Sa Su"
        } else {
            "Su Mo Tu We Th Fr Sa"
        }
        .to_owned(),
    );
    let month = i8::try_from(month).unwrap_or(1);
    let Ok(first) = jiff::civil::Date::new(year, month, 1) else {
        return lines;
    };
    let weekday = first.weekday();
    let offset = if from_monday {
        weekday.to_monday_zero_offset()
    } else {
        weekday.to_sunday_zero_offset()
    };
    let offset = usize::try_from(offset).unwrap_or_default();
    let days = usize::try_from(first.days_in_month()).unwrap_or(31);
    let cells: Vec<String> = (0..42)
        .map(|cell: usize| match (cell + 1).checked_sub(offset) {
            Some(day) if (1..=days).contains(&day) => format!("{day:2}"),
            _ => "  ".to_owned(),
        })
        .collect();
    for week in cells.chunks(7) {
        lines.push(week.join(" "));
    }
    lines
}

fn one(month: i16, year: i16, from_monday: bool) -> String {
    let name = MONTHS[usize::try_from(month - 1).unwrap_or_default()];
    let lines = lines(month, year, from_monday, &format!("{name} {year}"));
    let mut text = String::new();
    for line in lines {
        let line = match line.trim_end() {
            // A week without days is there, too.
            "" => " ".repeat(WIDTH + 1),
            line => line.to_owned(),
        };
        text += &format!("{line}\n");
    }
    text
}

fn all(year: i16, from_monday: bool) -> String {
    let across = 3 * WIDTH + 2 * GAP.len();
    let title = year.to_string();
    let indent = across.saturating_sub(title.len()) / 2;
    let mut text = format!("{}{title}\n\n", " ".repeat(indent));
    for (row, names) in MONTHS.chunks(3).enumerate() {
        let months: Vec<Vec<String>> = (names.iter().enumerate())
            .map(|(at, name)| {
                let month = i16::try_from(row * 3 + at + 1).unwrap_or(1);
                lines(month, year, from_monday, name)
            })
            .collect();
        for line in 0..8 {
            let parts = months
                .iter()
                .map(|month| format!("{:<WIDTH$}", month[line]));
            let line = parts.collect::<Vec<_>>().join(GAP);
            text += &format!("{}\n", line.trim_end());
        }
    }
    text
}
