//! Signals: numbers, names, and what becomes of a process that does not handle one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A signal of Linux on amd64, 1 to 64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Signal(u8);

/// What a signal does to a process that neither handles nor ignores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// The process ends.
    End,
    /// Nothing happens.
    Nothing,
    /// The process stands still until it is continued.
    Stop,
    /// A process that stands still goes on.
    Continue,
}

/// The names of signals 1 to 31.
const NAMES: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
    "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];

/// Other names that are read.
const SYNONYMS: [(&str, u8); 4] = [("IOT", 6), ("CLD", 17), ("POLL", 29), ("UNUSED", 31)];

const FIRST_REALTIME: u8 = 34;
const LAST_REALTIME: u8 = 64;

impl Signal {
    /// `SIGHUP`.
    pub const HUP: Self = Self(1);
    /// `SIGINT`.
    pub const INT: Self = Self(2);
    /// `SIGQUIT`.
    pub const QUIT: Self = Self(3);
    /// `SIGABRT`.
    pub const ABRT: Self = Self(6);
    /// `SIGKILL`.
    pub const KILL: Self = Self(9);
    /// `SIGUSR1`.
    pub const USR1: Self = Self(10);
    /// `SIGSEGV`.
    pub const SEGV: Self = Self(11);
    /// `SIGUSR2`.
    pub const USR2: Self = Self(12);
    /// `SIGPIPE`.
    pub const PIPE: Self = Self(13);
    /// `SIGALRM`.
    pub const ALRM: Self = Self(14);
    /// `SIGTERM`.
    pub const TERM: Self = Self(15);
    /// `SIGCHLD`.
    pub const CHLD: Self = Self(17);
    /// `SIGCONT`.
    pub const CONT: Self = Self(18);
    /// `SIGSTOP`.
    pub const STOP: Self = Self(19);
    /// `SIGTSTP`.
    pub const TSTP: Self = Self(20);
    /// `SIGWINCH`.
    pub const WINCH: Self = Self(28);

    /// The signal of this number, 1 to 64.
    pub fn of(number: u8) -> Option<Self> {
        (1..=LAST_REALTIME)
            .contains(&number)
            .then_some(Self(number))
    }

    /// Reads `15`, `TERM`, `SIGTERM`, in any case, and `RTMIN+3`, `RTMAX-1`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(number) = text.parse::<u8>() {
            return Self::of(number);
        }
        let upper = text.to_ascii_uppercase();
        let name = upper.strip_prefix("SIG").unwrap_or(&upper);
        if let Some(index) = NAMES.iter().position(|known| *known == name) {
            return u8::try_from(index + 1).ok().and_then(Self::of);
        }
        if let Some((_, number)) = SYNONYMS.iter().find(|(known, _)| *known == name) {
            return Some(Self(*number));
        }
        let number = if let Some(rest) = name.strip_prefix("RTMIN") {
            FIRST_REALTIME.checked_add(offset(rest, '+')?)?
        } else {
            let rest = name.strip_prefix("RTMAX")?;
            LAST_REALTIME.checked_sub(offset(rest, '-')?)?
        };
        (FIRST_REALTIME..=LAST_REALTIME)
            .contains(&number)
            .then_some(Self(number))
    }

    /// Its number.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Its name without `SIG`: `TERM`, `RTMIN+3`.
    pub fn name(self) -> String {
        match NAMES.get(usize::from(self.0) - 1) {
            Some(name) => (*name).to_owned(),
            None if self.0 < FIRST_REALTIME => self.0.to_string(),
            None if self.0 == FIRST_REALTIME => "RTMIN".to_owned(),
            None if self.0 == LAST_REALTIME => "RTMAX".to_owned(),
            None => format!("RTMIN+{}", self.0 - FIRST_REALTIME),
        }
    }

    /// What a process that it ended is said to have met with.
    pub fn description(self) -> &'static str {
        match self.0 {
            1 => "Hangup",
            2 => "Interrupt",
            3 => "Quit",
            4 => "Illegal instruction",
            5 => "Trace/breakpoint trap",
            6 => "Aborted",
            7 => "Bus error",
            8 => "Floating point exception",
            9 => "Killed",
            10 => "User defined signal 1",
            11 => "Segmentation fault",
            12 => "User defined signal 2",
            13 => "Broken pipe",
            14 => "Alarm clock",
            15 => "Terminated",
            24 => "CPU time limit exceeded",
            25 => "File size limit exceeded",
            _ => "Unknown signal",
        }
    }

    /// What it does to a process that neither handles nor ignores it.
    pub fn disposition(self) -> Disposition {
        match self {
            Self::CHLD | Self::WINCH | Self(23) => Disposition::Nothing,
            Self::CONT => Disposition::Continue,
            Self::STOP | Self::TSTP | Self(21 | 22) => Disposition::Stop,
            _ => Disposition::End,
        }
    }

    /// Whether a process may handle or ignore it.
    pub fn can_be_handled(self) -> bool {
        self != Self::KILL && self != Self::STOP
    }
}

fn offset(text: &str, sign: char) -> Option<u8> {
    if text.is_empty() {
        return Some(0);
    }
    text.strip_prefix(sign)?.parse().ok()
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIG{}", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_writing_of_a_signal_is_read() {
        for text in ["15", "TERM", "SIGTERM", "sigterm", "term"] {
            assert_eq!(Signal::parse(text), Some(Signal::TERM), "{text}");
        }
        assert_eq!(Signal::parse("RTMIN+3"), Signal::of(37));
        assert_eq!(Signal::parse("SIGRTMAX-1"), Signal::of(63));
        for text in [
            "", "0", "65", "256", "NOPE", "SIG", "RTMIN-1", "RTMAX+1", "-1",
        ] {
            assert_eq!(Signal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_signal_is_read_back_by_its_name() {
        for number in 1..=64 {
            let signal = Signal::of(number).unwrap();
            assert_eq!(Signal::parse(&signal.name()), Some(signal));
        }
    }
}
