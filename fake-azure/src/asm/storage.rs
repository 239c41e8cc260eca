//! Storage accounts.

use crate::world::storage::Command;
use crate::world::{AccountType, KeyKind, NewStorageAccount, StorageAccount, StorageAccountUpdate};

use super::contract::Cursor;
use super::members::{
    availability, check_description, check_label, check_new_label, place, properties, read_place,
    read_properties, read_word,
};
use super::route::{Route, routes};
use super::writer::{Xml, element, seconds, text};
use super::{Answer, Call, Refused};

pub(super) const ROUTES: &[Route] = routes! {
    below "/services/storageservices";
    GET "": "List Storage Accounts" => list;
    POST "": "Create Storage Account" => create;
    GET "/operations/isavailable/{name}": "Check Storage Account Name Availability" => is_available;
    GET "/{name}": "Get Storage Account Properties" => get;
    PUT "/{name}": "Update Storage Account" => update;
    DELETE "/{name}": "Delete Storage Account" => delete;
    GET "/{name}/keys": "Get Storage Account Keys" => keys;
    POST "/{name}/keys" if "action" = "regenerate": "Regenerate Storage Account Keys" => regenerate;
    POST "/{name}/migration": "Migrate Storage Account";
};

/// The members of a new account. `GeoReplicationEnabled` is from before there were types.
const NEW_ACCOUNT: &[&str] = &[
    "ServiceName",
    "Description",
    "Label",
    "AffinityGroup",
    "Location",
    "GeoReplicationEnabled",
    "ExtendedProperties",
    "SecondaryReadEnabled",
    "AccountType",
];
const UPDATED_ACCOUNT: &[&str] = &[
    "Description",
    "Label",
    "GeoReplicationEnabled",
    "ExtendedProperties",
    "SecondaryReadEnabled",
    "AccountType",
];

/// List Storage Accounts.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let accounts = call
        .here()
        .storage_accounts()
        .map(|account| describe(call, account));
    Ok(Answer::Document(element("StorageServices").all(accounts)))
}

/// Get Storage Account Properties.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let account = call.here().storage_account(call.name(0))?;
    let capabilities = element("Capabilities").text("Capability", "PersistentVMRole");
    let (document, creation) = (
        describe(call, account).with(capabilities),
        account.creation.clone(),
    );
    call.look_at(creation);
    Ok(Answer::Document(document))
}

fn describe(call: &Call<'_>, account: &StorageAccount) -> Xml {
    let mut extended = account.extended_properties.clone();
    let group = format!("Default-Storage-{}", account.location.replace(' ', ""));
    for (name, value) in [
        ("ResourceGroup", group),
        ("ResourceLocation", account.location.to_string()),
    ] {
        if !extended.iter().any(|(n, _)| n == name) {
            extended.push((name.to_owned(), value));
        }
    }
    let secondary = account.secondary();
    let endpoints = account.endpoints();
    let told = element("StorageServiceProperties")
        .text_or_nil("Description", account.description.as_deref())
        .with(place(&account.place))
        .text("Label", &account.label)
        .text("Status", call.here().storage_status(account))
        .with(element("Endpoints").all(endpoints.iter().map(|e| text("Endpoint", e))))
        .text("GeoPrimaryRegion", &account.location)
        .text("StatusOfPrimary", "Available")
        .text("GeoSecondaryRegion", secondary.unwrap_or_default())
        .text(
            "StatusOfSecondary",
            if secondary.is_some() { "Available" } else { "" },
        )
        .text("CreationTime", seconds(account.created))
        .with(element("CustomDomains"))
        .maybe(secondary_endpoints(account))
        .text("AccountType", account.account_type);
    element("StorageService")
        .text(
            "Url",
            call.url(&format!("/services/storageservices/{}", account.name)),
        )
        .text("ServiceName", &account.name)
        .with(told)
        .with(properties(&extended))
}

