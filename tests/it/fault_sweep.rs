//! Every call of a create fails once, before and after its effect: each run ends complete or clean.

use std::fmt::Write as _;
use std::sync::Arc;

use azure::event::Event;
use azure::provision::Order;
use azure::saga::Interrupt;
use fake_azure::Pace;

use crate::clouds::{Road, Subject};
use crate::provision::faulty::{Fault, Faulty, How, When};
use crate::provision::tiny::{State, Tiny};
use crate::provision::{Ending, order, run};

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
    let mut table = format!(
        "{:<4}{:<34}{:<14}{:<14}{:<14}{:<14}{:<14}{:<14}\n",
        "call",
        " what",
        "lost before",
        "lost after",
        "500 before",
        "500 after",
        "400 before",
        "400 after"
    );
    for nth in 0.. {
        let mut row = Vec::new();
        for (when, how) in CELLS {
            let cloud = Tiny::default();
            let fault = Fault { nth, when, how };
            let backend = Faulty::new(Arc::new(cloud.clone()), Some(fault));

            let ending = run(&backend, &order("web"), &|_: Event| {}, &Interrupt::never()).await;

            let Some(call) = backend.hit() else {
                assert!(matches!(ending, Ending::Complete), "{ending:?}");
                println!("{table}");
                assert!(nth > 10, "only {nth} calls");
                return;
            };
            let things = cloud.state().things();
            let outcome = match &ending {
                Ending::Complete => {
                    assert_eq!(things.machines.get("web"), Some(&true), "{call} {fault:?}");
                    "complete"
                }
                Ending::Refused(_) => {
                    assert_eq!(things, State::default(), "{call} {fault:?}");
                    "refused"
                }
                Ending::Undone(failure) => {
                    assert!(failure.left().is_empty(), "{call} {fault:?}: {failure:?}");
                    assert_eq!(things, State::default(), "{call} {fault:?}");
                    "clean"
                }
            };
            if row.is_empty() {
                row.push(call);
            }
            row.push(outcome.to_owned());
        }
        let [call, cells @ ..] = row.as_slice() else {
            panic!("a row without cells");
        };
        write!(table, "{nth:<5}{call:<33}").expect("text");
        for cell in cells {
            write!(table, "{cell:<14}").expect("text");
        }
        table.push('\n');
    }
}

#[tokio::test]
async fn every_call_on_the_simulated_world_may_fail() {
    sweep_the_simulator(Road::InProcess).await;
}

#[tokio::test]
async fn every_call_over_the_wire_may_fail() {
    sweep_the_simulator(Road::OverTheWire).await;
}

async fn sweep_the_simulator(road: Road) {
    let order = Order {
        image: "Ubuntu-14_10".to_owned(),
        ..order("web")
    };
    let mut table = String::new();
    for nth in 0.. {
        for (when, how) in CELLS {
            let subject = Subject::new(road, Pace::Instant).await;
            let before = subject.things();
            let fault = Fault { nth, when, how };
            let backend = Faulty::new(Arc::clone(&subject.backend), Some(fault));

            let ending = run(&backend, &order, &|_: Event| {}, &Interrupt::never()).await;

            let Some(call) = backend.hit() else {
                assert!(matches!(ending, Ending::Complete), "{ending:?}");
                println!("{road:?}\n{table}");
                assert!(nth > 8, "only {nth} calls");
                return;
            };
            let outcome = match &ending {
                Ending::Complete => {
                    let deployment = subject.backend.deployment("web").await;
                    let there = matches!(&deployment, Ok(Some(deployment))
                        if deployment.machine("web").is_some());
                    assert!(there, "{call} {fault:?}: {deployment:?}");
                    "complete"
                }
                Ending::Refused(_) => "refused",
                Ending::Undone(failure) => {
                    assert!(failure.left().is_empty(), "{call} {fault:?}: {failure:?}");
                    "clean"
                }
            };
            if outcome != "complete" {
                assert_eq!(subject.things(), before, "{call} {fault:?}");
            }
            writeln!(table, "{nth:<4}{call:<34}{when:?} {how:?}: {outcome}").expect("text");
            subject.azure.shutdown().await;
        }
    }
}
