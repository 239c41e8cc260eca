//! HEALTHCHECK: how an image says whether its container is well.

use std::fmt::{self, Display, Formatter};

use super::flag::{Flags, Kind};
use super::flaw::Flaw;
use super::statement::Statement;
use crate::build::duration::Duration;
use crate::build::quote::QuotedList;

/// A health check; a duration of zero leaves the engine's default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct HealthCheck {
    /// `NONE`, `CMD` with words, or `CMD-SHELL` with a line for the shell.
    pub(crate) test: Vec<String>,
    pub(crate) interval: Duration,
    pub(crate) timeout: Duration,
    pub(crate) start_period: Duration,
    pub(crate) start_interval: Duration,
    pub(crate) retries: i32,
}

impl HealthCheck {
    pub(super) fn read(statement: &Statement) -> Result<Self, Flaw> {
        let Some((kind, command)) = statement.arguments.split_first() else {
            return Err(Flaw::AtLeastOneArgument("HEALTHCHECK"));
        };
        let kind = kind.to_uppercase();
        if kind == "NONE" {
            // Flags are not looked at here.
            return match command {
                [] => Ok(Self {
                    test: vec![kind],
                    ..Self::default()
                }),
                _ => Err(Flaw::HealthCheckNone),
            };
        }
        let names = [
            "interval",
            "timeout",
            "start-period",
            "start-interval",
            "retries",
        ];
        let flags = Flags::read(&statement.flags, &names.map(|name| (name, Kind::Text)))?;
        if kind != "CMD" {
            return Err(Flaw::HealthCheckType(kind));
        }
        if command.is_empty() {
            return Err(Flaw::NoHealthCheckCommand);
        }
        let form = if statement.is_json {
            "CMD"
        } else {
            "CMD-SHELL"
        };
        let mut test = vec![form.to_owned()];
        test.extend_from_slice(command);
        Ok(Self {
            test,
            interval: interval(&flags, "interval")?,
            timeout: interval(&flags, "timeout")?,
            start_period: interval(&flags, "start-period")?,
            start_interval: interval(&flags, "start-interval")?,
            retries: retries(&flags.text("retries"))?,
        })
    }
}

fn interval(flags: &Flags<'_>, name: &'static str) -> Result<Duration, Flaw> {
    let written = flags.text(name);
    if written.is_empty() {
        return Ok(Duration::default());
    }
    let duration = Duration::parse(&written)?;
    if duration != Duration::default() && duration < Duration::MILLISECOND {
        return Err(Flaw::ShortInterval(name));
    }
    Ok(duration)
}

fn retries(written: &str) -> Result<i32, Flaw> {
    if written.is_empty() {
        return Ok(0);
    }
    let not_integer = |problem| Flaw::NotInteger {
        text: written.to_owned(),
        problem,
    };
    let digits = written.strip_prefix(['+', '-']).unwrap_or(written);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(not_integer("invalid syntax"));
    }
    match written.parse() {
        Ok(retries @ 0..) => Ok(retries),
        Ok(retries) => Err(Flaw::NegativeRetries(retries)),
        Err(_) => Err(not_integer("value out of range")),
    }
}

impl Display for HealthCheck {
    /// Shows the check as an image's history does, which is Go's way to quote a record.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "&{{{} \"{}\" \"{}\" \"{}\" \"{}\" ",
            QuotedList(&self.test),
            self.interval,
            self.timeout,
            self.start_period,
            self.start_interval
        )?;
        // A number is quoted as the character that it stands for.
        let character = u32::try_from(self.retries).ok().and_then(char::from_u32);
        match character {
            Some('\'') => f.write_str(r"'\''")?,
            Some('"') => f.write_str("'\"'")?,
            Some(c) => {
                let quoted = crate::build::quote::Quoted(c.encode_utf8(&mut [0; 4])).to_string();
                write!(f, "'{}'", quoted.trim_matches('"'))?;
            }
            None => f.write_str("'\u{fffd}'")?,
        }
        f.write_str("}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_shows_a_check_as_go_quotes_it() {
        let check = HealthCheck {
            test: vec!["CMD-SHELL".to_owned(), "true".to_owned()],
            interval: Duration(300_000_000_000),
            timeout: Duration(3_000_000_000),
            retries: 3,
            ..HealthCheck::default()
        };

        assert_eq!(
            check.to_string(),
            r#"&{["CMD-SHELL" "true"] "5m0s" "3s" "0s" "0s" '\x03'}"#
        );
        let often = HealthCheck {
            retries: 39,
            ..HealthCheck::default()
        };
        assert!(often.to_string().ends_with(r"'\''}"));
    }

    #[test]
    fn retries_are_a_number_of_32_bits() {
        assert_eq!(retries("3"), Ok(3));
        assert_eq!(
            retries("x").unwrap_err().to_string(),
            "strconv.ParseInt: parsing \"x\": invalid syntax"
        );
        assert_eq!(
            retries("4294967296").unwrap_err().to_string(),
            "strconv.ParseInt: parsing \"4294967296\": value out of range"
        );
        assert_eq!(
            retries("-1").unwrap_err().to_string(),
            "--retries cannot be negative (-1)"
        );
    }
}
