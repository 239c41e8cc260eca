//! What happens, as one enum; listeners draw it, write it or count it.

mod classic;

use std::time::Duration;

use serde::Serialize;

use crate::backend::site::resource_manager::Cidr;
use crate::backend::{Task, Trace};

pub use classic::{ClassicDerived, ClassicSubject, ClassicWarning};

/// Something that happened.
///
/// Without a time of its own, so that two runs compare equal; a listener that wants one asks its
/// clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// A question is put to the cloud.
    Asked {
        /// About what.
        about: Subject,
    },
    /// A host of the wished name is not there.
    HostNotFound {
        /// What its cloud calls it.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// A host is there, without machines.
    HostIsEmpty {
        /// The name.
        name: String,
    },
    /// A family or another spelling was turned into an exact image name.
    ImageChosen {
        /// What was asked for.
        asked: String,
        /// What is taken.
        name: String,
    },
    /// A value was taken from something else.
    Derived {
        /// Which.
        value: Derived,
    },
    /// Something the user may want to know.
    Warned {
        /// What.
        warning: Warning,
    },
    /// A custom data file was read.
    CustomData {
        /// Its path.
        path: String,
    },
    /// The files of a certificate folder serve as they are.
    CertificatesFound {
        /// Are the server's among them?
        server: bool,
    },
    /// Files of a certificate folder are made.
    CertificatesMade {
        /// Their names.
        files: Vec<String>,
    },
    /// A key for ssh lies here.
    SshKeyReady {
        /// The private key's path.
        path: String,
    },
    /// What an earlier run left unfinished is gone on with.
    Resuming {
        /// The host.
        host: String,
        /// Where to.
        direction: Direction,
    },
    /// A step was taken by an earlier run, and what it made stands.
    Found {
        /// Which.
        task: Task,
    },
    /// How far the run has come could not be noted.
    Unnoted {
        /// Why not.
        why: String,
    },
    /// A step begins.
    Started {
        /// Which.
        task: Task,
    },
    /// The answer to a step was lost, and this was found instead.
    LookedUp {
        /// Which.
        task: Task,
        /// What was found.
        trace: Trace,
    },
    /// A step is done.
    Finished {
        /// Which.
        task: Task,
    },
    /// A step failed.
    Failed {
        /// Which.
        task: Task,
    },
    /// The user asked to stop while a request is on its way; its answer is waited for.
    Interrupting {
        /// The step that sent it.
        task: Task,
    },
    /// The user asked to stop.
    Interrupted,
    /// What was made is taken back, because the run cannot go on.
    GoingBack {
        /// Why not.
        why: String,
    },
    /// A step that the cloud is still at work on is waited for before it is taken back.
    Settling {
        /// Which.
        task: Task,
    },
    /// A step is taken back.
    Undoing {
        /// Which.
        task: Task,
    },
    /// A step is taken back, or never had an effect.
    Undone {
        /// Which.
        task: Task,
        /// Was there anything to take back?
        was_there: bool,
    },
    /// A step cannot be taken back yet; it is tried again.
    Held {
        /// Which.
        task: Task,
        /// What holds it, in the cloud's words.
        why: String,
    },
    /// A step could not be taken back.
    LeftBehind {
        /// Which.
        task: Task,
        /// Why not.
        why: String,
    },
    /// What a step made stays, because others are in it.
    Spared {
        /// Which.
        task: Task,
        /// Who they are.
        why: String,
    },
    /// The machine is not ready yet.
    Waiting {
        /// What is missing.
        layer: Layer,
        /// In the cloud's or the network's words.
        detail: String,
        /// For how long already.
        waited: Duration,
    },
    /// What a machine said when it was asked why Docker does not come.
    Diagnosed {
        /// Its words.
        said: String,
    },
    /// Docker answers.
    Ready {
        /// The host's public name.
        host: String,
        /// The daemon's port.
        port: u16,
    },
}

/// Where a run goes that is gone on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To what was asked for.
    Forward,
    /// To nothing.
    Back,
}

/// What a question is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Subject {
    /// An image.
    Image(String),
    /// The wished host, as its cloud calls it.
    Host(&'static str),
    /// The machines of a host that is there.
    Deployment,
    /// What only classic Azure has.
    Classic(ClassicSubject),
}

/// A value that came from something else than the option meant for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Derived {
    /// In classic Azure.
    Classic(ClassicDerived),
}

/// What the user may want to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Warning {
    /// No size was given.
    SizeDefaulted(String),
    /// The host is there: its place is not chosen any more.
    LocationIgnored,
    /// The image keeps its accounts.
    AccountIgnored,
    /// The image keeps its keys.
    SshCertificateIgnored,
    /// A given certificate wins over a made one.
    GeneratedKeysIgnored,
    /// About what only classic Azure has.
    Classic(ClassicWarning),
    /// The subscription has not used such things yet, and they are registered when the first is made.
    Unregistered(&'static str),
    /// Docker is waited for from here, and its port is open to these blocks of addresses alone.
    OpenTo(Vec<Cidr>),
    /// About the certificate folder, in its own words.
    Certificates(String),
    /// A wish that changes nothing here.
    WithoutEffect {
        /// The wish.
        wish: Wish,
        /// Why.
        because: Because,
    },
    /// An option that changes nothing beside others, in the words of the line.
    Ignored {
        /// The option.
        option: &'static str,
        /// Why.
        because: &'static str,
    },
}

/// A wish of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Wish {
    /// A port for remote desktops.
    RemoteDesktop,
    /// A port for ssh.
    Ssh,
    /// Ssh without a public port.
    HiddenSsh,
    /// A given key for ssh.
    SshKey,
    /// A key for ssh that is made.
    MadeSshKey,
    /// Ssh without a password.
    NoSshPassword,
    /// A reserved address.
    ReservedAddress,
    /// A name in the server certificate of Docker.
    CertificateName,
}

/// Why a wish changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Because {
    /// The image holds Linux.
    HoldsLinux,
    /// The image holds Windows.
    HoldsWindows,
    /// The host that the machine joins has an address.
    HostHasAddress,
    /// The server certificate is there already.
    CertificateThere,
}

/// What stands between a machine and its Docker client, from the outside in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// The machine boots.
    Role,
    /// The agent in it reports.
    Agent,
    /// What brings Docker into the machine is done; it is called so.
    Setup(&'static str),
    /// The port answers.
    Port,
    /// The TLS handshake succeeds on both sides.
    Tls,
    /// Docker answers.
    Docker,
}

impl Layer {
    /// The layer's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Agent => "agent",
            Self::Setup(name) => name,
            Self::Port => "port",
            Self::Tls => "TLS",
            Self::Docker => "Docker",
        }
    }
}

/// Listens to what happens. Listening must not block and cannot fail.
pub trait Events: Send + Sync {
    /// Takes note of `event`.
    fn emit(&self, event: Event);
}

impl<F: Fn(Event) + Send + Sync> Events for F {
    fn emit(&self, event: Event) {
        self(event);
    }
}

/// Listens to nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Deaf;

impl Events for Deaf {
    fn emit(&self, _event: Event) {}
}
