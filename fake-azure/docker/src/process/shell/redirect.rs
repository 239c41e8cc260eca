//! Redirections: other descriptors for the time of a command.

use super::super::Descriptor;
use super::Shell;
use super::dialect::Dialect;
use super::expand::Context;
use super::frame::Saved;
use super::interrupt::Interrupt;
use super::options::Switch;
use super::syntax::{Redirection, RedirectionKind, Word};
use super::text;
use crate::files::{Credentials, Errno, Open, OpenFile, Tree, View};

/// The permissions of a file that a redirection makes, before the umask.
const MODE: u32 = 0o666;

/// The highest number that a redirection may give a descriptor.
const HIGHEST: u32 = 1023;

/// Why a redirection is not done.
enum Refusal {
    Open(String, Errno),
    Create(String, Errno),
    Number(String),
    Descriptor(u32),
    Interrupt(Interrupt),
}

impl From<Interrupt> for Refusal {
    fn from(interrupt: Interrupt) -> Self {
        Self::Interrupt(interrupt)
    }
}

impl Shell {
    /// Does redirections and returns what the descriptors were; None after a complaint
    /// about one that is not possible.
    pub(super) async fn redirect(
        &mut self,
        redirections: &[Redirection],
    ) -> Result<Option<Saved>, Interrupt> {
        let mut saved = Saved::default();
        for redirection in redirections {
            match self.redirect_one(redirection, &mut saved).await {
                Ok(()) => {}
                Err(Refusal::Interrupt(interrupt)) => {
                    self.put_back(saved);
                    return Err(interrupt);
                }
                Err(refusal) => {
                    self.put_back(saved);
                    let message = self.words_for_refusal(&refusal);
                    self.complain(&message).await;
                    return Ok(None);
                }
            }
        }
        Ok(Some(saved))
    }

    /// Returns the status of a command whose redirection is not possible.
    pub(super) fn status_of_redirection(&self) -> u8 {
        match self.state.dialect {
            Dialect::Dash => 2,
            Dialect::Ash | Dialect::Bash => 1,
        }
    }

    /// Gives descriptors back what they were before.
    pub(super) fn put_back(&mut self, saved: Saved) {
        for (number, descriptor) in saved.0.into_iter().rev() {
            match descriptor {
                Some(descriptor) => self.process.descriptors.set(number, descriptor),
                None => drop(self.process.descriptors.close(number)),
            }
        }
    }

    async fn redirect_one(
        &mut self,
        redirection: &Redirection,
        saved: &mut Saved,
    ) -> Result<(), Refusal> {
        let number = redirection.descriptor;
        let descriptor = match &redirection.kind {
            RedirectionKind::Read(word) => {
                let name = self.target(word).await?;
                let opened = self.process.open(&name, Open::READ);
                opened.map_err(|errno| Refusal::Open(name, errno))?
            }
            RedirectionKind::Write(word) => {
                let name = self.target(word).await?;
                self.create(name, !self.state.has(Switch::NoClobber))?
            }
            RedirectionKind::Clobber(word) => {
                let name = self.target(word).await?;
                self.create(name, true)?
            }
            RedirectionKind::Append(word) => {
                let name = self.target(word).await?;
                let opened = self.process.open(&name, Open::to_append(MODE));
                opened.map_err(|errno| Refusal::Create(name, errno))?
            }
            RedirectionKind::ReadWrite(word) => {
                let name = self.target(word).await?;
                let how = Open {
                    read: true,
                    write: true,
                    create: true,
                    mode: MODE,
                    ..Open::READ
                };
                let opened = self.process.open(&name, how);
                opened.map_err(|errno| Refusal::Create(name, errno))?
            }
            RedirectionKind::HereDocument(text) => {
                let word = text.get().cloned().unwrap_or_default();
                let quoted = Context {
                    is_quoted: true,
                    ..Context::default()
                };
                let text = match self.text_in(&word, quoted).await {
                    // Ash and dash expand a document in a process of its own: an error ends
                    // only that.
                    Err(Interrupt::Fail(_)) if !self.state.dialect.is_bash() => String::new(),
                    text => text?,
                };
                self.document(&text)?
            }
            RedirectionKind::HereString(word) => {
                let text = self.text(word).await? + "\n";
                self.document(&text)?
            }
            RedirectionKind::Both {
                target,
                is_appended,
            } => {
                let name = self.target(target).await?;
                return self.both(name, *is_appended, saved).await;
            }
            RedirectionKind::Duplicate(word) => {
                let source = self.text(word).await?;
                if source == "-" {
                    self.replace(number, None, saved);
                    return Ok(());
                }
                let Ok(source) = source.parse::<u32>() else {
                    let is_file = number == 1 && self.state.dialect.has_bash_compatibility();
                    return if is_file {
                        self.both(source, false, saved).await
                    } else {
                        Err(Refusal::Number(source))
                    };
                };
                let known = self.process.descriptors.get(source);
                known.map_err(|_| Refusal::Descriptor(source))?.clone()
            }
        };
        if number > HIGHEST {
            return Err(Refusal::Descriptor(number));
        }
        self.process.opened(&descriptor).await;
        self.replace(number, Some(descriptor), saved);
        Ok(())
    }

