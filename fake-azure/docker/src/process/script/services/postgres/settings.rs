//! The settings that `SHOW` shows.

/// Those that a client is told of at the start and when they change.
pub(super) const REPORTED: [&str; 13] = [
    "in_hot_standby",
    "integer_datetimes",
    "TimeZone",
    "IntervalStyle",
    "is_superuser",
    "application_name",
    "default_transaction_read_only",
    "DateStyle",
    "standard_conforming_strings",
    "session_authorization",
    "client_encoding",
    "server_version",
    "server_encoding",
];

const DEFAULTS: [(&str, &str); 30] = [
    ("application_name", ""),
    ("client_encoding", "UTF8"),
    ("client_min_messages", "notice"),
    ("config_file", "/var/lib/postgresql/data/postgresql.conf"),
    ("datestyle", "ISO, MDY"),
    ("default_transaction_isolation", "read committed"),
    ("default_transaction_read_only", "off"),
    ("extra_float_digits", "1"),
    ("hba_file", "/var/lib/postgresql/data/pg_hba.conf"),
    ("in_hot_standby", "off"),
    ("integer_datetimes", "on"),
    ("intervalstyle", "postgres"),
    ("is_superuser", "on"),
    ("lc_collate", "en_US.utf8"),
    ("listen_addresses", "*"),
    ("lock_timeout", "0"),
    ("max_connections", "100"),
    ("max_identifier_length", "63"),
    ("port", "5432"),
    ("search_path", "\"$user\", public"),
    ("server_encoding", "UTF8"),
    ("shared_buffers", "128MB"),
    ("ssl", "off"),
    ("standard_conforming_strings", "on"),
    ("statement_timeout", "0"),
    ("timezone", "Etc/UTC"),
    ("transaction_isolation", "read committed"),
    ("transaction_read_only", "off"),
    ("wal_level", "replica"),
    ("work_mem", "4MB"),
];

/// The value of a setting that nobody changed.
pub(super) fn default(name: &str) -> Option<&'static str> {
    let found = DEFAULTS.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| *value)
}
