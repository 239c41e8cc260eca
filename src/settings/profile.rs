//! The profile: subscriptions and settings, in a file of our own.
//!
//! The folder is the one that the old CLI uses; its files, and those of today's `az`, are never
//! touched. Keys lie in the file, so only its owner may read it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::domain::did_you_mean;
use crate::entra::{Credential, Login};
use crate::files;
use crate::input;
use crate::settings::mode::{MODE, Mode};

/// The file's name within the profile folder.
pub const FILE: &str = "classic.json";

/// The newest form of the file that is understood.
const VERSION: u32 = 1;

/// Why the profile is of no use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// There is no place for it.
    #[error("there is no home folder: set HOME or AZURE_CONFIG_DIR")]
    NoFolder,
    /// It cannot be read.
    #[error("failed to read the profile `{}`", path.display())]
    Unreadable {
        /// Where it lies.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not what this CLI writes.
    #[error("the profile `{}` is damaged", path.display())]
    Damaged {
        /// Where it lies.
        path: PathBuf,
        /// Where it ceases to be one.
        source: serde_json::Error,
    },
    /// A later version of this CLI wrote it.
    #[error("the profile `{}` was written by a newer azure", path.display())]
    Newer {
        /// Where it lies.
        path: PathBuf,
    },
    /// It cannot be written.
    #[error("failed to write the profile `{}`", path.display())]
    Unwritable {
        /// Where it lies.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No subscription has that name or id.
    #[error(
        "The subscription '{wanted}' was not found. Please check your spelling, sign in by `azure login`, or import its publish settings."
    )]
    NoSuchSubscription {
        /// What was asked for.
        wanted: String,
        /// Whether another was meant.
        meant: Option<String>,
    },
    /// There are no subscriptions.
    #[error(
        "There is no current subscription. Please sign in by `azure login`, or import the publish settings of one."
    )]
    NoSubscription,
}

impl ProfileError {
    /// What the user can do.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::NoSuchSubscription { meant, .. } => meant.as_deref(),
            _ => None,
        }
    }
}

/// A subscription and how to reach it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where its management API is; empty where it has no certificate for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub management_endpoint_url: String,
    /// The management certificate, PEM; empty where it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub certificate: String,
    /// Its private key, PEM.
    #[serde(
        default,
        skip_serializing_if = "is_empty",
        serialize_with = "exposed",
        deserialize_with = "hidden"
    )]
    pub key: SecretString,
    /// Who is signed in to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<Signed>,
    /// The authority to trust at its endpoint, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// What another azure of the same form keeps with it.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// Which login a subscription is reached by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Signed {
    /// Who.
    pub name: String,
    /// The tenant.
    pub tenant: String,
    /// Where Resource Manager is.
    pub resource_manager: String,
}

impl Signed {
    /// Is it by this login?
    pub fn is_by(&self, login: &Login) -> bool {
        *self == Self::of(login)
    }

    /// By this one.
    pub fn of(login: &Login) -> Self {
        Self {
            name: login.name.clone(),
            tenant: login.tenant.clone(),
            resource_manager: login.cloud.resource_manager.clone(),
        }
    }
}

impl Subscription {
    /// One that is reached by a login alone.
    pub fn signed_in(id: &str, name: &str, login: &Login) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            management_endpoint_url: String::new(),
            certificate: String::new(),
            key: SecretString::default(),
            login: Some(Signed::of(login)),
            authority: None,
            more: Map::new(),
        }
    }

    /// Is it reached by a management certificate?
    pub fn has_certificate(&self) -> bool {
        !self.certificate.is_empty()
    }
}

fn is_empty(secret: &SecretString) -> bool {
    secret.expose_secret().is_empty()
}

fn exposed<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

fn hidden<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

/// Subscriptions and settings.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    version: u32,
    #[serde(default)]
    subscriptions: Vec<Subscription>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    logins: Vec<Login>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    current: Option<String>,
    #[serde(default)]
    settings: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    environments: BTreeMap<String, BTreeMap<String, String>>,
    /// What another azure of the same form keeps in the file.
    #[serde(flatten)]
    more: Map<String, Value>,
    #[serde(skip)]
    path: PathBuf,
    #[serde(skip)]
    lock: Option<Arc<files::Lock>>,
}

