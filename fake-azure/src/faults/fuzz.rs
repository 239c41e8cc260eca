//! Fault rules whose bytes are nearly right.

use simulation::faults::{Call, TEXT, read};
use simulation::mutation::{Mutation, count, try_out};

use super::*;

const SEEDS: &[&str] = &[
    r#"{"match": {"method": "POST", "path": "/services/hostedservices/[^/]+$"}, "nth": 2, "when": "after", "effect": {"drop": true}}"#,
    r#"{"match": {"path": "(a|b){1,9}\\d+"}, "effect": {"status": 503, "code": "ServerBusy", "message": "wait", "headers": {"Retry-After": "1"}}}"#,
    r#"{"effect": {"fail_operation": {"code": "InternalError", "message": "no"}}}"#,
    r#"{"match": {"operation": "Add Role", "service": "a", "role": "b"}, "every": 2, "probability": 0.5, "times": 3, "effect": {"delay": 2.5}}"#,
    r#"{"effect": {"machine": {"slow_boot": {"factor": 3}, "failing_extension": {"name": "a", "message": "b"}, "docker": "refuses", "dies": {"after": 60}}}}"#,
];

const WORDS: &[&str] = &[
    "{1000}",
    "{9,}",
    "*",
    "+?",
    "(?i)",
    "(?:",
    "(",
    ")",
    "[",
    "[^",
    "\\\\p{L}",
    "\\\\b",
    "|",
    "^",
    "$",
    ".*",
    "null",
    "true",
    "-1",
    "1e400",
    "\"drop\"",
    "\"status\"",
    "\"effect\"",
    "\"match\"",
    "\\u0000",
    "\\ud800",
    "{",
    "}",
    "\"",
    ":",
    ",",
];

#[test]
fn rules_that_are_nearly_right() {
    let long = format!("/services/hostedservices/{}?a=1", "ab1".repeat(2000));
    let [mut arranged, mut refused] = [0; 2];
    try_out(Mutation::new(29, SEEDS, WORDS), count(3000), |_, input| {
        let Ok(written) = serde_json::from_slice(input) else {
            return;
        };
        let mut faults = Faults::default();
        let told = match read::<Break>(written) {
            Err(error) => error.to_string(),
            Ok(rule) => {
                if let Err(error) = faults.add(rule) {
                    error.to_string()
                } else {
                    arranged += 1;
                    let call = Call {
                        method: "POST",
                        path: &long,
                        ..Call::default()
                    };
                    faults.hit(&call, jiff::Timestamp::UNIX_EPOCH);
                    for fired in faults.clear() {
                        assert!(fired.fired <= 1);
                    }
                    return;
                }
            }
        };
        refused += 1;
        assert!(
            !told.is_empty() && told.len() < TEXT,
            "{} bytes",
            told.len()
        );
        assert!(!told.contains("did not match any variant"), "{told}");
    });
    assert!(
        arranged > 100 && refused > 100,
        "{arranged} arranged, {refused} refused"
    );
}
