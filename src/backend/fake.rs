//! In process: the simulator's own world, without a wire.

mod effect;
mod fact;
mod role;

use std::borrow::Cow;

use async_trait::async_trait;
use fake_azure::command::{Command, Look, Performed, Refusal};
use fake_azure::{Cloud, OperationId as TheirId, Refused, SubscriptionId, view};

use super::site::classic::{
    AffinityGroup, ClassicEffect, ClassicPlan, DiskPlan, Facts, MachineNeeds, Network,
    PUBLIC_CLOUD, ReservedAddress, certified, holds_disks, to_upload,
};
use super::{
    Accepted, Availability, Backend, Begun, Deployment, Effect, Error, Host, Image, ImageKind,
    Kind, Location, OperationId, Place, Plan, Progress, Reason, Result, Secrets, Site, SiteFacts,
    SitePlan, Standing, Trace,
};
use crate::domain::StorageAccountName;

/// One subscription of a simulated cloud.
#[derive(Debug, Clone)]
pub struct Fake {
    cloud: Cloud,
    subscription: SubscriptionId,
}

impl Fake {
    /// Provisions in `subscription` of `cloud`.
    pub fn new(cloud: Cloud, subscription: SubscriptionId) -> Self {
        Self {
            cloud,
            subscription,
        }
    }

    /// The first account in the host's place that can hold the disk, or a new name; nothing when none is needed.
    fn account(&self, plan: &Plan, own: &ClassicPlan) -> Option<(String, bool)> {
        let image = &plan.machine.image;
        let stays_with_image = image.own && image.kind == ImageKind::Disk;
        match &own.machine.disk {
            DiskPlan::At(_) => return None,
            DiskPlan::InAccount { .. } if stays_with_image => return None,
            DiskPlan::InAccount { .. } | DiskPlan::PathInAccount(_) => {}
        }
        self.cloud.act(|world, now| {
            let found = world
                .of(&self.subscription)
                .storage_accounts()
                .find(|account| {
                    fact::place(&account.place).is_same(&own.place)
                        && holds_disks(account.account_type.as_str(), plan.machine.size.as_str())
                })
                .map(|account| (account.name.to_string(), false));
            Some(found.unwrap_or_else(|| {
                let name =
                    StorageAccountName::made_from(plan.host.name.as_str(), now.as_millisecond());
                (name.as_str().into(), true)
            }))
        })
    }

    fn perform(&self, command: Command) -> Result<Begun> {
        let performed = self.cloud.perform(&self.subscription, command);
        Ok(match performed.map_err(error)? {
            Performed::Done => Begun::Done,
            Performed::Accepted(id) => {
                Begun::Accepted(Accepted::new(OperationId::new(id.as_str())))
            }
        })
    }
}

#[async_trait]
impl Backend for Fake {
    async fn image(&self, name: &str, _location: Option<&str>) -> Result<Option<Image>> {
        Ok(self.cloud.act(|world, _| {
            let machine = world
                .of(&self.subscription)
                .vm_image(name)
                .map(fact::machine_image);
            machine.or_else(|| {
                world
                    .of(&self.subscription)
                    .image(name)
                    .ok()
                    .map(fact::disk_image)
            })
        }))
    }

    async fn images(&self) -> Result<Vec<Image>> {
        Ok(self.cloud.act(|world, _| {
            let disks = world.of(&self.subscription).images();
            let machines = world.of(&self.subscription).vm_images();
            disks
                .into_iter()
                .map(fact::disk_image)
                .chain(machines.into_iter().map(fact::machine_image))
                .collect()
        }))
    }

    async fn locations(&self) -> Result<Vec<Location>> {
        Ok(self.cloud.act(|world, _| {
            let here = world.of(&self.subscription);
            let locations = world.locations().iter();
            locations
                .map(|location| fact::location(here, location))
                .collect()
        }))
    }

    async fn host(&self, name: &str) -> Result<Option<Host>> {
        absent(
            self.cloud
                .act(|world, _| world.of(&self.subscription).service(name).map(fact::host)),
        )
    }

