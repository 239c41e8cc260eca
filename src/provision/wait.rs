//! Waits until Docker answers, and says what is missing while it does not.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use async_trait::async_trait;

use crate::backend::{
    AgentState, Backend, Deployment, Error, Machine, MachineState, Setup, SetupState,
};
use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::event::{Event, Events, Layer};
use crate::saga::Interrupt;

/// Asks a daemon who it is. Dials an address; nothing is resolved.
#[async_trait]
pub trait Engines: Send + Sync {
    /// Asks the daemon at `address`, which must prove to be `host` where its certificate can.
    async fn ask(&self, address: SocketAddr, host: &str) -> Result<EngineInfo, Missing>;
}

/// What a daemon says of itself: the answer to `GET /info`, field by field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineInfo(pub serde_json::Value);

/// What is missing for Docker to answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", layer.name())]
pub struct Missing {
    /// The first layer, from the outside in, that is not there.
    pub layer: Layer,
    /// In the cloud's or the network's words.
    pub detail: String,
}

impl Missing {
    /// Says that `layer` is missing, because of `detail`.
    pub fn new(layer: Layer, detail: impl Into<String>) -> Self {
        Self {
            layer,
            detail: detail.into(),
        }
    }
}

/// Why a wait ended without an answer.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The time is up.
    #[error("`{host}` is not ready after {} s: {missing}", waited.as_secs())]
    TimedOut {
        /// The machine's public name.
        host: String,
        /// For how long it was waited.
        waited: Duration,
        /// What is missing.
        missing: Missing,
    },
    /// It will not come.
    #[error("`{host}` will not become ready: {missing}")]
    Hopeless {
        /// The machine's public name.
        host: String,
        /// What is missing.
        missing: Missing,
    },
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
    /// The cloud refused to say how the machine fares.
    #[error(transparent)]
    Backend(#[from] Error),
}

/// A daemon that answers.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Where it was dialled.
    pub address: SocketAddr,
    /// What it says of itself.
    pub info: EngineInfo,
    /// The name under which the world finds it: the deployment's own, where the cloud tells.
    pub public_name: String,
    /// The name that its certificate proves, if that is another.
    pub proven: Option<String>,
}

/// What is waited for, and for how long.
#[derive(Debug, Clone)]
pub struct Awaited {
    /// The host's name in requests.
    pub host: String,
    /// The host's public name as far as it is known beforehand; the deployment's own goes before.
    pub public_name: String,
    /// The machine.
    pub machine: String,
    /// The daemon's public port.
    pub port: u16,
    /// The longest wait.
    pub patience: Duration,
}

/// Waits for a daemon.
#[derive(Clone, Copy)]
pub struct Waiting<'a> {
    /// The cloud.
    pub backend: &'a dyn Backend,
    /// The daemons.
    pub engines: &'a dyn Engines,
    /// Time.
    pub clock: &'a dyn Clock,
    /// The listener.
    pub events: &'a dyn Events,
    /// How often to look.
    pub looks: Backoff,
    /// The user's wish to stop.
    pub interrupt: &'a Interrupt,
}

impl std::fmt::Debug for Waiting<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Waiting")
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}

