//! What a client says of a network that is to be made, or of a container that is to join one.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::ipam::Ipam;
use crate::state::endpoint::Endpoint;
use crate::state::null::nullable;

/// The body of `POST /networks/create`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename = "CreateRequest", rename_all = "PascalCase", default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the document has that many switches"
)]
pub struct NetworkRequest {
    /// The name.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// The driver; `bridge` when empty.
    #[serde(deserialize_with = "nullable")]
    pub driver: String,
    /// `local`, `swarm` or `global`; the driver's when empty.
    #[serde(deserialize_with = "nullable")]
    pub scope: String,
    /// Whether members have addresses of IPv4; they do when it is not said.
    #[serde(rename = "EnableIPv4")]
    pub enable_ipv4: Option<bool>,
    /// Whether members have addresses of IPv6.
    #[serde(rename = "EnableIPv6")]
    pub enable_ipv6: Option<bool>,
    /// The addresses.
    #[serde(rename = "IPAM")]
    pub ipam: Option<Ipam>,
    /// Whether nothing leads out.
    #[serde(deserialize_with = "nullable")]
    pub internal: bool,
    /// Whether containers may join a swarm's network by hand.
    #[serde(deserialize_with = "nullable")]
    pub attachable: bool,
    /// Whether it is a swarm's mesh.
    #[serde(deserialize_with = "nullable")]
    pub ingress: bool,
    /// Whether it only stands for the settings of others.
    #[serde(deserialize_with = "nullable")]
    pub config_only: bool,
    /// The network whose settings it has.
    pub config_from: Option<ConfigReference>,
    /// Options of the driver.
    #[serde(deserialize_with = "nullable")]
    pub options: BTreeMap<String, String>,
    /// Labels.
    #[serde(deserialize_with = "nullable")]
    pub labels: BTreeMap<String, String>,
}

/// A network that stands for the settings of others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ConfigReference {
    /// Its name.
    #[serde(deserialize_with = "nullable")]
    pub network: String,
}

/// The body of `POST /networks/{id}/connect`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename = "ConnectOptions", rename_all = "PascalCase", default)]
pub struct ConnectRequest {
    /// The container.
    #[serde(deserialize_with = "nullable")]
    pub container: String,
    /// Its place.
    pub endpoint_config: Option<Endpoint>,
}

/// The body of `POST /networks/{id}/disconnect`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename = "DisconnectOptions", rename_all = "PascalCase", default)]
pub struct DisconnectRequest {
    /// The container.
    #[serde(deserialize_with = "nullable")]
    pub container: String,
    /// Whether what is there no more is let go, too.
    #[serde(deserialize_with = "nullable")]
    pub force: bool,
}