    async fn availability(&self, name: &str, _location: Option<&str>) -> Result<Availability> {
        self.cloud
            .act(|world, _| world.service_name_available(name))
            .map(|taken| match taken {
                None => Availability::Free,
                Some(reason) => Availability::Taken(Refused::from(reason).message),
            })
            .map_err(error)
    }

    async fn deployment(&self, host: &str) -> Result<Option<Deployment>> {
        absent(self.cloud.act(|world, now| {
            let reports = world.of(&self.subscription).report(host, now)?;
            world.look(&self.subscription, &Look::Service(host.into()));
            let held = world.of(&self.subscription);
            let deployment = held.production(host)?;
            let mut found = fact::deployment(deployment, &reports, held.is_locked(host));
            for (machine, role) in found.machines.iter_mut().zip(&deployment.roles) {
                let disk = held.disk(&role.os_disk);
                machine.disk = disk.ok().map(|disk| disk.media_link.to_string());
                let data = role.data_disks.iter().map(|(_, name)| held.disk(name));
                let data = data.filter_map(std::result::Result::ok);
                machine.data_disks = data.map(|disk| disk.media_link.to_string()).collect();
            }
            Ok(found)
        }))
    }

    async fn effects(&self, plan: &Plan) -> Result<Vec<Effect>> {
        let SitePlan::Classic(own) = &plan.site else {
            return Err(Error::of_another_cloud());
        };
        let account = self.account(plan, own);
        let blobs = account
            .as_ref()
            .map(|(name, _)| format!("https://{name}.blob.core.windows.net/"));
        let mut effects = Vec::new();
        if plan.host.standing == Standing::New {
            effects.push(Effect::Classic(ClassicEffect::Host {
                name: plan.host.name.to_string(),
                place: own.place.clone(),
            }));
        }
        if let Some((name, made)) = account {
            effects.push(Effect::Classic(ClassicEffect::Account {
                name,
                place: own.place.clone(),
                given: !made,
            }));
        }
        let machine = certified(plan.machine.clone())?;
        if let Some(certificate) = to_upload(plan.host.name.as_str(), &machine) {
            let certificate = Effect::Classic(certificate);
            if self.look_up(&certificate).await? != Trace::Present {
                effects.push(certificate);
            }
        }
        effects.push(Effect::Classic(ClassicEffect::Machine {
            host: plan.host.name.to_string(),
            name: plan.machine.name.to_string(),
            joins: match &plan.host.standing {
                Standing::Inhabited(deployment) => Some(deployment.clone()),
                Standing::New | Standing::Empty => None,
            },
            disk: own.machine.disk_address(blobs.as_deref()),
            chosen: Vec::new(),
            needs: Some(Box::new(MachineNeeds::of(machine, own))),
        }));
        Ok(effects)
    }

    async fn begin(&self, effect: &Effect, secrets: &Secrets) -> Result<Begun> {
        let effect = own(effect)?;
        let command = effect::making(effect, secrets)?;
        let begun = self.perform(command);
        if effect.takes_a_name() {
            begun.map_err(Error::of_a_name)
        } else {
            begun
        }
    }

    async fn look_up(&self, effect: &Effect) -> Result<Trace> {
        let (us, effect) = (&self.subscription, own(effect)?);
        Ok(self.cloud.act(|world, _| effect::trace(us, effect, world)))
    }

    async fn undo(&self, effect: &Effect) -> Result<Begun> {
        let (us, effect) = (&self.subscription, own(effect)?);
        let command = self
            .cloud
            .act(|world, _| effect::unmaking(us, effect, world))
            .map_err(error)?;
        self.perform(command)
    }

    async fn tenants(&self, effect: &Effect) -> Result<Vec<String>> {
        let (us, effect) = (&self.subscription, own(effect)?);
        Ok(self
            .cloud
            .act(|world, _| effect::tenants(us, effect, world)))
    }

