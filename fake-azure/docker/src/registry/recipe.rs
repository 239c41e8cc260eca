//! How the catalogue describes an image, and how the description becomes one.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;

use super::Digest;
use super::archive;
use super::config::{History, ImageConfig, RootFs};
use super::contents::Contents;
use super::manifest::{self, DOCKER_INDEX, DOCKER_MANIFEST, Descriptor, INDEX, OCI_MANIFEST};
use super::platform::Platform;
use super::published::{Archive, Blob, Published, Variant};
use crate::state::config::{Config, Healthcheck, Words};

/// A repository of the catalogue, whose images are made when they are asked for and then
/// kept for all engines of the process.
pub(super) struct Repository {
    /// Its name as people write it: `nginx`, `testcontainers/ryuk`.
    pub(super) name: &'static str,
    /// What a search says of it.
    pub(super) description: &'static str,
    /// How many people like it, as a search says.
    pub(super) stars: u32,
    recipes: fn() -> Vec<Recipe>,
    shelf: OnceLock<Vec<Slot>>,
}

/// An image of a repository, and what was made of it.
pub(super) struct Slot {
    pub(super) recipe: Recipe,
    made: OnceLock<Made>,
}

/// An image of the catalogue.
pub(super) struct Recipe {
    /// The tags that a pull of all tags takes, separated by blanks.
    tags: String,
    /// Further tags that lead to it.
    aliases: String,
    /// The line of releases it stands for, `1.27` or `16-alpine`: a tag with a later
    /// number behind that of the line leads to it, too.
    pub(super) line: String,
    /// The image it is made on, as `repository:tag`; empty for none.
    pub(super) base: String,
    created: &'static str,
    steps: Vec<Step>,
    run: Config,
    maker: Maker,
}

/// What published an image, by which its documents differ.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Maker {
    /// BuildKit: an index with a manifest for each of two platforms.
    BuildKit,
    /// An engine's `import` and `push` for each platform, and a list of them.
    Engine,
}

/// A step in the making of an image.
pub(super) enum Step {
    /// Changes the configuration alone.
    Config { by: String },
    /// Makes a layer.
    Layer(LayerStep),
}

/// A step that makes a layer.
pub(super) struct LayerStep {
    pub(super) by: String,
    /// What the real layer has, in bytes: its files, and its gzip file.
    pub(super) unpacked: u64,
    pub(super) packed: u64,
    pub(super) files: Box<dyn Fn(&mut Contents) + Send + Sync>,
}

/// The variable that every image has.
pub(super) const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// What BuildKit says in each step.
const BUILDKIT: &str = "buildkit.dockerfile.v0";

/// An image of the catalogue, made.
pub(super) struct Made {
    pub(super) published: Arc<Published>,
    /// What images on it need of it, for each of its variants.
    grounds: Vec<Ground>,
}

/// What an image on another needs of it.
#[derive(Clone, Default)]
struct Ground {
    layers: Vec<Blob>,
    directories: BTreeSet<String>,
    history: Vec<History>,
}

/// How long after the image of the host's platform that of another was built, in seconds: each
/// has a builder of its own.
const LATER: i64 = 37;

/// The platforms that BuildKit's images are for, the host's first.
fn platforms() -> [Platform; 2] {
    [Platform::host(), Platform::linux("arm64", "v8")]
}

impl Repository {
    /// Describes a repository; `recipes` lists its images and is called once.
    pub(super) const fn new(
        name: &'static str,
        description: &'static str,
        stars: u32,
        recipes: fn() -> Vec<Recipe>,
    ) -> Self {
        Self {
            name,
            description,
            stars,
            recipes,
            shelf: OnceLock::new(),
        }
    }

    /// The images of the repository.
    pub(super) fn images(&self) -> &[Slot] {
        self.shelf.get_or_init(|| {
            let recipes = (self.recipes)().into_iter();
            recipes
                .map(|recipe| Slot {
                    recipe,
                    made: OnceLock::new(),
                })
                .collect()
        })
    }
}

impl Slot {
    /// The layer of this diff id, of an image that was made already or at one of these moments.
    pub(super) fn layer(
        &self,
        repository: &Repository,
        diff_id: Digest,
        moments: &BTreeSet<Timestamp>,
    ) -> Option<Blob> {
        let platforms = platforms();
        let mut created = platforms
            .iter()
            .map(|platform| self.recipe.created(platform));
        if self.made.get().is_none() && !created.any(|created| moments.contains(&created)) {
            return None;
        }
        let variants = self.made(repository).published.variants.iter();
        let mut layers = variants.flat_map(|variant| &variant.layers);
        layers.find(|layer| layer.diff_id == diff_id).cloned()
    }