#[derive(Deserialize)]
struct Head {
    version: u32,
}

impl Profile {
    /// Reads the profile of `folder`; without a file it is empty.
    pub fn read(folder: Option<&Path>) -> Result<Self, ProfileError> {
        let path = folder.ok_or(ProfileError::NoFolder)?.join(FILE);
        let bytes = match input::read(&path, input::LONGEST_SETTINGS) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self {
                    version: VERSION,
                    subscriptions: Vec::new(),
                    logins: Vec::new(),
                    current: None,
                    settings: BTreeMap::new(),
                    environments: BTreeMap::new(),
                    more: Map::new(),
                    path,
                    lock: None,
                });
            }
            Err(source) => return Err(ProfileError::Unreadable { path, source }),
        };
        let damaged = |source| ProfileError::Damaged {
            path: path.clone(),
            source,
        };
        let text = input::text(&bytes).map_err(|error| ProfileError::Unreadable {
            path: path.clone(),
            source: io::Error::new(io::ErrorKind::InvalidData, error),
        })?;
        let head: Head = serde_json::from_str(&text).map_err(damaged)?;
        if head.version > VERSION {
            return Err(ProfileError::Newer { path });
        }
        let mut profile: Self = serde_json::from_str(&text).map_err(damaged)?;
        profile.path = path;
        Ok(profile)
    }

    /// Reads the profile of `folder` to change it: until the value is dropped, others who want to
    /// change it wait, so that none of two changes is lost.
    pub fn read_to_change(folder: Option<&Path>) -> Result<Self, ProfileError> {
        let folder = folder.ok_or(ProfileError::NoFolder)?;
        let unwritable = |source| ProfileError::Unwritable {
            path: folder.join(FILE),
            source,
        };
        files::make_folder(folder).map_err(unwritable)?;
        let lock = files::lock(folder).map_err(unwritable)?;
        let mut profile = Self::read(Some(folder))?;
        profile.lock = Some(Arc::new(lock));
        Ok(profile)
    }

    /// Who else than its owner may see or change the file, in a few words.
    pub fn exposure(folder: Option<&Path>) -> Option<(PathBuf, &'static str)> {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = folder?;
        let mode = |path: &Path| Some(std::fs::metadata(path).ok()?.permissions().mode());
        let path = folder.join(FILE);
        let file = mode(&path)?;
        if file & 0o022 != 0 {
            return Some((path, "others than its owner can write it"));
        }
        if file & 0o044 != 0 {
            return Some((path, "others than its owner can read it, and it holds keys"));
        }
        if mode(folder)? & 0o022 != 0 {
            return Some((folder.to_owned(), "others than its owner can write into it"));
        }
        None
    }

    /// Writes it, whole or not at all.
    pub fn write(&self) -> Result<(), ProfileError> {
        let unwritable = |source| ProfileError::Unwritable {
            path: self.path.clone(),
            source,
        };
        if let Some(folder) = self.path.parent() {
            files::make_folder(folder).map_err(unwritable)?;
        }
        let text =
            serde_json::to_vec_pretty(self).map_err(|error| unwritable(io::Error::other(error)))?;
        let text = zeroize::Zeroizing::new(text);
        files::replace(&self.path, &text).map_err(unwritable)
    }

    /// Removes the file of `folder`, whatever it holds; was there one?
    pub fn remove(folder: Option<&Path>) -> Result<bool, ProfileError> {
        let path = folder.ok_or(ProfileError::NoFolder)?.join(FILE);
        match std::fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(ProfileError::Unwritable { path, source }),
        }
    }

    /// All subscriptions, in the order of their import.
    pub fn subscriptions(&self) -> &[Subscription] {
        &self.subscriptions
    }

    /// The subscription that commands are about unless told otherwise.
    pub fn current(&self) -> Option<&Subscription> {
        self.subscriptions
            .iter()
            .find(|one| Some(&one.id) == self.current.as_ref())
            .or_else(|| self.subscriptions.first())
    }

    /// The subscription of that id or name, or the current one.
    pub fn choose(&self, wanted: Option<&str>) -> Result<&Subscription, ProfileError> {
        match wanted {
            Some(wanted) => self
                .find(wanted)
                .ok_or_else(|| ProfileError::NoSuchSubscription {
                    wanted: wanted.to_owned(),
                    meant: did_you_mean(
                        wanted,
                        self.subscriptions.iter().map(|one| one.name.as_str()),
                    ),
                }),
            None => self.current().ok_or(ProfileError::NoSubscription),
        }
    }

    /// The current one goes before others of its name.
    fn find(&self, wanted: &str) -> Option<&Subscription> {
        let all = self.all(wanted);
        all.iter()
            .find(|one| Some(&one.id) == self.current.as_ref())
            .or_else(|| all.first())
            .copied()
    }

    /// All that a name or an id may mean: the one of that id, or all of that name.
    pub fn all(&self, wanted: &str) -> Vec<&Subscription> {
        let by = |is: &dyn Fn(&Subscription) -> bool| -> Vec<&Subscription> {
            self.subscriptions.iter().filter(|one| is(one)).collect()
        };
        [
            by(&|one| one.id.eq_ignore_ascii_case(wanted)),
            by(&|one| one.name == wanted),
            by(&|one| one.name.to_lowercase() == wanted.to_lowercase()),
        ]
        .into_iter()
        .find(|found| !found.is_empty())
        .unwrap_or_default()
    }

    /// Adds a subscription, or replaces the one of its id, which is returned.
    pub fn import(&mut self, mut new: Subscription) -> Option<Subscription> {
        let known = self
            .subscriptions
            .iter_mut()
            .find(|one| one.id.eq_ignore_ascii_case(&new.id));
        let replaced = if let Some(old) = known {
            new.more.clone_from(&old.more);
            new.login = new.login.or_else(|| old.login.clone());
            Some(std::mem::replace(old, new))
        } else {
            self.subscriptions.push(new);
            None
        };
        self.current = self.current().map(|one| one.id.clone());
        replaced
    }

    /// The login that a subscription is reached by.
    pub fn login(&self, subscription: &Subscription) -> Option<&Login> {
        let signed = subscription.login.as_ref()?;
        self.logins.iter().find(|login| signed.is_by(login))
    }

    /// Who is signed in.
    pub fn logins(&self) -> &[Login] {
        &self.logins
    }

    /// Keeps a login, and the subscriptions (id and name) that it reaches.
    pub fn sign_in(&mut self, login: Login, subscriptions: &[(String, String)]) {
        for (id, name) in subscriptions {
            let known = self
                .subscriptions
                .iter_mut()
                .find(|one| one.id.eq_ignore_ascii_case(id));
            match known {
                Some(known) => known.login = Some(Signed::of(&login)),
                None => self
                    .subscriptions
                    .push(Subscription::signed_in(id, name, &login)),
            }
        }
        let is_reached = |one: &Subscription| {
            let mut reached = subscriptions.iter();
            reached.any(|(id, _)| one.id.eq_ignore_ascii_case(id))
        };
        for one in &mut self.subscriptions {
            if !is_reached(one)
                && one
                    .login
                    .as_ref()
                    .is_some_and(|signed| signed.is_by(&login))
            {
                one.login = None;
            }
        }
        self.drop_unreached();
        self.logins.retain(|known| !known.is_same(&login));
        self.logins.push(login);
        self.current = self.current().map(|one| one.id.clone());
    }

    /// Keeps what gives the next token of a login.
    pub fn keep_refresh_token(&mut self, whose: &Login, token: &SecretString) {
        let known = self.logins.iter_mut().find(|login| login.is_same(whose));
        if let Some(Login {
            credential: Credential::User { refresh_token },
            ..
        }) = known
        {
            *refresh_token = token.clone();
        }
    }

    /// Forgets logins: all, or those of that name. Subscriptions that are reached by nothing else go
    /// with them.
    pub fn sign_out(&mut self, name: Option<&str>) -> Vec<Login> {
        let is_meant =
            |login: &Login| name.is_none_or(|name| login.name.eq_ignore_ascii_case(name));
        let (gone, kept): (Vec<Login>, Vec<Login>) = std::mem::take(&mut self.logins)
            .into_iter()
            .partition(is_meant);
        self.logins = kept;
        for one in &mut self.subscriptions {
            if one
                .login
                .as_ref()
                .is_some_and(|signed| gone.iter().any(|login| signed.is_by(login)))
            {
                one.login = None;
            }
        }
        self.drop_unreached();
        self.current = self.current().map(|one| one.id.clone());
        gone
    }

    /// Forgets the subscriptions that are reached by nothing.
    fn drop_unreached(&mut self) {
        self.subscriptions
            .retain(|one| one.has_certificate() || one.login.is_some());
    }

    /// The mode that commands work in: the one that was chosen, else Resource Manager only where the
    /// current subscription is reached by nothing but a login.
    pub fn mode(&self, subscription: Option<&str>) -> Mode {
        let chosen = self.settings.get(MODE).and_then(|word| word.parse().ok());
        chosen.unwrap_or_else(|| match self.choose(subscription) {
            Ok(one) if one.login.is_some() && !one.has_certificate() => Mode::Arm,
            _ => Mode::Asm,
        })
    }

    /// Makes the subscription of that id or name the current one.
    pub fn make_current(&mut self, wanted: &str) -> Result<&Subscription, ProfileError> {
        let id = self.choose(Some(wanted))?.id.clone();
        self.current = Some(id);
        self.choose(Some(wanted))
    }

    /// Forgets the subscription of that id or name.
    pub fn forget(&mut self, wanted: &str) -> Result<Subscription, ProfileError> {
        let gone = self.choose(Some(wanted))?.clone();
        self.subscriptions.retain(|one| one.id != gone.id);
        self.current = self.current().map(|one| one.id.clone());
        Ok(gone)
    }

    /// The settings, by name.
    pub fn settings(&self) -> &BTreeMap<String, String> {
        &self.settings
    }

    /// The clouds that were added, by name: their endpoints, by the names that programs are told.
    pub fn environments(&self) -> &BTreeMap<String, BTreeMap<String, String>> {
        &self.environments
    }

    /// The cloud that was added under that name, however it is spelled.
    pub fn environment(&self, name: &str) -> Option<(&String, &BTreeMap<String, String>)> {
        self.environments
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    /// Keeps a cloud.
    pub fn keep_environment(&mut self, name: &str, endpoints: BTreeMap<String, String>) {
        self.environments.insert(name.to_owned(), endpoints);
    }

    /// Forgets a cloud; was it there?
    pub fn forget_environment(&mut self, name: &str) -> bool {
        let before = self.environments.len();
        self.environments
            .retain(|known, _| !known.eq_ignore_ascii_case(name));
        self.environments.len() < before
    }

    /// Keeps a setting.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.insert(name.to_owned(), value.to_owned());
    }

    /// Forgets a setting; was it there?
    pub fn unset(&mut self, name: &str) -> bool {
        self.settings.remove(name).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscription(id: &str, name: &str) -> Subscription {
        Subscription {
            id: id.to_owned(),
            name: name.to_owned(),
            management_endpoint_url: "https://127.0.0.1:1".to_owned(),
            certificate: "CERT".to_owned(),
            key: SecretString::from("KEY"),
            login: None,
            authority: None,
            more: Map::new(),
        }
    }

    fn login(name: &str) -> Login {
        Login {
            name: name.to_owned(),
            tenant: "T".to_owned(),
            cloud: crate::entra::Cloud::public(),
            ca: None,
            credential: Credential::Az,
        }
    }

    #[test]
    fn a_subscription_is_reached_by_certificate_login_or_both() {
        let folder = tempfile::tempdir().unwrap();
        let mut profile = Profile::read_to_change(Some(folder.path())).unwrap();
        profile.import(subscription("1", "One"));
        assert_eq!(profile.mode(None), Mode::Asm);
        let reached =
            [("1", "One"), ("2", "Two")].map(|(id, name)| (id.to_owned(), name.to_owned()));
        profile.sign_in(login("me"), &reached);
        profile.write().unwrap();

        let mut profile = Profile::read(Some(folder.path())).unwrap();
        assert_eq!(profile.mode(None), Mode::Asm);
        assert_eq!(profile.mode(Some("2")), Mode::Arm);
        let two = profile.choose(Some("2")).unwrap();
        assert_eq!(profile.login(two).unwrap().name, "me");
        // What is imported anew keeps its login.
        profile.import(subscription("1", "One"));
        assert!(profile.choose(Some("1")).unwrap().login.is_some());

        assert!(profile.sign_out(Some("another")).is_empty());
        assert_eq!(profile.sign_out(None).len(), 1);
        let left: Vec<&str> = profile
            .subscriptions()
            .iter()
            .map(|one| one.id.as_str())
            .collect();
        assert_eq!(left, ["1"]);
        profile.set("mode", "arm");
        assert_eq!(profile.mode(None), Mode::Arm);
    }

    #[test]
    fn what_is_not_known_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let text = br#"{"version":1,"colour":"blue","subscriptions":[{"id":"1","name":"One",
            "managementEndpointUrl":"https://127.0.0.1:1","certificate":"C","key":"K","tag":[7]}]}"#;
        files::replace(&path, text).unwrap();
        let mut profile = Profile::read_to_change(Some(folder.path())).unwrap();

        profile.set("mode", "asm");
        let replaced = profile.import(subscription("1", "Uno"));
        profile.write().unwrap();

        assert_eq!(replaced.unwrap().name, "One");
        let kept: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(kept["colour"], "blue");
        assert_eq!(kept["subscriptions"][0]["tag"][0], 7);
        assert_eq!(kept["subscriptions"][0]["name"], "Uno");
        assert_eq!(kept["settings"]["mode"], "asm");
    }

    #[test]
    fn twenty_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for n in 0..20 {
                let path = folder.path();
                scope.spawn(move || {
                    let mut profile = Profile::read_to_change(Some(path)).unwrap();
                    profile.import(subscription(&n.to_string(), "x"));
                    profile.write().unwrap();
                });
            }
        });

        let profile = Profile::read(Some(folder.path())).unwrap();
        assert_eq!(profile.subscriptions().len(), 20);
        assert_eq!(profile.all("x").len(), 20);
        assert_eq!(profile.all("7").len(), 1);
    }

    #[test]
    fn a_profile_for_others_is_told() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::read(Some(folder.path())).unwrap();
        profile.write().unwrap();
        assert_eq!(Profile::exposure(Some(folder.path())), None);
        for mode in [0o640, 0o604, 0o620, 0o602] {
            let path = folder.path().join(FILE);
            std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
            assert!(Profile::exposure(Some(folder.path())).is_some(), "{mode:o}");
        }
    }

    #[test]
    fn what_was_written_is_read_again_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let mut profile = Profile::read(Some(folder.path())).unwrap();
        profile.import(subscription("1", "One"));
        profile.set("mode", "asm");

        profile.write().unwrap();

        let again = Profile::read(Some(folder.path())).unwrap();
        assert_eq!(again.current().unwrap().key.expose_secret(), "KEY");
        assert_eq!(again.settings()["mode"], "asm");
        let mode = std::fs::metadata(folder.path().join(FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_second_import_keeps_the_current_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut profile = Profile::read(Some(folder.path())).unwrap();
        profile.import(subscription("1", "One"));
        profile.import(subscription("2", "Two"));
        profile.import(subscription("1", "Uno"));

        assert_eq!(profile.subscriptions().len(), 2);
        assert_eq!(profile.current().unwrap().name, "Uno");
        assert_eq!(profile.choose(Some("two")).unwrap().id, "2");
        profile.forget("Uno").unwrap();
        assert_eq!(profile.current().unwrap().id, "2");
    }

    #[test]
    fn a_newer_file_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        crate::files::replace(&path, br#"{"version":2,"other":1}"#).unwrap();

        assert!(matches!(
            Profile::read(Some(folder.path())),
            Err(ProfileError::Newer { .. })
        ));
    }

    #[test]
    fn a_key_does_not_show() {
        assert!(!format!("{:?}", subscription("1", "One")).contains("KEY"));
    }
}
