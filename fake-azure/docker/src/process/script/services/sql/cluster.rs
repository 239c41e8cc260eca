//! What a database server keeps: databases, roles, and files for both.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::files::{Credentials, Errno, Open, View};
use crate::process::script::services::secret::{ITERATIONS, salted};
use crate::process::script::services::sql::Facts;
use crate::process::script::services::sql::database::Journal;
use crate::process::script::services::sql::{Database, Dialect, Session, parse};

/// The most databases and the most roles.
const MOST: usize = 1_000;
/// What passwords are hashed with: it need not be a secret here.
pub(in super::super) const SALT: &[u8; 16] = b"simulated-server";

/// What a server keeps.
pub(in super::super) struct Cluster {
    dialect: Dialect,
    pub(in super::super) data: String,
    files: View,
    user: Credentials,
    kept: Mutex<Kept>,
}

struct Kept {
    databases: BTreeMap<String, Database>,
    roles: BTreeMap<String, Role>,
    connections: u32,
}

#[derive(Clone, Default)]
struct Role {
    password: Option<String>,
    /// The hashed password, once somebody needed it.
    salted: Option<[u8; 32]>,
}

impl Cluster {
    pub(in super::super) fn new(
        dialect: Dialect,
        data: String,
        files: View,
        user: Credentials,
    ) -> Self {
        Self {
            dialect,
            data,
            files,
            user,
            kept: Mutex::new(Kept {
                databases: BTreeMap::new(),
                roles: BTreeMap::new(),
                connections: 0,
            }),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the next connection.
    pub(in super::super) fn connect(&self) -> u32 {
        let mut kept = self.kept();
        kept.connections += 1;
        kept.connections
    }

    pub(in super::super) fn has_database(&self, name: &str) -> bool {
        self.kept().databases.contains_key(name)
    }

    pub(in super::super) fn database_names(&self) -> Vec<String> {
        self.kept().databases.keys().cloned().collect()
    }

    /// Makes a database; false when there is one of this name.
    pub(in super::super) fn create_database(&self, name: &str, now: Timestamp) -> bool {
        let mut kept = self.kept();
        if kept.databases.contains_key(name) || kept.databases.len() >= MOST {
            return false;
        }
        kept.databases.insert(name.to_owned(), Database::default());
        drop(kept);
        self.write(&self.file(name), Vec::new(), now).ok();
        true
    }

    pub(in super::super) fn has_role(&self, name: &str) -> bool {
        self.kept().roles.contains_key(name)
    }

    /// Makes or changes a role.
    pub(in super::super) fn set_role(&self, name: &str, password: Option<String>, now: Timestamp) {
        let mut kept = self.kept();
        if kept.roles.len() >= MOST && !kept.roles.contains_key(name) {
            return;
        }
        let role = kept.roles.entry(name.to_owned()).or_default();
        if password.is_some() {
            role.password = password;
            role.salted = None;
        }
        let roles: BTreeMap<&String, &Option<String>> = kept
            .roles
            .iter()
            .map(|(name, role)| (name, &role.password))
            .collect();
        // Names and texts are always JSON.
        let bytes = serde_json::to_vec(&roles).unwrap_or_default();
        drop(kept);
        self.write(&format!("{}/global/roles.json", self.data), bytes, now)
            .ok();
    }

    pub(in super::super) fn password(&self, role: &str) -> Option<String> {
        self.kept().roles.get(role)?.password.clone()
    }

    /// The password as SCRAM works with it; hashed once.
    pub(in super::super) fn salted(&self, role: &str) -> Option<[u8; 32]> {
        let mut kept = self.kept();
        let role = kept.roles.get_mut(role)?;
        if role.salted.is_none() {
            role.salted = Some(salted(role.password.as_deref()?, SALT, ITERATIONS));
        }
        role.salted
    }

    /// Does something with a database, and keeps in its file what that changed.
    pub(in super::super) fn with<T>(
        &self,
        name: &str,
        now: Timestamp,
        work: impl FnOnce(&mut Database) -> T,
    ) -> Option<T> {
        let (done, journal) = {
            let mut kept = self.kept();
            let database = kept.databases.get_mut(name)?;
            database.counter += 1;
            let done = work(database);
            (done, database.journal(self.dialect))
        };
        let file = self.file(name);
        // A full disk is not told to clients that could do nothing about it.
        match journal {
            Journal::Nothing => {}
            Journal::Append(text) => drop(self.append(&file, &text, now)),
            Journal::Rewrite(text) => drop(self.write(&file, text.into_bytes(), now)),
        }
        Some(done)
    }

    fn file(&self, database: &str) -> String {
        format!("{}/base/{}.sql", self.data, database.replace('/', "_"))
    }

    pub(in super::super) fn write(
        &self,
        file: &str,
        bytes: Vec<u8>,
        now: Timestamp,
    ) -> Result<(), Errno> {
        if let Some((folder, _)) = file.rsplit_once('/') {
            self.files.create_dir_all(folder, 0o700, &self.user, now)?;
        }
        self.files.write(file, bytes, 0o600, &self.user, now)
    }

    fn append(&self, file: &str, text: &str, now: Timestamp) -> Result<(), Errno> {
        let how = Open {
            write: true,
            append: true,
            create: true,
            mode: 0o600,
            ..Open::default()
        };
        self.files
            .open(file, how, &self.user, now)?
            .append(text.as_bytes(), now)?;
        Ok(())
    }

    /// Whether a file of this name is in the cluster's folder.
    pub(in super::super) fn has_file(&self, name: &str) -> bool {
        self.files
            .exists(&format!("{}/{name}", self.data), &self.user)
    }

    /// Forgets a database; false when there is none of this name.
    pub(in super::super) fn drop_database(&self, name: &str, now: Timestamp) -> bool {
        let dropped = self.kept().databases.remove(name).is_some();
        self.files
            .remove_file(&self.file(name), &self.user, now)
            .ok();
        dropped
    }

    /// Reads what an earlier server has left.
    pub(in super::super) fn load(&self, facts: &Facts) {
        let roles = self
            .files
            .read(&format!("{}/global/roles.json", self.data), &self.user);
        let roles = roles
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let roles: BTreeMap<String, Option<String>> = roles.unwrap_or_default();
        let mut kept = self.kept();
        for (name, password) in roles {
            let role = Role {
                password,
                salted: None,
            };
            kept.roles.insert(name, role);
        }
        let folder = format!("{}/base", self.data);
        for entry in self.files.read_dir(&folder, &self.user).unwrap_or_default() {
            let Some(name) = entry.name.strip_suffix(".sql") else {
                continue;
            };
            let content = self
                .files
                .read(&format!("{folder}/{}", entry.name), &self.user);
            let text = String::from_utf8_lossy(&content.unwrap_or_default()).into_owned();
            let mut database = Database::default();
            let mut session = Session::default();
            for parsed in parse(&text, self.dialect).unwrap_or_default() {
                if let Ok(statement) = parsed.statement {
                    // What cannot be done any more is lost; the rest is there.
                    database.execute(&mut session, &statement, &[], facts).ok();
                }
            }
            database.journal(self.dialect);
            kept.databases.insert(name.to_owned(), database);
        }
    }
}