impl Waiting<'_> {
    /// Waits until the daemon answers.
    pub async fn until_ready(&self, awaited: &Awaited) -> Result<Ready, NotReady> {
        let begin = self.clock.now();
        for n in 0.. {
            let missing = tokio::select! {
                looked = self.look(awaited) => match looked? {
                    Look::Ready(ready) => {
                        self.events.emit(Event::Ready {
                            host: ready.public_name.clone(),
                            port: awaited.port,
                        });
                        return Ok(ready);
                    }
                    Look::Hopeless(missing) => return Err(NotReady::Hopeless {
                        host: awaited.public_name.clone(),
                        missing,
                    }),
                    Look::NotYet(missing) => missing,
                },
                () = self.interrupt.asked() => return Err(NotReady::Interrupted),
            };
            let waited = self.clock.now().duration_since(begin).unsigned_abs();
            if waited >= awaited.patience {
                return Err(NotReady::TimedOut {
                    host: awaited.public_name.clone(),
                    waited,
                    missing,
                });
            }
            self.events.emit(Event::Waiting {
                layer: missing.layer,
                detail: missing.detail,
                waited,
            });
            let pause = self
                .looks
                .wait(n)
                .min(awaited.patience.saturating_sub(waited));
            tokio::select! {
                () = self.clock.sleep(pause) => {}
                () = self.interrupt.asked() => return Err(NotReady::Interrupted),
            }
        }
        Err(NotReady::Interrupted)
    }

    async fn look(&self, awaited: &Awaited) -> Result<Look, NotReady> {
        let deployment = match self.backend.deployment(&awaited.host).await {
            Ok(Some(deployment)) => deployment,
            Ok(None) => {
                return Ok(Look::NotYet(Missing::new(
                    Layer::Role,
                    "no machine is there",
                )));
            }
            Err(error) if error.is_unanswered() => {
                return Ok(Look::NotYet(Missing::new(Layer::Role, error.to_string())));
            }
            Err(error) => return Err(error.into()),
        };
        let Some(machine) = deployment.machine(&awaited.machine) else {
            return Ok(Look::NotYet(Missing::new(
                Layer::Role,
                format!("machine `{}` is not there yet", awaited.machine),
            )));
        };
        let inside = match inside(machine, self.backend.site().setup) {
            Err(hopeless) => return Ok(Look::Hopeless(hopeless)),
            Ok(inside) => inside,
        };
        let Some(address) = public_address(&deployment) else {
            return Ok(Look::NotYet(inside.unwrap_or_else(|| {
                Missing::new(Layer::Port, "no public address is known")
            })));
        };
        // Dialled even while the cloud says that something is missing: its word comes late, and
        // images without an agent never have one.
        let address = SocketAddr::new(address, awaited.port);
        let public_name = deployment
            .public_name
            .unwrap_or_else(|| awaited.public_name.clone());
        match self.asked(address, &public_name, awaited).await {
            Ok((info, proven)) => Ok(Look::Ready(Ready {
                address,
                info,
                public_name,
                proven,
            })),
            // Below the handshake, the cloud's word tells more than a closed port does.
            Err(missing) if missing.layer <= Layer::Port => {
                Ok(Look::NotYet(inside.unwrap_or(missing)))
            }
            Err(missing) => Ok(Look::NotYet(missing)),
        }
    }
}

impl Waiting<'_> {
    /// Asks under the deployment's own name, and under the one that was known when the certificate
    /// was made: our own authority signed no other server.
    async fn asked(
        &self,
        address: SocketAddr,
        public_name: &str,
        awaited: &Awaited,
    ) -> Result<(EngineInfo, Option<String>), Missing> {
        match self.engines.ask(address, public_name).await {
            Ok(info) => Ok((info, None)),
            Err(missing) if missing.layer == Layer::Tls && public_name != awaited.public_name => {
                let known = &awaited.public_name;
                match self.engines.ask(address, known).await {
                    Ok(info) => Ok((info, Some(known.clone()))),
                    Err(_) => Err(missing),
                }
            }
            Err(missing) => Err(missing),
        }
    }
}

enum Look {
    Ready(Ready),
    NotYet(Missing),
    Hopeless(Missing),
}

fn public_address(deployment: &Deployment) -> Option<IpAddr> {
    deployment.address
}

/// What the cloud says is missing; `Err` when it will not come.
fn inside(machine: &Machine, setup: Setup) -> Result<Option<Missing>, Missing> {
    match &machine.state {
        MachineState::Stuck(word) => return Err(Missing::new(Layer::Role, word)),
        MachineState::Booting(word) => return Ok(Some(Missing::new(Layer::Role, word))),
        MachineState::Running => {}
    }
    let words =
        |words: &Option<String>, silence: &str| words.clone().unwrap_or_else(|| silence.to_owned());
    let layer = Layer::Setup(setup.name);
    match (&machine.setup, &machine.agent) {
        (SetupState::Failed(message), _) => Err(Missing::new(layer, message)),
        (SetupState::Ready, _) => Ok(None),
        (SetupState::Working(message), _) => {
            Ok(Some(Missing::new(layer, words(message, setup.working))))
        }
        (SetupState::Unknown, AgentState::Silent(message)) => Ok(Some(Missing::new(
            Layer::Agent,
            words(message, "the agent has not reported yet"),
        ))),
        (SetupState::Unknown, AgentState::Ready) => Ok(Some(Missing::new(layer, setup.silent))),
    }
}
