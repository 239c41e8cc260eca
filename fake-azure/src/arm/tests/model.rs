//! Random sequences of requests of Resource Manager, against a small model of what must be there.
//!
//! After each request the world must have taken it exactly when the model does, hold what the
//! model holds under the names that were written first, and contradict itself nowhere: nothing
//! refers to what is not there, what one says of another the other says too, what is reachable is
//! what the rules let in, cores are counted in all and by family, and the ledger names all that has no user. Everything is
//! written in random case. Now and then the simulator is killed, and what it has written down must
//! make the same world again.

mod reference;
mod request;
mod step;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::Config;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use serde_json::{Value, json};
use tempfile::TempDir;

use self::reference::{CORES, Expected, Model};
use self::step::{Ask, Deed, Id, Kind, Rule, Step, Subnet, step};
use super::told::{Documents, told_usages};
use super::{Azure, SUBSCRIPTION};
use crate::Pace;

/// What there is before the first step: two groups, and two interfaces with all that they need.
fn beginning() -> Vec<Step> {
    let rule = Rule {
        priority: 200,
        is_inbound: true,
        access: "Allow",
        protocol: "Tcp",
        ports: "2375",
        source: "*",
    };
    let guard = Id(0, 0);
    let interface = |id, public| Ask::PutInterface {
        id,
        guard: Some(guard),
        network: Id(0, 0),
        subnet: 0,
        public: Some(public),
    };
    [
        Ask::PutGroup(0),
        Ask::PutGroup(1),
        Ask::PutGuard(guard, vec![rule]),
        Ask::PutNetwork(
            Id(0, 0),
            [
                Some(Subnet { guard: None }),
                Some(Subnet { guard: Some(guard) }),
            ],
        ),
        Ask::PutAddress(Id(0, 0), true, Some(0)),
        Ask::PutAddress(Id(1, 0), false, None),
        interface(Id(0, 0), Id(0, 0)),
        interface(Id(1, 0), Id(1, 0)),
    ]
    .into_iter()
    .map(|ask| Step {
        deed: Deed::Ask(ask),
        twist: 0x5eed,
    })
    .collect()
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        let mut model = Self::default();
        for step in beginning() {
            model.take(&step);
        }
        Just(model).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        step().boxed()
    }

    fn apply(mut model: Self, step: &Step) -> Self {
        model.take(step);
        model
    }

    fn preconditions(model: &Self, step: &Step) -> bool {
        match &step.deed {
            Deed::Ask(Ask::PutMachine(id, _)) => !model.is_there(Kind::Machine, *id),
            Deed::Ask(Ask::Again(kind, id)) => model.is_there(*kind, *id),
            _ => true,
        }
    }
}

/// A simulator, and the file in which it keeps its state.
struct Subject {
    azure: Azure,
    _folder: TempDir,
}

impl Subject {
    fn new(pace: Pace) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut azure = Azure::kept_in(&folder.path().join("state"), pace);
        azure.limit_cores(u32::try_from(CORES).unwrap());
        let mut subject = Self {
            azure,
            _folder: folder,
        };
        for step in beginning() {
            subject.carry_out(&step);
            // Nothing is on its way when the sequence begins.
            subject.azure.pass(60);
        }
        subject
    }

    /// Does what a step does; what was answered to a request.
    fn carry_out(&mut self, step: &Step) -> Option<super::Told> {
        match &step.deed {
            Deed::Pass(seconds) => self.azure.pass(i64::from(*seconds)),
            Deed::Kill => self.azure.begin_anew(),
            Deed::Ask(ask) => {
                let azure = &mut self.azure;
                let (line, body) = step.request(ask, |path| azure.get(path).body);
                return Some(azure.ask(&line, &body));
            }
        }
        None
    }

    fn written(&self) -> String {
        serde_json::to_string(&self.azure.world).unwrap()
    }

    fn group_names(&mut self) -> BTreeSet<String> {
        let told = self.azure.get("/resourcegroups").body;
        let groups = told["value"].as_array().unwrap().iter();
        groups
            .map(|group| group["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

impl StateMachineTest for Subject {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Model) -> Self {
        Self::new(Pace::Instant)
    }

    fn apply(mut subject: Self, model: &Model, step: Step) -> Self {
        let before = subject.written();
        let told = subject.carry_out(&step);
        if let Some(told) = &told {
            match &model.expected {
                Expected::Taken => assert!(
                    matches!(told.status, 200 | 204),
                    "{step:?} should be taken: {told:?}"
                ),
                Expected::Made => assert_eq!(told.status, 201, "{step:?} should make it: {told:?}"),
                Expected::Fails => assert_eq!(told.status, 202, "{step:?} should fail: {told:?}"),
                Expected::Refused(codes) => {
                    assert!(
                        told.status >= 400 && codes.contains(told.code()),
                        "{step:?} should be refused with one of {codes:?}: {told:?}"
                    );
                    assert_eq!(subject.written(), before, "a refusal changes nothing");
                }
            }
        }
        let documents = Documents::of(&mut subject.azure);
        let expected = model.ids().into_iter();
        let expected: BTreeSet<String> = expected.map(|path| super::id(&path)).collect();
        assert_eq!(documents.ids(), expected);
        assert_eq!(subject.group_names(), model.group_names());
        assert_eq!(told_usages(&mut subject.azure), model.usages(), "{step:?}");
        documents.check(&mut subject.azure);
        subject
    }
}

/// So many sequences, or as many as PROPTEST_CASES says.
#[expect(
    clippy::disallowed_methods,
    reason = "proptest reads it, too, and does not say whether it was there"
)]
fn sequences(few: u32) -> Config {
    let told = std::env::var_os("PROPTEST_CASES").is_some();
    let config = Config::default();
    Config {
        cases: if told { config.cases } else { few },
        max_shrink_iters: 1024,
        failure_persistence: None,
        ..config
    }
}

prop_state_machine! {
    #![proptest_config(sequences(48))]

    #[test]
    fn the_world_of_resource_manager_does_what_a_small_model_does(sequential 1..50 => Subject);
}

proptest! {
    #![proptest_config(sequences(32))]

    /// While much is on its way at once, the model cannot tell what is refused; but nothing may
    /// contradict itself.
    #[test]
    fn nothing_contradicts_itself_while_operations_take_time(steps in prop::collection::vec(step(), 1..60)) {
        let mut subject = Subject::new(Pace::After(1.0));
        for step in steps {
            if let Some(told) = subject.carry_out(&step) {
                let is_known = matches!(told.status, 200 | 201 | 202 | 204 | 400 | 404 | 409);
                prop_assert!(is_known, "{:?}: {:?}", step, told);
            }
            Documents::of(&mut subject.azure).check(&mut subject.azure);
        }
    }
}

#[test]
fn a_subscription_is_found_in_any_case() {
    let mut azure = Azure::with_group(Pace::Instant);
    let path = format!(
        "/SUBSCRIPTIONS/{}/RESOURCEGROUPS/G",
        SUBSCRIPTION.to_uppercase()
    );
    let told = azure.ask(&format!("GET {path}"), &Value::Null);
    assert_eq!((told.status, &told.body["name"]), (200, &json!("g")));
}