    /// Makes the image, or returns what was made of it; `repository` is where it stands.
    pub(super) fn made(&self, repository: &Repository) -> &Made {
        self.made.get_or_init(|| {
            let tag = self.recipe.tags().next().unwrap_or_default();
            let key = format!("{}:{tag}", repository.name);
            self.recipe.make(&key, super::catalogue::base(&self.recipe))
        })
    }
}

impl Recipe {
    /// Begins the description of an image on `base`.
    pub(super) fn on(base: &str, tags: &str, created: &'static str) -> Self {
        Self {
            tags: tags.to_owned(),
            aliases: String::new(),
            line: String::new(),
            base: base.to_owned(),
            created,
            steps: Vec::new(),
            run: Config {
                env: Some(vec![PATH.to_owned()]),
                ..Config::default()
            },
            maker: Maker::BuildKit,
        }
    }

    /// Begins the description of an image on nothing.
    pub(super) fn from_scratch(tags: &str, created: &'static str) -> Self {
        Self::on("", tags, created)
    }

    /// Adds tags that a pull of all tags does not take.
    pub(super) fn also(mut self, aliases: &str) -> Self {
        aliases.clone_into(&mut self.aliases);
        self
    }

    /// Says which line of releases the image stands for.
    pub(super) fn line(mut self, line: &str) -> Self {
        line.clone_into(&mut self.line);
        self
    }

    /// Adds a layer: what made it, its real sizes, unpacked and packed, and its files.
    pub(super) fn layer(
        mut self,
        by: &str,
        (unpacked, packed): (u64, u64),
        files: impl Fn(&mut Contents) + Send + Sync + 'static,
    ) -> Self {
        self.steps.push(Step::Layer(LayerStep {
            by: by.to_owned(),
            unpacked,
            packed,
            files: Box::new(files),
        }));
        self
    }

    /// Adds variables.
    pub(super) fn env(mut self, variables: &[&str]) -> Self {
        let env = self.run.env.get_or_insert_default();
        for variable in variables {
            let name = variable.split('=').next().unwrap_or_default();
            env.retain(|old| old.split('=').next() != Some(name));
            env.push((*variable).to_owned());
            self.steps.push(Step::Config {
                by: format!("ENV {variable}"),
            });
        }
        self
    }

    /// Says what its containers run.
    pub(super) fn cmd(self, words: &[&str]) -> Self {
        let mut recipe = self.config(format!("CMD {}", quoted(words)));
        recipe.run.cmd = Some(Words(words.iter().map(|word| (*word).to_owned()).collect()));
        recipe
    }

    /// Says what its containers run whatever they are told.
    pub(super) fn entrypoint(self, words: &[&str]) -> Self {
        let mut recipe = self.config(format!("ENTRYPOINT {}", quoted(words)));
        recipe.run.entrypoint = Some(Words(words.iter().map(|word| (*word).to_owned()).collect()));
        recipe
    }

    /// Exposes ports: `80/tcp`.
    pub(super) fn ports(mut self, ports: &[&str]) -> Self {
        let exposed = self.run.exposed_ports.get_or_insert_default();
        for port in ports {
            exposed.0.insert((*port).to_owned());
        }
        let map: Vec<String> = ports.iter().map(|port| format!("{port}:{{}}")).collect();
        self.config(format!("EXPOSE map[{}]", map.join(" ")))
    }

    pub(super) fn volume(self, path: &str) -> Self {
        let mut recipe = self.config(format!("VOLUME [{path}]"));
        let volumes = recipe.run.volumes.get_or_insert_default();
        volumes.0.insert(path.to_owned());
        recipe
    }

    pub(super) fn workdir(self, path: &str) -> Self {
        let mut recipe = self.config(format!("WORKDIR {path}"));
        path.clone_into(&mut recipe.run.working_dir);
        recipe
    }

    pub(super) fn user(self, user: &str) -> Self {
        let mut recipe = self.config(format!("USER {user}"));
        user.clone_into(&mut recipe.run.user);
        recipe
    }

    pub(super) fn stop_signal(self, signal: &str) -> Self {
        let mut recipe = self.config(format!("STOPSIGNAL {signal}"));
        signal.clone_into(&mut recipe.run.stop_signal);
        recipe
    }

