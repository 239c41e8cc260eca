//! What things are called, in plain text.

use super::{Refusal, Thing};
use crate::world::names::is_plain;

/// Plain labels of deployments, images and disks: 1 to 100 characters.
pub(crate) fn check_label(label: &str) -> Result<(), Refusal> {
    if label.is_empty() || label.chars().count() > 100 {
        Err(Refusal::parameter("Label: 1 to 100 characters"))
    } else {
        Ok(())
    }
}

/// Whether a thing of a network can be made that is called so: its name and its label must be in
/// order, and nothing else of the kind may have the name.
pub(super) fn check_new(
    thing: Thing,
    name: &str,
    label: Option<&str>,
    is_taken: bool,
) -> Result<(), Refusal> {
    if !is_plain(name, 80) {
        return Err(Refusal::BadName(thing, name.into()));
    }
    label.map_or(Ok(()), check_label)?;
    if is_taken {
        return Err(Refusal::Exists(thing, name.into()));
    }
    Ok(())
}
