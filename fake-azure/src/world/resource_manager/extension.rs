//! Extensions of machines.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::change::Change;
use super::decision::{Decided, Scope};
use super::document::{self, Document, Known};
use super::effect::Effect;
use super::offers;
use super::path::Path;
use super::refusal::{Failure, Refusal};
use super::resource::{Core, Doing, Pending, Resource, known_top};
use super::view::View;
use crate::world::docker_settings::Settings;
use crate::world::extension::Verdict;
use crate::world::first_boot::{Boot, CustomScript, Output};
use crate::world::names::Name;
use crate::world::operation::Progress;
use crate::world::phase::Course;

/// An extension of a machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Extension {
    pub(crate) name: String,
    pub(crate) publisher: String,
    /// Its type, e.g. `CustomScript`.
    pub(crate) handler: String,
    pub(crate) verdict: Verdict,
    /// What its handler says when it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// When it was set.
    pub(crate) since: Timestamp,
    pub(crate) pending: Pending,
    pub(crate) document: Document,
}

pub(crate) const KNOWN: Known = known_top! {
    "properties": Known::Object(&[
        ("publisher", Known::Any),
        ("type", Known::Any),
        ("typeHandlerVersion", Known::Text),
        ("autoUpgradeMinorVersion", Known::Flag),
        ("enableAutomaticUpgrade", Known::Flag),
        ("forceUpdateTag", Known::Any),
        ("settings", Known::Any),
        ("protectedSettings", Known::Secret),
        ("protectedSettingsFromKeyVault", Known::Any),
        ("provisionAfterExtensions", Known::Any),
        ("suppressFailures", Known::Flag),
        ("instanceView", Known::Told),
        ("provisioningState", Known::Told),
    ]),
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Written {
    properties: WrittenProperties,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WrittenProperties {
    publisher: Option<String>,
    #[serde(rename = "type")]
    handler: Option<String>,
    type_handler_version: Option<String>,
    settings: Option<Value>,
    protected_settings: Option<Value>,
}

fn needed(value: Option<String>, member: &'static str) -> Result<String, Refusal> {
    value.filter(|value| !value.is_empty()).ok_or_else(|| {
        Refusal::parameter(
            member,
            format!("Required parameter '{member}' is missing (null)."),
        )
    })
}

/// Settings as a handler gets them.
fn encoded(settings: Option<&Value>) -> String {
    // Settings may be JSON in a text, too.
    match settings {
        None => String::new(),
        Some(Value::String(text)) => STANDARD.encode(text),
        Some(value) => STANDARD.encode(value.to_string()),
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "what an extension must be, member by member"
)]
pub(super) fn put(scope: &mut Scope<'_>, path: &Path, body: &Value) -> Result<Decided, Refusal> {
    scope.writable_group(&path.group)?;
    let key = path.key();
    let Ok((machine, old)) = scope.machine_at(&key) else {
        return Err(Refusal::NoParent {
            path: path.clone(),
            parent: path
                .parent()
                .map(|p| p.id(scope.view.id))
                .unwrap_or_default(),
        });
    };
    if !matches!(machine.life.course, Course::Up(_) | Course::Deploying) {
        return Err(Refusal::ExtensionAtRest);
    }
    let written: Written = document::typed(body)?;
    let told = written.properties;
    let place = machine
        .extensions
        .iter()
        .position(|other| other.name.eq_ignore_ascii_case(path.last()));
    let standing = place.map(|place| &machine.extensions[place]);
    let publisher = needed(
        told.publisher
            .or_else(|| standing.map(|old| old.publisher.clone())),
        "publisher",
    )?;
    let handler = needed(
        told.handler
            .or_else(|| standing.map(|old| old.handler.clone())),
        "type",
    )?;
    let version = told.type_handler_version.unwrap_or_default();
    let twice = machine.extensions.iter().any(|other| {
        !other.name.eq_ignore_ascii_case(path.last())
            && other.publisher.eq_ignore_ascii_case(&publisher)
            && other.handler.eq_ignore_ascii_case(&handler)
    });
    if twice {
        return Err(Refusal::ExtensionTwice(machine.system.clone()));
    }
    let [public, protected] =
        [&told.settings, &told.protected_settings].map(|settings| encoded(settings.as_ref()));
    let mut verdict = Verdict::of(
        &publisher.as_str().into(),
        &handler.as_str().into(),
        &version,
        Settings {
            public: &public,
            protected: &protected,
        },
    );
    let known = offers::extensions::extension(&publisher, &handler, &version, true);
    if let Some(known) = known {
        known.version.clone_into(&mut verdict.version);
    }
    let arranged = machine.flaws.as_ref();
    if let Some(message) = arranged.and_then(|flaws| flaws.failure_of(path.last())) {
        verdict.fail(message);
    }
    let mut failure = verdict
        .setting()
        .and_then(|setting| setting.error.map(str::to_owned));
    let mut boot = machine.booted(scope.address_of(machine), scope.now);
    let mut message = None;
    if failure.is_none() {
        let settings = (told.settings.as_ref(), told.protected_settings.as_ref());
        let names = (publisher.as_str(), handler.as_str());
        match done_on(&mut boot, names, settings, &verdict, scope.now) {
            Ok(said) => message = said,
            Err(why) => {
                verdict.fail(&why);
                failure = Some(why);
            }
        }
    }
    let extension = Extension {
        name: standing.map_or(path.last(), |old| &old.name).to_owned(),
        publisher,
        handler,
        verdict,
        message,
        since: scope.now,
        pending: Pending {
            operation: scope.id.clone(),
            doing: match place {
                None => Doing::Creating,
                Some(_) => Doing::Updating,
            },
        },
        document: Document::of(&KNOWN, body),
    };
    let name = extension.name.clone();
    let mut machine = machine.clone();
    match place {
        Some(place) => machine.extensions[place] = extension,
        None => machine.extensions.push(extension),
    }
    let resource = Resource {
        changed: scope.now,
        core: Core::Machine(Box::new(machine)),
        ..old.clone()
    };
    let decided = Decided::accepted("Create or Update Virtual Machine Extension", SECONDS)
        .change(Change::Resource(key.clone(), Box::new(resource)))
        .at_end(Effect::Booted { machine: key, boot });
    Ok(match failure {
        None => decided,
        Some(message) => decided.ends(Progress::Failed {
            error: Failure::Extension {
                machine: path.name.clone(),
                extension: name,
                message,
            },
        }),
    })
}

/// What handlers of scripts say: how it ended, and what was printed.
pub(super) fn said(verb: &str, output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!(
        "{verb}: \n[stdout]\n{}\n[stderr]\n{}",
        text(&output.stdout),
        text(&output.stderr)
    )
}

/// Does on a machine what an extension does; what its handler says, or why it failed.
fn done_on(
    boot: &mut Boot,
    (publisher, handler): (&str, &str),
    (public, protected): (Option<&Value>, Option<&Value>),
    verdict: &Verdict,
    now: Timestamp,
) -> Result<Option<String>, String> {
    let is_script = (publisher.eq_ignore_ascii_case("Microsoft.Azure.Extensions")
        && handler.eq_ignore_ascii_case("CustomScript"))
        || (publisher.eq_ignore_ascii_case("Microsoft.OSTCExtensions")
            && handler.eq_ignore_ascii_case("CustomScriptForLinux"));
    if is_script {
        let none = Value::Null;
        let script = CustomScript::read(public.unwrap_or(&none), protected.unwrap_or(&none));
        let script = script.map_err(|why| format!("Enable failed: {why}"))?;
        let output = boot.custom_script(&script, now);
        return match output.code {
            Some(0) => Ok(Some(said("Enable succeeded", &output))),
            code => {
                let code = code.map_or_else(|| "none".to_owned(), |code| code.to_string());
                let verb = format!(
                    "Enable failed: failed to execute command: command terminated with exit status={code}"
                );
                Err(said(&verb, &output))
            }
        };
    }
    if handler.eq_ignore_ascii_case("DockerExtension") {
        boot.docker_extension(verdict.engine.as_deref(), now);
    }
    Ok(None)
}

/// How long an extension takes, of the real service's seconds.
const SECONDS: i64 = 60;

pub(super) fn delete(scope: &Scope<'_>, path: &Path) -> Decided {
    let key = path.key();
    let Ok((machine, _)) = scope.machine_at(&key) else {
        return Decided::nothing();
    };
    let is_there = machine
        .extensions
        .iter()
        .any(|extension| extension.name.eq_ignore_ascii_case(path.last()));
    if !is_there {
        return Decided::nothing();
    }
    Decided::accepted("Delete Virtual Machine Extension", 20).at_end(Effect::DeleteExtension {
        machine: key,
        extension: Name::from(path.last()),
    })
}

impl View<'_> {
    /// An extension as the service tells it.
    pub(crate) fn told_extension_at(self, path: &Path, with_view: bool) -> Result<Value, Refusal> {
        let key = path.key();
        let Ok((machine, resource)) = self.machine_at(&key) else {
            return Err(Refusal::NoParent {
                path: path.clone(),
                parent: path.parent().map(|p| p.id(self.id)).unwrap_or_default(),
            });
        };
        let extension = machine
            .extensions
            .iter()
            .find(|extension| extension.name.eq_ignore_ascii_case(path.last()))
            .ok_or_else(|| Refusal::NoChild(path.id(self.id)))?;
        let machine = self.path(&key, resource);
        let mut told = self.told_extension(&machine, resource, extension);
        if with_view {
            let properties = document::object(&mut told, "properties");
            document::set(properties, "instanceView", self.extension_view(extension));
        }
        Ok(told)
    }
}
