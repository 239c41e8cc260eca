//! The engine as a builder sees it.

use jiff::Timestamp;

use super::Engine;
use super::commit::changed;
use super::create::CreateRequest;
use super::image::platform_asked;
use super::life::Condition;
use crate::build::output::Output;
use crate::build::trouble::Trouble;
use crate::build::workshop::{Built, Created, Image, NewImage, Pull, Workshop};
use crate::fault::Fault;
use crate::files::{Credentials, SharedTree, Tree};
use crate::reference::Named;
use crate::registry::{Digest, Login, Registry};
use crate::state::config::Config;
use crate::state::host_config::HostConfig;
use crate::state::image::{self, Files, Making, Notes, Step};
use crate::state::log::Stream;

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::new(fault)
    }
}

impl Workshop for Engine {
    fn now(&self) -> Timestamp {
        Self::now(self)
    }

    async fn image(
        &self,
        name: &str,
        platform: &str,
        pull: Pull,
        output: &mut Output,
    ) -> Result<Image, Trouble> {
        if pull != Pull::Always {
            let found = self.image_to_run(name, platform);
            match (found, pull) {
                (Ok(image), _) => {
                    return Ok(Image {
                        id: image.id,
                        config: image.config,
                    });
                }
                (Err(fault), Pull::Never) => return Err(fault.into()),
                (Err(_), _) => {}
            }
        }
        self.pull_for_build(name, platform, output).await?;
        let image = self.image_to_run(name, platform)?;
        Ok(Image {
            id: image.id,
            config: image.config,
        })
    }

    fn local(&self, name: &str) -> Option<String> {
        let state = self.state();
        let image = state.images.find(name).ok()?;
        Some(image.id.to_string())
    }

    fn parent(&self, image: &str) -> Option<String> {
        let state = self.state();
        let parent = state.images.find(image).ok()?.parent?;
        Some(parent.to_string())
    }

    fn built_on(&self, parent: &str) -> Vec<Built> {
        let state = self.state();
        let images = &state.images;
        let children: Vec<&image::Image> = match images.find(parent) {
            Ok(parent) => parent.children().filter_map(|id| images.get(id)).collect(),
            Err(_) => images
                .iter()
                .filter(|image| image.parent.is_none())
                .collect(),
        };
        let built = children.into_iter().filter_map(|image| {
            Some(Built {
                id: image.id.to_string(),
                created: image.created(),
                container_config: image.config.container_config.clone()?,
            })
        });
        built.collect()
    }

    fn files(&self, image: &str) -> Result<Tree, Trouble> {
        if image.is_empty() {
            return Ok(Tree::new(Self::now(self)));
        }
        Ok(Tree::on(self.image_to_run(image, "")?.files))
    }

    async fn create(&self, config: &Config, host: &HostConfig) -> Result<Created, Trouble> {
        let (id, warnings) = Self::create(
            self,
            CreateRequest {
                name: String::new(),
                platform: self.platform_of(&config.image),
                config: config.clone(),
                host: host.clone(),
                endpoints: crate::state::container::Networks::default(),
            },
        )?;
        Ok(Created {
            id: id.to_string(),
            warnings,
        })
    }

    fn make_working_directory(&self, container: &str) -> Result<(), Trouble> {
        let id = self.container_id(container)?;
        let at = {
            let state = self.state();
            let container = state.containers.get(id);
            container
                .map(|c| c.config.working_dir.clone())
                .unwrap_or_default()
        };
        let made =
            self.view_of(id)?
                .create_dir_all(&at, 0o755, &Credentials::ROOT, Self::now(self));
        made.map_err(|errno| {
            Trouble::new(errno.to_string().to_lowercase()).during(format_args!("mkdir {at}"))
        })
    }

    async fn run(&self, container: &str, output: &mut Output) -> Result<i64, Trouble> {
        let id = self.container_id(container)?;
        let life = self.life(id)?;
        let attached = life.stdio.attach(true, true);
        let ended = life.wait(Condition::NextExit);
        self.note(Self::now(self), id, "attach", &[]);
        self.start(container)?;
        while let Some((stream, bytes)) = attached.next().await {
            let text = String::from_utf8_lossy(&bytes);
            match stream {
                Stream::Stdout => output.stream(&text).await?,
                Stream::Stderr => output.red(&text).await?,
            }
        }
        let gone = |_| Trouble::new(format_args!("No such container: {container}"));
        Ok(ended.await.map_err(gone)?.code)
    }

    async fn commit(&self, container: &str, image: NewImage) -> Result<String, Trouble> {
        let id = self.container_id(container)?;
        let (parent, files) = {
            let state = self.state();
            let container = state.containers.get(id);
            let container = container.ok_or_else(|| Fault::NoSuchContainer(id.to_string()))?;
            (container.image.clone(), container.files.clone())
        };
        let making = making(&parent, container, image);
        let tree = super::lock(&files).clone();
        let made =
            self.change_images(|images, _, notes| images.make(making, changed(&tree), notes));
        Ok(made.map_err(Fault::from)?.to_string())
    }

    async fn add(
        &self,
        parent: &str,
        files: SharedTree,
        image: NewImage,
    ) -> Result<String, Trouble> {
        let making = making(parent, "", image);
        let tree = super::lock(&files).clone();
        let now = Self::now(self);
        // The engine tells nobody of an image that no container was needed for.
        let made = self.change_images(|images, _, _| {
            images.make(making, Files::Tree(&tree), &mut Notes::new(now))
        });
        Ok(made.map_err(Fault::from)?.to_string())
    }

    async fn remove(&self, container: &str) -> Result<(), Trouble> {
        Ok(Self::remove(self, container, true, true).await?)
    }

    fn tag(&self, image: &str, name: &str) -> Result<(), Trouble> {
        let name = Named::parse(name).map_err(Fault::from)?;
        let tagged = self.change_images(|images, _, notes| images.tag(image, &name, notes));
        Ok(tagged.map_err(Fault::from)?)
    }
}

impl Engine {
    /// What an image was made for: a step of a build runs on that, and nobody is warned.
    fn platform_of(&self, image: &str) -> String {
        let state = self.state();
        let image = state.images.find(image).ok();
        image
            .map(|image| image.platform().to_string())
            .unwrap_or_default()
    }

    /// Pulls an image and tells how far it is.
    async fn pull_for_build(
        &self,
        name: &str,
        platform: &str,
        output: &mut Output,
    ) -> Result<(), Trouble> {
        let platform = platform_asked(platform)?;
        let name = Named::parse(name).map_err(Fault::from)?.or_latest();
        let nearby = self.nearby_registry(name.domain(), &Login::default()).await;
        let plan = |registry: &Registry| {
            let state = self.state();
            state.images.pull(registry, &name, platform.as_ref())
        };
        let planned = match nearby {
            Some(mut nearby) => plan(&nearby.mirror(&name).await),
            None => plan(&self.registry()),
        };
        let steps = planned.map_err(Fault::from)?;
        for step in steps {
            match step {
                Step::Say(message) => output.document(&message).await?,
                Step::Wait(time) => self.clock().sleep(time).await,
                Step::Receive(arrival) => {
                    self.change_images(|images, _, notes| images.receive(&arrival, notes));
                }
                // A pull sends nothing.
                Step::Send(_) | Step::Sent(_) => {}
            }
        }
        Ok(())
    }
}

fn making(parent: &str, container: &str, image: NewImage) -> Making {
    Making {
        parent: parent.parse::<Digest>().ok(),
        config: image.config,
        container_config: image.container_config,
        container: container.to_owned(),
        author: image.author,
        comment: String::new(),
    }
}
