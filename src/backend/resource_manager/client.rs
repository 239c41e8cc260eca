//! What is asked of Resource Manager, in its own terms.

use std::time::Duration;

use reqwest::{Method, Url};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::fault;
use super::http::{Answer, Request, Transport};
use super::kind::{Kind as Thing, SKUS, version};
use super::poll;
use super::read::{
    Availability, Group, Location, Page, Provider, Resource, RunResult, Sku, Subscription, Tenant,
    Usage, Version,
};
use crate::backend::{Accepted, Begun, Error, Kind, OperationId, Progress, Reason, Result};
use crate::backoff::Backoff;

/// More pages than this are a circle.
const MOST_PAGES: usize = 500;

/// How often a registration is looked at before it counts as hanging.
const LOOKS_AT_REGISTRATION: u32 = 40;

/// One subscription of Resource Manager.
#[derive(Debug, Clone)]
pub struct Client {
    transport: Transport,
    subscription: String,
    domain: String,
}

impl Client {
    /// Asks about `subscription` through `transport`; public names of its hosts lie in
    /// `LOCATION.domain`.
    pub fn new(
        transport: Transport,
        subscription: impl Into<String>,
        domain: impl Into<String>,
    ) -> Self {
        Self {
            transport,
            subscription: subscription.into(),
            domain: domain.into(),
        }
    }

    /// The subscription's id.
    pub fn subscription(&self) -> &str {
        &self.subscription
    }

    /// The domain in which the locations' names lie.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// How often an operation is asked after.
    pub fn polls(&self) -> Backoff {
        self.transport.polls()
    }

