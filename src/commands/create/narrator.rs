//! What happens, in the words of the 2014 CLI.

use std::sync::Mutex;

use super::words;
use crate::backend::Task;
use crate::event::{Derived, Direction, Event, Events, Layer, Subject, Warning};

/// One line for the user.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// Something takes time; a terminal may draw it.
    Progress(String),
    /// A remark.
    Info(String),
    /// What was asked for.
    Data(String),
    /// A warning.
    Warn(String),
    /// For those who want to know more.
    Verbose(String),
    /// What programs are told, instead of all the others.
    Document(serde_json::Value),
}

/// Where lines go.
pub trait Page: Send + Sync {
    /// Shows one line.
    fn show(&self, line: Line);
}

impl<F: Fn(Line) + Send + Sync> Page for F {
    fn show(&self, line: Line) {
        self(line);
    }
}

/// Turns events into lines.
#[derive(Debug)]
pub struct Narrator<P> {
    page: P,
    /// What was last said to be missing, so that waiting is one line a layer.
    missing: Mutex<Option<Layer>>,
}

impl<P: Page> Narrator<P> {
    /// Tells what happens on `page`.
    pub fn new(page: P) -> Self {
        Self {
            page,
            missing: Mutex::new(None),
        }
    }

    fn is_news(&self, layer: Layer) -> bool {
        // A listener that panicked is no reason to fall silent.
        let mut missing = self
            .missing
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        missing.replace(layer) != Some(layer)
    }
}

impl<P: Page> Events for Narrator<P> {
    fn emit(&self, event: Event) {
        if let Event::Waiting { layer, .. } = &event
            && !self.is_news(*layer)
        {
            return;
        }
        for line in lines(&event) {
            self.page.show(line);
        }
    }
}

/// The lines for one event.
pub fn lines(event: &Event) -> Vec<Line> {
    match event {
        Event::Asked { about } => vec![Line::Progress(question(about))],
        Event::HostNotFound { kind, name } => {
            vec![Line::Info(format!("{kind} {name} not found."))]
        }
        // Where a host without machines was found, the 2014 CLI said so in one word.
        Event::HostIsEmpty { .. } => vec![Line::Info("OK".to_owned())],
        Event::ImageChosen { name, .. } => vec![Line::Info(format!("Using image {name}"))],
        Event::Derived { value } => vec![Line::Info(derived(value))],
        Event::Warned { warning } => vec![Line::Warn(warned(warning))],
        Event::CustomData { path } => vec![Line::Verbose(format!("customdata file: {path}"))],
        Event::CertificatesFound { .. } => {
            vec![Line::Info("Found docker certificates.".to_owned())]
        }
        Event::CertificatesMade { .. } => {
            vec![Line::Info("Generating docker certificates.".to_owned())]
        }
        Event::SshKeyReady { path } => vec![Line::Info(format!(
            "You can use {path} private key for SSH authentication."
        ))],
        Event::Resuming { host, direction } => vec![Line::Info(match direction {
            Direction::Forward => {
                format!("Going on with {host}, which an earlier run began to make")
            }
            Direction::Back => {
                format!("Going on with taking back {host}, which an earlier run began")
            }
        })],
        Event::Found { task } => vec![Line::Info(format!(
            "Found {}, which an earlier run made",
            words::thing(task)
        ))],
        Event::Unnoted { why } => vec![Line::Warn(format!(
            "how far this run has come cannot be noted: {why}"
        ))],
        Event::Started { task } => started(task),
        Event::Interrupted => vec![Line::Warn(
            "Interrupted: removing what was made; interrupt again to leave at once".to_owned(),
        )],
        Event::Interrupting { task } => vec![Line::Warn(format!(
            "Interrupted: waiting for the answer to \"{}\", then removing what was made; \
             interrupt again to leave at once",
            words::label(task)
        ))],
        Event::GoingBack { why } => vec![Line::Warn(format!(
            "{}; removing what was made",
            why.trim_end_matches('.')
        ))],
        Event::Settling { task } => vec![Line::Progress(format!(
            "Waiting for the service to be done with \"{}\"",
            words::label(task)
        ))],
        Event::Undoing { task } => vec![Line::Progress(words::undoing(task).to_owned())],
        Event::Held { task, why } => vec![Line::Info(format!(
            "{} cannot go yet, and is tried again for some minutes: {why}",
            words::thing(task)
        ))],
        Event::LeftBehind { task, why } => {
            vec![Line::Warn(format!("{}: {why}", words::left_behind(task)))]
        }
        // The command's end says what stays, and why.
        Event::Spared { task, why } => {
            vec![Line::Verbose(format!(
                "{} stays: {why}",
                words::thing(task)
            ))]
        }
        Event::LookedUp { task, trace } => vec![Line::Verbose(format!(
            "the answer to `{}` was lost; looked up: {trace:?}",
            task.name()
        ))],
        Event::Waiting { layer, detail, .. } => vec![Line::Progress(format!(
            "Waiting for Docker ({}: {detail})",
            layer.name()
        ))],
        Event::Diagnosed { said } => said
            .lines()
            .map(str::trim_end)
            .filter(|line| !line.is_empty())
            .map(|line| Line::Warn(format!("the machine says: {line}")))
            .collect(),
        Event::Ready { host, port } => vec![Line::Info(format!("Docker answers at {host}:{port}"))],
        Event::Finished { .. } | Event::Failed { .. } | Event::Undone { .. } => Vec::new(),
    }
}

