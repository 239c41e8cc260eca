//! The images that can be pulled without anybody having pushed them.
//!
//! Repositories are described in code, one family a file. An image is made from its
//! description when it is first asked for, and shared by all engines of the process.

mod alpine;
mod busybox;
mod databases;
mod debian;
mod languages;
mod nginx_start;
mod services;
mod system;
mod tools;
mod web;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::Digest;
use super::published::{Blob, Published};
use super::recipe::{Made, Recipe, Repository};

/// All repositories, in the order in which a search without a reason shows them.
static REPOSITORIES: [&[Repository]; 8] = [
    &busybox::REPOSITORIES,
    &alpine::REPOSITORIES,
    &debian::REPOSITORIES,
    &web::REPOSITORIES,
    &databases::REPOSITORIES,
    &services::REPOSITORIES,
    &languages::REPOSITORIES,
    &tools::REPOSITORIES,
];

/// Words in a tag that say which release of a distribution an image is made on.
const RELEASES: [&str; 9] = [
    "bookworm", "bullseye", "buster", "focal", "jammy", "noble", "trixie", "resolute", "bionic",
];

/// A repository that a search found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Its name as people write it.
    pub name: &'static str,
    /// What is said of it.
    pub description: &'static str,
    /// How many people like it.
    pub stars: u32,
    /// Whether Docker keeps it.
    pub is_official: bool,
}

fn repositories() -> impl Iterator<Item = &'static Repository> {
    REPOSITORIES.iter().copied().flatten()
}

fn repository(name: &str) -> Option<&'static Repository> {
    repositories().find(|repository| repository.name == name)
}

/// Whether there is a repository of this name, as people write it.
pub(super) fn has(name: &str) -> bool {
    repository(name).is_some()
}

/// Whether some repository is at a host: `gcr.io`.
pub(super) fn has_host(host: &str) -> bool {
    repositories().any(|repository| {
        let rest = repository.name.strip_prefix(host);
        host.contains('.') && rest.is_some_and(|rest| rest.starts_with('/'))
    })
}

/// Makes an image for a name that nobody published: Alpine that sleeps until it is
/// stopped.
pub(super) fn anything(name: &str) -> Arc<Published> {
    let recipe = Recipe::on("alpine:latest", "latest", "2025-01-01T00:00:00Z")
        .label("fake-docker.stands-in-for", name)
        .cmd(&["sleep", "infinity"]);
    let made = recipe.make("", base(&recipe));
    Arc::clone(&made.published)
}

/// Finds an image by repository, as people write it, and tag.
pub(super) fn by_tag(name: &str, tag: &str) -> Option<Arc<Published>> {
    Some(Arc::clone(&made(name, tag)?.published))
}

/// Finds an image by repository and digest.
pub(super) fn by_digest(name: &str, digest: Digest) -> Option<Arc<Published>> {
    let repository = repository(name)?;
    let mut made = repository.images().iter().map(|slot| slot.made(repository));
    made.find_map(|made| made.published.under(digest))
}

/// Lists the tags that a pull of all tags takes.
pub(super) fn tags(name: &str) -> Vec<String> {
    let slots = repository(name).map(Repository::images).unwrap_or_default();
    let tags = slots.iter().flat_map(|slot| slot.recipe.tags());
    tags.map(str::to_owned).collect()
}

/// Packs a layer of one variant of an image: `image` is `repository:tag`.
pub(super) fn archive(image: &str, variant: usize, layer: usize) -> Option<Arc<Vec<u8>>> {
    let (name, tag) = image.rsplit_once(':')?;
    let repository = repository(name)?;
    let slot = repository
        .images()
        .iter()
        .find(|slot| slot.recipe.has(tag))?;
    let archive = slot.recipe.archive(base(&slot.recipe), variant, layer)?;
    Some(Arc::new(archive))
}

/// The catalogue's layer of this diff id, for whoever has its bytes by another way than a pull.
/// `moments` are those at which the image that it came with was made, step by step: they tell
/// which images to look into.
pub(crate) fn layer(diff_id: Digest, moments: &BTreeSet<Timestamp>) -> Option<Blob> {
    repositories().find_map(|repository| {
        let mut slots = repository.images().iter();
        slots.find_map(|slot| slot.layer(repository, diff_id, moments))
    })
}

/// The image that another is made on.
pub(super) fn base(recipe: &Recipe) -> Option<&'static Made> {
    let (name, tag) = recipe.base.rsplit_once(':')?;
    made(name, tag)
}

/// Searches names and descriptions for all words of `term`.
pub(super) fn search(term: &str) -> Vec<Found> {
    let term = term.to_lowercase();
    let term = term.strip_prefix("library/").unwrap_or(&term);
    let mut found: Vec<Found> = repositories()
        .filter(|repository| {
            let text = format!(
                "{} {}",
                repository.name,
                repository.description.to_lowercase()
            );
            term.split_whitespace().all(|word| text.contains(word))
        })
        .map(|repository| Found {
            name: repository.name,
            description: repository.description,
            stars: repository.stars,
            is_official: !repository.name.contains('/'),
        })
        .collect();
    found.sort_by_key(|found| {
        (
            found.name != term,
            !found.name.contains(term),
            u32::MAX - found.stars,
        )
    });
    found
}

