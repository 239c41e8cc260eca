//! A build under way: stage by stage, step by step.

use super::argument::Arguments;
use super::cache::Cache;
use super::change::Draft;
use super::dockerfile::{Command, Instruction, Stage as Written, read_instructions};
use super::expansion::expanded;
use super::output::Output;
use super::plan::Plan;
use super::source::Source;
use super::stage::{Stage, Stages};
use super::trouble::Trouble;
use super::variables::Expander;
use super::workshop::{Image, NewImage, Pull, Workshop};
use crate::files::View;
use crate::state::config::{Config, Words};

mod copy;
mod run;

/// The search path of an image that says none.
const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Carries out a plan. What it says goes to `output`, its end included; if nobody reads that
/// any more, the build ends, and the container that runs is removed.
pub(crate) async fn build<W: Workshop>(plan: Plan, workshop: &W, mut output: Output) {
    let mut session = Session::new(&plan, workshop);
    let gone = output.until_gone();
    let outcome = tokio::select! {
        outcome = session.build(&plan, &mut output) => outcome,
        () = gone => Err(Trouble::from(super::output::Gone)),
    };
    let ended = match outcome {
        Ok(image) => output.succeed(&image).await,
        Err(Trouble::Failed { message, code }) => output.fail(&message, code).await,
        Err(Trouble::Gone(gone)) => Err(gone),
    };
    if let (Err(gone), Some(container)) = (ended, &session.running) {
        tracing::debug!(%gone, container, "a build ends because its client went");
        drop(workshop.remove(container).await);
    }
}

struct Session<'a, W> {
    workshop: &'a W,
    order: &'a super::order::Order,
    expander: Expander,
    context: Source,
    cache: Cache,
    /// Containers of steps that are done.
    left: Vec<String>,
    running: Option<String>,
    stages: Stages,
    stage: Stage,
    /// How many steps were begun, and how many there are.
    steps: (usize, usize),
}

impl<'a, W: Workshop> Session<'a, W> {
    fn new(plan: &'a Plan, workshop: &'a W) -> Self {
        let order = &plan.order;
        Self {
            workshop,
            order,
            expander: Expander::new(plan.dockerfile.escape),
            context: Source::context(plan.context.clone()),
            cache: Cache::new(order.no_cache, &order.cache_from, workshop),
            left: Vec::new(),
            running: None,
            stages: Stages::default(),
            stage: Stage::default(),
            steps: (0, plan.steps()),
        }
    }

    async fn build(&mut self, plan: &Plan, output: &mut Output) -> Result<String, Trouble> {
        for gap in &plan.dockerfile.gaps {
            let warning = format!("[WARNING]: Empty continuation line found in: {gap}\n");
            output.red(&warning).await?;
        }
        if !plan.dockerfile.gaps.is_empty() {
            let warning =
                "[WARNING]: Empty continuation lines will become errors in a future release.\n";
            output.red(warning).await?;
        }
        let mut arguments = Arguments::given(self.order.arguments.clone());
        for argument in &plan.dockerfile.arguments {
            self.begin_step(&argument.text, output).await?;
            self.add_arguments(argument, &mut arguments)?;
        }
        for stage in &plan.dockerfile.stages {
            arguments = self.build_stage(stage, arguments, output).await?;
        }
        let unused = arguments.unused();
        if !unused.is_empty() {
            let unused = unused.join(" ");
            let warning =
                format!("[Warning] One or more build-args [{unused}] were not consumed\n");
            output.stream(&warning).await?;
        }
        let image = self.stage.image.clone();
        if image.is_empty() {
            return Err(Trouble::new(
                "No image was generated. Is your Dockerfile empty?",
            ));
        }
        let short = short(&image);
        output
            .stream(&format!("Successfully built {short}\n"))
            .await?;
        for tag in &self.order.tags {
            self.workshop.tag(&image, tag)?;
            output
                .stream(&format!("Successfully tagged {tag}\n"))
                .await?;
        }
        Ok(image)
    }

    /// Names the arguments before the first stage.
    fn add_arguments(
        &self,
        instruction: &Instruction,
        arguments: &mut Arguments,
    ) -> Result<(), Trouble> {
        let values = arguments.for_stage().into_iter().collect();
        let command = expanded(&instruction.command, self.expander, &values);
        if let Command::Arg(named) = command.map_err(Trouble::new)? {
            for (name, default) in named {
                arguments.add_before_stages(&name, default);
            }
        }
        Ok(())
    }

