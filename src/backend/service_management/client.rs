//! The Service Management API, one method per request that we make.

mod change;
mod question;

use std::sync::{Arc, OnceLock};

use reqwest::Method;

use super::element::Element;
use super::fault;
use super::http::{Request, Response, Transport};
use super::read::Operation;
use super::record::{Wire, decode};
use super::write::{Body, Document};
use crate::backend::operation::settle;
use crate::backend::site::classic::{Cloud, PUBLIC_CLOUD, holds_disks};
use crate::backend::{Accepted, Error, Kind, OperationId, Progress, Reason, RequestId, Result};
use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::domain::address;

const XML: &str = "application/xml";
const OCTETS: &str = "application/octet-stream";

/// The version of the API that a family of requests speaks.
///
/// The dates are those of the last classic CLI; the service keeps each for good.
#[derive(Debug, Clone, Copy)]
enum Family {
    Compute,
    Management,
    Storage,
    Network,
}

impl Family {
    fn version(self) -> &'static str {
        match self {
            Self::Compute => "2017-01-01",
            Self::Management => "2014-10-01",
            Self::Storage => "2016-03-01",
            Self::Network => "2016-07-01",
        }
    }
}

/// An answer with its status and the id of the request, which some JSON of the old CLI shows.
#[derive(Debug, Clone)]
pub struct Answered<T> {
    /// What was answered.
    pub value: T,
    /// The status.
    pub status: u16,
    /// The id that the service gave to the request.
    pub request: Option<RequestId>,
}

/// A client of the Service Management API for one subscription.
#[derive(Debug, Clone)]
pub struct Client {
    transport: Transport,
    /// The domain of public names, where it was told or learned.
    domain: Arc<OnceLock<String>>,
}

/// So many cloud services are asked for the name of their deployment at most.
const MOST_ASKED: usize = 5;

/// A size whose disks may lie wherever disks can.
pub const PREMIUM_SIZE: &str = "Standard_DS1";

impl Client {
    /// A client that talks over `transport`.
    pub fn new(transport: Transport) -> Self {
        Self {
            transport,
            domain: Arc::default(),
        }
    }

    /// The same where cloud services have their public names under `domain`.
    #[must_use]
    pub fn named_under(mut self, domain: &str) -> Self {
        self.domain = Arc::new(OnceLock::from(domain.to_owned()));
        self
    }

    /// The domain of the public names of cloud services: the one that was told or learned, else that
    /// of the provider's cloud at this endpoint; the public cloud's where nobody knows.
    pub fn domain(&self) -> &str {
        self.domain.get().map_or_else(
            || {
                let cloud = Cloud::at(self.endpoint_host());
                cloud.unwrap_or(PUBLIC_CLOUD).domain
            },
            String::as_str,
        )
    }

    /// Learns that domain from the deployments that are there, at an endpoint of no cloud that is
    /// known. Where nothing tells, what was thought before stays.
    pub async fn learn_domain(&self) -> Result<()> {
        if Cloud::at(self.endpoint_host()).is_some() || self.domain.get().is_some() {
            return Ok(());
        }
        let services = self.hosted_services().await?;
        for service in services.iter().take(MOST_ASKED) {
            let name = &service.service_name;
            let deployment = self.deployment(name).await?;
            let url = deployment.and_then(|deployment| deployment.url);
            if let Some(domain) = url.as_deref().and_then(|url| address::domain_of(url, name)) {
                self.domain.get_or_init(|| domain);
                break;
            }
        }
        Ok(())
    }

    /// The clock that this client waits by.
    pub fn clock(&self) -> &dyn Clock {
        self.transport.clock()
    }

    /// Waits until an accepted request is carried out; fails with the operation's own error.
    pub async fn settle(&self, accepted: Accepted) -> Result<()> {
        let ask = || self.operation(accepted.operation());
        settle(&accepted, self.polls(), self.clock(), ask).await
    }

    /// Why the account of a blob's address, one of the subscription's, cannot hold a disk of a
    /// machine of that size. What is not known is left to the service.
    pub async fn unfit_for_disks(&self, address: &str, size: &str) -> Result<Option<String>> {
        let host = address::host_of(address);
        let Some(name) = host.as_deref().and_then(|host| host.split('.').next()) else {
            return Ok(None);
        };
        let all = self.storage_accounts().await?;
        let found = all.iter().find(|one| one.name.eq_ignore_ascii_case(name));
        let kind = found.and_then(|one| one.properties.account_type.as_deref());
        let Some(kind) = kind.filter(|kind| !holds_disks(kind, size)) else {
            return Ok(None);
        };
        Ok(Some(if holds_disks(kind, PREMIUM_SIZE) {
            format!(
                "the storage account `{name}` is {kind}, and machines of size `{size}` take no disks of such accounts"
            )
        } else {
            format!("the storage account `{name}` is {kind}, and such accounts hold no disks")
        }))
    }

    /// How often an operation is asked after.
    pub fn polls(&self) -> Backoff {
        self.transport.polls()
    }

    /// The host of the management endpoint.
    pub fn endpoint_host(&self) -> &str {
        self.transport.endpoint().host()
    }

    /// Is the service on this machine?
    pub fn is_nearby(&self) -> bool {
        self.transport.endpoint().is_loopback()
    }

