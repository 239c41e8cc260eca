//! Storage accounts.

use crate::world::word::words;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use simulation::Chance;

use super::change::Change;
use super::decision::{Decided, Scope};
use super::refusal::Thing;
use super::service::Place;
use super::view::View;
use super::{Counted, Refusal};
use crate::world::names::is_storage_account;
use crate::world::operation::OperationId;
use crate::world::{AccountType, Link, Name, SubscriptionId, World, blob};

/// A storage account (`StorageService`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StorageAccount {
    /// Its name, unique worldwide.
    pub name: Name,
    /// What it is for.
    pub description: Option<String>,
    /// What it is called: base64, as it was sent.
    pub label: String,
    /// Where it is.
    pub place: Place,
    /// The region behind the place.
    pub location: Name,
    /// What it keeps its data on.
    pub account_type: AccountType,
    /// When it was made.
    pub created: Timestamp,
    /// The owner's own properties.
    pub extended_properties: Vec<(String, String)>,
    pub(crate) keys: [String; 2],
    pub(crate) creation: Option<OperationId>,
}

/// What a new storage account is to be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewStorageAccount {
    /// Its name.
    pub name: Name,
    /// What it is for.
    pub description: Option<String>,
    /// What it is called: base64.
    pub label: String,
    /// Where.
    pub place: Place,
    /// `Standard_GRS` when absent.
    pub account_type: Option<AccountType>,
    /// The owner's own properties.
    pub extended_properties: Vec<(String, String)>,
}

/// What is to change of a storage account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct StorageAccountUpdate {
    /// What it is for.
    pub description: Option<String>,
    /// What it is called: base64.
    pub label: Option<String>,
    /// What it keeps its data on.
    pub account_type: Option<AccountType>,
    /// The owner's own properties.
    pub extended_properties: Option<Vec<(String, String)>>,
}

words! {
    /// One of the two keys of a storage account.
    pub enum KeyKind {
        /// The first.
        Primary = "Primary",
        /// The second.
        Secondary = "Secondary",
    }
}

impl StorageAccount {
    /// The account's endpoints, the blob endpoint first.
    pub fn endpoints(&self) -> Vec<String> {
        let hosts = blob::hosts(&self.name).into_iter();
        hosts.map(|host| format!("https://{host}/")).collect()
    }

    /// The region that holds the copies, for the types that have one.
    pub fn secondary(&self) -> Option<&'static str> {
        if !matches!(
            self.account_type,
            AccountType::StandardGrs | AccountType::StandardRagrs
        ) {
            return None;
        }
        Some(match self.location.as_str() {
            "West US" => "East US",
            "East US" => "West US",
            "East US 2" => "Central US",
            "Central US" => "East US 2",
            "North Europe" => "West Europe",
            "West Europe" => "North Europe",
            "East Asia" => "Southeast Asia",
            "Southeast Asia" => "East Asia",
            "North Central US" => "South Central US",
            "Japan East" => "Japan West",
            "Japan West" => "Japan East",
            _ => "North Central US",
        })
    }

    /// Both keys, in base64.
    pub fn keys(&self) -> (&str, &str) {
        (&self.keys[0], &self.keys[1])
    }
}

/// What can be asked about storage accounts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Make one.
    Create {
        /// What it is to be.
        new: NewStorageAccount,
    },
    /// Change one.
    Update {
        /// Its name.
        name: Name,
        /// What changes.
        update: StorageAccountUpdate,
    },
    /// Delete one that holds no disks and no own images.
    Delete {
        /// Its name.
        name: Name,
    },
    /// Make one of its keys anew.
    RenewKey {
        /// Its name.
        name: Name,
        /// Which key.
        kind: KeyKind,
    },
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Create { new } => create(scope, new),
            Self::Update { name, update } => change(scope, &name, update),
            Self::Delete { name } => delete(scope, name),
            Self::RenewKey { name, kind } => {
                let mut account = scope.storage_account(&name)?.clone();
                account.keys[usize::from(kind == KeyKind::Secondary)] =
                    fresh_key(&mut scope.draw.chance);
                Ok(Decided::done("Regenerate Storage Account Keys")
                    .change(Change::Storage(Box::new(account))))
            }
        }
    }
}

fn create(scope: &mut Scope<'_>, new: NewStorageAccount) -> Result<Decided, Refusal> {
    if let Some(reason) = scope.storage_name_available(&new.name)? {
        return Err(reason);
    }
    let location = scope.region_of(&new.place)?;
    let account_type = new.account_type.unwrap_or(AccountType::StandardGrs);
    scope.has_room(Counted::StorageAccounts, 1)?;
    let account = StorageAccount {
        name: new.name,
        description: new.description,
        label: new.label,
        place: new.place,
        location,
        account_type,
        created: scope.now,
        extended_properties: new.extended_properties,
        keys: [
            fresh_key(&mut scope.draw.chance),
            fresh_key(&mut scope.draw.chance),
        ],
        creation: Some(scope.id.clone()),
    };
    Ok(Decided::accepted("Create Storage Account", 31).change(Change::Storage(Box::new(account))))
}

