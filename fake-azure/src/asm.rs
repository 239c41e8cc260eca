//! The Service Management API: a thin skin of XML over HTTPS on the world.
#![expect(
    clippy::unnecessary_wraps,
    reason = "all handlers have the signature of those that may refuse"
)]

mod affinity_groups;
mod bounds;
mod contract;
mod data_disks;
mod deployments;
mod disks;
mod door;
mod extensions;
#[cfg(test)]
mod fuzz;
mod gateways;
mod hosted_services;
mod images;
mod ip_forwarding;
mod load_balancers;
mod management_certificates;
mod meant;
mod members;
mod network;
mod network_configuration;
mod network_reader;
mod operating_systems;
mod other_services;
mod provisioning_reader;
mod reader;
mod refusals;
mod reserved_ips;
mod role_operations;
mod role_reader;
mod roles;
mod route;
mod route_tables;
mod security_groups;
mod service_certificates;
mod storage;
mod subscription;
mod table;
mod writer;

use jiff::Timestamp;
use simulation::http::Query;

use crate::cloud::Hand;
use crate::world::{
    Command, DeploymentPath, Look, Name, OperationId, Request, RequestFault, RolePath,
    SubscriptionId, View,
};

pub(crate) use contract::Misplaced;
pub(crate) use door::Door;
pub use refusals::Refused;
pub use table::{Modelled, operations};

/// A request on its way into the world.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) world: Hand<'a>,
    pub(crate) now: Timestamp,
    pub(crate) subscription: SubscriptionId,
    /// The request's identifier, and that of the operation that it may start.
    pub(crate) id: OperationId,
    /// The path after the subscription.
    pub(crate) object: String,
    /// A fault that was arranged for it.
    pub(crate) fault: Option<RequestFault>,
    /// What stands in the places of `{…}` in the route.
    pub(crate) names: Vec<String>,
    /// The query, decoded.
    pub(crate) query: Query,
    pub(crate) body: &'a [u8],
    /// How the body is read.
    pub(crate) reading: &'a contract::Reading,
    /// The endpoint's own URL, without a slash at its end.
    pub(crate) base: &'a str,
}

/// How a call ends when it ends well.
#[derive(Debug)]
pub(crate) enum Answer {
    /// 200 with a document.
    Document(writer::Xml),
    /// 200 with text that is no document of the API.
    Text {
        content_type: &'static str,
        text: String,
    },
    /// 200 without a body.
    Done,
    /// 201 with the new thing's address.
    Created(String),
    /// 202: an operation was started.
    Accepted,
    /// 202 with the new thing's address.
    AcceptedAt(String),
}

impl<'a> Call<'a> {
    /// The body, whose root must be of this name.
    pub(crate) fn document(&self, root: &str) -> Result<contract::Body<'a>, Refused> {
        Ok(contract::Body::new(
            reader::document(self.body, root)?,
            self.reading,
        ))
    }

    /// The body of a resource that is made in a region: name, label and location.
    pub(crate) fn regional(&self, root: &str) -> Result<(String, Option<String>, String), Refused> {
        self.document(root)?
            .read(&["Name", "Label", "Location"], |c| {
                Ok((
                    c.required("Name")?,
                    c.filled("Label")?,
                    c.required("Location")?,
                ))
            })
    }

    /// The body, on a path that takes several kinds; its root's name tells which it is.
    pub(crate) fn any_document(&self) -> Result<contract::Body<'a>, Refused> {
        Ok(contract::Body::new(
            reader::any_document(self.body)?,
            self.reading,
        ))
    }

    /// What the subscription holds.
    pub(crate) fn here(&self) -> View<'_> {
        self.world.of(&self.subscription)
    }

    /// Asks the world for what the request is about.
    pub(crate) fn perform(&mut self, command: impl Into<Command>) -> Result<(), Refused> {
        let request = Request {
            subscription: self.subscription.clone(),
            id: self.id.clone(),
            object: std::mem::take(&mut self.object),
            fault: self.fault.take(),
            command: command.into(),
        };
        self.world.perform(request)?;
        Ok(())
    }

    /// What was shown was looked at.
    pub(crate) fn look(&mut self, look: &Look) {
        self.world.look(&self.subscription, look);
    }

    /// What an operation makes was looked at.
    pub(crate) fn look_at(&mut self, operation: Option<OperationId>) {
        if let Some(id) = operation {
            self.look(&Look::Operation(id));
        }
    }

    /// The deployment that the path names: service, deployment.
    pub(crate) fn deployment_path(&self) -> DeploymentPath {
        let [service, deployment] = self.owned();
        DeploymentPath {
            service,
            deployment,
        }
    }

    /// The machine that the path names: service, deployment, role.
    pub(crate) fn role_path(&self) -> RolePath {
        let [service, deployment, role] = self.owned();
        RolePath {
            service,
            deployment,
            role,
        }
    }

    /// The n-th name in the path.
    pub(crate) fn name(&self, n: usize) -> &str {
        self.names.get(n).map_or("", String::as_str)
    }

    /// The first names in the path, to be used while the world changes.
    pub(crate) fn owned<const N: usize>(&self) -> [Name; N] {
        std::array::from_fn(|n| self.name(n).into())
    }

    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .pairs()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// `comp=media`, or nothing; another `comp` is refused.
    pub(crate) fn with_media(&self) -> Result<bool, Refused> {
        match self.parameter("comp") {
            None => Ok(false),
            Some(comp) if comp.eq_ignore_ascii_case("media") => Ok(true),
            Some(other) => Err(Refused::query(format!("comp: `{other}`"))),
        }
    }

    /// The address of something below the subscription.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/{}{path}", self.base, self.subscription)
    }
}