    pub(super) fn label(self, name: &str, value: &str) -> Self {
        let mut recipe = self.config(format!("LABEL {name}={value}"));
        let labels = recipe.run.labels.get_or_insert_default();
        labels.insert(name.to_owned(), value.to_owned());
        recipe
    }

    pub(super) fn healthcheck(self, healthcheck: Healthcheck) -> Self {
        let by = format!(
            "HEALTHCHECK {}",
            quoted(healthcheck.test.as_deref().unwrap_or_default())
        );
        let mut recipe = self.config(by);
        recipe.run.healthcheck = Some(healthcheck);
        recipe
    }

    /// Says that an engine imported it.
    pub(super) fn imported(mut self) -> Self {
        self.maker = Maker::Engine;
        self
    }

    fn config(mut self, by: String) -> Self {
        self.steps.push(Step::Config { by });
        self
    }

    /// The tags that a pull of all tags takes.
    pub(super) fn tags(&self) -> impl Iterator<Item = &str> {
        self.tags.split_whitespace()
    }

    /// Further tags that lead to the image.
    pub(super) fn aliases(&self) -> impl Iterator<Item = &str> {
        self.aliases.split_whitespace()
    }

    /// Whether `tag` leads to the image.
    pub(super) fn has(&self, tag: &str) -> bool {
        self.tags().chain(self.aliases()).any(|known| known == tag)
    }

    /// The layers that the image has beyond its base.
    pub(super) fn layers(&self) -> impl Iterator<Item = &LayerStep> {
        self.steps.iter().filter_map(|step| match step {
            Step::Layer(layer) => Some(layer),
            Step::Config { .. } => None,
        })
    }

    /// When the image of a platform was made.
    fn created(&self, platform: &Platform) -> Timestamp {
        let created: Timestamp = self.created.parse().unwrap_or_default();
        let later = if *platform == Platform::host() {
            0
        } else {
            LATER
        };
        let later = created.as_second().saturating_add(later);
        Timestamp::from_second(later).unwrap_or(created)
    }

