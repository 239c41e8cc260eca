//! The simulator in this process, on a disk that loses what a killed process or lost power loses.

use std::sync::OnceLock;
use std::sync::atomic::Ordering;
use std::time::Duration;

use fake_azure::command::{FlawedMachine, OperationFault, Request, RequestFault, quota};
use fake_azure::faults::Break;
use fake_azure::serve::Ready;
use fake_azure::view::{Failure, Progress, Quota};
use fake_azure::{Cloud, FakeAzure, OperationId, Pace, StartError};
use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine as _;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::disk::Disk;
use super::sequences;
use crate::model::reference::Model;
use crate::model::request;
use crate::model::step::Step;
use crate::process::client;
use crate::stage::{VERSION, builder};

/// Something that is asked for.
#[derive(Clone, Debug)]
enum Deed {
    Ask(Step, Option<Wrong>),
    /// Somebody asks over the wire, so that faults that wait count the call.
    Call,
    /// A fault is arranged, of a few kinds.
    Break(u8),
    /// All faults are taken back.
    Mend,
    /// So many cores may there be.
    Quota(u32),
}

/// What goes wrong with a request that is granted.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    FailedOperation,
    EndlessOperation { takes_effect: bool },
    SilentAgent,
}

impl Wrong {
    fn of_request(self) -> RequestFault {
        let (takes_effect, end) = match self {
            Self::SilentAgent => {
                let flaws = serde_json::from_value(json!({"silent_agent": true})).unwrap();
                return RequestFault::Machine(FlawedMachine { role: None, flaws });
            }
            Self::EndlessOperation { takes_effect } => (takes_effect, Progress::InProgress),
            Self::FailedOperation => {
                let error = Failure::Arranged {
                    http_status: 500,
                    code: "No".to_owned(),
                    message: "No.".to_owned(),
                };
                (false, Progress::Failed { error })
            }
        };
        RequestFault::Operation(OperationFault { takes_effect, end })
    }
}

fn wrong() -> impl Strategy<Value = Option<Wrong>> {
    let wrong = prop_oneof![
        Just(Wrong::FailedOperation),
        any::<bool>().prop_map(|takes_effect| Wrong::EndlessOperation { takes_effect }),
        Just(Wrong::SilentAgent),
    ];
    prop::option::weighted(0.15, wrong)
}

/// An end of the simulator after a deed.
#[derive(Clone, Copy, Debug)]
enum End {
    Killed,
    /// While the deed was being written down: so much of it had been.
    KilledAmid(f64),
    /// So many bytes that were not synced had come to stay.
    PowerFails(usize),
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        Just(End::Killed),
        (0.0..1.2).prop_map(End::KilledAmid),
        (0..3000_usize).prop_map(End::PowerFails),
    ]
}

/// What else happens beside a step.
fn aside() -> impl Strategy<Value = Option<Deed>> {
    prop_oneof![
        8 => Just(None),
        2 => (0..4_u8).prop_map(|kind| Some(Deed::Break(kind))),
        2 => Just(Some(Deed::Call)),
        1 => Just(Some(Deed::Mend)),
        1 => (0..5_u32).prop_map(|cores| Some(Deed::Quota(cores))),
    ]
}

fn fault(kind: u8) -> Break {
    let rule = match kind {
        0 => json!({"effect": {"status": 500}, "every": 2, "times": 3}),
        1 => json!({"effect": {"drop": true}, "probability": 0.3, "when": "after"}),
        2 => json!({"effect": {"fail_operation": {"code": "No", "message": "No."}}, "nth": 2}),
        _ => json!({
            "effect": {"machine": {"silent_agent": true}},
            "match": {"operation": "Add Role"},
            "times": 2,
        }),
    };
    serde_json::from_value(rule).unwrap()
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().unwrap())
}

/// All that is to survive, as it is shown and as it is written.
#[derive(Clone, PartialEq)]
struct Seen {
    shown: String,
    written: String,
    faults: String,
}

impl Seen {
    /// When a call is counted that is not carried out yet.
    fn counted_as(&self, after: &Self) -> Self {
        Self {
            faults: after.faults.clone(),
            ..self.clone()
        }
    }

    /// Where it differs first from what should be.
    fn instead_of(&self, other: &Self) -> String {
        let texts = [
            (&self.shown, &other.shown),
            (&self.written, &other.written),
            (&self.faults, &other.faults),
        ];
        let Some((is, other)) = texts.into_iter().find(|(is, other)| is != other) else {
            return "what should be".to_owned();
        };
        let same = is.bytes().zip(other.bytes()).take_while(|(a, b)| a == b);
        let at = is.floor_char_boundary(same.count().saturating_sub(100));
        let around = |text: &str| text[at..text.floor_char_boundary(at + 400)].to_owned();
        format!("…{}…, not …{}…", around(is), around(other))
    }
}

/// How often a simulator tries to have its addresses again.
const PATIENCE: u32 = 600;

/// A simulator from one start to its end.
struct Life {
    azure: FakeAzure,
    disk: Disk,
}

impl Life {
    fn begin(disk: Disk, is_synced: bool) -> Self {
        for _ in 0..PATIENCE {
            let mut builder = builder().pace(Pace::ByHand).state_in(disk.clone());
            if is_synced {
                builder = builder.state_sync();
            }
            match runtime().block_on(builder.start()) {
                Ok(azure) => return Self { azure, disk },
                // Between two lives another test's simulator takes the addresses, for a while.
                Err(StartError::OldAddresses { .. }) => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                Err(error) => panic!("{error}"),
            }
        }
        panic!("somebody keeps the addresses of the last life");
    }

