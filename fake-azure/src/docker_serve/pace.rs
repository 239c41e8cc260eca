//! How time flows in an engine that stands alone.

use std::str::FromStr;

use simulation::Clock;

use crate::pace::by_hand;

/// How fast an engine's time passes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum EnginePace {
    /// As the machine's does.
    #[default]
    Real,
    /// So many times as fast.
    Scaled(f64),
    /// Only when it is advanced.
    ByHand,
}

/// Why a pace could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an engine's pace: say real, scaled:FACTOR or by-hand")]
pub struct InvalidEnginePace(String);

impl EnginePace {
    /// A clock that goes like this from now on; by hand with a seed, from the same moment on at
    /// every start.
    pub(crate) fn clock(self, is_seeded: bool) -> Clock {
        match self {
            Self::Real => Clock::real(),
            Self::Scaled(speed) => Clock::scaled(speed),
            Self::ByHand => by_hand(is_seeded),
        }
    }
}

impl FromStr for EnginePace {
    type Err = InvalidEnginePace;

    fn from_str(text: &str) -> Result<Self, InvalidEnginePace> {
        let refuse = || InvalidEnginePace(text.to_owned());
        match text.split_once(':') {
            None if text == "real" => Ok(Self::Real),
            None if text == "by-hand" => Ok(Self::ByHand),
            Some(("scaled", factor)) => match factor.parse::<f64>() {
                Ok(factor) if factor > 0.0 && factor <= 1e6 => Ok(Self::Scaled(factor)),
                _ => Err(refuse()),
            },
            _ => Err(refuse()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_pace_is_read() {
        assert_eq!("real".parse(), Ok(EnginePace::Real));
        assert_eq!("scaled:60".parse(), Ok(EnginePace::Scaled(60.0)));
        assert_eq!("scaled:0.5".parse(), Ok(EnginePace::Scaled(0.5)));
        assert_eq!("by-hand".parse(), Ok(EnginePace::ByHand));
    }

    #[test]
    fn other_words_are_refused_by_name() {
        for text in [
            "",
            "real:1",
            "scaled",
            "scaled:0",
            "scaled:-1",
            "scaled:NaN",
            "scaled:inf",
            "by-hand:2",
        ] {
            let refused = text.parse::<EnginePace>();
            assert_eq!(refused, Err(InvalidEnginePace(text.to_owned())));
        }
    }
}