fn change(scope: &Scope<'_>, name: &str, update: StorageAccountUpdate) -> Result<Decided, Refusal> {
    let account = scope.storage_account(name)?;
    scope.account_is_made(account)?;
    let old = account.clone();
    let account = StorageAccount {
        description: update.description.or(old.description),
        label: update.label.unwrap_or(old.label),
        account_type: update.account_type.unwrap_or(old.account_type),
        extended_properties: update
            .extended_properties
            .unwrap_or(old.extended_properties),
        ..old
    };
    Ok(Decided::done("Update Storage Account").change(Change::Storage(Box::new(account))))
}

fn delete(scope: &Scope<'_>, name: Name) -> Result<Decided, Refusal> {
    let account = scope.storage_account(&name)?;
    scope.account_is_made(account)?;
    let held = scope.held;
    let inside = |link: &Link| link.is_in(&account.name);
    let disk = held
        .into_iter()
        .flat_map(|s| s.disks.values())
        .find(|d| inside(&d.media_link));
    let image = held
        .into_iter()
        .flat_map(|s| s.images.values())
        .find(|i| i.media_link.as_ref().is_some_and(inside));
    let vm_image = held
        .into_iter()
        .flat_map(|s| s.vm_images.values())
        .find(|i| i.links().any(inside));
    if let Some(what) = disk
        .map(|d| d.name.clone())
        .or_else(|| image.map(|i| i.name.clone()))
        .or_else(|| vm_image.map(|i| i.name.clone()))
    {
        return Err(Refusal::InUse {
            what: Thing::StorageAccount,
            name,
            by: what.to_string(),
        });
    }
    Ok(Decided::done("Delete Storage Account").change(Change::NoStorage(name)))
}

fn fresh_key(chance: &mut Chance) -> String {
    STANDARD.encode(chance.bytes::<64>())
}

impl<'w> View<'w> {
    /// Whether a storage account may have this name: the reason why not, if not.
    pub fn storage_name_available(self, name: &str) -> Result<Option<Refusal>, Refusal> {
        if !is_storage_account(name) {
            return Err(Refusal::BadName(Thing::StorageAccount, name.into()));
        }
        let taken = |own| Refusal::Taken {
            what: Thing::StorageAccount,
            name: name.into(),
            own,
        };
        if self.held.is_some_and(|s| s.storage.contains_key(name)) {
            return Ok(Some(taken(true)));
        }
        let foreign = self.world.has_public_name(&blob::host_of_account(name));
        Ok(foreign.then(|| taken(false)))
    }

    /// The subscription's storage accounts, by name.
    pub fn storage_accounts(self) -> impl Iterator<Item = &'w StorageAccount> {
        self.held.into_iter().flat_map(|s| s.storage.values())
    }

    /// The storage account of this name.
    pub fn storage_account(self, name: &str) -> Result<&'w StorageAccount, Refusal> {
        self.held
            .and_then(|s| s.storage.get(name))
            .ok_or_else(|| Refusal::missing(Thing::StorageAccount, name))
    }

    /// `Creating` while the account's creation runs, then `Created`.
    pub fn storage_status(self, account: &StorageAccount) -> &'static str {
        if self.is_running(account.creation.as_ref()) {
            "Creating"
        } else {
            "Created"
        }
    }

    /// Whether the account that a blob's address names is of premium storage.
    pub(crate) fn is_premium(self, link: &str) -> bool {
        blob::account(link)
            .and_then(|name| self.storage_account(name).ok())
            .is_some_and(|account| account.account_type == AccountType::PremiumLrs)
    }

    /// The region of the account that a blob's address names, which can hold a VHD.
    pub(crate) fn place_of_blob(self, link: &Link) -> Result<Name, Refusal> {
        let account = blob::account_here(link).ok_or_else(|| {
            Refusal::parameter(format!("MediaLink: `{link}` is not the address of a blob"))
        })?;
        let account = self.storage_account(account)?;
        self.account_is_made(account)?;
        if account.account_type == AccountType::StandardZrs {
            return Err(Refusal::NoPageBlobs(account.name.clone()));
        }
        Ok(account.location.clone())
    }

    /// Refuses what needs an account whose creation still runs.
    fn account_is_made(self, account: &StorageAccount) -> Result<(), Refusal> {
        if self.is_running(account.creation.as_ref()) {
            Err(Refusal::Unsettled(
                Thing::StorageAccount,
                account.name.clone(),
            ))
        } else {
            Ok(())
        }
    }
}

impl World {
    /// Adds a storage account to what is there at birth.
    pub(crate) fn seed_storage_account(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
        location: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let place = Place::Location(location.into());
        let account = StorageAccount {
            name: name.into(),
            description: None,
            label: STANDARD.encode(name),
            location: self.of(subscription).region_of(&place)?,
            place,
            account_type: AccountType::StandardLrs,
            created: now,
            extended_properties: Vec::new(),
            keys: [
                fresh_key(&mut self.ground.sources.chance),
                fresh_key(&mut self.ground.sources.chance),
            ],
            creation: None,
        };
        if let Some(held) = self.held_mut(subscription) {
            held.storage.put(account);
        }
        self.touch_account(subscription, name);
        Ok(())
    }
}
