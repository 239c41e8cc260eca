//! Resource providers: their types of resources, and the versions these are asked for in.

mod table;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::table::{NAMESPACES, OTHERS};
use super::super::super::SubscriptionId;
use super::{list, regions};
use crate::world::spelling::is_same;

/// How far a subscription is with the use of a provider; each is told by its own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Registration {
    /// Nobody asked for it yet.
    NotRegistered,
    /// It comes.
    Registering,
    /// It is there.
    Registered,
    /// It goes.
    Unregistering,
    /// It is gone.
    Unregistered,
}

/// What a type of resources can, as providers list it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Capabilities {
    /// No more than others.
    None,
    /// It has tags and stands somewhere.
    Tracked,
    /// It can be moved to another group or subscription, too.
    Movable,
    /// It can have an identity of its own, too.
    Identity,
    /// It may be beside any resource.
    Extension,
}

impl Capabilities {
    fn as_str(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Tracked => "SupportsTags, SupportsLocation",
            Self::Movable => {
                "CrossResourceGroupResourceMove, CrossSubscriptionResourceMove, SupportsTags, \
                 SupportsLocation"
            }
            Self::Identity => {
                "CrossResourceGroupResourceMove, CrossSubscriptionResourceMove, \
                 SystemAssignedResourceIdentity, SupportsTags, SupportsLocation"
            }
            Self::Extension => "SupportsExtension",
        }
    }
}

/// Where things of a type can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Places {
    /// It stands nowhere.
    Nowhere,
    /// In any region.
    Regions,
    /// In any region, and there in a zone where there are some.
    Zones,
    /// Everywhere at once.
    Global,
}

/// A type of resources.
#[derive(Debug)]
pub(crate) struct ResourceType {
    /// Its name within its namespace, in the service's own spelling.
    pub(crate) name: &'static str,
    /// The versions it is known to be asked for in, the newest first.
    pub(crate) versions: &'static [&'static str],
    places: Places,
    capabilities: Capabilities,
}

impl ResourceType {
    /// The version that is taken for granted where one may be: the newest that is no preview.
    pub(crate) fn default_version(&self) -> &'static str {
        let stable = self.versions.iter().find(|version| is_stable(version));
        stable
            .or(self.versions.first())
            .copied()
            .unwrap_or_default()
    }

    /// Whether things of it stand in a region.
    pub(crate) fn has_location(&self) -> bool {
        self.places != Places::Nowhere
    }

    fn locations(&self) -> Value {
        match self.places {
            Places::Nowhere => json!([]),
            Places::Regions | Places::Zones => regions::display_names(),
            Places::Global => json!(["global"]),
        }
    }

    fn listed(&self) -> Value {
        let mut listed = json!({
            "resourceType": self.name,
            "locations": self.locations(),
            "apiVersions": self.versions,
            "defaultApiVersion": self.default_version(),
            "capabilities": self.capabilities.as_str(),
        });
        if self.places == Places::Zones {
            listed["zoneMappings"] = regions::zone_mappings();
        }
        listed
    }
}

/// A resource provider.
#[derive(Debug)]
pub(crate) struct Namespace {
    /// Its name, in the service's own spelling.
    pub(crate) name: &'static str,
    /// Whether a subscription has to register before it uses it.
    pub(crate) needs_registration: bool,
    /// Its types.
    pub(crate) types: &'static [ResourceType],
}

impl Namespace {
    /// The type of this name, whatever its case.
    pub(crate) fn resource_type(&self, name: &str) -> Option<&'static ResourceType> {
        self.types.iter().find(|kind| is_same(kind.name, name))
    }
}

fn provider(
    id: &str,
    name: &str,
    needs_registration: bool,
    registration: Option<Registration>,
    types: impl Iterator<Item = Value>,
) -> Value {
    let policy = if needs_registration {
        "RegistrationRequired"
    } else {
        "RegistrationFree"
    };
    let mut listed = json!({
        "id": id,
        "namespace": name,
        "registrationPolicy": policy,
    });
    if let Some(registration) = registration {
        listed["registrationState"] = json!(registration);
    }
    listed["resourceTypes"] = types.collect();
    listed
}

