//! What a check looks with: the order, the cloud, the listener; and what it finds in every cloud.

use super::order::Order;
use super::problem::Problem;
use crate::backend::{Backend, Deployment, Image, Location};
use crate::event::{Event, Events, Subject, Warning};

/// An order on its way to a plan.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) order: &'a Order,
    pub(super) backend: &'a dyn Backend,
    pub(super) events: &'a dyn Events,
}

/// A place that was found, as far as machines are concerned.
pub(super) struct Offer<'a> {
    /// Its name.
    pub(super) place: &'a str,
    /// The region that it is or lies in.
    pub(super) region: &'a str,
    /// The sizes offered; empty when the cloud does not say.
    pub(super) sizes: &'a [String],
}

impl Look<'_> {
    pub(super) fn ask(&self, about: Subject) {
        self.events.emit(Event::Asked { about });
    }

    pub(super) fn warn(&self, warning: Warning) {
        self.events.emit(Event::Warned { warning });
    }

    /// Finds a location by its name, or else by the name that is shown.
    pub(super) async fn location(&self, name: &str) -> Result<Location, Problem> {
        let locations = self.backend.locations().await?;
        let known = locations
            .iter()
            .map(|location| location.display_name.clone())
            .collect();
        let by_name = |location: &&Location| location.name.eq_ignore_ascii_case(name);
        let by_display_name =
            |location: &&Location| location.display_name.eq_ignore_ascii_case(name);
        let found = locations
            .iter()
            .find(by_name)
            .or_else(|| locations.iter().find(by_display_name))
            .ok_or_else(|| Problem::LocationNotFound {
                name: name.to_owned(),
                known,
            })?;
        if found.has_machines {
            Ok(found.clone())
        } else {
            Err(Problem::LocationWithoutMachines(name.to_owned()))
        }
    }

    /// Checks that a machine of the wished size and of `image` can be there.
    pub(super) fn fits(&self, offer: &Offer<'_>, image: &Image) -> Result<(), Problem> {
        let default = self.backend.site().default_size;
        let size = self.order.size.as_deref().unwrap_or(default);
        let sizes = offer.sizes;
        if !sizes.is_empty() && !sizes.iter().any(|here| here.eq_ignore_ascii_case(size)) {
            return Err(Problem::SizeNotOffered {
                size: size.to_owned(),
                place: offer.place.to_owned(),
                offered: sizes.to_vec(),
            });
        }
        if !image.is_in(offer.region) {
            return Err(Problem::ImageElsewhere {
                image: image.name.clone(),
                location: offer.region.to_owned(),
            });
        }
        Ok(())
    }

    /// Checks that none of the wished public ports leads to a machine of `deployment`.
    pub(super) fn ports_are_free(&self, deployment: &Deployment) -> Result<(), Problem> {
        let taken: Vec<u16> = deployment
            .machines
            .iter()
            .flat_map(|machine| machine.endpoints.iter().map(|endpoint| endpoint.public))
            .collect();
        let wanted = [
            self.order.docker,
            self.order.ssh.port(),
            self.order.remote_desktop,
        ];
        match wanted
            .into_iter()
            .flatten()
            .find(|port| taken.contains(&port.get()))
        {
            Some(port) => Err(Problem::PortTaken(port)),
            None => Ok(()),
        }
    }
}
