//! An engine that is nothing but what a builder needs, for its tests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use super::*;
use crate::files::{Credentials, View, path};
use crate::state::config::Words;

const ROOT: &Credentials = &Credentials::ROOT;

/// Images and containers, numbered as they come. Its only base is `busybox`.
#[derive(Debug)]
pub(in crate::build) struct FakeWorkshop(Mutex<State>);

#[derive(Debug, Default)]
pub(in crate::build) struct State {
    pub(in crate::build) images: BTreeMap<String, Kept>,
    pub(in crate::build) containers: BTreeMap<String, (Config, SharedTree)>,
    pub(in crate::build) names: BTreeMap<String, String>,
    /// What was asked for, in order.
    pub(in crate::build) deeds: Vec<String>,
    count: u64,
}

#[derive(Debug, Clone)]
pub(in crate::build) struct Kept {
    pub(in crate::build) image: Image,
    pub(in crate::build) parent: Option<String>,
    pub(in crate::build) author: String,
    pub(in crate::build) container_config: Config,
    pub(in crate::build) tree: Arc<Tree>,
    created: Timestamp,
}

impl FakeWorkshop {
    pub(in crate::build) fn new() -> Self {
        Self::with_base(serde_json::json!({"Cmd": ["sh"], "Env": ["PATH=/bin"]}))
    }

    pub(in crate::build) fn with_base(config: serde_json::Value) -> Self {
        let view = View::of(Tree::new(Timestamp::UNIX_EPOCH));
        view.create_dir("/etc", 0o755, ROOT, Timestamp::UNIX_EPOCH)
            .unwrap();
        let passwd = "nobody:x:65534:65534::/:/bin/false\n";
        view.write("/etc/passwd", passwd, 0o644, ROOT, Timestamp::UNIX_EPOCH)
            .unwrap();
        view.write(
            "/etc/group",
            "users:x:100:\n",
            0o644,
            ROOT,
            Timestamp::UNIX_EPOCH,
        )
        .unwrap();
        let mut state = State::default();
        let image = Image {
            id: state.id("sha256:"),
            config: serde_json::from_value(config).unwrap(),
        };
        state.names.insert("busybox".to_owned(), image.id.clone());
        let tree = view.root().lock().unwrap().clone().into_base();
        let kept = Kept {
            image: image.clone(),
            parent: None,
            author: String::new(),
            container_config: Config::default(),
            tree,
            created: Timestamp::UNIX_EPOCH,
        };
        state.images.insert(image.id, kept);
        Self(Mutex::new(state))
    }

    pub(in crate::build) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// The image with that id, or of that name.
    pub(in crate::build) fn kept(&self, name: &str) -> Kept {
        let state = self.state();
        let id = state.names.get(name).map_or(name, String::as_str);
        state.images[id].clone()
    }

    fn keep(&self, parent: &str, tree: &SharedTree, new: NewImage) -> String {
        let mut state = self.state();
        let id = state.id("sha256:");
        let kept = Kept {
            image: Image {
                id: id.clone(),
                config: new.config,
            },
            parent: Some(parent.to_owned()),
            author: new.author,
            container_config: new.container_config,
            tree: tree.lock().unwrap().clone().into_base(),
            created: Timestamp::from_second(i64::try_from(state.count).unwrap()).unwrap(),
        };
        state.images.insert(id.clone(), kept);
        id
    }
}

impl State {
    /// Makes an id whose first twelve digits tell it from others.
    fn id(&mut self, prefix: &str) -> String {
        self.count += 1;
        format!("{prefix}{:012x}{}", self.count, "0".repeat(52))
    }
}

impl Workshop for FakeWorkshop {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    async fn image(
        &self,
        name: &str,
        platform: &str,
        pull: Pull,
        output: &mut Output,
    ) -> Result<Image, Trouble> {
        self.state()
            .deeds
            .push(format!("image {name} {platform} {pull:?}").replace("  ", " "));
        if pull == Pull::Always {
            let status = serde_json::json!({"status": format!("Pulling {name}")});
            output.document(&status).await?;
        }
        let state = self.state();
        let id = state.names.get(name).map_or(name, String::as_str);
        match state.images.get(id) {
            Some(kept) => Ok(kept.image.clone()),
            None => Err(Trouble::new(format_args!("pull access denied for {name}"))),
        }
    }

