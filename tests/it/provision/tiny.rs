//! A cloud in fifty lines of state: enough for the story, not a simulator.
//!
//! Every write but the host's is accepted first and carried out when its operation has been asked
//! after twice; what is at work refuses further writes, as the real service does.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use azure::backend::site::classic::{
    AffinityGroup, ClassicEffect, Facts, Network, ReservedAddress,
};
use azure::backend::{
    Accepted, AgentState, Availability, Backend, Begun, Deployment, Effect, Error, Host, Image,
    ImageKind, Kind, Location, Machine, MachineState, OpenPort, OperationId, Os, Place, Plan,
    Progress, Result, Secrets, SetupState, Site, SiteFacts, SiteHost, SitePlan, Standing, Trace,
};

pub(crate) const IMAGE: &str = "b39f27a8__Ubuntu-14_10-amd64-server-20140729-alpha2-en-us-30GB";

/// What is there. `true`: settled; `false`: at work.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) hosts: BTreeSet<String>,
    pub(crate) accounts: BTreeMap<String, bool>,
    pub(crate) certificates: BTreeMap<String, bool>,
    pub(crate) machines: BTreeMap<String, bool>,
    operations: BTreeMap<String, Operation>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Operation {
    asked: u32,
    thing: Thing,
    makes: bool,
    fails: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Thing {
    Account(String),
    Certificate(String),
    Machine(String),
}

impl State {
    /// What is there, apart from the memory of how it came to be.
    pub(crate) fn things(&self) -> Self {
        Self {
            operations: BTreeMap::new(),
            ..self.clone()
        }
    }

    fn stock(&mut self, which: &Thing) -> (&mut BTreeMap<String, bool>, String) {
        match which {
            Thing::Account(name) => (&mut self.accounts, name.clone()),
            Thing::Certificate(name) => (&mut self.certificates, name.clone()),
            Thing::Machine(name) => (&mut self.machines, name.clone()),
        }
    }

    fn accept(&mut self, which: Thing, makes: bool, fails: bool) -> Result<Begun> {
        let (stock, name) = self.stock(&which);
        match (stock.get(&name), makes) {
            (Some(false), _) => return Err(Error::new(Kind::Conflict, "exclusive access")),
            (Some(true), true) => return Err(Error::new(Kind::Conflict, "it exists")),
            (None, false) => return Err(Error::new(Kind::NotFound, "it does not exist")),
            (Some(true), false) | (None, true) => stock.insert(name, false),
        };
        let id = format!("op-{}", self.operations.len());
        self.operations.insert(
            id.clone(),
            Operation {
                asked: 0,
                thing: which,
                makes,
                fails,
            },
        );
        Ok(Begun::Accepted(Accepted::new(OperationId::new(id))))
    }

    /// Lets one unit of time pass for everything at work.
    fn tick(&mut self) {
        for id in self.operations.keys().cloned().collect::<Vec<_>>() {
            if let Some(operation) = self.operations.get_mut(&id) {
                operation.asked += 1;
                let done = operation.clone();
                if done.asked == 2 {
                    let (stock, name) = self.stock(&done.thing);
                    if done.makes && !done.fails {
                        stock.insert(name, true);
                    } else {
                        stock.remove(&name);
                    }
                }
            }
        }
    }

    fn trace(&mut self, which: &Thing) -> Trace {
        self.tick();
        let (stock, name) = self.stock(which);
        match stock.get(&name) {
            None => Trace::Absent,
            Some(false) => Trace::Underway,
            Some(true) => Trace::Present,
        }
    }
}

/// The cloud.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tiny {
    pub(crate) state: Arc<Mutex<State>>,
    /// Does the operation that makes the machine fail?
    pub(crate) machine_fails: bool,
    /// The name that its deployments tell.
    pub(crate) public_name: Arc<Mutex<Option<String>>>,
}

impl Tiny {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic in the cloud")
    }
}

fn thing(effect: &Effect) -> Option<Thing> {
    let name = effect.name().to_owned();
    let Effect::Classic(effect) = effect else {
        panic!("{effect:?}");
    };
    match effect {
        ClassicEffect::Account { .. } => Some(Thing::Account(name)),
        ClassicEffect::Certificate { .. } => Some(Thing::Certificate(name)),
        ClassicEffect::Machine { .. } => Some(Thing::Machine(name)),
        _ => None,
    }
}

#[async_trait]
impl Backend for Tiny {
    async fn image(&self, name: &str, _location: Option<&str>) -> Result<Option<Image>> {
        Ok(self
            .images()
            .await?
            .into_iter()
            .find(|image| image.name.eq_ignore_ascii_case(name)))
    }

    async fn images(&self) -> Result<Vec<Image>> {
        Ok(vec![Image {
            name: IMAGE.to_owned(),
            kind: ImageKind::Disk,
            os: Os::Linux,
            own: false,
            locations: vec!["West US".to_owned()],
            label: "Ubuntu 14.10".to_owned(),
            family: "Ubuntu Server 14.10".to_owned(),
            published: "2014-07-29T00:00:00Z".to_owned(),
            hardware: None,
        }])
    }

    async fn locations(&self) -> Result<Vec<Location>> {
        Ok(vec![Location {
            name: "West US".to_owned(),
            display_name: "West US".to_owned(),
            has_machines: true,
            sizes: vec!["Small".to_owned()],
        }])
    }

