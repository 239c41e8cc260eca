//! All scripts of an engine, and the programs that they give to a container.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::SignedDuration;

use super::definition::Definition;
use super::document::{self, ImageScript, ScriptError};
use super::image_name::ImageName;
use super::memory::Memory;
use super::performance::perform;
use super::role::{Does, Only, Role};
use super::undeclared::{Assumed, Undeclared, is_fetcher};
use crate::process::{Process, Program, Programs, program};

/// All scripts of an engine.
///
/// ```
/// use fake_docker::process::script::Scripts;
///
/// let scripts = Scripts::parse(
///     "api.toml",
///     r#"
///     [[image]]
///     name = "acme/api"
///
///     [[image.program]]
///     command = "api"
///     prints = "hello from {hostname}"
///     exits = 0
///     "#,
/// )?;
/// assert_eq!(scripts.images().len(), 1);
///
/// let wrong = Scripts::parse("api.toml", "[[image]]\nname = 'api'\n[[image.program]]\ncommand = 'api'\nprint = 'x'");
/// let words = wrong.unwrap_err().to_string();
/// assert!(words.starts_with("api.toml:5: image `api`, program `api`: unknown field `print`"));
/// # Ok::<(), fake_docker::process::script::ScriptError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Scripts {
    images: Vec<Arc<ImageScript>>,
    assume_ok: bool,
}

/// A program file of a defined image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramFile {
    /// The path.
    pub path: String,
    /// The content, which names the program.
    pub content: Vec<u8>,
}

/// How a program file of a defined image names its program.
const MARK: &str = "script ";

impl Scripts {
    /// No scripts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a script in TOML; `file` is what messages call it.
    ///
    /// # Errors
    /// When it is ill-formed or says something that means nothing.
    pub fn parse(file: &str, text: &str) -> Result<Self, ScriptError> {
        let images = document::read(file, text)?;
        Ok(Self {
            images: images.into_iter().map(Arc::new).collect(),
            assume_ok: false,
        })
    }

    /// Adds a script that a builder made. Those that are added later are looked at first.
    ///
    /// # Errors
    /// When the builder was told something that means nothing.
    pub fn with(
        mut self,
        script: impl Into<super::builder::ImageBuilder>,
    ) -> Result<Self, ScriptError> {
        let script = script.into().build()?;
        self.images.insert(0, Arc::new(script));
        Ok(self)
    }

    /// Adds other scripts, which are looked at first.
    pub fn merge(&mut self, others: Self) {
        let mine = std::mem::replace(&mut self.images, others.images);
        self.images.extend(mine);
        self.assume_ok |= others.assume_ok;
    }

    /// Lets commands that nobody declared pass: package managers, and what is not there.
    #[must_use]
    pub fn assume_ok(mut self, assume: bool) -> Self {
        self.assume_ok = assume;
        self
    }

    /// What is said of images, in the order in which it is looked at.
    pub fn images(&self) -> &[Arc<ImageScript>] {
        &self.images
    }

    /// The image that a script defines under this name, with its program files.
    pub fn definition(&self, name: &str) -> Option<(Arc<Definition>, Vec<ProgramFile>)> {
        self.images.iter().find_map(|image| {
            let definition = image.defines.as_ref()?;
            let (tags, plain) = (&definition.tags, !image.name.has_tag());
            let tagged = tags.iter().any(|tag| image.name.matches_tagged(name, tag));
            let untagged = plain && tags.is_empty() && image.name.matches_tagged(name, "latest");
            (tagged || untagged || !plain && image.name.matches(name))
                .then(|| (definition.clone(), program_files(image)))
        })
    }

    /// The images that scripts define: the names of each, with their tags, what it is, and its
    /// program files.
    pub fn defined(
        &self,
    ) -> impl Iterator<Item = (Vec<String>, Arc<Definition>, Vec<ProgramFile>)> {
        self.images.iter().filter_map(|image| {
            let definition = image.defines.as_ref()?;
            let names = image.name.tagged(&definition.tags);
            Some((names, definition.clone(), program_files(image)))
        })
    }

    /// The programs of a container: those that the scripts declare for an image of one of these
    /// names, and what `others` knows. `assumed` is told of each undeclared command that passed.
    pub fn programs<'a>(
        &self,
        names: impl IntoIterator<Item = &'a str>,
        others: Arc<dyn Programs>,
        assumed: Assumed,
    ) -> Arc<dyn Programs> {
        let names: Vec<&str> = names.into_iter().collect();
        let meant = |image: &&Arc<ImageScript>| names.iter().any(|name| image.name.matches(name));
        let roles = self.images.iter().filter(meant);
        Arc::new(ContainerPrograms {
            roles: roles.flat_map(|image| image.programs.clone()).collect(),
            images: self.images.clone().into(),
            memory: Arc::default(),
            others,
            assumed: self.assume_ok.then_some(assumed),
        })
    }
}

fn program_files(image: &ImageScript) -> Vec<ProgramFile> {
    let mut files: Vec<ProgramFile> = Vec::new();
    for path in image.programs.iter().filter_map(|role| role.command.file()) {
        if files.iter().all(|file| file.path != path) {
            let content = program::image_of(&format!("{MARK}{} {path}", image.name));
            files.push(ProgramFile { path, content });
        }
    }
    files
}

