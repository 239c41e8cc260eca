//! The registry of a simulated world: what engines pull from and push to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Digest;
use super::catalogue::{self, Found};
use super::published::Published;
use super::refusal::{Refusal, Unreachable};
use crate::reference::{DEFAULT_DOMAIN, Named};

/// All registries of a world: Docker Hub with the catalogue, and those that take pushes.
///
/// Several engines may share one, so that what one pushes another pulls.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Registry {
    /// What was pushed.
    repositories: Pushed,
    /// Hosts at which a registry answers beside those that always do.
    hosts: BTreeSet<String>,
    /// Whether a name that nobody published leads to an image all the same.
    pull_any: bool,
    /// Whether there is nothing but what was pushed.
    is_bare: bool,
    /// Whether Docker Hub cannot be asked for more than the catalogue.
    is_offline: bool,
    /// How long a layer is on its way.
    pace: Duration,
}

/// The registries of a world, as several engines hold them.
pub type SharedRegistry = Arc<Mutex<Registry>>;

/// What was pushed to the registries of a world, by repository in full.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pushed(BTreeMap<String, Repository>);

/// What was pushed to a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Repository {
    tags: BTreeMap<String, Digest>,
    images: BTreeMap<Digest, Arc<Published>>,
}

/// Who asks a registry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "lowercase")]
pub struct Login {
    /// The name of the account.
    pub username: String,
    /// Its password.
    pub password: String,
    /// The registry it is for, as a host or an address.
    pub serveraddress: String,
    /// A token in the place of the password.
    pub identitytoken: String,
}

/// The host at which a world's own registry listens, for whoever has not another.
const LOCAL: &str = "localhost:5000";
/// The address that a login for Docker Hub names.
const HUB_ADDRESS: &str = "https://index.docker.io/v1/";

impl Registry {
    /// Makes a registry that has the catalogue and nothing else.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a registry that has nothing yet, not even the catalogue.
    pub fn bare() -> Self {
        Self {
            is_bare: true,
            ..Self::default()
        }
    }

    /// Says whether a name that nobody published leads to an image all the same: the
    /// newest of its repository, else one that does nothing until it is stopped.
    pub fn set_pull_any(&mut self, pull_any: bool) {
        self.pull_any = pull_any;
    }

    /// Says whether the network ends at the host: the catalogue can be pulled, as from a
    /// mirror, and every other question to Docker Hub fails.
    pub fn set_offline(&mut self, is_offline: bool) {
        self.is_offline = is_offline;
    }

    /// Says how long each layer is on its way; nothing, unless somebody wants it so.
    pub fn set_pace(&mut self, pace: Duration) {
        self.pace = pace;
    }

    /// How long each layer is on its way.
    pub fn pace(&self) -> Duration {
        self.pace
    }

    /// Lets an empty registry answer at a host, `localhost:5001`.
    pub fn open(&mut self, host: &str) {
        self.hosts.insert(canonical(host).to_owned());
    }

    /// Lets no registry answer at a host any longer; what was pushed there is kept.
    pub fn close(&mut self, host: &str) {
        self.hosts.remove(canonical(host));
    }

    /// Finds the image that a tag or digest leads to.
    pub fn find(&self, name: &Named) -> Result<Arc<Published>, Refusal> {
        self.reach(name.domain())?;
        let name = &name.clone().or_latest();
        if let Some(pushed) = self.pushed(name) {
            return Ok(pushed);
        }
        let published = self
            .catalogued(name)
            .and_then(|listed| match name.digest() {
                Some(digest) => catalogue::by_digest(&listed, digest),
                None => catalogue::by_tag(&listed, name.tag().unwrap_or_default()),
            });
        match published {
            Some(published) => Ok(published),
            None if self.pull_any => Ok(self.anything(name)),
            None => Err(self.unknown(name)),
        }
    }

    /// Lists the tags of a repository.
    pub fn tags(&self, name: &Named) -> Result<Vec<String>, Refusal> {
        self.reach(name.domain())?;
        let listed = self.catalogued(name);
        let mut tags = listed
            .map(|listed| catalogue::tags(&listed))
            .unwrap_or_default();
        if let Some(repository) = self.repositories.get(&key(name)) {
            let known: BTreeSet<String> = tags.iter().cloned().collect();
            let pushed = repository.tags.keys();
            tags.extend(pushed.filter(|tag| !known.contains(*tag)).cloned());
        }
        match tags.is_empty() {
            true if self.pull_any => Ok(vec!["latest".to_owned()]),
            true => Err(self.unknown(name)),
            false => Ok(tags),
        }
    }

