//! The directory: the tenant that subscriptions belong to, who can sign in there, and what they
//! were given when they did.
//!
//! It is data, as the rest of the world is. What it says yes to is decided by reading alone; what
//! changes is a [`Change`], which tells everything that comes of it, so that it can be written
//! down and done again.

mod application;
mod device_code;
mod refusal;
mod secret;
mod terms;
mod user;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use simulation::Chance;
use simulation::chance::seed_of_part;

pub(crate) use application::{Application, ClientSecret};
pub(crate) use device_code::{DeviceCode, Standing};
pub(crate) use refusal::DirectoryRefusal;
pub(crate) use secret::Secret;
pub use terms::Approval;
pub(crate) use terms::DirectoryTerms;
pub(crate) use user::User;

/// The part of the seed that a directory follows from.
const DIRECTORY: u64 = 1 << 62;

/// How many device codes may wait to be approved; the oldest go first.
const DEVICE_CODES: usize = 1_000;

/// How many refresh tokens are good at a time; the oldest go first.
const REFRESH_TOKENS: usize = 10_000;

/// How long a refresh token is good, in days.
const REFRESH_DAYS: i64 = 90;

/// A tenant, its applications and its users.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Directory {
    tenant: String,
    domain: String,
    approval: Approval,
    applications: BTreeMap<String, Application>,
    users: BTreeMap<String, User>,
    device_codes: BTreeMap<String, DeviceCode>,
    refresh_tokens: BTreeMap<String, RefreshToken>,
    /// Made when the first token is.
    key: Option<SigningKey>,
    /// How many device codes and refresh tokens there were: tells which is the oldest.
    given: u64,
}

/// The key that tokens are signed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SigningKey {
    /// What tokens call it by.
    pub(crate) id: String,
    /// PKCS#8 in base64.
    pub(crate) pkcs8: Secret,
}

/// What a user's program can get further tokens for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RefreshToken {
    /// The user's name, as users are found by.
    pub(crate) user: String,
    /// Which program it was given to.
    pub(crate) client: String,
    /// What it was given for; it is good for all else, too.
    pub(crate) audience: String,
    expires: Timestamp,
    number: u64,
}

/// Something that changes the directory.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Change {
    /// There is a key to sign with.
    KeyMade(SigningKey),
    /// A program shows somebody a code.
    DeviceCodeBegun {
        /// What the program has.
        code: Secret,
        /// What somebody is to type.
        user_code: String,
        /// Which program it is.
        client: String,
        /// What it wants a token for.
        audience: String,
        /// Until when it is good.
        expires: Timestamp,
    },
    /// A program asked whether its code was approved.
    DeviceCodeAsked(Secret),
    /// A code was approved for this user, or, without one, declined.
    DeviceCodeAnswered {
        /// The code.
        code: Secret,
        /// For whom.
        user: Option<String>,
    },
    /// A user has signed in.
    SignedIn {
        /// Who.
        user: String,
        /// With which program.
        client: String,
        /// What for.
        audience: String,
        /// What the program has from now on.
        refresh_token: Secret,
        /// The device code that is used up by it.
        device_code: Option<Secret>,
    },
}

impl Directory {
    /// The directory that a seed stands for, under these terms.
    pub(crate) fn born(seed: u64, terms: &DirectoryTerms) -> Self {
        let mut chance = Chance::seeded(seed_of_part(seed, DIRECTORY));
        // All is drawn whatever the terms say, so that one of them moves nothing else.
        let tenant = chance.uuid();
        let domain = format!("fakeazure{}.onmicrosoft.com", 10_000 + chance.below(90_000));
        let application = Application::drawn(&mut chance);
        let owner = User::drawn(&mut chance);
        let further: u64 = seed_of_part(seed, DIRECTORY + 1);
        let domain = terms.domain.clone().unwrap_or(domain);
        let mut directory = Self {
            tenant: terms.tenant.clone().unwrap_or(tenant),
            approval: terms.approval,
            ..Self::default()
        };
        let application = application.under(terms);
        directory
            .applications
            .insert(application.id.clone(), application);
        let owner = owner.called(&format!("admin@{domain}"));
        let mut chance = Chance::seeded(further);
        let told = terms.users.iter().map(|(name, password)| {
            let full = if name.contains('@') {
                name.clone()
            } else {
                format!("{name}@{domain}")
            };
            User::drawn(&mut chance).called(&full).with(password)
        });
        let users: Vec<User> = std::iter::once(owner).chain(told).collect();
        for user in users {
            directory.users.insert(user.key(), user);
        }
        directory.domain = domain;
        directory
    }