/// The programs of a container.
struct ContainerPrograms {
    roles: Vec<Arc<Role>>,
    images: Arc<[Arc<ImageScript>]>,
    memory: Arc<Memory>,
    others: Arc<dyn Programs>,
    /// Who is told of undeclared commands, when they pass.
    assumed: Option<Assumed>,
}

impl ContainerPrograms {
    fn undeclared(&self, is_there: bool) -> Arc<dyn Program> {
        Arc::new(Undeclared {
            passes: self.assumed.clone(),
            is_there,
        })
    }

    fn cast(&self, roles: Vec<Arc<Role>>, path: Option<&str>) -> Arc<dyn Program> {
        Arc::new(Cast {
            roles,
            path: path.map(str::to_owned),
            memory: self.memory.clone(),
            others: self.others.clone(),
        })
    }
}

impl Programs for ContainerPrograms {
    fn declared(&self, path: Option<&str>, args: &[String]) -> Option<Arc<dyn Program>> {
        let fits = |role: &&Arc<Role>| role.command.matches(path, args);
        let roles: Vec<Arc<Role>> = self.roles.iter().filter(fits).cloned().collect();
        if !roles.is_empty() {
            return Some(self.cast(roles, path));
        }
        if let Some(program) = self.others.declared(path, args) {
            return Some(program);
        }
        let missing = path.is_none() && args.first().is_some_and(|word| !word.is_empty());
        let told = self.assumed.is_some() || args.first().is_some_and(|word| is_fetcher(word));
        (missing && told).then(|| self.undeclared(false))
    }

    fn named(&self, name: &str) -> Option<Arc<dyn Program>> {
        if let Some(marked) = name.strip_prefix(MARK) {
            let (image, path) = marked.split_once(' ')?;
            let image = self.images.iter().find(|i| i.name.to_string() == image)?;
            let lies_there = |role: &&Arc<Role>| role.command.file().as_deref() == Some(path);
            let roles = image.programs.iter().filter(lies_there).cloned().collect();
            return Some(self.cast(roles, None));
        }
        // A program of the catalogue's that nobody plays.
        let known = self.others.named(name);
        Some(known.unwrap_or_else(|| self.undeclared(true)))
    }
}

impl fmt::Debug for ContainerPrograms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContainerPrograms")
            .field("roles", &self.roles.len())
            .field("assumed", &self.assumed)
            .finish_non_exhaustive()
    }
}

/// Programs that a command line may stand for; which one is seen when it runs.
struct Cast {
    roles: Vec<Arc<Role>>,
    /// The file that was found for the command.
    path: Option<String>,
    memory: Arc<Memory>,
    others: Arc<dyn Programs>,
}

impl Program for Cast {
    fn run(self: Arc<Self>, process: Process) -> BoxFuture<'static, u8> {
        let counted = self.roles.iter().any(|role| role.only.runs.is_some());
        let runs = if counted {
            // No counter of a script has such a name.
            let name = format!("\0runs {}", process.args.join(" "));
            self.memory.count(&name)
        } else {
            0
        };
        let stands = |role: &&Arc<Role>| {
            role.command
                .takes(process.args.get(1..).unwrap_or_default())
                && role.only.holds(&process, runs)
        };
        match self.roles.iter().find(stands).map(|role| &role.does) {
            Some(Does::Play(play)) => Box::pin(perform(play.clone(), process, self.memory.clone())),
            Some(Does::Function(function)) => function.clone().run(process),
            None => self.otherwise(process),
        }
    }
}

impl Cast {
    /// Runs what the file itself is, when no role stands for the command now.
    fn otherwise(&self, mut process: Process) -> BoxFuture<'static, u8> {
        let content = self.path.as_ref().and_then(|path| {
            let files = process.space.files();
            files.read(path, &process.user).ok()
        });
        let name = content
            .as_ref()
            .and_then(|content| program::name_in(content));
        if let Some(program) = name.and_then(|name| self.others.named(name)) {
            return program.run(process);
        }
        Box::pin(async move {
            let name = process.args.first().cloned().unwrap_or_default();
            let words = format!("{name}: no program of the script stands for this command now\n");
            process.complain(words).await;
            127
        })
    }
}

impl Only {
    fn holds(&self, process: &Process, run: u64) -> bool {
        let up = || -> Duration {
            let first = process.space.processes().into_iter().find(|p| p.pid == 1);
            let started = first.map_or(process.now(), |first| first.started);
            let up: SignedDuration = process.now().duration_since(started);
            Duration::try_from(up).unwrap_or_default()
        };
        let env = |(name, pattern): &(String, super::pattern::Pattern)| {
            let value = process.variable(name).unwrap_or_default();
            pattern.find(value).is_some()
        };
        self.runs.is_none_or(|runs| run <= runs)
            && self.until.is_none_or(|until| up() < until)
            && self.env.iter().all(env)
    }
}

impl ImageName {
    /// Whether a name with a tag is this name with that tag.
    fn matches_tagged(&self, name: &str, tag: &str) -> bool {
        self.matches(name) && super::image_name::tag_of(name) == tag
    }
}
