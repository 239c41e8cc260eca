//! Where a server is, and who wants in.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::process::{Connection, Process};

/// Where a server is, and who wants in.
pub(super) struct Target {
    pub(super) host: Option<String>,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) database: String,
    pub(super) password: Option<String>,
}

impl Target {
    pub(super) fn of(process: &Process) -> Self {
        let variable = |name: &str| {
            process
                .variable(name)
                .map(str::to_owned)
                .filter(|v| !v.is_empty())
        };
        let user = variable("PGUSER");
        let user = user.or_else(|| process.user.is_root().then(|| "root".to_owned()));
        let user = user.unwrap_or_else(|| "postgres".to_owned());
        Self {
            host: variable("PGHOST"),
            port: variable("PGPORT")
                .and_then(|port| port.parse().ok())
                .unwrap_or(5432),
            database: variable("PGDATABASE").unwrap_or_default(),
            password: variable("PGPASSWORD"),
            user,
        }
    }

    /// Takes the name of a database, or a URL that says all.
    pub(super) fn name(&mut self, name: &str) {
        if self.read_url(name).is_none() {
            name.clone_into(&mut self.database);
        }
    }

    /// Reads `postgresql://user:password@host:port/database`.
    fn read_url(&mut self, url: &str) -> Option<()> {
        let rest = url
            .strip_prefix("postgresql://")
            .or_else(|| url.strip_prefix("postgres://"))?;
        let rest = rest.split('?').next().unwrap_or(rest);
        let (account, rest) = rest
            .rsplit_once('@')
            .map_or((None, rest), |(a, r)| (Some(a), r));
        if let Some(account) = account {
            let (user, password) = account.split_once(':').unwrap_or((account, ""));
            user.clone_into(&mut self.user);
            self.password = Some(password.to_owned()).filter(|password| !password.is_empty());
        }
        let (server, database) = rest.split_once('/').unwrap_or((rest, ""));
        database.clone_into(&mut self.database);
        let (host, port) = server.rsplit_once(':').unwrap_or((server, "5432"));
        self.host = Some(host.to_owned()).filter(|host| !host.is_empty());
        self.port = port.parse().ok()?;
        Some(())
    }

    /// How the server is called in messages.
    pub(super) fn title(&self) -> String {
        match &self.host {
            Some(host) if !host.starts_with('/') => format!("{host}:{}", self.port),
            _ => format!("/var/run/postgresql:{}", self.port),
        }
    }

    pub(super) async fn connect(&self, process: &Process) -> Result<Connection, String> {
        let network = process.space.network();
        let (address, words) = match self.host.as_deref().filter(|host| !host.starts_with('/')) {
            None => {
                let words = format!(
                    "connection to server on socket \"/var/run/postgresql/.s.PGSQL.{}\" failed: No \
                     such file or directory\n\tIs the server running locally and accepting \
                     connections on that socket?",
                    self.port
                );
                (IpAddr::from(Ipv4Addr::LOCALHOST), words)
            }
            Some(host) => {
                let address = host
                    .parse()
                    .ok()
                    .or_else(|| network.resolve(host).into_iter().next());
                let Some(address) = address else {
                    return Err(format!(
                        "could not translate host name \"{host}\" to address: Name or service not known"
                    ));
                };
                let words = format!(
                    "connection to server at \"{host}\" ({address}), port {} failed: Connection \
                     refused\n\tIs the server running on that host and accepting TCP/IP connections?",
                    self.port
                );
                (address, words)
            }
        };
        let connected = network.connect(SocketAddr::new(address, self.port)).await;
        connected.map_err(|_| words)
    }
}