    async fn host(&self, name: &str) -> Result<Option<Host>> {
        let found = self.state().hosts.contains(name);
        Ok(found.then(|| Host {
            name: name.to_owned(),
            public_name: None,
            address: None,
            site: SiteHost::Classic(Place::Location("West US".to_owned())),
        }))
    }

    async fn availability(&self, name: &str, _location: Option<&str>) -> Result<Availability> {
        Ok(if name == "taken" {
            Availability::Taken("The specified DNS name is already taken.".to_owned())
        } else {
            Availability::Free
        })
    }

    async fn deployment(&self, host: &str) -> Result<Option<Deployment>> {
        let machines: Vec<Machine> = self
            .state()
            .machines
            .keys()
            .map(|name| Machine {
                name: name.clone(),
                state: MachineState::Running,
                agent: AgentState::Ready,
                setup: SetupState::Ready,
                disk: None,
                data_disks: Vec::new(),
                endpoints: vec![OpenPort {
                    name: "docker".to_owned(),
                    public: 4243,
                    local: 4243,
                }],
            })
            .collect();
        Ok((!machines.is_empty()).then(|| Deployment {
            public_name: self.public_name.lock().expect("no panic").clone(),
            name: host.to_owned(),
            busy: false,
            address: Some(std::net::Ipv4Addr::LOCALHOST.into()),
            network: None,
            machines,
        }))
    }

    async fn effects(&self, plan: &Plan) -> Result<Vec<Effect>> {
        let host = plan.host.name.clone();
        let SitePlan::Classic(own) = &plan.site else {
            panic!("a plan for another cloud");
        };
        let place = own.place.clone();
        let mut effects = Vec::new();
        if plan.host.standing == Standing::New {
            effects.push(ClassicEffect::Host {
                name: host.to_string(),
                place: place.clone(),
            });
        }
        effects.push(ClassicEffect::Account {
            name: "account".to_owned(),
            place,
            given: false,
        });
        effects.push(ClassicEffect::Certificate {
            host: host.to_string(),
            thumbprint: "AB".repeat(20),
            pem: String::new(),
        });
        effects.push(ClassicEffect::Machine {
            host: host.to_string(),
            name: plan.machine.name.to_string(),
            joins: None,
            disk: None,
            chosen: Vec::new(),
            needs: None,
        });
        Ok(effects.into_iter().map(Effect::Classic).collect())
    }

    async fn begin(&self, effect: &Effect, _secrets: &Secrets) -> Result<Begun> {
        let mut state = self.state();
        match thing(effect) {
            Some(thing) => {
                let fails = self.machine_fails && matches!(thing, Thing::Machine(_));
                state.accept(thing, true, fails)
            }
            None if state.hosts.insert(effect.name().to_owned()) => Ok(Begun::Done),
            None => Err(Error::new(Kind::Conflict, "taken")),
        }
    }

    async fn look_up(&self, effect: &Effect) -> Result<Trace> {
        let mut state = self.state();
        match thing(effect) {
            Some(thing) => Ok(state.trace(&thing)),
            None if state.hosts.contains(effect.name()) => Ok(Trace::Present),
            None => Ok(Trace::Absent),
        }
    }

    async fn undo(&self, effect: &Effect) -> Result<Begun> {
        let mut state = self.state();
        match thing(effect) {
            Some(thing) => state.accept(thing, false, false),
            None if !state.machines.is_empty() => Err(Error::new(Kind::Conflict, "inhabited")),
            None if state.hosts.remove(effect.name()) => {
                // A certificate goes with its host.
                state.certificates.clear();
                Ok(Begun::Done)
            }
            None => Err(Error::new(Kind::NotFound, "gone")),
        }
    }

    async fn tenants(&self, effect: &Effect) -> Result<Vec<String>> {
        Ok(if effect.is_host() {
            self.state().machines.keys().cloned().collect()
        } else {
            Vec::new()
        })
    }

    fn domain(&self, _location: Option<&str>) -> Cow<'_, str> {
        "cloudapp.net".into()
    }

    fn site(&self) -> Site {
        Site::CLASSIC
    }

    fn site_facts(&self) -> SiteFacts<'_> {
        SiteFacts::Classic(self)
    }

    async fn operation(&self, id: &OperationId) -> Result<Progress> {
        let mut state = self.state();
        state.tick();
        let Some(operation) = state.operations.get(id.as_str()) else {
            return Err(Error::new(Kind::NotFound, "no such operation"));
        };
        Ok(match (operation.asked >= 2, operation.fails) {
            (false, _) => Progress::Underway {
                ask_again_after: None,
            },
            (true, false) => Progress::Succeeded,
            (true, true) => {
                Progress::Failed(Error::new(Kind::Refused, "Port 22 is in use").failed_later())
            }
        })
    }
}

#[async_trait]
impl Facts for Tiny {
    async fn affinity_groups(&self) -> Result<Vec<AffinityGroup>> {
        Ok(Vec::new())
    }

    async fn affinity_group(&self, _name: &str) -> Result<Option<AffinityGroup>> {
        Ok(None)
    }

    async fn network(&self, _name: &str) -> Result<Option<Network>> {
        Ok(None)
    }

    async fn reserved_address(&self, _name: &str) -> Result<Option<ReservedAddress>> {
        Ok(None)
    }
}