/// Only read-access geo-redundant accounts can be read at their second place.
fn secondary_endpoints(account: &StorageAccount) -> Option<Xml> {
    (account.account_type == AccountType::StandardRagrs).then(|| {
        let hosts = ["blob", "queue", "table"].iter().map(|kind| {
            text(
                "Endpoint",
                format!(
                    "https://{}-secondary.{kind}.core.windows.net/",
                    account.name
                ),
            )
        });
        element("SecondaryEndpoints").all(hosts)
    })
}

/// The type of an account; before there were types, clients told whether it is replicated to
/// another region, and whether it can be read there.
fn account_type(c: &Cursor<'_>) -> Result<Option<AccountType>, Refused> {
    let geo = c.boolean("GeoReplicationEnabled")?;
    let read = c.boolean("SecondaryReadEnabled")?;
    let older = match (geo, read) {
        (Some(false), _) => Some(AccountType::StandardLrs),
        (_, Some(true)) => Some(AccountType::StandardRagrs),
        (Some(true), _) | (None, Some(false)) => Some(AccountType::StandardGrs),
        (None, None) => None,
    };
    Ok(read_word(c, "AccountType")?.or(older))
}

/// Create Storage Account.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let new = call
        .document("CreateStorageServiceInput")?
        .read(NEW_ACCOUNT, |c| {
            let name = c.required("ServiceName")?;
            let description = c.text("Description")?;
            let label = c.required("Label")?;
            let group = c.text("AffinityGroup")?;
            let place = read_place(c.text("Location")?, group);
            let extended_properties = read_properties(c)?.unwrap_or_default();
            let account_type = account_type(c)?;
            // What is out of its place is told before what is missing.
            c.finish()?;
            Ok(NewStorageAccount {
                name,
                description,
                label,
                place: place?,
                extended_properties,
                account_type,
            })
        })?;
    check_label(&new.label)?;
    check_description(new.description.as_deref())?;
    let accepted = format!(
        "{}/subscriptions/{}/storage/{}",
        call.base, call.subscription, new.name
    );
    call.perform(Command::Create { new })?;
    Ok(Answer::AcceptedAt(accepted))
}

/// Update Storage Account.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let update = call
        .document("UpdateStorageServiceInput")?
        .read(UPDATED_ACCOUNT, |c| {
            Ok(StorageAccountUpdate {
                description: c.text("Description")?,
                label: c.text("Label")?,
                extended_properties: read_properties(c)?,
                account_type: account_type(c)?,
            })
        })?;
    check_new_label(update.label.as_deref())?;
    check_description(update.description.as_deref())?;
    let [name] = call.owned();
    call.perform(Command::Update { name, update })?;
    Ok(Answer::Done)
}

/// Delete Storage Account.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let [name] = call.owned();
    call.perform(Command::Delete { name })?;
    Ok(Answer::Done)
}

/// Get Storage Account Keys.
pub(crate) fn keys(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let account = call.here().storage_account(call.name(0))?;
    Ok(Answer::Document(describe_keys(call, account)))
}

fn describe_keys(call: &Call<'_>, account: &StorageAccount) -> Xml {
    let (primary, secondary) = account.keys();
    element("StorageService")
        .text(
            "Url",
            call.url(&format!("/services/storageservices/{}", account.name)),
        )
        .with(
            element("StorageServiceKeys")
                .text("Primary", primary)
                .text("Secondary", secondary),
        )
}

/// Regenerate Storage Account Keys.
pub(crate) fn regenerate(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let kind = call.document("RegenerateKeys")?.read(&["KeyType"], |c| {
        c.expect("KeyType")?.word_in_any_case(&[
            ("Primary", KeyKind::Primary),
            ("Secondary", KeyKind::Secondary),
        ])
    })?;
    let [name] = call.owned();
    call.perform(Command::RenewKey { name, kind })?;
    keys(call)
}

/// Check Storage Account Name Availability.
pub(crate) fn is_available(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let reason = call.here().storage_name_available(call.name(0))?;
    Ok(Answer::Document(availability(reason.as_ref())))
}
