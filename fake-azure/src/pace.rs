//! How time flows in the simulator.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use simulation::Clock;

/// How the states of operations and machines move on.
///
/// Whatever the pace, a state is a function of what was asked and of the simulator's time;
/// nothing runs in the background to bring it about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Pace {
    /// Everything is done the moment it is accepted.
    #[default]
    Instant,
    /// Each state lasts for this many looks at it: progress by being read.
    Reads(u32),
    /// The durations of the real service, multiplied by this factor, on the machine's clock.
    After(f64),
    /// The durations of the real service, on a clock that moves only when it is advanced. With a
    /// seed it begins at 2017-06-01T00:00:00Z, else at the start.
    ByHand,
}

impl Pace {
    /// A clock that follows the machine's, or stands still until it is advanced: from now on, or
    /// where all is to be the same at every start, from [`BEGINNING`] on.
    pub(crate) fn clock(self, is_seeded: bool) -> Clock {
        let real = Clock::real();
        match self {
            Self::Instant | Self::Reads(_) | Self::After(_) => real,
            Self::ByHand => by_hand(is_seeded),
        }
    }

    /// The factor on the real service's durations.
    pub(crate) fn scale(self) -> f64 {
        match self {
            Self::Instant | Self::Reads(_) => 0.0,
            Self::After(scale) => scale,
            Self::ByHand => 1.0,
        }
    }
}

/// When time begins by hand where a seed is given: 1 June 2017, midnight UTC.
pub(crate) const BEGINNING: Timestamp = Timestamp::constant(1_496_275_200, 0);

/// A clock that is moved by hand alone.
pub(crate) fn by_hand(is_seeded: bool) -> Clock {
    Clock::by_hand(if is_seeded {
        BEGINNING
    } else {
        Clock::real().now()
    })
}

/// Why a pace could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a pace: say instant, reads:N, after, after:SCALE or by-hand")]
pub struct InvalidPace(String);

impl FromStr for Pace {
    type Err = InvalidPace;

    fn from_str(text: &str) -> Result<Self, InvalidPace> {
        let refuse = || InvalidPace(text.to_owned());
        match text.split_once(':') {
            None => match text {
                "instant" => Ok(Self::Instant),
                "after" => Ok(Self::After(1.0)),
                "by-hand" => Ok(Self::ByHand),
                _ => Err(refuse()),
            },
            Some(("reads", n)) => match n.parse() {
                Ok(n) if n > 0 => Ok(Self::Reads(n)),
                _ => Err(refuse()),
            },
            Some(("after", scale)) => match scale.parse::<f64>() {
                Ok(scale) if scale.is_finite() && (0.0..=1000.0).contains(&scale) => {
                    Ok(Self::After(scale))
                }
                _ => Err(refuse()),
            },
            Some(_) => Err(refuse()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_pace_is_read() {
        assert_eq!("instant".parse(), Ok(Pace::Instant));
        assert_eq!("reads:3".parse(), Ok(Pace::Reads(3)));
        assert_eq!("after".parse(), Ok(Pace::After(1.0)));
        assert_eq!("after:0.01".parse(), Ok(Pace::After(0.01)));
        assert_eq!("by-hand".parse(), Ok(Pace::ByHand));
    }

    #[test]
    fn other_words_are_refused_by_name() {
        for text in [
            "",
            "reads:0",
            "reads:-1",
            "after:-1",
            "after:inf",
            "after:",
            "soon",
            "by-hand:1",
        ] {
            assert_eq!(text.parse::<Pace>(), Err(InvalidPace(text.to_owned())));
        }
    }
}