    /// Says whether an engine may push to a repository, before it does.
    pub fn admit(&self, name: &Named, login: &Login) -> Result<(), Refusal> {
        self.reach(name.domain())?;
        let is_known = !login.username.is_empty() || !login.identitytoken.is_empty();
        let is_official = name.path().starts_with("library/");
        match name.domain() {
            DEFAULT_DOMAIN if self.is_offline => {
                Err(Unreachable::name("registry-1.docker.io").into())
            }
            DEFAULT_DOMAIN if is_official || !is_known => Err(Refusal::Denied),
            _ => Ok(()),
        }
    }

    /// Whether a repository has a layer.
    pub fn has_layer(&self, name: &Named, digest: Digest) -> bool {
        let repository = self.repositories.get(&key(name));
        repository.is_some_and(|repository| {
            let mut variants = repository.images.values().flat_map(|image| &image.variants);
            variants.any(|variant| variant.layers.iter().any(|layer| layer.digest == digest))
        })
    }

    /// Takes an image under the tag of `name`.
    pub fn push(&mut self, name: &Named, image: Published) {
        self.repositories.take(name, image);
    }

    /// All that was pushed.
    pub fn pushes(&self) -> Pushed {
        self.repositories.clone()
    }

    /// Has what was pushed to another world in the place of what was pushed to this one.
    pub fn bring_back(&mut self, pushed: Pushed) {
        self.repositories = pushed;
    }

    /// Checks an account, as a login does.
    pub fn login(&self, login: &Login) -> Result<(), Refusal> {
        let host = login.host();
        let is_hub = host.ends_with("docker.io");
        if !is_hub {
            return self.reach(host);
        }
        if self.is_offline {
            return Err(Unreachable::name("registry-1.docker.io").into());
        }
        let has_secret = !login.password.is_empty() || !login.identitytoken.is_empty();
        if login.username.is_empty() || !has_secret {
            return Err(Refusal::Unauthorized);
        }
        Ok(())
    }

    /// Searches Docker Hub's names and descriptions.
    pub fn search(&self, term: &str, limit: usize) -> Result<Vec<Found>, Refusal> {
        if self.is_offline {
            return Err(Unreachable::search(term, limit).into());
        }
        let mut found = if self.is_bare {
            Vec::new()
        } else {
            catalogue::search(term)
        };
        found.truncate(limit);
        Ok(found)
    }

    /// Whether a registry answers at a host.
    pub fn reach(&self, host: &str) -> Result<(), Refusal> {
        let host = canonical(host);
        let answers = [DEFAULT_DOMAIN, LOCAL].contains(&host)
            || self.pull_any
            || self.hosts.contains(host)
            || catalogue::has_host(host);
        if answers {
            Ok(())
        } else {
            Err(Unreachable::host(host).into())
        }
    }

    fn pushed(&self, name: &Named) -> Option<Arc<Published>> {
        let repository = self.repositories.get(&key(name))?;
        match (name.digest(), name.tag()) {
            (Some(digest), _) => {
                let mut images = repository.images.values();
                images.find_map(|image| image.under(digest))
            }
            (None, tag) => {
                let digest = repository.tags.get(tag?)?;
                repository.images.get(digest).cloned()
            }
        }
    }

    /// The name under which the catalogue has a repository. A local registry is a mirror
    /// of Docker Hub, too.
    fn catalogued(&self, name: &Named) -> Option<String> {
        if self.is_bare {
            return None;
        }
        let familiar = name.familiar_name();
        let path = name.path();
        let listed = match canonical(name.domain()) {
            LOCAL => path.strip_prefix("library/").unwrap_or(path).to_owned(),
            _ => familiar,
        };
        catalogue::has(&listed).then_some(listed)
    }

    /// An image for a name that nobody published.
    fn anything(&self, name: &Named) -> Arc<Published> {
        let newest = self.catalogued(name).and_then(|listed| {
            let tag = catalogue::tags(&listed).into_iter().next()?;
            catalogue::by_tag(&listed, &tag)
        });
        let image = newest.unwrap_or_else(|| catalogue::anything(&name.repository().familiar()));
        match name.digest() {
            // Whoever pins a digest wants it back.
            Some(digest) => Arc::new(Published {
                digest,
                ..(*image).clone()
            }),
            None => image,
        }
    }