    /// Lists the files of its layers, one layer on the other.
    fn contents<'a>(
        &'a self,
        platform: &'a Platform,
        mut below: BTreeSet<String>,
    ) -> impl Iterator<Item = Contents> + 'a {
        self.layers().map(move |layer| {
            let mut contents = Contents::on(std::mem::take(&mut below), platform);
            (layer.files)(&mut contents);
            below = contents.directories();
            contents
        })
    }

    /// Packs one of its layers for one of its platforms.
    pub(super) fn archive(
        &self,
        base: Option<&Made>,
        variant: usize,
        layer: usize,
    ) -> Option<Vec<u8>> {
        let platforms = platforms();
        let platform = platforms.get(variant)?;
        let below = ground(base, variant)?.directories;
        let contents = self.contents(platform, below).nth(layer)?;
        Some(archive::tar(&contents, self.created(platform)))
    }

    /// Makes the image; `key` is what the catalogue finds it by.
    pub(super) fn make(&self, key: &str, base: Option<&Made>) -> Made {
        let made: Vec<(Ground, Variant)> = platforms()
            .iter()
            .enumerate()
            .filter_map(|(at, platform)| {
                let ground = self.variant(key, (at, platform), ground(base, at)?);
                let variant = match self.maker {
                    Maker::BuildKit => self.built(platform, &ground),
                    Maker::Engine => self.pushed(platform, &ground),
                };
                Some((ground, variant))
            })
            .collect();
        let (grounds, variants) = made.into_iter().unzip();
        let published = match self.maker {
            Maker::BuildKit => indexed(variants, INDEX, OCI_MANIFEST),
            Maker::Engine => indexed(variants, DOCKER_INDEX, DOCKER_MANIFEST),
        };
        Made {
            published: Arc::new(published),
            grounds,
        }
    }

    /// The layers and the history of the image for a platform.
    fn variant(&self, key: &str, (at, platform): (usize, &Platform), mut ground: Ground) -> Ground {
        let created = self.created(platform);
        let below = std::mem::take(&mut ground.directories);
        ground.directories.clone_from(&below);
        for (layer, (contents, step)) in self
            .contents(platform, below)
            .zip(self.layers())
            .enumerate()
        {
            let tar = archive::tar(&contents, created);
            let diff_id = Digest::of(&tar);
            let size = |size| {
                if at == 0 {
                    size
                } else {
                    size_elsewhere(size, diff_id)
                }
            };
            ground.layers.push(Blob {
                diff_id,
                digest: Digest::of(archive::gzip(&tar)),
                packed: size(step.packed),
                unpacked: size(step.unpacked),
                archive: Archive::Catalogue {
                    image: key.to_owned(),
                    layer,
                    variant: at,
                },
            });
            ground.directories = contents.directories();
        }
        ground.history.extend(self.steps.iter().map(|step| {
            let (by, empty_layer) = match step {
                Step::Config { by } => (by, true),
                Step::Layer(layer) => (&layer.by, false),
            };
            // What a step fetches is often named after the processor.
            let by = by
                .replace("x86_64", platform.hardware())
                .replace("amd64", &platform.architecture);
            History {
                created: Some(created),
                created_by: format!("{by} # buildkit"),
                comment: BUILDKIT.to_owned(),
                empty_layer,
                ..History::default()
            }
        }));
        ground
    }

    fn built(&self, platform: &Platform, ground: &Ground) -> Variant {
        let config = self.image_config(platform, &ground.layers, &ground.history);
        let config: Arc<str> = sparse(&config).into();
        Variant {
            manifest: manifest::oci(&config, &ground.layers).into(),
            config,
            layers: ground.layers.clone(),
            platform: platform.clone(),
        }
    }

    fn pushed(&self, platform: &Platform, ground: &Ground) -> Variant {
        const COMMENT: &str = "Imported from -";
        let history = [History {
            created: Some(self.created(platform)),
            comment: COMMENT.to_owned(),
            ..History::default()
        }];
        let config = ImageConfig {
            comment: COMMENT.to_owned(),
            container_config: Some(Config::default()),
            docker_version: crate::host::VERSION.to_owned(),
            ..self.image_config(platform, &ground.layers, &history)
        };
        let config = config.to_json();
        Variant {
            platform: platform.clone(),
            manifest: manifest::docker(&config, &ground.layers).into(),
            config: config.into(),
            layers: ground.layers.clone(),
        }
    }

    fn image_config(
        &self,
        platform: &Platform,
        layers: &[Blob],
        history: &[History],
    ) -> ImageConfig {
        ImageConfig {
            architecture: platform.architecture.clone(),
            config: Some(self.run.clone()),
            created: Some(self.created(platform)),
            history: history.to_vec(),
            os: platform.os.clone(),
            rootfs: RootFs {
                diff_ids: layers.iter().map(|layer| layer.diff_id).collect(),
                ..RootFs::default()
            },
            variant: platform.variant.clone(),
            ..ImageConfig::default()
        }
    }
}

/// What is below an image's own layers; none where its base is not for the platform.
fn ground(base: Option<&Made>, variant: usize) -> Option<Ground> {
    match base {
        None => Some(Ground::default()),
        Some(base) => base.grounds.get(variant).cloned(),
    }
}

/// The size that a layer has for a processor that the description does not tell of: programs
/// are a few hundredths larger or smaller there, small texts are not.
fn size_elsewhere(size: u64, diff_id: Digest) -> u64 {
    let by = i64::from(diff_id.first_byte()) % 80 - 30;
    let by = if by == 0 { 1 } else { by };
    size.saturating_add_signed(i64::try_from(size).unwrap_or_default() / 1000 * by)
}

/// An image as it is published: an index of its variants.
fn indexed(variants: Vec<Variant>, index: &str, manifest: &str) -> Published {
    let manifests = variants
        .iter()
        .map(|variant| Descriptor::of(manifest, &*variant.manifest).on(&variant.platform));
    let document = manifest::index(index, manifests.collect());
    Published {
        digest: Digest::of(&document),
        media_type: index.to_owned(),
        document: document.into(),
        variants,
    }
}

/// Writes a configuration as BuildKit does: without what is not said.
fn sparse(config: &ImageConfig) -> String {
    let mut config = serde_json::to_value(config).unwrap_or_default();
    if let Some(run) = config["config"].as_object_mut() {
        run.retain(|_, value| {
            !(value.is_null() || *value == false || value.as_str().is_some_and(str::is_empty))
        });
    }
    config.to_string()
}

fn quoted(words: &[impl AsRef<str>]) -> String {
    let words: Vec<String> = words
        .iter()
        .map(|word| format!("{:?}", word.as_ref()))
        .collect();
    format!("[{}]", words.join(" "))
}
