//! Holds a run against one that is unfinished.

use std::path::Path;

use super::difference::{Difference, Part};
use super::intent::{DockerNote, Intent, digest};
use super::job::Job;
use super::order::{Order, SiteOrder};
use super::site::classic::order::ClassicOrder;
use super::site::resource_manager::order::ResourceOrder;
use super::ssh::{KeyWish, SshEndpoint};
use crate::backend::SshKey;

/// What a run says of each part.
type Said = Vec<(Part, Option<String>)>;

/// In what `job` asks for something else than the unfinished run of `intent`.
pub(super) fn differences(intent: &Intent, job: &Job) -> Vec<Difference> {
    let mut before = of_order(&intent.order);
    before.extend(of_docker(intent.docker.as_ref()));
    let mut now = of_order(&job.order);
    now.extend(of_docker(job.docker.as_ref().map(DockerNote::of).as_ref()));
    let of_file = |file: Option<&Path>| file.map(|file| file.display().to_string());
    let mut all: Vec<Difference> = before
        .into_iter()
        .zip(now)
        .map(|((part, before), (_, now))| Difference { part, before, now })
        .filter(|difference| difference.before != difference.now)
        .collect();
    // One file may hold other data by now.
    if intent.custom_data_digest != digest(&job.order) {
        all.push(Difference {
            part: Part::CustomData,
            before: of_file(intent.custom_data_file.as_deref()),
            now: of_file(job.custom_data_file.as_deref()),
        });
    }
    all
}

fn of_order(order: &Order) -> Said {
    let ssh = &order.ssh;
    let flag = |is_set: bool| is_set.then(String::new);
    // Of another cloud's part nothing is said.
    let nothing = ClassicOrder::default();
    let (classic, managed) = match &order.site {
        SiteOrder::Classic(classic) => (classic, None),
        SiteOrder::ResourceManager(managed) => (&nothing, Some(managed)),
    };
    let mut said = vec![
        (Part::Machine, order.machine.clone()),
        (Part::Image, Some(order.image.clone())),
        (Part::Location, order.location.clone()),
        (Part::Size, order.size.clone()),
        (Part::User, order.user.clone()),
        (Part::Ssh, ssh.port().map(|port| port.to_string())),
        (Part::HiddenSsh, flag(ssh.endpoint == SshEndpoint::Hidden)),
        (
            Part::SshKey,
            match &ssh.key {
                KeyWish::Given(SshKey::Certificate(key)) => Some(key.thumbprint.clone()),
                KeyWish::Given(SshKey::Public(key)) => Some(key.line.clone()),
                KeyWish::Absent | KeyWish::Generated => None,
            },
        ),
        (Part::MadeSshKey, flag(ssh.key == KeyWish::Generated)),
        (Part::NoSshPassword, flag(ssh.without_password)),
        (
            Part::RemoteDesktop,
            order.remote_desktop.map(|port| port.to_string()),
        ),
        (Part::Docker, order.docker.map(|port| port.to_string())),
        (
            Part::BootDiagnostics,
            order.boot_diagnostics.map(|is_on| is_on.to_string()),
        ),
    ];
    let blocks = |managed: &ResourceOrder| {
        let all: Vec<String> = managed.open_to.iter().map(ToString::to_string).collect();
        (!all.is_empty()).then(|| all.join(","))
    };
    said.extend([
        (
            Part::ResourceGroup,
            managed.map(|managed| managed.resource_group.clone()),
        ),
        (Part::OpenTo, managed.and_then(blocks)),
    ]);
    let classic = classic.said().into_iter();
    said.extend(classic.map(|(part, value)| (Part::Classic(part), value)));
    said
}

fn of_docker(docker: Option<&DockerNote>) -> Said {
    vec![
        (
            Part::CertificateFolder,
            docker.map(|docker| docker.folder.display().to_string()),
        ),
        (
            Part::CertificateName,
            docker.and_then(|docker| docker.certificate_name.clone()),
        ),
    ]
}