    /// The tenant: a lower-case GUID.
    pub(crate) fn tenant(&self) -> &str {
        &self.tenant
    }

    /// The tenant's first domain.
    pub(crate) fn domain(&self) -> &str {
        &self.domain
    }

    /// Whether somebody who says this means this tenant: its identifier, its domain, or a word
    /// for whichever tenant it may be.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        [&self.tenant, &self.domain, "common", "organizations"]
            .iter()
            .any(|own| own.eq_ignore_ascii_case(name))
    }

    /// The application that programs sign in as unless they are told otherwise.
    pub(crate) fn service_principal(&self) -> Option<&Application> {
        self.applications.values().next()
    }

    /// The application of this identifier.
    pub(crate) fn application(&self, id: &str) -> Result<&Application, DirectoryRefusal> {
        self.applications
            .get(&id.to_ascii_lowercase())
            .ok_or_else(|| DirectoryRefusal::NoApplication(id.to_owned()))
    }

    /// The user who signs in with a name and a password.
    pub(crate) fn user_with(&self, name: &str, password: &str) -> Result<&User, DirectoryRefusal> {
        self.users
            .get(&name.to_lowercase())
            .filter(|user| user.password.is(password))
            .ok_or(DirectoryRefusal::WrongPassword)
    }

    /// A user by name; the one who approves what nobody else is named for, without one.
    pub(crate) fn user(&self, name: Option<&str>) -> Result<&User, DirectoryRefusal> {
        let key = match name {
            Some(name) => name.to_lowercase(),
            None => format!("admin@{}", self.domain).to_lowercase(),
        };
        self.users
            .get(&key)
            .ok_or_else(|| DirectoryRefusal::NoUser(name.unwrap_or(&key).to_owned()))
    }

    /// Who approves device codes.
    pub(crate) fn approval(&self) -> Approval {
        self.approval
    }

    /// How a device code stands.
    pub(crate) fn device_code(
        &self,
        code: &str,
        now: Timestamp,
    ) -> Result<&DeviceCode, DirectoryRefusal> {
        let found = self.device_codes.get(code);
        let found = found.ok_or(DirectoryRefusal::NoDeviceCode)?;
        if found.expires <= now && found.standing != Standing::Used {
            return Err(DirectoryRefusal::OldDeviceCode);
        }
        Ok(found)
    }

    /// The codes that wait for somebody to approve them: what programs have, and what is typed.
    pub(crate) fn waiting_codes(&self, now: Timestamp) -> impl Iterator<Item = (Secret, &str)> {
        self.device_codes
            .iter()
            .filter(move |(_, code)| {
                code.expires > now && matches!(code.standing, Standing::Waiting { .. })
            })
            .map(|(text, code)| (Secret::new(text.clone()), code.user_code.as_str()))
    }

    /// Whose refresh token this is.
    pub(crate) fn refresh_token(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<&RefreshToken, DirectoryRefusal> {
        let found = self.refresh_tokens.get(token);
        let found = found.ok_or(DirectoryRefusal::NoRefreshToken)?;
        if found.expires <= now {
            return Err(DirectoryRefusal::OldRefreshToken);
        }
        Ok(found)
    }

    /// The key to sign with, once there is one.
    pub(crate) fn key(&self) -> Option<&SigningKey> {
        self.key.as_ref()
    }

    /// How it is run and who there is: what each start tells anew.
    pub(super) fn terms(&self) -> impl Serialize + '_ {
        (
            &self.tenant,
            &self.domain,
            self.approval,
            &self.applications,
            &self.users,
        )
    }

    /// Takes on how another directory is run. One of before there were any takes it on wholly.
    pub(super) fn take_terms(&mut self, other: &Self) {
        if self.tenant.is_empty() {
            self.clone_from(other);
        }
        self.approval = other.approval;
    }

    /// Takes on who there is, which each start tells anew; what was given to them stays.
    pub(super) fn take_people(&mut self, other: &Self) {
        self.tenant.clone_from(&other.tenant);
        self.domain.clone_from(&other.domain);
        self.applications.clone_from(&other.applications);
        self.users.clone_from(&other.users);
    }

    /// Signs as another directory does that has stood in its place: programs keep tokens for an
    /// hour, whatever becomes of the world.
    pub(super) fn take_key(&mut self, other: &Self) {
        if other.key.is_some() {
            self.key.clone_from(&other.key);
        }
    }

    /// Carries out a change.
    pub(super) fn carry_out(&mut self, change: Change, at: Timestamp) {
        match change {
            Change::KeyMade(key) => self.key = Some(key),
            Change::DeviceCodeBegun {
                code,
                user_code,
                client,
                audience,
                expires,
            } => {
                self.device_codes
                    .retain(|_, code| code.expires > at && code.standing != Standing::Used);
                let number = self.next_number();
                let begun = DeviceCode {
                    user_code,
                    client,
                    audience,
                    expires,
                    standing: Standing::Waiting { asked: 0 },
                    number,
                };
                self.device_codes.insert(code.into_text(), begun);
                bound(&mut self.device_codes, DEVICE_CODES, |code| code.number);
            }
            Change::DeviceCodeAsked(code) => {
                if let Some(code) = self.device_codes.get_mut(code.text()) {
                    code.asked();
                }
            }
            Change::DeviceCodeAnswered { code, user } => {
                if let Some(code) = self.device_codes.get_mut(code.text()) {
                    code.standing = user.map_or(Standing::Declined, Standing::Approved);
                }
            }
            Change::SignedIn {
                user,
                client,
                audience,
                refresh_token,
                device_code,
            } => {
                let used = device_code.and_then(|code| self.device_codes.get_mut(code.text()));
                if let Some(used) = used {
                    used.standing = Standing::Used;
                }
                let days = jiff::SignedDuration::from_hours(24 * REFRESH_DAYS);
                let given = RefreshToken {
                    user,
                    client,
                    audience,
                    expires: at.checked_add(days).unwrap_or(Timestamp::MAX),
                    number: self.next_number(),
                };
                self.refresh_tokens.insert(refresh_token.into_text(), given);
                bound(&mut self.refresh_tokens, REFRESH_TOKENS, |token| {
                    token.number
                });
            }
        }
    }

    fn next_number(&mut self) -> u64 {
        self.given += 1;
        self.given
    }

    /// What there is, without secrets.
    pub(crate) fn to_json(&self, now: Timestamp) -> Value {
        let applications: Vec<_> = self.applications.values().map(Application::shown).collect();
        let users: Vec<_> = self.users.values().map(User::shown).collect();
        let waiting: Vec<_> = self.waiting_codes(now).map(|(_, code)| code).collect();
        json!({
            "tenant_id": self.tenant,
            "domain": self.domain,
            "applications": applications,
            "users": users,
            "device_codes": waiting,
            "refresh_tokens": self.refresh_tokens.len(),
        })
    }
}

/// Lets the oldest go until there are as many as may be.
fn bound<T>(all: &mut BTreeMap<String, T>, most: usize, number: impl Fn(&T) -> u64) {
    while all.len() > most {
        let oldest = all.iter().min_by_key(|(_, one)| number(one));
        let Some(oldest) = oldest.map(|(key, _)| key.clone()) else {
            return;
        };
        all.remove(&oldest);
    }
}

#[cfg(test)]
mod tests;
