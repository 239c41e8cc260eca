//! COPY and ADD.

use super::Session;
use super::run::needs_buildkit;
use crate::build::dockerfile::Files;
use crate::build::output::Output;
use crate::build::owner::owner;
use crate::build::source::{Found, Source, of_several};
use crate::build::transfer::Transfer;
use crate::build::trouble::Trouble;
use crate::build::workshop::Workshop;
use crate::files::{View, path};

/// What is about to be copied.
struct Copying<'f> {
    instruction: &'static str,
    files: &'f Files,
    found: Vec<Found>,
    /// Whether archives are unpacked.
    unpacks: bool,
    /// Whether the files stay whose they are.
    keeps_owner: bool,
}

impl<W: Workshop> Session<'_, W> {
    /// Copies files and unpacks archives.
    pub(super) async fn add(&mut self, files: &Files, output: &mut Output) -> Result<(), Trouble> {
        if !files.chmod.is_empty() {
            return Err(needs_buildkit("chmod"));
        }
        if let Some(url) = files.sources.iter().find(|source| is_url(source)) {
            return Err(Trouble::new(format_args!(
                "ADD failed: Get \"{url}\": a simulated engine downloads nothing: put the file into the build context"
            )));
        }
        let found = find(&mut self.context, files, "ADD").await?;
        let copying = Copying {
            instruction: "ADD",
            files,
            found,
            unpacks: true,
            keeps_owner: false,
        };
        let view = self.context.files().clone();
        self.perform(&copying, &view, output).await
    }

    /// Copies files of the context, a stage or an image.
    pub(super) async fn copy(&mut self, files: &Files, output: &mut Output) -> Result<(), Trouble> {
        if !files.chmod.is_empty() {
            return Err(needs_buildkit("chmod"));
        }
        let other = self.source(&files.from, output).await?;
        if files.sources.iter().any(|source| is_url(source)) {
            return Err(Trouble::new("COPY failed: source can't be a URL for COPY"));
        }
        let mut other = other.map(Source::image);
        let source = other.as_mut().unwrap_or(&mut self.context);
        let found = find(source, files, "COPY").await?;
        let view = source.files().clone();
        let copying = Copying {
            instruction: "COPY",
            files,
            found,
            unpacks: false,
            keeps_owner: !files.from.is_empty() && files.chown.is_empty(),
        };
        self.perform(&copying, &view, output).await
    }

    /// Finds the files of `--from`; nothing is the context.
    async fn source(&self, from: &str, output: &mut Output) -> Result<Option<View>, Trouble> {
        if from.is_empty() {
            return Ok(None);
        }
        let invalid =
            |trouble: Trouble| trouble.during(format_args!("invalid from flag value {from}"));
        let stage = self.stages.find(from).map_err(invalid)?;
        let image = if let Some(stage) = stage {
            stage.to_owned()
        } else {
            let platform = &self.order.platform;
            let image = self
                .workshop
                .image(from, platform, self.pull(), output)
                .await;
            image.map_err(invalid)?.id
        };
        self.files(&image).map(Some).map_err(invalid)
    }

    async fn perform(
        &mut self,
        copying: &Copying<'_>,
        from: &View,
        output: &mut Output,
    ) -> Result<(), Trouble> {
        let Files {
            destination, chown, ..
        } = copying.files;
        let instruction = copying.instruction;
        if copying.found.len() > 1 && !destination.ends_with('/') {
            return Err(Trouble::new(format_args!(
                "When using {instruction} with more than one source file, the destination must be a directory and end with a /"
            )));
        }
        let flag = if chown.is_empty() {
            String::new()
        } else {
            format!("--chown={chown} ")
        };
        let hash = of_several(&copying.found);
        let comment = format!("#(nop) {instruction} {flag}{hash} in {destination} ");
        let container_config = self.commented(vec![comment]);
        if self.is_cached(&container_config, output).await? {
            return Ok(());
        }
        let to = self.files(&self.stage.image)?;
        let asked_for = if chown.is_empty() {
            (0, 0)
        } else {
            owner(chown, &to).map_err(|unknown| {
                Trouble::new(unknown)
                    .during("unable to convert uid/gid chown string to host mapping")
            })?
        };
        let transfer = Transfer {
            from,
            to: &to,
            owner: (!copying.keeps_owner).then_some(asked_for),
            unpacks: copying.unpacks,
            now: self.workshop.now(),
        };
        let at = path::join("/", &self.stage.draft.config.working_dir);
        let at = path::join(&at, destination);
        for found in &copying.found {
            let copied = transfer.copy(&found.path, &at).await;
            copied.map_err(|trouble| trouble.during("failed to copy files"))?;
        }
        let image = self.new_image(container_config);
        let (parent, files) = (&self.stage.image, to.root().clone());
        self.stage.image = self.workshop.add(parent, files, image).await?;
        Ok(())
    }
}

async fn find(
    source: &mut Source,
    files: &Files,
    instruction: &str,
) -> Result<Vec<Found>, Trouble> {
    let failed = |not_found| Trouble::new(not_found).during(format_args!("{instruction} failed"));
    let mut found = Vec::new();
    for written in &files.sources {
        found.extend(source.find(written).await.map_err(failed)?);
    }
    if found.is_empty() {
        return Err(failed(crate::build::source::NotFound::Nothing));
    }
    Ok(found)
}

fn is_url(source: &str) -> bool {
    source.starts_with("http://") || source.starts_with("https://")
}