fn question(about: &Subject) -> String {
    match about {
        Subject::Image(name) => format!("Looking up image {name}"),
        Subject::Host(kind) => format!("Looking up {kind}"),
        Subject::Deployment => "Looking up deployment".to_owned(),
        Subject::Classic(about) => words::classic::question(*about).to_owned(),
    }
}

fn derived(value: &Derived) -> String {
    match value {
        Derived::Classic(value) => words::classic::derived(value),
    }
}

fn warned(warning: &Warning) -> String {
    let fixed = match warning {
        Warning::SizeDefaulted(size) => {
            return format!("--vm-size has not been specified. Defaulting to \"{size}\".");
        }
        Warning::Certificates(words) => return words.clone(),
        Warning::WithoutEffect { wish, because } => {
            let (option, because) = (words::option(*wish), words::because(*because));
            return format!("{option} will be ignored: {because}");
        }
        Warning::Unregistered(namespace) => {
            return format!(
                "{namespace} is not registered in the subscription yet; it is when the first of its things is made"
            );
        }
        Warning::OpenTo(blocks) => {
            let blocks: Vec<String> = blocks.iter().map(ToString::to_string).collect();
            return format!(
                "Docker answers {} alone; where this machine has no address of those, its wait for Docker ends in vain: --wait 0 does not wait",
                blocks.join(", ")
            );
        }
        Warning::Ignored { option, because } => {
            return format!("{option} will be ignored: {because}");
        }
        Warning::LocationIgnored => "--location option will be ignored",
        Warning::AccountIgnored => {
            "user-name and password will be ignored for specialized VM image"
        }
        Warning::SshCertificateIgnored => "--ssh-cert will be ignored for specialized VM image",
        Warning::GeneratedKeysIgnored => {
            "--ssh-cert is specified, --generate-ssh-keys option will be ignored."
        }
        Warning::Classic(warning) => words::classic::warned(*warning),
    };
    fixed.to_owned()
}

fn started(task: &Task) -> Vec<Line> {
    let words = words::started(task).into_iter();
    words.map(Line::Progress).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::backend::site::classic::ClassicTask;

    #[test]
    fn a_wait_is_one_line_a_layer() {
        let said = std::sync::Arc::new(Mutex::new(Vec::new()));
        let page = {
            let said = std::sync::Arc::clone(&said);
            move |line: Line| said.lock().unwrap().push(line)
        };
        let narrator = Narrator::new(page);

        for layer in [Layer::Role, Layer::Role, Layer::Agent, Layer::Agent] {
            narrator.emit(Event::Waiting {
                layer,
                detail: "x".to_owned(),
                waited: Duration::ZERO,
            });
        }

        assert_eq!(said.lock().unwrap().len(), 2);
    }

    #[test]
    fn a_new_account_is_told_in_the_old_words() {
        let event = Event::Started {
            task: Task::Classic(ClassicTask::ChooseStorage {
                name: "web1417".to_owned(),
                made: true,
            }),
        };

        assert_eq!(
            lines(&event),
            [
                Line::Progress("Retrieving storage accounts".to_owned()),
                Line::Progress("Creating a new storage account 'web1417'".to_owned())
            ]
        );
    }
}