/// The provider of this name, whatever its case, if it is more than a name here.
pub(crate) fn namespace(name: &str) -> Option<&'static Namespace> {
    NAMESPACES
        .iter()
        .find(|namespace| is_same(namespace.name, name))
}

/// How the name of any provider that the service has is spelled: of these too of which no resources
/// are simulated.
pub(crate) fn canonical_namespace(name: &str) -> Option<&'static str> {
    names().find(|known| is_same(known, name))
}

/// The names of all providers.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    NAMESPACES
        .iter()
        .map(|namespace| namespace.name)
        .chain(OTHERS.iter().copied())
}

/// The names of the providers whose resources are simulated.
pub(crate) fn simulated() -> impl Iterator<Item = &'static str> {
    NAMESPACES.iter().map(|namespace| namespace.name)
}

/// The provider and the type that `Microsoft.Compute/virtualMachines/extensions` names, whatever
/// its case.
pub(crate) fn resource_type(whole: &str) -> Option<(&'static Namespace, &'static ResourceType)> {
    let (name, kind) = whole.split_once('/')?;
    let namespace = namespace(name)?;
    Some((namespace, namespace.resource_type(kind)?))
}

/// A provider as it is listed under a path, whatever the case of its name.
fn told(path: &str, name: &str, registration: Option<Registration>) -> Option<Value> {
    let name = canonical_namespace(name)?;
    let known = namespace(name);
    let types = known.map(|known| known.types).unwrap_or_default();
    Some(provider(
        &format!("{path}/providers/{name}"),
        name,
        known.is_none_or(|known| known.needs_registration),
        registration,
        types.iter().map(ResourceType::listed),
    ))
}

/// The answer of `GET /subscriptions/S/providers/NS`, of `register` and of `unregister`.
pub(crate) fn one(
    subscription: &SubscriptionId,
    name: &str,
    registration: Registration,
) -> Option<Value> {
    let path = format!("/subscriptions/{subscription}");
    told(&path, name, Some(registration))
}

/// The answer of `GET /subscriptions/S/providers`.
pub(crate) fn listed(
    subscription: &SubscriptionId,
    registration: impl Fn(&'static str) -> Registration,
) -> Value {
    list(names().filter_map(|name| one(subscription, name, registration(name))))
}

/// The answer of `GET /providers/NS`.
pub(crate) fn one_of_tenant(name: &str) -> Option<Value> {
    told("", name, None)
}

/// The answer of `GET /providers`.
pub(crate) fn listed_of_tenant() -> Value {
    list(names().filter_map(one_of_tenant))
}

/// Whether a text is an `api-version`: a day from 2014 on, and perhaps what it is a preview of.
pub(crate) fn is_api_version(text: &str) -> bool {
    let (day, stage) = match text.split_at_checked(10) {
        Some((day, "")) => (day, None),
        Some((day, rest)) => (day, rest.strip_prefix('-')),
        None => return false,
    };
    if day.len() != text.len() && stage.is_none() {
        return false;
    }
    stage.is_none_or(is_stage) && is_day(day)
}

fn is_stage(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

fn is_day(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut number = |digits: usize| {
        let part = parts.next()?;
        let whole = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
        whole.then(|| part.parse::<i16>().ok()).flatten()
    };
    let (Some(year), Some(month), Some(day)) = (number(4), number(2), number(2)) else {
        return false;
    };
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else {
        return false;
    };
    year >= 2014 && jiff::civil::Date::new(year, month, day).is_ok()
}

/// Whether a version is none of those that may change yet.
fn is_stable(version: &str) -> bool {
    version.len() == 10
}

/// The versions of Resource Manager's own resources, as a refusal lists them: the newest first.
pub(crate) fn supported_versions() -> &'static [&'static str] {
    table::RESOURCES
}

#[cfg(test)]
mod tests;
