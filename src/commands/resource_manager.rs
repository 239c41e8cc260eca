//! Commands that are about Resource Manager, and the way to it.

pub mod group;
pub mod location;
pub mod machine;

use std::sync::Arc;

use super::Context;
use crate::backend::resource_manager::{Client, Connection, Tokens, Transport};
use crate::backend::wire::{Endpoint, Observer, Waits};
use crate::backend::{Backend, BackendExt as _, Begun};
use crate::entra::{Around, IdentityService, Keeper, Login, TokenSource};
use crate::failure::Failure;
use crate::settings::mode::Mode;
use crate::settings::profile::Subscription;

impl Context {
    /// The mode that commands work in.
    pub fn mode(&self) -> Result<Mode, Failure> {
        let profile = self.profile()?;
        Ok(profile.mode(self.common.subscription.as_deref()))
    }

    /// What lies around one who asks for tokens.
    pub(super) fn around(&self, keep: Option<Keeper>) -> Result<Around, Failure> {
        let entra = self.environment.entra();
        Ok(Around {
            clock: Arc::clone(&self.clock),
            patience: self.network_patience()?,
            drawn: self.drawn,
            identity: IdentityService {
                host: entra.identity_host.clone(),
                endpoint: entra.identity_endpoint.clone(),
                header: entra.identity_header.clone(),
            },
            keep,
        })
    }

    /// The way to a login's Resource Manager, with these tokens.
    pub(super) fn connect_managed(
        &self,
        login: &Login,
        tokens: Arc<dyn Tokens>,
    ) -> Result<Transport, Failure> {
        let endpoint = Endpoint::parse(&login.cloud.resource_manager)
            .and_then(Endpoint::secret)
            .map_err(|error| Failure::of(&error))?;
        let connection = Connection {
            endpoint,
            tokens,
            authorities: login
                .ca
                .clone()
                .into_iter()
                .chain(self.authority()?)
                .collect(),
            patience: self.network_patience()?,
        };
        let terminal = Arc::clone(&self.terminal);
        let waits: Waits = Arc::new(move |words| terminal.progress(words));
        let transport = Transport::new(connection, Arc::clone(&self.clock))?.told_to(waits);
        if self.terminal.manner().verbosity < 2 {
            return Ok(transport);
        }
        let terminal = Arc::clone(&self.terminal);
        let observer: Observer = Arc::new(move |exchange| {
            let status = exchange
                .status
                .map_or_else(|| "no answer".to_owned(), |status| status.to_string());
            terminal.silly(&format!("{} {} {status}", exchange.method, exchange.path));
        });
        Ok(transport.observed_by(observer))
    }

    /// The login of the subscription that the command is about.
    pub(super) fn signed_in(&self) -> Result<(Subscription, Login), Failure> {
        let profile = self.profile()?;
        let chosen = profile.choose(self.common.subscription.as_deref());
        let nobody = |failure: Failure| {
            failure.with_hint("`azure login` signs in; `azure login --help` tells the ways")
        };
        let subscription = chosen.map_err(|error| nobody(Failure::of(&error)))?;
        match profile.login(subscription) {
            Some(login) => Ok((subscription.clone(), login.clone())),
            None => Err(nobody(Failure::new(format!(
                "nobody is signed in to subscription \"{}\"",
                subscription.name
            )))),
        }
    }

    /// A client of Resource Manager for the subscription that the command is about.
    pub(super) fn resource_manager(&self) -> Result<Client, Failure> {
        self.resource_manager_until(None)
    }

    /// The same; it repeats nothing any more once `stop` holds more than 0.
    pub(super) fn resource_manager_until(
        &self,
        stop: Option<tokio::sync::watch::Receiver<u32>>,
    ) -> Result<Client, Failure> {
        let (subscription, login) = self.signed_in()?;
        let around = self.around(Some(self.keeper(&login)))?;
        let tokens = Arc::new(TokenSource::new(login.clone(), around));
        let transport = self.connect_managed(&login, tokens)?;
        let transport = match stop {
            Some(stop) => transport.until(stop),
            None => transport,
        };
        let domain = login.cloud.domain();
        Ok(Client::new(transport, subscription.id, domain))
    }

    /// Waits until what was begun is carried out.
    pub(super) async fn settled(&self, backend: &dyn Backend, begun: Begun) -> Result<(), Failure> {
        let polls = backend.polls();
        Ok(backend.settle_begun(begun, &polls, &*self.clock).await?)
    }
}
