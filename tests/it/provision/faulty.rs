//! A backend whose n-th call fails, before or after it took effect.

use std::borrow::Cow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use azure::backend::site::classic::{AffinityGroup, Facts, Network, ReservedAddress};
use azure::backend::site::resource_manager::{self, Group, Provider, SizeFact, Usage};
use azure::backend::{
    Availability, Backend, Begun, Deployment, Effect, Error, Host, Image, Kind, Location,
    OperationId, Plan, Progress, Result, Secrets, Site, SiteFacts, Trace,
};

/// When a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// The request never arrives.
    Before,
    /// It is carried out, and what comes back is a failure.
    After,
}

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// No answer comes.
    Lost,
    /// The service says that something broke within it.
    Broken,
    /// The service refuses the request.
    Refused,
}

/// The call that is to fail.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) nth: usize,
    pub(crate) when: When,
    pub(crate) how: How,
}

#[derive(Debug, Clone)]
struct Calls {
    made: Arc<AtomicUsize>,
    fault: Option<Fault>,
    hit: Arc<Mutex<Option<String>>>,
}

impl Calls {
    async fn call<T>(&self, name: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
        let nth = self.made.fetch_add(1, Ordering::Relaxed);
        let Some(fault) = self.fault.filter(|fault| fault.nth == nth) else {
            return work.await;
        };
        *self.hit.lock().expect("no panic in a call") = Some(name.to_owned());
        if fault.when == When::After {
            let effect = work.await;
            drop(effect);
        }
        let error = Error::new(Kind::Busy, "a fault");
        Err(match fault.how {
            How::Lost => error.lost(),
            How::Broken => error,
            How::Refused => Error::new(Kind::Refused, "a fault"),
        })
    }
}

/// A backend with one fault in it.
#[derive(Debug)]
pub(crate) struct Faulty {
    inner: Arc<dyn Backend>,
    calls: Calls,
}

impl Faulty {
    pub(crate) fn new(inner: Arc<dyn Backend>, fault: Option<Fault>) -> Self {
        Self {
            inner,
            calls: Calls {
                made: Arc::default(),
                fault,
                hit: Arc::default(),
            },
        }
    }

    /// What the cloud behind it answers alone.
    fn facts(&self) -> &dyn Facts {
        match self.inner.site_facts() {
            SiteFacts::Classic(facts) => facts,
            other => panic!("{other:?}"),
        }
    }

    /// What today's cloud behind it answers alone.
    fn managed(&self) -> &dyn resource_manager::Facts {
        match self.inner.site_facts() {
            SiteFacts::ResourceManager(facts) => facts,
            other => panic!("{other:?}"),
        }
    }

    /// The call that failed, if it came to that.
    pub(crate) fn hit(&self) -> Option<String> {
        self.calls.hit.lock().expect("no panic in a call").clone()
    }
}

#[async_trait]
impl Backend for Faulty {
    async fn image(&self, name: &str, location: Option<&str>) -> Result<Option<Image>> {
        self.calls
            .call("image", self.inner.image(name, location))
            .await
    }

    async fn images(&self) -> Result<Vec<Image>> {
        self.calls.call("images", self.inner.images()).await
    }

    async fn locations(&self) -> Result<Vec<Location>> {
        self.calls.call("locations", self.inner.locations()).await
    }

    async fn host(&self, name: &str) -> Result<Option<Host>> {
        self.calls.call("host", self.inner.host(name)).await
    }

    async fn availability(&self, name: &str, location: Option<&str>) -> Result<Availability> {
        self.calls
            .call("availability", self.inner.availability(name, location))
            .await
    }

    async fn deployment(&self, host: &str) -> Result<Option<Deployment>> {
        self.calls
            .call("deployment", self.inner.deployment(host))
            .await
    }

    async fn effects(&self, plan: &Plan) -> Result<Vec<Effect>> {
        self.calls.call("effects", self.inner.effects(plan)).await
    }

    async fn begin(&self, effect: &Effect, secrets: &Secrets) -> Result<Begun> {
        let name = effect.task().name();
        self.calls
            .call(name, self.inner.begin(effect, secrets))
            .await
    }

    async fn look_up(&self, effect: &Effect) -> Result<Trace> {
        let name = format!("look up: {}", effect.task().name());
        self.calls.call(&name, self.inner.look_up(effect)).await
    }

    async fn undo(&self, effect: &Effect) -> Result<Begun> {
        let name = format!("undo: {}", effect.task().name());
        self.calls.call(&name, self.inner.undo(effect)).await
    }

    async fn tenants(&self, effect: &Effect) -> Result<Vec<String>> {
        let name = format!("tenants: {}", effect.task().name());
        self.calls.call(&name, self.inner.tenants(effect)).await
    }

    fn domain(&self, location: Option<&str>) -> Cow<'_, str> {
        self.inner.domain(location)
    }

    fn site(&self) -> Site {
        self.inner.site()
    }

    fn site_facts(&self) -> SiteFacts<'_> {
        match self.inner.site_facts() {
            SiteFacts::ResourceManager(_) => SiteFacts::ResourceManager(self),
            _ => SiteFacts::Classic(self),
        }
    }

    async fn operation(&self, id: &OperationId) -> Result<Progress> {
        self.calls.call("operation", self.inner.operation(id)).await
    }
}

#[async_trait]
impl Facts for Faulty {
    async fn affinity_groups(&self) -> Result<Vec<AffinityGroup>> {
        self.calls
            .call("affinity groups", self.facts().affinity_groups())
            .await
    }

    async fn affinity_group(&self, name: &str) -> Result<Option<AffinityGroup>> {
        self.calls
            .call("affinity group", self.facts().affinity_group(name))
            .await
    }

    async fn network(&self, name: &str) -> Result<Option<Network>> {
        self.calls.call("network", self.facts().network(name)).await
    }

    async fn reserved_address(&self, name: &str) -> Result<Option<ReservedAddress>> {
        self.calls
            .call("reserved address", self.facts().reserved_address(name))
            .await
    }
}

#[async_trait]
impl resource_manager::Facts for Faulty {
    async fn group(&self, name: &str) -> Result<Option<Group>> {
        self.calls.call("group", self.managed().group(name)).await
    }

    async fn provider(&self, namespace: &str) -> Result<Provider> {
        self.calls
            .call("provider", self.managed().provider(namespace))
            .await
    }

    async fn sizes(&self, location: &str) -> Result<Vec<SizeFact>> {
        self.calls
            .call("sizes", self.managed().sizes(location))
            .await
    }

    async fn usages(&self, location: &str) -> Result<Vec<Usage>> {
        self.calls
            .call("usages", self.managed().usages(location))
            .await
    }

    fn group_of(&self, host: &str) -> String {
        self.managed().group_of(host)
    }
}
