//! What is said when the service refuses: a way out that follows from its code, or its words alone;
//! and what is done when something else than the service answers.

use serde_json::json;

use super::stage::{CREATE, Stage, azure, end, is_whole, notes};
use crate::clean_room::{CleanRoom, Ran};

/// Breaks requests, and does what `words` say.
fn broken(stage: &Stage, room: &CleanRoom, rule: &serde_json::Value, words: &[&str]) -> Ran {
    stage.simulator.admin()("break", &rule.to_string());
    end(azure(room, words))
}

fn refusing(method: &str, path: &str, status: u16, code: &str) -> serde_json::Value {
    json!({
        "match": {"method": method, "path": path},
        "effect": {"status": status, "code": code, "message": "no, thanks"},
    })
}

const MEANWHILE: &str = "has been taken meanwhile";
const LOOK: &str = "had taken the request on";
const CERTIFICATE: &str = "the management certificate has to belong";

#[test]
fn a_region_without_room_is_no_name_that_is_taken() {
    let stage = Stage::new();
    let nothing = stage.things();
    let room = stage.room();
    stage.simulator.admin()("quota", r#"{"capacity": {"West US": 0}}"#);

    let ran = end(azure(&room, &CREATE));

    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.contains("no room for such a machine"),
        "{}",
        ran.stderr
    );
    for words in [MEANWHILE, LOOK] {
        assert!(!ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
    let after = stage.things();
    assert_eq!(after["hosted_services"], nothing["hosted_services"]);
    assert_eq!(after["storage_accounts"], nothing["storage_accounts"]);
}

#[test]
fn what_is_hinted_follows_from_the_code_and_from_what_was_asked() {
    let stage = Stage::new();
    for (rule, hinted, unhinted) in [
        (
            refusing("POST", "/hostedservices$", 409, "ConflictError"),
            Some(MEANWHILE),
            vec![LOOK, CERTIFICATE],
        ),
        (
            refusing("POST", "/deployments$", 409, "ConflictError"),
            None,
            vec![MEANWHILE, LOOK, CERTIFICATE],
        ),
        (
            refusing("POST", "/deployments$", 403, "ForbiddenError"),
            None,
            vec![MEANWHILE, LOOK, CERTIFICATE],
        ),
        (
            refusing("GET", "/locations$", 403, "ForbiddenError"),
            None,
            vec![MEANWHILE, LOOK, CERTIFICATE],
        ),
        (
            // Each question, as several are under way at once: whoever has one answer is known.
            json!({
                "match": {"method": "GET"},
                "every": 1,
                "effect": {"status": 403, "code": "ForbiddenError", "message": "no, thanks"},
            }),
            Some(CERTIFICATE),
            vec![MEANWHILE, LOOK],
        ),
        (
            refusing("POST", "/storageservices$", 403, "AuthenticationFailed"),
            Some(CERTIFICATE),
            vec![MEANWHILE, LOOK],
        ),
        (
            json!({
                "match": {"method": "POST", "path": "/deployments$"},
                "effect": {"fail_operation": {"code": "BadRequest", "message": "no, thanks"}},
            }),
            None,
            vec![MEANWHILE, LOOK, CERTIFICATE],
        ),
    ] {
        stage.reset();
        let room = stage.room();

        let ran = broken(&stage, &room, &rule, &CREATE);

        assert_eq!(ran.code, Some(1), "{rule}");
        assert!(ran.stderr.contains("no, thanks"), "{rule}: {}", ran.stderr);
        if let Some(words) = hinted {
            assert!(ran.stderr.contains(words), "{rule}: {}", ran.stderr);
        }
        for words in unhinted {
            assert!(
                !ran.stderr.contains(words),
                "{words}: {rule}: {}",
                ran.stderr
            );
        }
        assert!(notes(&room).is_empty(), "{rule}");
    }
}

/// What may come in the place of the service's answer.
const GARBAGE: [&str; 6] = [
    "<html><body>Sign in to the guests' network</body></html>",
    "",
    "<Deployment xmlns=\"http://schemas.microsoft.com/windowsazure\"><Name>web</Na",
    "<note>call me</note>",
    "<ServiceResources xmlns=\"http://schemas.microsoft.com/windowsazure\"/>",
    "502",
];

#[test]
fn every_other_question_may_be_answered_by_something_else() {
    let stage = Stage::new();
    for text in GARBAGE {
        stage.reset();
        let nothing = stage.things();
        let room = stage.room();
        let rule = json!({
            "match": {"method": "GET"},
            "every": 2,
            "when": "before",
            "effect": {"garbage": text},
        });

        let made = broken(&stage, &room, &rule, &CREATE);

        assert_eq!(made.code, Some(0), "{text}: {}", made.stderr);
        stage.simulator.admin()("break", r#"{"clear": true}"#);
        assert!(is_whole(&room, "web"), "{text}");
        let removed = broken(&stage, &room, &rule, &["vm", "docker", "rm", "web", "-q"]);
        assert_eq!(removed.code, Some(0), "{text}: {}", removed.stderr);
        assert_eq!(stage.things(), nothing, "{text}");
        assert!(notes(&room).is_empty(), "{text}");
    }
}

#[test]
fn a_change_that_something_else_answers_is_looked_up() {
    let stage = Stage::new();
    for text in GARBAGE {
        if text.is_empty() {
            // What the service says of a change that it took on is as empty.
            continue;
        }
        stage.reset();
        let nothing = stage.things();
        let room = stage.room();
        for method in ["POST", "DELETE"] {
            let rule = json!({
                "match": {"method": method},
                "every": 1,
                "when": "after",
                "effect": {"garbage": text},
            });
            stage.simulator.admin()("break", &rule.to_string());
        }

        let made = end(azure(&room, &CREATE));

        assert_eq!(made.code, Some(0), "{text}: {}", made.stderr);
        assert!(is_whole(&room, "web"), "{text}");
        let removed = end(azure(&room, &["vm", "docker", "rm", "web", "-q"]));
        assert_eq!(removed.code, Some(0), "{text}: {}", removed.stderr);
        assert_eq!(stage.things(), nothing, "{text}");
    }
}

#[test]
fn what_never_answers_as_the_service_does_is_given_up_and_named() {
    let stage = Stage::new();
    let room = stage.room();
    let rule = json!({
        "match": {"method": "GET"},
        "every": 1,
        "effect": {"garbage": "<html>Sign in</html>"},
    });

    let ran = broken(&stage, &room, &rule, &CREATE);

    assert_eq!(ran.code, Some(1));
    for words in ["makes no sense", "something else than the service"] {
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    }
    assert!(notes(&room).is_empty());
}
