//! `seq`.

use super::options::Options;
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "seq",
    "[-w] [-s SEP] [FIRST [INC]] LAST",
    |process| Box::pin(seq(process)),
)];

/// The most digits after the point.
const PRECISION: usize = 18;

/// A decimal number as it was written: so many units of the last place.
#[derive(Clone, Copy)]
struct Decimal {
    units: i128,
    places: usize,
}

impl Decimal {
    fn read(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        let digits = !all.is_empty() && all.bytes().all(|b| b.is_ascii_digit());
        if !digits || fraction.len() > PRECISION || all.len() > 30 {
            return None;
        }
        let units: i128 = all.parse().ok()?;
        Some(Self {
            units: if negative { -units } else { units },
            places: fraction.len(),
        })
    }

    /// The same number in units of another place, which is no coarser.
    fn at(self, places: usize) -> Option<i128> {
        let shift = u32::try_from(places - self.places).ok()?;
        self.units.checked_mul(10_i128.checked_pow(shift)?)
    }
}

fn show(units: i128, places: usize, width: usize) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let digits = format!("{:0>least$}", units.unsigned_abs(), least = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let point = if places > 0 { "." } else { "" };
    let rest = whole.len() + point.len() + fraction.len() + sign.len();
    let zeros = "0".repeat(width.saturating_sub(rest));
    format!("{sign}{zeros}{whole}{point}{fraction}")
}

async fn seq(process: &mut Process) -> Outcome {
    // Numbers below zero look like options.
    let mut args = process.args.clone();
    let negative = |word: &String| {
        word.starts_with('-') && word[1..].starts_with(|c: char| c.is_ascii_digit() || c == '.')
    };
    if let Some(at) = args.iter().position(negative) {
        args.insert(at, "--".to_owned());
    }
    let options = Options::new("+ws:f:", &[("equal-width", 'w'), ("separator", 's')]);
    let given = options.read(&args)?;
    let operands: Vec<&String> = given.operands.iter().filter(|word| *word != "--").collect();
    if operands.is_empty() || operands.len() > 3 {
        return Err(Stop::Usage(String::new()));
    }
    if given.has('f') {
        return Err(Stop::told("-f is not supported"));
    }
    let mut numbers = Vec::new();
    for word in operands {
        numbers.push(Decimal::read(word).ok_or_else(|| Stop::Usage(String::new()))?);
    }
    let one = Decimal {
        units: 1,
        places: 0,
    };
    let (first, step, last) = match numbers[..] {
        [last] => (one, one, last),
        [first, last] => (first, one, last),
        [first, step, last] => (first, step, last),
        _ => return Err(Stop::Usage(String::new())),
    };
    let places = first.places.max(step.places);
    let all = places.max(last.places);
    let too_big = || Stop::told("number too big");
    let value = |number: Decimal, places| number.at(places).ok_or_else(too_big);
    let (mut now, by, end) = (value(first, all)?, value(step, all)?, value(last, all)?);
    // What is shown has the places of what is counted with.
    let coarse = 10_i128.pow(u32::try_from(all - places).unwrap_or(0));
    let width = if given.has('w') {
        let longest = |units: i128| show(units / coarse, places, 0).len();
        longest(now).max(longest(end))
    } else {
        0
    };
    let separator = given.value('s').unwrap_or("\n");
    let mut out = Output::default();
    let mut any = false;
    while (by >= 0 && now <= end) || (by < 0 && now >= end) {
        if std::mem::replace(&mut any, true) {
            out.put(process, separator).await?;
        }
        out.put(process, show(now / coarse, places, width)).await?;
        now = now.checked_add(by).ok_or_else(too_big)?;
    }
    if any {
        out.put(process, "\n").await?;
    }
    out.flush(process).await?;
    Ok(0)
}