    /// Builds a stage and returns the arguments with those that it used.
    async fn build_stage(
        &mut self,
        written: &Written,
        mut arguments: Arguments,
        output: &mut Output,
    ) -> Result<Arguments, Trouble> {
        let name = &written.from.name;
        if self.stages.by_name(name).is_some() {
            return Err(Trouble::new(format_args!("{name} stage name already used")));
        }
        arguments.begin_stage();
        self.begin_step(&written.text, output).await?;
        self.cache.begin_stage();
        let base = self.base(written, &arguments, output).await?;
        self.stage = Stage {
            name: name.clone(),
            image: base.id,
            draft: Draft::on(with_path(base.config)),
            arguments,
        };
        self.pull_triggers(output).await?;
        self.end_step(output).await?;
        for instruction in &written.instructions {
            tokio::task::yield_now().await;
            self.begin_step(&instruction.text, output).await?;
            self.step(instruction, output).await?;
            self.end_step(output).await?;
        }
        if !self.stage.image.is_empty() {
            output.image(&self.stage.image).await?;
        }
        self.stages.add(&self.stage.name, &self.stage.image);
        Ok(self.stage.arguments.clone())
    }

    /// Finds what a stage is built on.
    async fn base(
        &self,
        written: &Written,
        arguments: &Arguments,
        output: &mut Output,
    ) -> Result<Image, Trouble> {
        let values = arguments.for_from().into_iter().collect();
        let expand = |word: &str| self.expander.expand(word, &values).map_err(Trouble::new);
        let platform = match expand(&written.from.platform)? {
            unsaid if unsaid.is_empty() => self.order.platform.clone(),
            platform => platform,
        };
        let name = expand(&written.from.base)?;
        if name.is_empty() {
            let base = &written.from.base;
            return Err(Trouble::new(format_args!(
                "base name ({base}) should not be blank"
            )));
        }
        match self.stages.by_name(&name) {
            None if name == "scratch" => Ok(Image::default()),
            None => {
                let pull = self.pull();
                self.workshop.image(&name, &platform, pull, output).await
            }
            Some("") => Ok(Image::default()),
            Some(stage) => {
                self.workshop
                    .image(stage, &platform, Pull::Never, output)
                    .await
            }
        }
    }

    /// Whether images that no stage is are pulled.
    fn pull(&self) -> Pull {
        if self.order.pull {
            Pull::Always
        } else {
            Pull::IfMissing
        }
    }

    /// Does what the base left to whoever builds on it.
    async fn pull_triggers(&mut self, output: &mut Output) -> Result<(), Trouble> {
        let triggers = self.stage.draft.config.on_build.take().unwrap_or_default();
        if triggers.is_empty() {
            return Ok(());
        }
        output
            .stream(&format!("# Executing {} build trigger", triggers.len()))
            .await?;
        if triggers.len() > 1 {
            output.stream("s").await?;
        }
        output.stream("\n").await?;
        for trigger in triggers {
            let (instructions, _) = read_instructions(&trigger).map_err(Trouble::new)?;
            let [instruction] = instructions.as_slice() else {
                return Err(Trouble::new(
                    "onbuild trigger should be a single expression",
                ));
            };
            self.step(instruction, output).await?;
        }
        Ok(())
    }

    async fn begin_step(&mut self, text: &str, output: &mut Output) -> Result<(), Trouble> {
        self.steps.0 += 1;
        let (step, steps) = self.steps;
        output
            .stream(&format!("Step {step}/{steps} : {text}"))
            .await?;
        Ok(output.stream("\n").await?)
    }

    async fn end_step(&self, output: &mut Output) -> Result<(), Trouble> {
        let short = short(&self.stage.image);
        Ok(output.stream(&format!(" ---> {short}\n")).await?)
    }

    /// Does an instruction and removes the containers that it leaves.
    async fn step(
        &mut self,
        instruction: &Instruction,
        output: &mut Output,
    ) -> Result<(), Trouble> {
        let outcome = self.dispatch(instruction, output).await;
        if self.order.force_remove || (self.order.remove && outcome.is_ok()) {
            for container in std::mem::take(&mut self.left) {
                let short = short(&container);
                let line = match self.workshop.remove(&container).await {
                    Ok(()) => format!(" ---> Removed intermediate container {short}\n"),
                    Err(trouble) => format!("Removing intermediate container {short}: {trouble}\n"),
                };
                output.stream(&line).await?;
            }
        }
        outcome
    }

