//! What things are called, in plain text.

use super::Refusal;

/// Plain labels of deployments, images and disks: 1 to 100 characters.
pub(crate) fn check_label(label: &str) -> Result<(), Refusal> {
    if label.is_empty() || label.chars().count() > 100 {
        Err(Refusal::parameter("Label: 1 to 100 characters"))
    } else {
        Ok(())
    }
}
