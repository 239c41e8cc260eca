//! Asks the daemons of hosts who they are, and gives up soon.

use std::time::Duration;

use super::find::DockerMachine;
use crate::clock::Clock;
use crate::commands::cloud::Service;
use crate::domain::ServiceName;
use crate::event::Layer;
use crate::pki::docker::{CertFolder, DockerCertificates};
use crate::provision::{EngineInfo, Engines as _, Missing, TlsEngines};

/// The longest that a daemon may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The certificates of a host, when its folder holds a whole set; nothing is made.
pub(super) fn certificates(
    machine: &DockerMachine,
    service: &Service,
    clock: &dyn Clock,
) -> Result<DockerCertificates, String> {
    let host: ServiceName = machine
        .host
        .parse()
        .map_err(|_| format!("`{}` is no name of a cloud service", machine.host))?;
    let known = machine.public_name.split_once('.');
    let domain = known.map_or_else(|| service.domain(), |(_, domain)| domain);
    let look = match service {
        Service::Classic(_) => CertFolder::look,
        Service::ResourceManager(_) => CertFolder::look_for_own,
    };
    let plan =
        look(&machine.folder, &host, domain, clock.now()).map_err(|error| error.to_string())?;
    if !plan.is_whole() {
        return Err(format!(
            "`{}` holds no whole set of certificates",
            machine.folder.display()
        ));
    }
    plan.carry_out().map_err(|error| error.to_string())
}

/// What the daemon says of itself, or what is missing.
pub(super) async fn ask(
    machine: &DockerMachine,
    certificates: Result<&DockerCertificates, &String>,
) -> Result<EngineInfo, Missing> {
    let address = machine
        .socket()
        .ok_or_else(|| Missing::new(Layer::Port, "no public address or port is known"))?;
    let certificates = certificates.map_err(|why| Missing::new(Layer::Tls, why.as_str()))?;
    let config = certificates
        .client_config()
        .map_err(|error| Missing::new(Layer::Tls, error.to_string()))?;
    let engines = TlsEngines::new(std::sync::Arc::new(config));
    let answer = engines.ask(address, &machine.public_name);
    tokio::time::timeout(PATIENCE, answer)
        .await
        .unwrap_or_else(|_| {
            Err(Missing::new(
                Layer::Port,
                format!("no answer within {} s", PATIENCE.as_secs()),
            ))
        })
}