    /// Returns the name of a file that a redirection names: one word, never more.
    async fn target(&mut self, word: &Word) -> Result<String, Interrupt> {
        self.text(word).await
    }

    fn create(&self, name: String, may_overwrite: bool) -> Result<Descriptor, Refusal> {
        // Only files are protected: `> /dev/null` always works.
        let opened = if may_overwrite || !self.is_regular(&name) {
            self.process.open(&name, Open::to_write(MODE))
        } else {
            Err(Errno::Exists)
        };
        opened.map_err(|errno| Refusal::Create(name, errno))
    }

    fn is_regular(&self, name: &str) -> bool {
        let files = self.process.space.files();
        files.is_file(&self.process.path(name), &self.process.user)
    }

    async fn both(
        &mut self,
        name: String,
        is_appended: bool,
        saved: &mut Saved,
    ) -> Result<(), Refusal> {
        let descriptor = if is_appended {
            self.process
                .open(&name, Open::to_append(MODE))
                .map_err(|errno| Refusal::Create(name, errno))?
        } else {
            self.create(name, true)?
        };
        self.process.opened(&descriptor).await;
        self.replace(1, Some(descriptor.clone()), saved);
        self.replace(2, Some(descriptor), saved);
        Ok(())
    }

    fn replace(&mut self, number: u32, descriptor: Option<Descriptor>, saved: &mut Saved) {
        let before = self.process.descriptors.close(number);
        saved.0.push((number, before));
        if let Some(descriptor) = descriptor {
            self.process.descriptors.set(number, descriptor);
        }
    }

    fn document(&self, text: &str) -> Result<Descriptor, Refusal> {
        let file = self.scratch_file(text);
        let file = file.map_err(|errno| Refusal::Open("here-document".to_owned(), errno));
        file.map(|(descriptor, _)| descriptor)
    }

    /// Makes a file without a name that holds this text.
    pub(super) fn scratch_file(&self, text: &str) -> Result<(Descriptor, OpenFile), Errno> {
        const NAME: &str = "/scratch";
        let now = self.process.now();
        let files = View::of(Tree::new(now));
        let root = Credentials::ROOT;
        files.write(NAME, text::encode(text), 0o600, &root, now)?;
        let how = Open {
            write: true,
            ..Open::READ
        };
        let file = files.open(NAME, how, &root, now)?;
        Ok((Descriptor::file(file.clone(), false), file))
    }

    fn words_for_refusal(&self, refusal: &Refusal) -> String {
        let dialect = self.state.dialect;
        match refusal {
            Refusal::Open(name, errno) | Refusal::Create(name, errno) if dialect.is_bash() => {
                format!("{name}: {errno}")
            }
            Refusal::Open(name, errno) => {
                let reason = match (errno, dialect) {
                    (Errno::NotFound, Dialect::Ash) => "no such file".to_owned(),
                    (Errno::NotFound, _) => "No such file".to_owned(),
                    (errno, _) => errno.to_string(),
                };
                let verb = if dialect == Dialect::Ash {
                    "can't"
                } else {
                    "cannot"
                };
                format!("{verb} open {name}: {reason}")
            }
            Refusal::Create(name, errno) => {
                let reason = match (errno, dialect) {
                    (Errno::NotFound, Dialect::Ash) => "nonexistent directory".to_owned(),
                    (Errno::NotFound, _) => "Directory nonexistent".to_owned(),
                    (errno, _) => errno.to_string(),
                };
                let verb = if dialect == Dialect::Ash {
                    "can't"
                } else {
                    "cannot"
                };
                format!("{verb} create {name}: {reason}")
            }
            Refusal::Number(source) => match dialect {
                Dialect::Ash => format!("bad fd number: {source}"),
                Dialect::Dash => "Bad fd number".to_owned(),
                Dialect::Bash => format!("{source}: ambiguous redirect"),
            },
            Refusal::Descriptor(number) => format!("{number}: {}", Errno::BadDescriptor),
            Refusal::Interrupt(_) => String::new(),
        }
    }
}
