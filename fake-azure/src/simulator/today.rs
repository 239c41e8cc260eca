//! The doors of today's Azure.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use simulation::net::{self, Listening, Task};
use tokio::net::TcpListener;
use tokio::runtime::Handle;

use super::StartError;
use super::doors::{listen, reachable};
use crate::cloud::Cloud;
use crate::credentials::{Credentials, write_private};
use crate::folder::{self, Folder};
use crate::instance_metadata::InstanceMetadata;
use crate::leaves::Leaves;
use crate::login::Login;
use crate::origin::Origin;
use crate::pace::Pace;
use crate::proxy::{Proxy, Upstream};
use crate::skin::Exchanges;

/// Where the doors of today's Azure are wanted. Unless told, Resource Manager is beside Service
/// Management, and what is for this machine's programs alone on this machine alone.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places {
    pub(super) origin: Option<SocketAddr>,
    pub(super) proxy: Option<SocketAddr>,
    pub(super) metadata: Option<SocketAddr>,
}

/// The doors of today's Azure, before they are opened.
pub(super) struct Today {
    origin: TcpListener,
    proxy: TcpListener,
    metadata: TcpListener,
    pub(super) urls: Urls,
}

/// Where they are.
#[derive(Clone, Debug)]
pub(super) struct Urls {
    pub(super) origin: String,
    pub(super) proxy: String,
    pub(super) metadata: String,
}

impl Today {
    /// Listens, beside Service Management's address.
    pub(super) fn listen(places: Places, beside: IpAddr) -> Result<Self, StartError> {
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let beside = SocketAddr::new(beside, 0);
        let listen = |wanted: Option<SocketAddr>, otherwise| {
            let (listener, at) = listen(wanted.unwrap_or(otherwise))?;
            Ok::<_, StartError>((listener, SocketAddr::new(reachable(at.ip()), at.port())))
        };
        let (origin, origin_at) = listen(places.origin, beside)?;
        let (proxy, proxy_at) = listen(places.proxy, here)?;
        let (metadata, metadata_at) = listen(places.metadata, here)?;
        Ok(Self {
            origin,
            proxy,
            metadata,
            urls: Urls {
                origin: format!("https://{origin_at}"),
                proxy: format!("http://{proxy_at}"),
                metadata: format!("http://{metadata_at}"),
            },
        })
    }

    /// Writes down what a program signs in with.
    pub(super) fn service_principal(
        &self,
        folder: &Folder,
        cloud: &Cloud,
        credentials: &Credentials,
    ) -> Result<PathBuf, StartError> {
        let told = cloud.look(|world| {
            let directory = world.directory();
            let principal = directory.service_principal();
            serde_json::json!({
                "clientId": principal.map(|principal| &principal.id),
                "clientSecret": principal.map(|principal| principal.secret().text()),
                "subscriptionId": credentials.subscription_id(),
                "tenantId": directory.tenant(),
                "activeDirectoryEndpointUrl": self.urls.origin,
                "resourceManagerEndpointUrl": format!("{}/", self.urls.origin),
            })
        });
        let path = folder.path().join(folder::SERVICE_PRINCIPAL);
        write_private(&path, format!("{told:#}\n").as_bytes())?;
        Ok(path)
    }

    /// Lets everybody in.
    pub(super) fn open(
        self,
        runtime: &Handle,
        cloud: &Cloud,
        exchanges: &Exchanges,
        leaves: Leaves,
        management: SocketAddr,
        (pace, upstream): (Pace, Upstream),
    ) -> Result<[(Listening, Task); 3], StartError> {
        let own = &self.urls.origin;
        let login = Login::new(cloud.clone(), own, pace);
        let origin = Origin::new(
            cloud.clone(),
            exchanges.clone(),
            leaves.server()?,
            login.clone(),
            own,
        );
        let metadata = InstanceMetadata::new(exchanges.clone(), login);
        let proxy = Proxy::new(
            cloud.clone(),
            exchanges.clone(),
            origin.clone(),
            metadata.clone(),
            management,
            upstream,
        );
        let (origin_open, origin_calls) = Listening::new(self.origin);
        let (proxy_open, proxy_calls) = Listening::new(self.proxy);
        let (metadata_open, metadata_calls) = Listening::new(self.metadata);
        let origin = net::accept(origin_calls, move |stream, _| origin.clone().serve(stream));
        let proxy = net::accept(proxy_calls, move |stream, _| proxy.clone().serve(stream));
        let metadata = net::accept(metadata_calls, move |stream, _| {
            metadata.clone().serve(stream)
        });
        Ok([
            (origin_open, Task::spawn(runtime, origin)),
            (proxy_open, Task::spawn(runtime, proxy)),
            (metadata_open, Task::spawn(runtime, metadata)),
        ])
    }
}