    fn domain(&self, _location: Option<&str>) -> Cow<'_, str> {
        PUBLIC_CLOUD.domain.into()
    }

    fn site(&self) -> Site {
        Site::CLASSIC
    }

    fn site_facts(&self) -> SiteFacts<'_> {
        SiteFacts::Classic(self)
    }

    async fn operation(&self, id: &OperationId) -> Result<Progress> {
        use fake_azure::view::Progress as Theirs;
        self.cloud
            .act(|world, _| {
                let id = TheirId::new(id.as_str());
                world.look(&self.subscription, &Look::Operation(id.clone()));
                world.of(&self.subscription).operation(&id).cloned()
            })
            .map(|progress| match progress {
                Theirs::Succeeded => Progress::Succeeded,
                Theirs::Failed { error: failure } => {
                    Progress::Failed(told(Refused::from(failure)).failed_later())
                }
                _ => Progress::Underway {
                    ask_again_after: None,
                },
            })
            .map_err(error)
    }
}

#[async_trait]
impl Facts for Fake {
    async fn affinity_groups(&self) -> Result<Vec<AffinityGroup>> {
        Ok(self.cloud.act(|world, _| {
            let here = world.of(&self.subscription);
            here.affinity_groups()
                .map(|group| fact::affinity_group(here, group))
                .collect()
        }))
    }

    async fn affinity_group(&self, name: &str) -> Result<Option<AffinityGroup>> {
        absent(self.cloud.act(|world, _| {
            let here = world.of(&self.subscription);
            here.affinity_group(name)
                .map(|group| fact::affinity_group(here, group))
        }))
    }

    async fn network(&self, name: &str) -> Result<Option<Network>> {
        absent(self.cloud.act(|world, _| {
            world
                .of(&self.subscription)
                .virtual_network(name)
                .map(fact::network)
        }))
        // The world refuses an unknown network as a bad request.
        .or_else(|error| match error.kind() {
            Kind::Refused => Ok(None),
            _ => Err(error),
        })
    }

    async fn reserved_address(&self, name: &str) -> Result<Option<ReservedAddress>> {
        absent(self.cloud.act(|world, _| {
            world
                .of(&self.subscription)
                .reserved_ip(name)
                .map(fact::reserved_address)
        }))
    }
}

fn certificate(text: &str) -> Result<Vec<u8>> {
    pem::parse_many(text)
        .into_iter()
        .flatten()
        .find(|block| block.tag() == "CERTIFICATE")
        .map(pem::Pem::into_contents)
        .ok_or_else(|| Error::new(Kind::Refused, "The certificate cannot be read."))
}

fn kind(status: u16) -> Kind {
    match status {
        404 => Kind::NotFound,
        409 => Kind::Conflict,
        401 | 403 => Kind::Denied,
        400..=499 => Kind::Refused,
        500..=599 => Kind::Busy,
        _ => Kind::Unexpected,
    }
}

fn error(refusal: Refusal) -> Error {
    told(refusal.into())
}

/// A refusal in the service's words.
fn told(refused: Refused) -> Error {
    let reason = Reason::told_by(&refused.code);
    let error = Error::new(kind(refused.status), refused.message).with_code(refused.code);
    match reason {
        Some(reason) => error.because(reason),
        None => error,
    }
}

/// What is not there is no error.
fn absent<T>(answer: std::result::Result<T, Refusal>) -> Result<Option<T>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(refusal) => match error(refusal) {
            error if error.kind() == Kind::NotFound => Ok(None),
            error => Err(error),
        },
    }
}

/// A place, in the world's words.
fn their_place(place: &Place) -> view::Place {
    match place {
        Place::Location(name) => view::Place::Location(name.into()),
        Place::AffinityGroup(name) => view::Place::AffinityGroup(name.into()),
    }
}

/// An effect of this cloud.
fn own(effect: &Effect) -> Result<&ClassicEffect> {
    match effect {
        Effect::Classic(effect) => Ok(effect),
        Effect::ResourceManager(_) => Err(Error::of_another_cloud()),
    }
}
