//! What a disk or a snapshot is made of: of another, of an image, or of nothing.

use serde::Deserialize;
use serde_json::Value;

use super::decision::{Draft, Scope};
use super::document;
use super::kind::Kind;
use super::machine_document::ImageReference;
use super::path::ResourceId;
use super::platform_image::platform_image;
use super::refusal::Refusal;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Written {
    properties: WrittenProperties,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WrittenProperties {
    creation_data: CreationData,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CreationData {
    create_option: Option<String>,
    source_resource_id: Option<String>,
    image_reference: Option<SourceImage>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SourceImage {
    id: Option<String>,
}

/// What comes of the source, where nothing else is said.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// `Linux` or `Windows` where a system is on it.
    pub(super) system: Option<String>,
    pub(super) size_gb: Option<u32>,
    /// What hardware its system is for: `V1` or `V2`.
    generation: Option<String>,
    /// The GUID of the disk or snapshot that it was made of.
    unique_id: Option<String>,
}

/// What the body of a disk or a snapshot that is made says that it is made of.
pub(super) fn source(
    scope: &Scope<'_>,
    draft: &Draft<'_>,
    body: &Value,
) -> Result<Source, Refusal> {
    let written: Written = document::typed(body)?;
    let told = written.properties.creation_data;
    let option = told.create_option.unwrap_or_default();
    let is = |word: &str| option.eq_ignore_ascii_case(word);
    if is("Copy") || is("CopyStart") {
        let text = told.source_resource_id.unwrap_or_default();
        // What is copied by and by may lie in another region.
        let location = if is("Copy") { &*draft.location } else { "" };
        return copied(scope, draft, &text, location);
    }
    let image = told.image_reference.and_then(|image| image.id);
    match image.filter(|_| is("FromImage")) {
        Some(text) => of_image(&text),
        None => Ok(Source::default()),
    }
}

fn copied(
    scope: &Scope<'_>,
    draft: &Draft<'_>,
    text: &str,
    location: &str,
) -> Result<Source, Refusal> {
    let named = ResourceId::read(text).map(|id| id.path.kind);
    let kind = named.filter(|kind| *kind == Kind::Snapshot);
    let id = draft.path.id(scope.view.id);
    let place = "properties.creationData.sourceResourceId";
    let kind = kind.unwrap_or(Kind::Disk);
    let key = scope.referred(text, kind, location, &id, place)?;
    let Some(resource) = scope.view.held.shelf.get(&key) else {
        return Err(Refusal::Reference {
            of: id,
            to: text.to_owned(),
        });
    };
    let told = scope.view.told(&key, resource);
    let properties = &told["properties"];
    let word = |name: &str| properties[name].as_str().map(str::to_owned);
    let size = properties["diskSizeGB"].as_u64();
    Ok(Source {
        system: word("osType"),
        size_gb: size.and_then(|size| u32::try_from(size).ok()),
        generation: word("hyperVGeneration"),
        unique_id: word("uniqueId"),
    })
}

/// An image of the catalogue; of others nothing is known here.
fn of_image(text: &str) -> Result<Source, Refusal> {
    let words: Vec<&str> = text.split('/').filter(|word| !word.is_empty()).collect();
    let after = |name: &str| {
        let mut pairs = words.windows(2);
        let pair = pairs.find(|pair| pair[0].eq_ignore_ascii_case(name));
        pair.map(|pair| pair[1].to_owned())
    };
    let Some(publisher) = after("publishers") else {
        return Ok(Source::default());
    };
    let image = platform_image(&ImageReference {
        publisher: Some(publisher),
        offer: after("offers"),
        sku: after("skus"),
        version: after("versions"),
        ..ImageReference::default()
    })?;
    Ok(Source {
        system: Some(image.system().os.as_str().to_owned()),
        size_gb: Some(image.size_gb()),
        ..Source::default()
    })
}

impl Source {
    /// Writes what follows from it into the body of what is made of it.
    pub(super) fn note(&self, body: &mut Value) {
        let properties = document::object(body, "properties");
        if let Some(generation) = &self.generation {
            document::set_default(properties, "hyperVGeneration", generation.clone());
        }
        if let Some(unique_id) = &self.unique_id {
            let creation = document::object(properties, "creationData");
            document::set(creation, "sourceUniqueId", unique_id.clone());
        }
    }
}