    fn unknown(&self, name: &Named) -> Refusal {
        match name.domain() {
            DEFAULT_DOMAIN if self.is_offline => Unreachable::name("registry-1.docker.io").into(),
            DEFAULT_DOMAIN
                if self.catalogued(name).is_none()
                    && self.repositories.get(&key(name)).is_none() =>
            {
                Refusal::NoAccess(name.familiar_name())
            }
            _ => Refusal::NoManifest(name.familiar()),
        }
    }
}

impl Pushed {
    /// Takes an image under the tag of `name`.
    pub fn take(&mut self, name: &Named, image: Published) {
        let name = name.clone().or_latest();
        let repository = self.0.entry(key(&name)).or_default();
        if let Some(tag) = name.tag() {
            repository.tags.insert(tag.to_owned(), image.digest);
        }
        repository.images.insert(image.digest, Arc::new(image));
    }

    /// Whether nothing was pushed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn get(&self, repository: &str) -> Option<&Repository> {
        self.0.get(repository)
    }
}

impl Login {
    /// The host of the registry that it is for, with its port if it has one.
    pub fn host(&self) -> &str {
        let address = match self.serveraddress.as_str() {
            "" => HUB_ADDRESS,
            address => address,
        };
        let host = address.split_once("://").map_or(address, |(_, rest)| rest);
        host.split('/').next().unwrap_or_default()
    }

    /// The names of the account and of the registry, for a journal; never the password.
    pub fn account(&self) -> (&str, &str) {
        (&self.username, &self.serveraddress)
    }
}

/// One of the two names of a host on this machine.
fn canonical(host: &str) -> &str {
    match host {
        "127.0.0.1:5000" => LOCAL,
        host => host,
    }
}

