//! Where a new host goes: what was asked for, or what its parts demand.

use super::problem::{Apart, ClassicProblem};
use crate::backend::Image;
use crate::backend::site::classic::{AffinityGroup, Network, Place, ReservedAddress};
use crate::event::ClassicDerived;
use crate::provision::problem::Problem;

/// The place that was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The location.
    pub(super) location: Option<&'a str>,
    /// The affinity group.
    pub(super) group: Option<&'a str>,
}

/// What is known of the parts that have a place of their own.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Parts<'a> {
    /// The virtual network, and its affinity group when it has one.
    pub(super) network: Option<(&'a Network, Option<&'a AffinityGroup>)>,
    /// The affinity group asked for.
    pub(super) group: Option<&'a AffinityGroup>,
    /// The reserved address.
    pub(super) address: Option<&'a ReservedAddress>,
    /// The image.
    pub(super) image: Option<&'a Image>,
}

/// Chooses the place of a new host, and tells what it was taken from when nobody chose it.
pub(super) fn choose(
    asked: Asked<'_>,
    parts: Parts<'_>,
) -> Result<(Place, Option<ClassicDerived>), Problem> {
    if asked.location.is_some() && asked.group.is_some() {
        return Err(ClassicProblem::TwoPlaces.into());
    }
    let asked = asked.place();
    let (mut place, mut derived) = match (parts.network, asked) {
        (Some((network, group)), asked) => {
            let (place, derived) = within_network(network, group, parts.group, asked)?;
            (Some(place), derived)
        }
        (None, asked) => (asked, None),
    };
    if let Some(address) = parts.address {
        if let Some(chosen) = &place {
            agree(
                &region(chosen, parts),
                &address.location,
                Apart::HostAndAddress,
            )?;
        } else {
            place = Some(Place::Location(address.location.clone()));
            derived = Some(ClassicDerived::AddressLocation(address.location.clone()));
        }
    }
    if let (None, Some(only)) = (&place, parts.image.and_then(only_place)) {
        place = Some(Place::Location(only.to_owned()));
        derived = Some(ClassicDerived::ImageLocation(only.to_owned()));
    }
    place.map(|place| (place, derived)).ok_or(Problem::NoPlace)
}

impl Asked<'_> {
    fn place(self) -> Option<Place> {
        match (self.location, self.group) {
            (Some(location), _) => Some(Place::Location(location.to_owned())),
            (None, Some(group)) => Some(Place::AffinityGroup(group.to_owned())),
            (None, None) => None,
        }
    }
}

fn within_network(
    network: &Network,
    group: Option<&AffinityGroup>,
    asked_group: Option<&AffinityGroup>,
    asked: Option<Place>,
) -> Result<(Place, Option<ClassicDerived>), ClassicProblem> {
    let home = network.place.clone();
    match (&home, asked) {
        (Place::AffinityGroup(name), None) => {
            let derived = ClassicDerived::NetworkGroup(name.clone());
            Ok((home, Some(derived)))
        }
        (Place::Location(name), None) => {
            let derived = ClassicDerived::NetworkLocation(name.clone());
            Ok((home, Some(derived)))
        }
        (Place::AffinityGroup(_), Some(Place::Location(location))) => {
            let region = group.map_or(location.as_str(), |group| &group.location);
            agree(&location, region, Apart::LocationAndNetworksGroup)?;
            Ok((home, None))
        }
        (Place::AffinityGroup(name), Some(Place::AffinityGroup(asked))) => {
            agree(&asked, name, Apart::GroupAndNetworksGroup)?;
            Ok((home, None))
        }
        (Place::Location(name), Some(Place::Location(asked))) => {
            agree(&asked, name, Apart::LocationAndNetwork)?;
            Ok((Place::Location(asked), None))
        }
        (Place::Location(name), Some(Place::AffinityGroup(asked))) => {
            let region = asked_group.map_or(name.as_str(), |group| &group.location);
            agree(region, name, Apart::GroupAndNetwork)?;
            Ok((Place::AffinityGroup(asked), None))
        }
    }
}

/// The region of a place, as far as it is known.
fn region(place: &Place, parts: Parts<'_>) -> String {
    let groups = [parts.group, parts.network.and_then(|(_, group)| group)];
    match place {
        Place::Location(name) => name.clone(),
        Place::AffinityGroup(name) => groups
            .into_iter()
            .flatten()
            .find(|group| group.name.eq_ignore_ascii_case(name))
            .map_or_else(|| name.clone(), |group| group.location.clone()),
    }
}

/// The one location of a captured machine image, which cannot be used elsewhere.
fn only_place(image: &Image) -> Option<&str> {
    match (image.kind, image.locations.as_slice()) {
        (crate::backend::ImageKind::Machine { .. }, [only]) if image.own => Some(only),
        _ => None,
    }
}

/// Are both the same place?
pub(super) fn agree(one: &str, other: &str, apart: Apart) -> Result<(), ClassicProblem> {
    if one.eq_ignore_ascii_case(other) {
        Ok(())
    } else {
        Err(ClassicProblem::PlacesDiffer(apart))
    }
}
