//! Every exchange of a create is hit once by a fault of the simulator's own, over mutual TLS: an
//! error or a cut connection before and after the call took effect, an operation that fails.
//! Each run ends complete or clean, whatever the clouds and the lines in between do.

use std::fmt::Write as _;

use azure::event::Event;
use azure::provision::Order;
use azure::saga::Interrupt;
use fake_azure::Pace;
use serde_json::{Value, json};

use crate::clouds::{Road, Subject};
use crate::provision::{Ending, order, run};

/// A name for the table, when the fault comes, and what it does.
fn faults() -> Vec<(&'static str, &'static str, Value)> {
    let error = json!({"status": 500, "code": "InternalError", "message": "on purpose"});
    let cut = json!({"drop": true});
    let failed = json!({"fail_operation": {"code": "InternalError", "message": "on purpose"}});
    vec![
        ("500", "before", error.clone()),
        ("500", "after", error),
        ("cut", "before", cut.clone()),
        ("cut", "after", cut),
        ("failed operation", "before", failed.clone()),
        ("failed operation", "after", failed),
    ]
}

#[tokio::test]
async fn every_exchange_may_be_broken_and_nothing_is_left_behind() {
    let order = Order {
        image: "Ubuntu-14_10".to_owned(),
        ..order("web")
    };
    let mut table = String::new();
    for nth in 1.. {
        let mut hits = 0;
        for (what, when, effect) in faults() {
            let subject = Subject::new(Road::OverTheWire, Pace::Instant).await;
            let before = subject.things();
            let fault = json!({"match": {}, "nth": nth, "when": when, "effect": effect});
            let fault = serde_json::from_value(fault).expect("a fault");
            subject
                .azure
                .cloud()
                .break_next(fault)
                .expect("a fault that can be arranged");

            let ending = run(
                subject.backend.as_ref(),
                &order,
                &|_: Event| {},
                &Interrupt::never(),
            )
            .await;

            let fired = subject.azure.cloud().clear_breaks()[0].fired == 1;
            let cell = format!("exchange {nth}, {what} {when}");
            let outcome = match &ending {
                Ending::Complete => {
                    let deployment = subject.backend.deployment("web").await;
                    let there = matches!(&deployment, Ok(Some(d)) if d.machine("web").is_some());
                    assert!(there, "{cell}: {deployment:?}");
                    "complete"
                }
                Ending::Refused(_) => "refused",
                Ending::Undone(failure) => {
                    assert!(failure.left().is_empty(), "{cell}: {failure:?}");
                    "clean"
                }
            };
            if outcome != "complete" {
                assert!(fired, "{cell}: {ending:?}");
                assert_eq!(subject.things(), before, "{cell}");
            }
            if fired {
                hits += 1;
                let journal = subject.azure.cloud().journal();
                let at = journal.get(nth - 1).map_or("", |entry| entry.path.as_str());
                let path = at.splitn(3, '/').nth(2).unwrap_or(at);
                writeln!(table, "{nth:<3} {what:<17}{when:<7} {outcome:<9} {path}").expect("text");
            }
            subject.azure.shutdown().await;
        }
        if hits == 0 {
            assert!(nth > 8, "only {nth} exchanges");
            println!("{table}");
            return;
        }
    }
}