    fn cloud(&self) -> &Cloud {
        self.azure.cloud()
    }

    fn carry_out(&self, deed: &Deed) {
        let cloud = self.cloud();
        match deed {
            Deed::Ask(Step::Pass(seconds), _) => cloud.advance(Duration::from_secs(*seconds)),
            Deed::Ask(step, wrong) => {
                let us = self.azure.subscription_id();
                let command = cloud.act(|hand, _| request::command(hand.of(us), step));
                let Some(command) = command else { return };
                let (length, replaced) = self.disk.mark();
                let request = Request {
                    subscription: us.clone(),
                    id: OperationId::new(&format!("{replaced:016x}{length:016x}")),
                    object: String::new(),
                    fault: wrong.map(Wrong::of_request),
                    command,
                };
                // A refusal changes nothing, which is to survive as well.
                cloud.act(|hand, _| hand.perform(request)).ok();
            }
            Deed::Call => {
                let azure = &self.azure;
                let ready = serde_json::to_value(Ready::of(azure)).unwrap();
                let at = (azure.management_url(), azure.subscription_id());
                let url = format!("{}/{}/locations", at.0, at.1);
                let asked = async {
                    let request = client(&ready).get(url).header("x-ms-version", VERSION);
                    request.send().await
                };
                // It may be hit, too.
                runtime().block_on(asked).ok();
            }
            Deed::Break(kind) => cloud.break_next(fault(*kind)).unwrap(),
            Deed::Mend => drop(cloud.clear_breaks()),
            Deed::Quota(cores) => {
                let mut quota = Quota::default();
                quota.cores = Some(*cores);
                let us = self.azure.subscription_id();
                cloud.perform(us, quota::Command::Set { quota }).unwrap();
            }
        }
    }

    fn seen(&self) -> Seen {
        let cloud = self.cloud();
        let shown = cloud.act(|hand, now| hand.to_json(now));
        let mut state: Value = serde_json::from_str(&cloud.snapshot().unwrap()).unwrap();
        // Counts the starts, so that no identifier of a request comes twice.
        state["openings"].take();
        Seen {
            shown: shown.to_string(),
            written: state.to_string(),
            faults: serde_json::to_string(&cloud.breaks()).unwrap(),
        }
    }

    /// Another simulator goes on with what is left on a disk.
    fn end(self, left: Disk, is_synced: bool) -> Self {
        runtime().block_on(self.azure.shutdown());
        Self::begin(left, is_synced)
    }
}

/// What may be found after an end.
struct Allowed {
    states: Vec<Seen>,
    left: Disk,
}

fn allowed(
    life: &Life,
    end: End,
    (before, mark): (Seen, (usize, usize)),
    (after, history): (Seen, &[Seen]),
    is_synced: bool,
) -> Allowed {
    let disk = &life.disk;
    match end {
        End::Killed => Allowed {
            states: vec![after],
            left: disk.when_killed(),
        },
        End::PowerFails(lucky) => Allowed {
            states: if is_synced {
                vec![after]
            } else {
                history.to_vec()
            },
            left: disk.when_power_fails(lucky),
        },
        End::KilledAmid(part) => {
            let (length, replaced) = disk.mark();
            // A state that takes the place of all is there or not.
            let written = if replaced == mark.1 {
                length - mark.0
            } else {
                0
            };
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a part of some thousand bytes"
            )]
            let kept = ((written as f64 * part) as usize).min(written);
            let counted = before.counted_as(&after);
            Allowed {
                states: if kept == written {
                    vec![after]
                } else {
                    vec![before, counted]
                },
                left: disk.cut_to(length - written + kept),
            }
        }
    }
}

proptest! {
    #![proptest_config(sequences(12))]

    #[test]
    fn what_was_acknowledged_comes_back_byte_by_byte(
        (_, steps, seen) in Model::sequential_strategy(10..60),
        asides in prop::collection::vec((aside(), wrong()), 60),
        ends in prop::collection::vec(prop::option::weighted(0.1, end()), 120),
        is_synced: bool,
    ) {
        let mut life = Life::begin(Disk::default(), is_synced);
        let mut history = vec![life.seen()];
        let mut ends = ends.into_iter().chain([Some(End::Killed)]);
        for (step, (aside, wrong)) in steps.into_iter().zip(asides) {
            if let Some(seen) = &seen {
                seen.fetch_add(1, Ordering::SeqCst);
            }
            for deed in aside.into_iter().chain([Deed::Ask(step, wrong)]) {
                let before = (life.seen(), life.disk.mark());
                life.carry_out(&deed);
                let after = life.seen();
                history.push(before.0.counted_as(&after));
                history.push(after.clone());
                let Some(end) = ends.next().flatten() else {
                    continue;
                };
                let allowed = allowed(&life, end, before, (after, &history), is_synced);
                life = life.end(allowed.left, is_synced);
                let found = life.seen();
                let is_allowed = allowed.states.contains(&found);
                prop_assert!(
                    is_allowed,
                    "after {:?} and {:?} there is {}",
                    deed,
                    end,
                    allowed.states.last().map(|last| found.instead_of(last)).unwrap_or_default()
                );
                // What was not synced may be lost by a later loss of power, too.
                let known = history.iter().rposition(|seen| *seen == found);
                history.truncate(known.map_or(usize::MAX, |at| at + 1));
                history.push(found);
            }
        }
        runtime().block_on(life.azure.shutdown());
    }
}