    /// Is the service on this machine?
    pub fn is_nearby(&self) -> bool {
        self.transport.endpoint().is_loopback()
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Url> {
        let whole = [&["subscriptions", &self.subscription], path].concat();
        self.transport.url(&whole, query)
    }

    /// The address of a thing; `group` is a resource group.
    fn thing(&self, thing: Thing, group: &str, name: &str, more: &[&str]) -> Result<Url> {
        self.thing_with(thing, group, name, more, &[])
    }

    fn thing_with(
        &self,
        thing: Thing,
        group: &str,
        name: &str,
        more: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Url> {
        let query = [&[("api-version", version(thing.namespace()))], query].concat();
        let path = match thing {
            Thing::Group => vec!["resourceGroups", name],
            _ => vec![
                "resourceGroups",
                group,
                "providers",
                thing.namespace(),
                thing.kind(),
                name,
            ],
        };
        self.url(&[&path, more].concat(), &query)
    }

    /// Reads a list to its end. Where its next page lies elsewhere, it is not followed.
    async fn list<T: DeserializeOwned>(&self, first: Url) -> Result<Vec<T>> {
        let mut all = Vec::new();
        let mut next = Some(first);
        for _ in 0..MOST_PAGES {
            let Some(url) = next.take() else {
                return Ok(all);
            };
            let page: Page<T> = self.transport.get(url).await?;
            all.extend(page.value);
            next = match page.next_link.filter(|link| !link.is_empty()) {
                Some(link) => Some(self.transport.own(&link)?),
                None => None,
            };
        }
        Err(
            Error::new(Kind::Unexpected, "a list of the service has no end")
                .because(Reason::Nonsense),
        )
    }

    /// The subscriptions that the one who is signed in may see.
    pub async fn subscriptions(transport: &Transport) -> Result<Vec<Subscription>> {
        let url = transport.url(
            &["subscriptions"],
            &[("api-version", version("Microsoft.Subscription"))],
        )?;
        let client = Self::new(transport.clone(), String::new(), String::new());
        client.list(url).await
    }

    /// The tenants that the one who is signed in is known in.
    pub async fn tenants(transport: &Transport) -> Result<Vec<Tenant>> {
        let url = transport.url(
            &["tenants"],
            &[("api-version", version("Microsoft.Subscription"))],
        )?;
        let client = Self::new(transport.clone(), String::new(), String::new());
        client.list(url).await
    }

    /// The regions.
    pub async fn locations(&self) -> Result<Vec<Location>> {
        let query = [("api-version", version("Microsoft.Subscription"))];
        self.list(self.url(&["locations"], &query)?).await
    }

    /// A namespace of resources.
    pub async fn provider(&self, namespace: &str) -> Result<Provider> {
        let query = [("api-version", version("Microsoft.Resources"))];
        let url = self.url(&["providers", namespace], &query)?;
        self.transport.get(url).await
    }

    /// Registers a namespace, and waits until it may be used.
    pub async fn register(&self, namespace: &str) -> Result<()> {
        let query = [("api-version", version("Microsoft.Resources"))];
        let url = self.url(&["providers", namespace, "register"], &query)?;
        let request = Request::new(Method::POST, url, None);
        self.transport.send(&request).await?;
        for look in 0..LOOKS_AT_REGISTRATION {
            let state = self.provider(namespace).await?.registration_state;
            if state.eq_ignore_ascii_case("registered") {
                return Ok(());
            }
            let wait = self.polls().wait(look).min(Duration::from_secs(15));
            self.transport.clock().sleep(wait).await;
        }
        Err(Error::new(
            Kind::Busy,
            format!("`{namespace}` is still being registered for the subscription"),
        ))
    }

    /// What is used of Compute's quotas in a location.
    pub async fn usages(&self, location: &str) -> Result<Vec<Usage>> {
        let url = self.compute(&["locations", location, "usages"], &[])?;
        self.list(url).await
    }

    /// What Compute sells in a location: sizes of machines, and what else has a price.
    pub async fn skus(&self, location: &str) -> Result<Vec<Sku>> {
        let filter = format!("location eq '{location}'");
        let query = [("api-version", SKUS), ("$filter", filter.as_str())];
        let path = ["providers", "Microsoft.Compute", "skus"];
        self.list(self.url(&path, &query)?).await
    }

    fn compute(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Url> {
        let query = [&[("api-version", version("Microsoft.Compute"))], query].concat();
        self.url(
            &[&["providers", "Microsoft.Compute"], path].concat(),
            &query,
        )
    }

    /// Is a label free in a location?
    pub async fn label_availability(&self, location: &str, label: &str) -> Result<Availability> {
        let url = self.url(
            &[
                "providers",
                "Microsoft.Network",
                "locations",
                location,
                "CheckDnsNameAvailability",
            ],
            &[
                ("domainNameLabel", label),
                ("api-version", version("Microsoft.Network")),
            ],
        )?;
        self.transport.get(url).await
    }

    /// The newest version of an image of a location's catalogue; none where there is no such image.
    pub async fn newest_version(
        &self,
        location: &str,
        [publisher, offer, sku]: [&str; 3],
    ) -> Result<Option<String>> {
        let url = self.versions(
            location,
            [publisher, offer, sku],
            &[],
            &[("$top", "1"), ("$orderby", "name desc")],
        )?;
        let versions: Option<Vec<Version>> = self.transport.find(url).await?;
        Ok(versions
            .and_then(|versions| versions.into_iter().next())
            .map(|version| version.name))
    }

    /// One version of an image of a location's catalogue.
    pub async fn version(
        &self,
        location: &str,
        image: [&str; 3],
        name: &str,
    ) -> Result<Option<Version>> {
        let url = self.versions(location, image, &[name], &[])?;
        self.transport.find(url).await
    }

    fn versions(
        &self,
        location: &str,
        [publisher, offer, sku]: [&str; 3],
        more: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Url> {
        let path = [
            "locations",
            location,
            "publishers",
            publisher,
            "artifacttypes",
            "vmimage",
            "offers",
            offer,
            "skus",
            sku,
            "versions",
        ];
        self.compute(&[&path, more].concat(), query)
    }

    /// The resource groups.
    pub async fn groups(&self) -> Result<Vec<Group>> {
        let query = [("api-version", version("Microsoft.Resources"))];
        self.list(self.url(&["resourcegroups"], &query)?).await
    }

    /// A resource group.
    pub async fn group(&self, name: &str) -> Result<Option<Group>> {
        self.transport
            .find(self.thing(Thing::Group, name, name, &[])?)
            .await
    }

    /// What lies in a resource group; nothing where there is none.
    pub async fn resources(&self, group: &str) -> Result<Vec<Resource>> {
        let url = self.thing(Thing::Group, group, group, &["resources"])?;
        match self.list(url).await {
            Err(error) if error.kind() == Kind::NotFound => Ok(Vec::new()),
            answer => answer,
        }
    }

    /// A thing, by its kind and name.
    pub async fn resource(
        &self,
        thing: Thing,
        group: &str,
        name: &str,
    ) -> Result<Option<Resource>> {
        self.transport
            .find(self.thing(thing, group, name, &[])?)
            .await
    }

    /// A machine with what its agent reports.
    pub async fn machine(&self, group: &str, name: &str) -> Result<Option<Resource>> {
        let query = [("$expand", "instanceView")];
        let url = self.thing_with(Thing::VirtualMachine, group, name, &[], &query)?;
        self.transport.find(url).await
    }

    /// All things of a kind, of a group or of the whole subscription.
    pub async fn all(&self, thing: Thing, group: Option<&str>) -> Result<Vec<Resource>> {
        let query = [("api-version", version(thing.namespace()))];
        let tail = ["providers", thing.namespace(), thing.kind()];
        let url = match group {
            Some(group) => self.url(&[&["resourceGroups", group], &tail[..]].concat(), &query)?,
            None => self.url(&tail, &query)?,
        };
        self.list(url).await
    }

    /// Asks for a change; what was begun is told by the answer's headers.
    async fn change(&self, request: &Request) -> Result<(Begun, Answer)> {
        let answer = self.transport.send(request).await?;
        // A success in other words than the service's is that of somebody on the way, and tells
        // nothing of what became of the request.
        let is_made = request.method == Method::PUT && answer.status != 202;
        if is_made || !answer.body.trim().is_empty() {
            let read = self.transport.read::<Map<String, Value>>(&answer);
            read.map_err(Error::lost).map(drop)?;
        }
        let begun = match poll::named(&answer) {
            // What it names elsewhere is not asked, but the request was taken on.
            Some(named) => Begun::Accepted(Accepted::new(
                poll::operation(&named, |url| self.transport.own(url)).map_err(Error::lost)?,
            )),
            None => Begun::Done,
        };
        Ok((begun, answer))
    }

    /// Makes a thing, or changes it. A namespace that is not registered yet is registered first.
    pub async fn put(&self, thing: Thing, group: &str, name: &str, body: Value) -> Result<Put> {
        let url = self.thing(thing, group, name, &[])?;
        let request = Request::new(Method::PUT, url, Some(body));
        let outcome = match self.change(&request).await {
            Err(error) if error.code() == Some("MissingSubscriptionRegistration") => {
                self.register(thing.namespace()).await?;
                self.change(&request).await
            }
            outcome => outcome,
        };
        let (begun, answer) = outcome?;
        Ok(Put {
            begun,
            is_new: answer.status == 201,
            body: serde_json::from_str(&answer.body).unwrap_or_default(),
        })
    }

    /// Deletes a thing. What is not there fails with [`Kind::NotFound`].
    pub async fn delete(&self, thing: Thing, group: &str, name: &str) -> Result<Begun> {
        let url = self.thing(thing, group, name, &[])?;
        let request = Request::new(Method::DELETE, url, None);
        let (begun, answer) = self.change(&request).await?;
        if answer.status == 204 && begun == Begun::Done {
            return Err(Error::new(
                Kind::NotFound,
                format!("{} `{name}` is not there", thing.words()),
            ));
        }
        Ok(begun)
    }

    /// Asks a machine for something: `start`, `powerOff`, `restart`, `deallocate`.
    pub async fn ask_machine(&self, group: &str, name: &str, action: &str) -> Result<Begun> {
        let url = self.thing(Thing::VirtualMachine, group, name, &[action])?;
        let request = Request::new(Method::POST, url, None);
        Ok(self.change(&request).await?.0)
    }

    /// Runs a script in a machine; returns what it said, within `patience`.
    pub async fn run_command(
        &self,
        group: &str,
        name: &str,
        script: &[&str],
        patience: Duration,
    ) -> Result<String> {
        let url = self.thing(Thing::VirtualMachine, group, name, &["runCommand"])?;
        let body = serde_json::json!({
            "commandId": "RunShellScript",
            "script": script,
            "parameters": [],
        });
        let request = Request::new(Method::POST, url, Some(body));
        let mut answer = self.transport.send(&request).await?;
        let result = answer.location.clone();
        let mut waited = Duration::ZERO;
        for look in 0.. {
            if answer.status != 202 {
                break;
            }
            let Some(result) = &result else { break };
            let wait = answer.retry_after.map_or_else(
                || self.polls().wait(look),
                |wish| self.transport.bounded(wish),
            );
            waited += wait;
            if waited > patience {
                return Err(Error::new(
                    Kind::Busy,
                    "the machine does not answer a command",
                ));
            }
            self.transport.clock().sleep(wait).await;
            let url = self.transport.own(result)?;
            answer = self.transport.send(&Request::get(url)).await?;
        }
        self.said(&answer)
    }

    fn said(&self, answer: &Answer) -> Result<String> {
        let result: RunResult = self.transport.read(answer)?;
        Ok(result
            .value
            .into_iter()
            .map(|part| part.message)
            .collect::<Vec<_>>()
            .join("\n"))
    }

    /// How an accepted request fares.
    pub async fn operation(&self, id: &OperationId) -> Result<Progress> {
        poll::progress(&self.transport, id).await
    }

    /// What a refusal in a document says.
    pub fn refusal(document: &Value) -> Option<Error> {
        fault::told(document)
    }
}

/// What a PUT came to.
#[derive(Debug)]
pub struct Put {
    /// Is it carried out?
    pub begun: Begun,
    /// Was nothing of the name there?
    pub is_new: bool,
    /// The thing, as the service tells it.
    pub body: Value,
}
