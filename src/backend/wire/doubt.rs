//! Whether a refusal comes from this side: from a clock that is wrong, or from a certificate whose
//! time is over or has not come.

use jiff::{SignedDuration, Timestamp};
use rustls::CertificateError;
use rustls_pki_types::UnixTime;

use crate::pki::certificate::Certificate;

/// Clocks that differ by less are taken to agree.
const AGREEMENT: SignedDuration = SignedDuration::from_mins(5);

/// When the management certificate is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::backend) struct Validity {
    begins: Timestamp,
    ends: Timestamp,
}

impl Validity {
    /// That of a certificate in PEM, if it can be read.
    pub(in crate::backend) fn of(pem: &str) -> Option<Self> {
        let certificate = Certificate::from_pem(pem.as_bytes()).ok()?;
        Some(Self {
            begins: certificate.begins(),
            ends: certificate.ends(),
        })
    }

    fn holds(self, at: Timestamp) -> bool {
        self.begins <= at && at <= self.ends
    }
}

/// What is known of the time when we were refused.
#[derive(Debug, Clone, Copy)]
pub(in crate::backend) struct Doubt {
    /// What this machine's clock says.
    pub(in crate::backend) now: Timestamp,
    /// What the service's clock says, if it answered at all.
    pub(in crate::backend) served: Option<Timestamp>,
    /// When the management certificate is valid.
    pub(in crate::backend) identity: Option<Validity>,
}

impl Doubt {
    /// What to do, if the time may be the reason.
    pub(in crate::backend) fn hint(self) -> Option<String> {
        let now = spelled(self.now);
        if let Some(served) = self.served
            && self.now.duration_since(served).abs() > AGREEMENT
        {
            return Some(format!(
                "this machine's clock says {now}, the service's says {}: set the clock and try again; if that does not help, import newer publish settings with `azure account import FILE`",
                spelled(served)
            ));
        }
        let validity = self.identity.filter(|validity| !validity.holds(self.now))?;
        Some(format!(
            "the management certificate is valid from {} to {}, and this machine's clock says {now}: set the clock if it is wrong, else import newer publish settings with `azure account import FILE`",
            spelled(validity.begins),
            spelled(validity.ends)
        ))
    }
}

/// Why a server's certificate is out of its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::backend) struct Dates {
    is_over: bool,
    /// What the clock said when it was checked, and the moment that it was held against.
    moments: Option<(Timestamp, Timestamp)>,
}

impl Dates {
    /// Those of an error about dates.
    pub(in crate::backend) fn of(error: &CertificateError) -> Self {
        let moment = |time: &UnixTime| {
            let seconds = i64::try_from(time.as_secs()).ok()?;
            Timestamp::from_second(seconds).ok()
        };
        let (is_over, pair) = match error {
            CertificateError::ExpiredContext { time, not_after } => (true, Some((time, not_after))),
            CertificateError::NotValidYetContext { time, not_before } => {
                (false, Some((time, not_before)))
            }
            other => (*other == CertificateError::Expired, None),
        };
        Self {
            is_over,
            moments: pair.and_then(|(time, bound)| Some((moment(time)?, moment(bound)?))),
        }
    }

    /// What to do.
    pub(in crate::backend) fn hint(self, now: Timestamp) -> String {
        let now = spelled(self.moments.map_or(now, |(time, _)| time));
        let certificate = match (self.moments, self.is_over) {
            (Some((_, bound)), true) => format!("was valid until {}", spelled(bound)),
            (Some((_, bound)), false) => format!("is valid from {}", spelled(bound)),
            (None, true) => "is no longer valid".to_owned(),
            (None, false) => "is not valid yet".to_owned(),
        };
        format!(
            "this machine's clock says {now}, and the server's certificate {certificate}: set the clock if it is wrong, else whoever runs the server has to renew its certificate"
        )
    }
}

/// A moment to the second.
fn spelled(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn clocks_that_agree_and_a_certificate_in_its_time_leave_no_doubt() {
        let now = at("2015-03-15T10:00:00Z");
        for served in [None, Some(at("2015-03-15T10:04:00Z"))] {
            let doubt = Doubt {
                now,
                served,
                identity: Some(Validity {
                    begins: at("2015-01-01T00:00:00Z"),
                    ends: at("2016-01-01T00:00:00Z"),
                }),
            };
            assert_eq!(doubt.hint(), None);
        }
    }

    #[test]
    fn a_difference_of_clocks_is_told_before_a_certificate_out_of_its_time() {
        let identity = Some(Validity {
            begins: at("2015-01-01T00:00:00Z"),
            ends: at("2016-01-01T00:00:00Z"),
        });
        let now = at("1970-01-01T00:00:00Z");
        let hint = |served| {
            let doubt = Doubt {
                now,
                served,
                identity,
            };
            doubt.hint().unwrap()
        };

        let clock = hint(Some(at("2015-03-15T10:00:00Z")));
        assert!(
            clock.starts_with(
                "this machine's clock says 1970-01-01 00:00:00 UTC, the service's says 2015-03-15 10:00:00 UTC"
            ),
            "{clock}"
        );
        let certificate = hint(None);
        assert!(
            certificate.starts_with(
                "the management certificate is valid from 2015-01-01 00:00:00 UTC to 2016-01-01 00:00:00 UTC"
            ),
            "{certificate}"
        );
    }

    #[test]
    fn a_bound_that_is_not_told_is_not_made_up() {
        let dates = Dates::of(&CertificateError::NotValidYet);

        let hint = dates.hint(at("1970-01-01T00:00:00Z"));

        assert!(
            hint.contains("1970-01-01 00:00:00 UTC, and the server's certificate is not valid yet"),
            "{hint}"
        );
    }
}