    fn local(&self, name: &str) -> Option<String> {
        self.state().names.get(name).cloned()
    }

    fn parent(&self, image: &str) -> Option<String> {
        self.state().images[image].parent.clone()
    }

    fn built_on(&self, parent: &str) -> Vec<Built> {
        let state = self.state();
        let children = state.images.iter();
        children
            .filter(|(_, kept)| kept.parent.as_deref() == Some(parent))
            .map(|(id, kept)| Built {
                id: id.clone(),
                created: kept.created,
                container_config: kept.container_config.clone(),
            })
            .collect()
    }

    fn files(&self, image: &str) -> Result<Tree, Trouble> {
        if image.is_empty() {
            return Ok(Tree::new(self.now()));
        }
        Ok(Tree::on(self.kept(image).tree))
    }

    async fn create(&self, config: &Config, _host: &HostConfig) -> Result<Created, Trouble> {
        let tree = self.files(&config.image)?.shared();
        let mut state = self.state();
        let id = state.id("");
        state.containers.insert(id.clone(), (config.clone(), tree));
        let warnings = match config.user.as_str() {
            "warned" => vec!["somebody warns".to_owned()],
            _ => Vec::new(),
        };
        Ok(Created { id, warnings })
    }

    fn make_working_directory(&self, container: &str) -> Result<(), Trouble> {
        let (config, tree) = self.state().containers[container].clone();
        let made = View::new(tree).create_dir_all(&config.working_dir, 0o755, ROOT, self.now());
        made.map_err(Trouble::new)
    }

    /// Understands `echo`, `complain`, `write PATH TEXT`, `env`, `exit CODE` and `hang`.
    async fn run(&self, container: &str, output: &mut Output) -> Result<i64, Trouble> {
        let (config, tree) = self.state().containers[container].clone();
        let words = config.cmd.map(|Words(words)| words).unwrap_or_default();
        self.state().deeds.push(format!("run {}", words.join(" ")));
        let line = words.last().cloned().unwrap_or_default();
        let (command, rest) = line.split_once(' ').unwrap_or((&line, ""));
        match command {
            "echo" => output.stream(&format!("{rest}\n")).await?,
            "complain" => output.red(&format!("{rest}\n")).await?,
            "env" => {
                for entry in config.env.unwrap_or_default() {
                    output.stream(&format!("{entry}\n")).await?;
                }
            }
            "write" => {
                let (path, text) = rest.split_once(' ').unwrap();
                let at = path::join("/", path);
                View::new(tree)
                    .write(&at, text, 0o644, ROOT, self.now())
                    .map_err(Trouble::new)?;
            }
            "exit" => return Ok(rest.parse().unwrap()),
            "hang" => std::future::pending().await,
            _ => return Err(Trouble::new(format_args!("{command}: not found"))),
        }
        Ok(0)
    }

    async fn commit(&self, container: &str, image: NewImage) -> Result<String, Trouble> {
        let (config, tree) = self.state().containers[container].clone();
        Ok(self.keep(&config.image, &tree, image))
    }

    async fn add(
        &self,
        parent: &str,
        files: SharedTree,
        image: NewImage,
    ) -> Result<String, Trouble> {
        Ok(self.keep(parent, &files, image))
    }

    async fn remove(&self, container: &str) -> Result<(), Trouble> {
        let mut state = self.state();
        state.deeds.push(format!("remove {}", &container[..12]));
        state.containers.remove(container);
        Ok(())
    }

    fn tag(&self, image: &str, name: &str) -> Result<(), Trouble> {
        let mut state = self.state();
        state.names.insert(name.to_owned(), image.to_owned());
        Ok(())
    }
}