    async fn dispatch(
        &mut self,
        instruction: &Instruction,
        output: &mut Output,
    ) -> Result<(), Trouble> {
        let command = if instruction.is_literal {
            instruction.command.clone()
        } else {
            let values = self.stage.variables();
            expanded(&instruction.command, self.expander, &values).map_err(Trouble::new)?
        };
        match &command {
            Command::Add(files) => self.add(files, output).await,
            Command::Copy(files) => self.copy(files, output).await,
            Command::Run(run) => self.run(run, output).await,
            Command::Arg(named) => {
                let mut comment = "ARG".to_owned();
                for (name, default) in named {
                    self.stage.arguments.add(name, default.clone());
                    comment += " ";
                    comment += name;
                    if let Some(default) = default {
                        comment += "=";
                        comment += default;
                    }
                }
                self.commit(&comment, output).await
            }
            Command::From(_) => Err(Trouble::new("FROM is not a command of a stage")),
            Command::Workdir(_) => {
                let changed = self.stage.draft.apply(&command)?;
                let comment = changed.map(|changed| changed.comment).unwrap_or_default();
                self.make_directory(&comment, output).await
            }
            _ => {
                let Some(changed) = self.stage.draft.apply(&command)? else {
                    return Ok(());
                };
                if let Some(notice) = changed.notice {
                    output.stream(&notice).await?;
                }
                self.commit(&changed.comment, output).await
            }
        }
    }

    /// Makes an image of a step that changes the configuration alone.
    async fn commit(&mut self, comment: &str, output: &mut Output) -> Result<(), Trouble> {
        let words = ["#(nop) ", comment].map(str::to_owned);
        let container_config = self.commented(words.into());
        let Some(container) = self.container(&container_config, output).await? else {
            return Ok(());
        };
        self.commit_container(&container, container_config).await
    }

    /// Makes the directory of WORKDIR, and an image of it.
    async fn make_directory(&mut self, comment: &str, output: &mut Output) -> Result<(), Trouble> {
        let container_config = self.commented(vec![format!("#(nop) {comment}")]);
        let Some(container) = self.container(&container_config, output).await? else {
            return Ok(());
        };
        self.workshop.make_working_directory(&container)?;
        self.commit_container(&container, container_config).await
    }

    /// The configuration with a command that does nothing but say what was done.
    fn commented(&self, comment: Vec<String>) -> Config {
        let mut words = self.stage.draft.shell();
        words.extend(comment);
        self.of_container(Config {
            cmd: Some(Words(words)),
            ..self.stage.draft.config.clone()
        })
    }

    /// Names the image in a configuration.
    fn of_container(&self, config: Config) -> Config {
        Config {
            image: self.stage.image.clone(),
            ..config
        }
    }

    /// Makes a container, unless the step is known already.
    async fn container(
        &mut self,
        config: &Config,
        output: &mut Output,
    ) -> Result<Option<String>, Trouble> {
        if self.is_cached(config, output).await? {
            return Ok(None);
        }
        self.create(config, output).await.map(Some)
    }

    /// Takes the image of a step that is known already.
    async fn is_cached(&mut self, config: &Config, output: &mut Output) -> Result<bool, Trouble> {
        let found = self.cache.find(self.workshop, &self.stage.image, config);
        let Some(image) = found else {
            return Ok(false);
        };
        output.stream(" ---> Using cache\n").await?;
        self.stage.image = image;
        Ok(true)
    }

    async fn create(&mut self, config: &Config, output: &mut Output) -> Result<String, Trouble> {
        let created = self.workshop.create(config, &self.order.host).await?;
        self.left.push(created.id.clone());
        for warning in &created.warnings {
            output
                .stream(&format!(" ---> [Warning] {warning}\n"))
                .await?;
        }
        let short = short(&created.id);
        output
            .stream(&format!(" ---> Running in {short}\n"))
            .await?;
        Ok(created.id)
    }

    async fn commit_container(
        &mut self,
        container: &str,
        container_config: Config,
    ) -> Result<(), Trouble> {
        let image = self.new_image(container_config);
        self.stage.image = self.workshop.commit(container, image).await?;
        Ok(())
    }

    fn new_image(&self, container_config: Config) -> NewImage {
        NewImage {
            author: self.stage.draft.author.clone(),
            config: self.of_container(self.stage.draft.config.clone()),
            container_config,
        }
    }

    /// The files of an image to read from.
    fn files(&self, image: &str) -> Result<View, Trouble> {
        self.workshop.files(image).map(View::of)
    }
}

/// Gives a base the search path that every engine gives.
fn with_path(mut config: Config) -> Config {
    let env = config.env.get_or_insert_default();
    if !env.iter().any(|entry| entry.starts_with("PATH=")) {
        env.push(PATH.to_owned());
    }
    Config {
        open_stdin: false,
        stdin_once: false,
        ..config
    }
}

/// The first twelve digits of an id.
fn short(id: &str) -> &str {
    let digits = id.strip_prefix("sha256:").unwrap_or(id);
    digits.get(..12).unwrap_or(digits)
}

#[cfg(test)]
mod tests;