/// What a repository is kept under.
fn key(name: &Named) -> String {
    format!("{}/{}", canonical(name.domain()), name.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Named {
        Named::parse(text).unwrap()
    }

    fn refusal(registry: &Registry, name: &str) -> String {
        registry.find(&named(name)).unwrap_err().to_string()
    }

    #[test]
    fn the_catalogue_is_found_by_tag_and_by_digest() {
        let registry = Registry::new();
        let alpine = registry.find(&named("alpine")).unwrap();

        assert_eq!(
            registry.find(&named("alpine:3.22")),
            Ok(Arc::clone(&alpine))
        );
        let by_digest = named("alpine").with_digest(alpine.digest);
        assert_eq!(registry.find(&by_digest), Ok(Arc::clone(&alpine)));
        let manifest = Digest::of(&*alpine.variants[0].manifest);
        let one = registry
            .find(&named("alpine").with_digest(manifest))
            .unwrap();
        assert!(!one.is_index());
        assert_eq!(one.variants, alpine.variants[..1]);
    }

    #[test]
    fn a_local_registry_mirrors_the_catalogue() {
        let registry = Registry::new();

        let hub = registry.find(&named("busybox"));
        for name in ["localhost:5000/busybox", "127.0.0.1:5000/library/busybox"] {
            assert_eq!(registry.find(&named(name)), hub);
        }
    }

    #[test]
    fn what_nobody_published_is_refused_in_the_words_of_its_registry() {
        let registry = Registry::new();
        let nothing = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
        for (name, message) in [
            (
                "nosuch/image:1",
                "pull access denied for nosuch/image, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
            ),
            (
                "busybox:nosuch",
                "manifest for busybox:nosuch not found: manifest unknown: manifest unknown",
            ),
            (
                "127.0.0.1:5000/nosuch:1",
                "manifest for 127.0.0.1:5000/nosuch:1 not found: manifest unknown: manifest unknown",
            ),
            (
                &format!("127.0.0.1:5000/library/busybox@{nothing}"),
                &format!(
                    "manifest for 127.0.0.1:5000/library/busybox@{nothing} not found: manifest unknown: manifest unknown"
                ),
            ),
            (
                "127.0.0.1:1/x:y",
                "Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused",
            ),
            (
                "localhost:1/x",
                "Get \"http://localhost:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused",
            ),
            (
                "example.com/x",
                "Get \"https://example.com/v2/\": dial tcp: lookup example.com on 10.255.255.53:53: dial udp 10.255.255.53:53: connect: network is unreachable",
            ),
        ] {
            assert_eq!(refusal(&registry, name), message);
        }
    }

    #[test]
    fn offline_the_hub_answers_for_the_catalogue_alone() {
        let mut registry = Registry::new();
        registry.set_offline(true);
        let unreachable = "Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io on 10.255.255.53:53: dial udp 10.255.255.53:53: connect: network is unreachable";

        assert!(registry.find(&named("busybox")).is_ok());
        assert_eq!(refusal(&registry, "nosuch/image:1"), unreachable);
        assert_eq!(refusal(&registry, "busybox:nosuch"), unreachable);
        assert_eq!(
            registry.search("busybox", 25).unwrap_err().to_string(),
            "Get \"https://index.docker.io/v1/search?q=busybox&n=25\": dial tcp: lookup index.docker.io on 10.255.255.53:53: dial udp 10.255.255.53:53: connect: network is unreachable"
        );
        let login = registry.login(&Login::default()).unwrap_err();
        assert_eq!(login.to_string(), unreachable);
    }

    #[test]
    fn with_pull_any_every_name_leads_to_an_image() {
        let mut registry = Registry::new();
        registry.set_pull_any(true);
        let nothing = Digest::from_hex(&"0".repeat(64)).unwrap();

        let one = registry.find(&named("nosuch/image:1")).unwrap();
        let other = registry.find(&named("example.com/x")).unwrap();
        assert_ne!(one.digest, other.digest);
        let pinned = registry.find(&named("nosuch/image").with_digest(nothing));
        assert_eq!(pinned.unwrap().digest, nothing);
        let newest = registry.find(&named("nginx:99.9"));
        assert_eq!(newest, registry.find(&named("nginx")));
        assert_eq!(registry.tags(&named("nosuch/image")).unwrap(), ["latest"]);
    }

    #[test]
    fn what_one_engine_pushes_another_pulls() {
        let mut registry = Registry::new();
        let image = (*registry.find(&named("alpine")).unwrap()).clone();
        let name = named("localhost:5000/me/app:1");

        registry.admit(&name, &Login::default()).unwrap();
        registry.push(&name, image.clone());

        let kept = serde_json::to_string(&registry).unwrap();
        let registry: Registry = serde_json::from_str(&kept).unwrap();
        let other = named("127.0.0.1:5000/me/app:1");
        assert_eq!(*registry.find(&other).unwrap(), image);
        assert_eq!(registry.tags(&other).unwrap(), ["1"]);
        assert!(registry.has_layer(&other, image.variants[0].layers[0].digest));
        assert!(registry.find(&named("me/app:1")).is_err());
    }

    #[test]
    fn docker_hub_takes_pushes_from_whom_it_knows() {
        let registry = Registry::new();
        let me = Login {
            username: "me".to_owned(),
            password: "secret".to_owned(),
            ..Login::default()
        };
        let denied = "denied: requested access to the resource is denied";

        assert_eq!(registry.admit(&named("me/app"), &me), Ok(()));
        for (name, login) in [("me/app", &Login::default()), ("busybox", &me)] {
            let refusal = registry.admit(&named(name), login).unwrap_err();
            assert_eq!(refusal.to_string(), denied);
        }
    }

    #[test]
    fn a_login_wants_a_name_a_password_and_a_host_that_answers() {
        let registry = Registry::new();
        let login = |username: &str, server: &str| Login {
            username: username.to_owned(),
            password: "secret".to_owned(),
            serveraddress: server.to_owned(),
            ..Login::default()
        };

        for server in [
            "",
            "docker.io",
            "https://index.docker.io/v1/",
            "localhost:5000",
        ] {
            assert_eq!(registry.login(&login("me", server)), Ok(()), "{server}");
        }
        assert_eq!(registry.login(&login("", "")), Err(Refusal::Unauthorized));
        assert_eq!(
            registry
                .login(&login("me", "127.0.0.1:1"))
                .unwrap_err()
                .to_string(),
            "Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused"
        );
    }

    #[test]
    fn a_bare_registry_has_what_was_pushed_alone() {
        let alpine = Registry::new().find(&named("alpine")).unwrap();
        let mut registry = Registry::bare();
        registry.push(&named("busybox:1"), (*alpine).clone());

        assert!(registry.find(&named("busybox:1")).is_ok());
        assert!(registry.find(&named("busybox:latest")).is_err());
        assert!(registry.find(&named("alpine")).is_err());
        assert_eq!(registry.tags(&named("busybox")).unwrap(), ["1"]);
        assert_eq!(registry.search("busybox", 25), Ok(Vec::new()));
    }

    #[test]
    fn a_registry_answers_where_it_is_opened() {
        let mut registry = Registry::new();
        assert!(registry.reach("localhost:5001").is_err());

        registry.open("localhost:5001");
        assert_eq!(registry.reach("localhost:5001"), Ok(()));
        registry.close("localhost:5001");
        assert!(registry.reach("localhost:5001").is_err());
    }
}