    /// Tells how an accepted request fares.
    pub async fn operation(&self, id: &OperationId) -> Result<Progress> {
        let what = About("a question after an operation", "Operation");
        let path = ["operations", id.as_str()];
        let (operation, wish): (Operation, _) = self
            .answered(Family::Compute, &path, &[], |response| {
                let wish = response.retry_after;
                Ok((read(what, response)?.value, wish))
            })
            .await?;
        let ask_again_after = wish.map(|wish| self.transport.bounded(wish));
        let request = Some(RequestId::new(id.as_str()));
        Ok(match operation.status.as_str() {
            "InProgress" => Progress::Underway { ask_again_after },
            "Succeeded" => Progress::Succeeded,
            _ => Progress::Failed(fault::failed(
                operation.http_status_code,
                operation.error,
                request,
            )),
        })
    }

    async fn question(
        &self,
        family: Family,
        segments: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Response> {
        self.transport
            .send(&Request {
                method: Method::GET,
                segments: segments.to_vec(),
                query,
                version: family.version(),
                content_type: XML,
                body: None,
                replaces: false,
            })
            .await
    }

    async fn get<T: Wire>(
        &self,
        family: Family,
        what: About,
        segments: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Answered<T>> {
        self.answered(family, segments, query, |response| read(what, response))
            .await
    }

    /// Asks, and again as often as an answer may be lost, where something answers that is not the
    /// service: a question changes nothing.
    async fn answered<T>(
        &self,
        family: Family,
        segments: &[&str],
        query: &[(&str, &str)],
        read: impl Fn(Response) -> Result<T> + Send + Sync,
    ) -> Result<T> {
        let mut times = 0;
        loop {
            let answer = self.question(family, segments, query).await;
            match answer.and_then(&read) {
                Err(error)
                    if error.reason() == Some(Reason::Nonsense)
                        && self.transport.asks_again(times).await =>
                {
                    times += 1;
                }
                answer => return answer,
            }
        }
    }

    async fn change(
        &self,
        family: Family,
        method: Method,
        segments: &[&str],
        query: &[(&str, &str)],
        body: Option<Document>,
    ) -> Result<Response> {
        let replaces = method == Method::PUT;
        let response = self
            .transport
            .send(&Request {
                method,
                segments: segments.to_vec(),
                query,
                version: family.version(),
                content_type: XML,
                body,
                replaces,
            })
            .await?;
        taken(response)
    }

    async fn post(&self, family: Family, segments: &[&str], body: &impl Body) -> Result<Response> {
        self.change(family, Method::POST, segments, &[], Some(body.document()))
            .await
    }
}

/// What is asked after in words, and the element that an answer consists of.
#[derive(Debug, Clone, Copy)]
struct About(&'static str, &'static str);

/// An answer that is XML, but not the service's: a proxy's page, for instance.
#[derive(Debug, thiserror::Error)]
#[error("it is a document of another kind: `{0}`")]
struct Stranger(String);

/// An answer to a change that is not the service's.
#[derive(Debug, thiserror::Error)]
#[error("it has no id, as each of the service's answers has")]
struct Nameless;

/// Read leniently, any document would pass for an empty list.
fn is_foreign(root: &Element, name: &str) -> bool {
    root.name() != name
        || root
            .attribute("xmlns")
            .is_some_and(|namespace| !namespace.contains("schemas.microsoft.com"))
}

/// The document of an answer, if it is the one that was asked for.
fn document(About(what, name): About, response: &Response) -> Result<Element> {
    let element = Element::parse(&response.body)
        .map_err(|error| fault::nonsense(what, error, response.request.clone()))?;
    if is_foreign(&element, name) {
        let stranger = Stranger(element.name().to_owned());
        return Err(fault::nonsense(what, stranger, response.request.clone()));
    }
    Ok(element)
}

fn read<T: Wire>(what: About, response: Response) -> Result<Answered<T>> {
    let element = document(what, &response)?;
    let value = decode(&element)
        .map_err(|error| fault::nonsense(what.0, error, response.request.clone()))?;
    Ok(Answered {
        value,
        status: response.status,
        request: response.request,
    })
}

/// A change that was answered by something else than the service may have been carried out, and is
/// looked up. The service gives an id to every request; what it has to say is XML.
fn taken(response: Response) -> Result<Response> {
    let what = "a change";
    let request = response.request.clone();
    // To say 201 or 202 takes somebody who knows what was asked.
    if request.is_none() && response.status == 200 {
        return Err(fault::nonsense(what, Nameless, request).lost());
    }
    let body = response.body.trim();
    if !body.is_empty()
        && let Err(error) = Element::parse(body)
    {
        return Err(fault::nonsense(what, error, request).lost());
    }
    Ok(response)
}

/// Takes an answer for the promise to carry the request out, to be asked after by its id.
fn accepted(response: Response) -> Result<Accepted> {
    response
        .request
        .map(|request| Accepted::new(OperationId::new(request.as_str())))
        .ok_or_else(|| {
            Error::new(
                Kind::Unexpected,
                "the service took the request on without an id to ask after it",
            )
            .lost()
        })
}

/// Turns "there is none" into an absent value.
fn absent<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error)
            if error.kind() == Kind::NotFound
                && error.code().is_none_or(|code| code == "ResourceNotFound") =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
