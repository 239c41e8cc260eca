//! The gallery of resource extensions.

use crate::world::GalleryExtension;
use crate::world::catalogue::{EXTENSIONS, Extension};

use super::route::{Route, routes};
use super::writer::{Xml, element};
use super::{Answer, Call, Refused};

pub(super) const ROUTES: &[Route] = routes! {
    below "/services";
    GET "/resourceextensions": "List Resource Extensions" => list;
    GET "/resourceextensions/{publisher}/{name}": "List Resource Extension Versions" => versions;
    POST "/extensions": "Register Extension";
    PUT "/extensions": "Update Extension";
    DELETE "/extensions/{publisher}/{name}/{version}": "Unregister Extension";
    GET "/extensions": "List Available Extensions";
    GET "/extensions/{publisher}/{name}": "List Extension Versions";
    GET "/publisherextensions": "List Publisher Extensions";
};

/// List Resource Extensions: the newest version of each.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let root = element("ResourceExtensions");
    if let Some(shown) = &call.world.world().ground.catalogue.extensions {
        let newest = shown.iter().enumerate().filter(|(n, one)| {
            let later = &shown[n + 1..];
            !later
                .iter()
                .any(|other| is(other, &one.publisher, &one.name))
        });
        let newest = newest.map(|(_, one)| describe(one));
        return Ok(Answer::Document(root.all(newest)));
    }
    let newest = EXTENSIONS
        .iter()
        .map(|extension| describe(&built_in(extension, extension.newest())));
    Ok(Answer::Document(root.all(newest)))
}

/// List Resource Extension Versions; an unknown one has none.
pub(crate) fn versions(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let (publisher, name) = (call.name(0), call.name(1));
    let root = element("ResourceExtensions");
    if let Some(shown) = &call.world.world().ground.catalogue.extensions {
        let versions = shown.iter().filter(|one| is(one, publisher, name));
        return Ok(Answer::Document(root.all(versions.map(describe))));
    }
    let found = crate::world::catalogue::extension(publisher, name);
    let versions = found.into_iter().flat_map(|e| {
        let described = |version: &&str| describe(&built_in(e, version));
        e.versions.iter().map(described).collect::<Vec<_>>()
    });
    Ok(Answer::Document(root.all(versions)))
}

fn is(extension: &GalleryExtension, publisher: &str, name: &str) -> bool {
    extension.publisher == *publisher && extension.name == *name
}

fn built_in(extension: &Extension, version: &str) -> GalleryExtension {
    GalleryExtension {
        publisher: extension.publisher.into(),
        name: extension.name.into(),
        version: version.into(),
        label: extension.label.into(),
        description: extension.description.into(),
        public_schema: Some(String::new()),
        private_schema: Some(String::new()),
        is_json: Some(true),
        os: Some(extension.os),
        company: Some(extension.company.into()),
        published: Some("2014-08-15T00:00:00.0000000Z".into()),
        ..GalleryExtension::default()
    }
}

fn describe(extension: &GalleryExtension) -> Xml {
    element("ResourceExtension")
        .text("Publisher", &extension.publisher)
        .text("Name", &extension.name)
        .text("Version", &extension.version)
        .text("Label", &extension.label)
        .text("Description", &extension.description)
        .maybe_text(
            "PublicConfigurationSchema",
            extension.public_schema.as_ref(),
        )
        .maybe_text(
            "PrivateConfigurationSchema",
            extension.private_schema.as_ref(),
        )
        .maybe_text("SampleConfig", extension.sample.as_ref())
        .text("ReplicationCompleted", true)
        .maybe_text("Eula", extension.eula.as_ref())
        .maybe_text("PrivacyUri", extension.privacy_uri.as_ref())
        .maybe_text("HomepageUri", extension.homepage_uri.as_ref())
        .maybe_text("IsJsonExtension", extension.is_json)
        .maybe_text("SupportedOS", extension.os.as_ref())
        .maybe_text("CompanyName", extension.company.as_ref())
        .maybe_text("PublishedDate", extension.published.as_ref())
        .maybe_text("Regions", extension.regions.as_ref())
}
