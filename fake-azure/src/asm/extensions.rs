//! The gallery of resource extensions.

use crate::world::Refusal;
use crate::world::catalogue::{EXTENSIONS, Extension};

use super::writer::{Xml, element};
use super::{Answer, Call};

/// List Resource Extensions: the newest version of each.
pub(crate) fn list(_: &mut Call<'_>) -> Result<Answer, Refusal> {
    let newest = EXTENSIONS
        .iter()
        .map(|extension| describe(extension, extension.newest()));
    Ok(Answer::Document(element("ResourceExtensions").all(newest)))
}

/// List Resource Extension Versions; an unknown one has none.
pub(crate) fn versions(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let found = crate::world::catalogue::extension(call.name(0), call.name(1));
    let versions = found
        .into_iter()
        .flat_map(|e| e.versions.iter().map(|version| describe(e, version)));
    Ok(Answer::Document(
        element("ResourceExtensions").all(versions),
    ))
}

fn describe(extension: &Extension, version: &str) -> Xml {
    element("ResourceExtension")
        .text("Publisher", extension.publisher)
        .text("Name", extension.name)
        .text("Version", version)
        .text("Label", extension.label)
        .text("Description", extension.description)
        .with(element("PublicConfigurationSchema"))
        .with(element("PrivateConfigurationSchema"))
        .text("ReplicationCompleted", true)
        .text("IsJsonExtension", true)
        .text("SupportedOS", extension.os)
        .text("CompanyName", extension.company)
        .text("PublishedDate", "2014-08-15T00:00:00.0000000Z")
}
