//! Every call of a create fails once, before and after its effect: each run ends complete or clean.

use std::fmt::Write as _;
use std::sync::Arc;

use azure::event::Event;
use azure::saga::Interrupt;
use fake_azure::Pace;

use super::{Managed, order};
use crate::provision::faulty::{Fault, Faulty, How, When};
use crate::provision::{Ending, run};

const CELLS: [(When, How); 6] = [
    (When::Before, How::Lost),
    (When::After, How::Lost),
    (When::Before, How::Broken),
    (When::After, How::Broken),
    (When::Before, How::Refused),
    (When::After, How::Refused),
];

#[tokio::test]
async fn every_call_may_fail_and_nothing_is_left_behind() {
    let managed = Managed::new(Pace::Instant).await;
    let mut table = String::new();
    for nth in 0.. {
        for (when, how) in CELLS {
            let fault = Fault { nth, when, how };
            let backend = Faulty::new(Arc::clone(&managed.backend), Some(fault));

            let ending = run(&backend, &order("web"), &|_: Event| {}, &Interrupt::never()).await;

            let Some(call) = backend.hit() else {
                assert!(matches!(ending, Ending::Complete), "{ending:?}");
                println!("{table}");
                assert!(nth > 15, "only {nth} calls");
                return;
            };
            let outcome = match &ending {
                Ending::Complete => {
                    let deployment = managed.backend.deployment("web").await;
                    let there = matches!(&deployment, Ok(Some(deployment))
                        if deployment.machine("web").is_some());
                    assert!(there, "{call} {fault:?}: {deployment:?}");
                    let gone = managed
                        .client
                        .delete(azure::backend::resource_manager::Thing::Group, "web", "web")
                        .await;
                    assert!(gone.is_ok(), "{gone:?}");
                    "complete"
                }
                Ending::Refused(_) => "refused",
                Ending::Undone(failure) => {
                    assert!(failure.left().is_empty(), "{call} {fault:?}: {failure:?}");
                    "clean"
                }
            };
            let things = managed.things().await;
            assert!(things.is_empty(), "{call} {fault:?} {outcome}: {things:?}");
            writeln!(table, "{nth:<4}{call:<34}{when:?} {how:?}: {outcome}").expect("text");
        }
    }
}