fn made(name: &str, tag: &str) -> Option<&'static Made> {
    let repository = repository(name)?;
    let slots = repository.images();
    let exact = slots.iter().find(|slot| slot.recipe.has(tag));
    let slot = exact.or_else(|| slots.iter().find(|slot| is_of_line(tag, &slot.recipe.line)))?;
    Some(slot.made(repository))
}

/// Whether a tag is of a line of releases: `16.4-alpine3.20` is of `16-alpine`.
fn is_of_line(tag: &str, line: &str) -> bool {
    let (number, flavour) = tag.split_once('-').unwrap_or((tag, ""));
    let (line_number, line_flavour) = line.split_once('-').unwrap_or((line, ""));
    let later = number.strip_prefix(line_number);
    let is_later = later.is_some_and(|later| {
        let mut parts = later.split('.');
        parts.next() == Some("")
            && parts.all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    });
    !line_number.is_empty() && is_later && words(flavour).eq(words(line_flavour))
}

/// The words of a tag's flavour, without those that say what it is made on.
fn words(flavour: &str) -> impl Iterator<Item = &str> {
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    let words = flavour
        .split('-')
        .map(move |word| word.trim_end_matches(is_number));
    words.filter(|word| !word.is_empty() && !RELEASES.contains(word))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::config::ImageConfig;
    use super::*;

    #[test]
    fn every_image_can_be_made_and_is_what_its_digests_say() {
        for repository in repositories() {
            for slot in repository.images() {
                let name = format!("{}:{}", repository.name, slot.recipe.tags().next().unwrap());
                assert_eq!(
                    slot.recipe.base.is_empty(),
                    base(&slot.recipe).is_none(),
                    "{name}"
                );
                let published = &slot.made(repository).published;
                assert_eq!(published.digest, Digest::of(&*published.document), "{name}");
                for variant in &published.variants {
                    let config: ImageConfig = serde_json::from_str(&variant.config).unwrap();
                    assert!(
                        config
                            .created
                            .is_some_and(|c| c.as_second() > 1_000_000_000),
                        "{name}"
                    );
                    let layers = config
                        .history
                        .iter()
                        .filter(|step| !step.empty_layer)
                        .count();
                    assert_eq!(layers, variant.layers.len(), "{name}");
                    let diff_ids = variant.layers.iter().map(|layer| layer.diff_id);
                    assert!(diff_ids.eq(config.rootfs.diff_ids), "{name}");
                    let run = config.config.unwrap();
                    assert!(run.cmd.is_some() || run.entrypoint.is_some(), "{name}");
                }
                let mut seen = BTreeSet::new();
                for layer in published.variants.iter().flat_map(|v| &v.layers) {
                    assert_eq!(Digest::of(&*layer.archive.bytes()), layer.diff_id, "{name}");
                    assert_eq!(Digest::of(layer.gzip()), layer.digest, "{name}");
                    seen.insert((layer.diff_id, layer.digest));
                }
                let layers: usize = published.variants.iter().map(|v| v.layers.len()).sum();
                assert_eq!(seen.len(), layers, "{name}: variants share layers");
            }
        }
    }

    #[test]
    fn a_tag_leads_to_one_image() {
        for repository in repositories() {
            let mut seen = BTreeSet::new();
            for slot in repository.images() {
                for tag in slot.recipe.tags().chain(slot.recipe.aliases()) {
                    assert!(seen.insert(tag), "{}:{tag}", repository.name);
                }
            }
        }
    }

    #[test]
    fn a_patch_release_is_of_the_line_that_stands_for_it() {
        for (tag, line) in [
            ("1.27.4", "1.27"),
            ("16.4", "16"),
            ("16.4-alpine3.20", "16-alpine"),
            ("16-alpine3.20", "16-alpine"),
            ("3.12.4-slim-bookworm", "3.12-slim"),
            ("3.12-bookworm", "3.12"),
        ] {
            assert!(is_of_line(tag, line), "{tag} {line}");
        }
        for (tag, line) in [
            ("1.271", "1.27"),
            ("1.27", "1.2"),
            ("16.4-alpine", "16"),
            ("16.4", "16-alpine"),
            ("16.", "16"),
            ("16.x", "16"),
            ("latest", ""),
        ] {
            assert!(!is_of_line(tag, line), "{tag} {line}");
        }
    }

    #[test]
    fn a_search_shows_the_name_itself_first() {
        let names: Vec<&str> = search("redis").iter().map(|found| found.name).collect();

        assert_eq!(names[0], "redis");
        assert!(search("nosuchthing").is_empty());
    }
}
