//! How long others are waited for.

use std::time::Duration;

/// The longest wait for Docker, and for other operations to end, unless another is asked for.
const WAIT: Duration = Duration::from_mins(10);

/// The variable says something else than a number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("AZURE_WAIT `{0}` is no number of seconds")]
pub struct NotSeconds(String);

/// The longest wait: what `asked` says, else the environment; none does not wait at all.
pub fn patience(
    asked: Option<u64>,
    environment: Option<&str>,
) -> Result<Option<Duration>, NotSeconds> {
    let wait = match (asked, environment.map(str::trim)) {
        (Some(seconds), _) => Duration::from_secs(seconds),
        (None, Some(text)) if !text.is_empty() => text
            .parse()
            .map(Duration::from_secs)
            .map_err(|_| NotSeconds(text.to_owned()))?,
        (None, _) => WAIT,
    };
    Ok((!wait.is_zero()).then_some(wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_goes_before_the_environment_and_nothing_is_ten_minutes() {
        let seconds = |asked, environment| patience(asked, environment).unwrap();

        assert_eq!(seconds(Some(5), Some("7")), Some(Duration::from_secs(5)));
        assert_eq!(seconds(None, Some(" 7 ")), Some(Duration::from_secs(7)));
        assert_eq!(seconds(None, Some("")), Some(WAIT));
        assert_eq!(seconds(None, None), Some(WAIT));
        assert_eq!(seconds(Some(0), None), None);
        assert!(patience(None, Some("soon")).is_err());
    }
}
