//! Images of the catalogue, as resources name them.

use super::machine_document::ImageReference;
use super::offers;
use super::refusal::Refusal;

/// The image of the catalogue that a reference names.
pub(super) fn platform_image(reference: &ImageReference) -> Result<offers::images::Image, Refusal> {
    let words = [
        ("publisher", &reference.publisher),
        ("offer", &reference.offer),
        ("sku", &reference.sku),
        ("version", &reference.version),
    ];
    let missing = words.iter().find(|(_, word)| word.is_none());
    if let Some((name, _)) = missing {
        return Err(Refusal::parameter(
            "imageReference",
            format!("Required parameter 'imageReference.{name}' is missing (null)."),
        ));
    }
    let [publisher, offer, sku, version] =
        words.map(|(_, word)| word.as_deref().unwrap_or_default());
    let urn = format!("{publisher}:{offer}:{sku}:{version}");
    offers::images::image(publisher, offer, sku, version).ok_or(Refusal::NoImage(urn))
}
