//! Databases and caches.

use super::super::contents::Contents;
use super::super::recipe::{Recipe, Repository};
use super::system::{self, Account};

pub(super) static REPOSITORIES: [Repository; 7] = [
    Repository::new(
        "redis",
        "Redis is the world's fastest data platform for caching, vector search, and NoSQL databases.",
        13_505,
        redis,
    ),
    Repository::new("valkey/valkey", "Official Valkey Docker Image", 109, valkey),
    Repository::new(
        "postgres",
        "The PostgreSQL object-relational database system provides reliability and data integrity.",
        14_522,
        postgres,
    ),
    Repository::new(
        "mysql",
        "MySQL is a widely used, open-source relational database management system (RDBMS).",
        16_013,
        mysql,
    ),
    Repository::new(
        "mariadb",
        "MariaDB Server is a high performing open source relational database, forked from MySQL.",
        5_981,
        mariadb,
    ),
    Repository::new(
        "mongo",
        "MongoDB document databases provide high availability and easy scalability.",
        10_612,
        mongo,
    ),
    Repository::new(
        "memcached",
        "Free & open source, high-performance, distributed memory object caching system.",
        2_301,
        memcached,
    ),
];

const REDIS: Account = Account {
    name: "redis",
    uid: 999,
    gid: 1000,
    home: "/home/redis",
};

fn redis() -> Vec<Recipe> {
    let on = |base: &'static str, tags: &str, version: &str, sizes| {
        Recipe::on(base, tags, "2025-07-06T18:51:06Z")
            .env(&[&format!("REDIS_VERSION={version}")])
            .layer("RUN /bin/sh -c install redis", sizes, move |files| {
                system::add_account(files, base, REDIS);
                files
                    .programs(
                        "usr/local/bin",
                        "redis-server redis-cli redis-benchmark gosu",
                    )
                    .links(
                        "usr/local/bin",
                        "redis-check-aof redis-check-rdb redis-sentinel",
                        "redis-server",
                    )
                    .script(
                        "usr/local/bin/docker-entrypoint.sh",
                        &stepping_down("redis-server", "redis", "."),
                    )
                    .dir("data")
                    .owner("data", REDIS.uid, REDIS.gid);
            })
            .volume("/data")
            .workdir("/data")
            .entrypoint(&["docker-entrypoint.sh"])
            .ports(&["6379/tcp"])
            .cmd(&["redis-server"])
    };
    let (debian, alpine) = ("debian:bookworm-slim", "alpine:3.21");
    vec![
        on(debian, "latest 8.2", "8.2.1", (62_201_856, 21_901_312))
            .line("8.2")
            .also("8 bookworm 8-bookworm 8.0"),
        on(
            alpine,
            "alpine 8.2-alpine",
            "8.2.1",
            (63_176_704, 20_100_352),
        )
        .line("8.2-alpine")
        .also("8-alpine 8.0-alpine alpine3.22"),
        on(debian, "7.4", "7.4.5", (42_102_784, 14_804_992))
            .line("7.4")
            .also("7 7-bookworm"),
        on(alpine, "7.4-alpine", "7.4.5", (33_603_584, 13_603_200))
            .line("7.4-alpine")
            .also("7-alpine"),
        on(debian, "7.2", "7.2.10", (42_100_224, 14_801_408))
            .line("7.2")
            .also("7.0"),
        on(alpine, "7.2-alpine", "7.2.10", (33_001_472, 13_406_208))
            .line("7.2-alpine")
            .also("7.0-alpine"),
        on(debian, "6.2", "6.2.19", (38_400_000, 13_001_728))
            .line("6.2")
            .also("6"),
        on(alpine, "6.2-alpine", "6.2.19", (26_001_408, 9_804_800))
            .line("6.2-alpine")
            .also("6-alpine"),
        on(debian, "5", "5.0.14", (35_801_088, 12_101_632))
            .line("5")
            .also("5.0"),
    ]
}

/// How Valkey's image goes on as another user.
const VALKEY_STEP: &str = "setpriv --reuid=valkey --regid=valkey --clear-groups --";

fn valkey() -> Vec<Recipe> {
    let valkey = Recipe::on("debian:bookworm-slim", "latest 8.1", "2025-08-20T18:51:06Z")
        .line("8.1")
        .also("8")
        .layer(
            "RUN /bin/sh -c install valkey",
            (44_102_656, 15_204_352),
            |files| {
                system::add_account(
                    files,
                    "debian",
                    Account {
                        name: "valkey",
                        ..REDIS
                    },
                );
                files
                    .programs("usr/local/bin", "valkey-server valkey-cli valkey-benchmark")
                    .script(
                        "usr/local/bin/docker-entrypoint.sh",
                        &stepping_down("valkey-server", "valkey", ".")
                            .replace("gosu valkey", VALKEY_STEP),
                    )
                    .dir("data")
                    .owner("data", REDIS.uid, REDIS.gid);
            },
        )
        .volume("/data")
        .workdir("/data")
        .entrypoint(&["docker-entrypoint.sh"])
        .ports(&["6379/tcp"])
        .cmd(&["valkey-server"]);
    vec![valkey]
}

/// An entrypoint that runs its server where it is given nothing but options.
fn dispatcher(server: &str) -> String {
    format!(
        "#!/bin/sh\nset -e\ncase \"${{1:-}}\" in\n    -* | *.conf | '') set -- {server} \"$@\" ;;\nesac\nexec \"$@\"\n"
    )
}

/// The same, which gives a folder to the server's user and goes on as that user.
fn stepping_down(server: &str, user: &str, data: &str) -> String {
    let drop = format!(
        r#"
if [ "$1" = {server} ] && [ "$(id -u)" = 0 ]; then
    find {data} ! -user {user} -exec chown {user} {{}} +
    exec gosu {user} "$0" "$@"
fi
exec "$@""#
    );
    dispatcher(server).replace("\nexec \"$@\"", &drop)
}

fn postgres() -> Vec<Recipe> {
    const RELEASES: [(&str, &str, &str); 6] = [
        ("17", "17.6", "latest"),
        ("16", "16.10", ""),
        ("15", "15.14", ""),
        ("14", "14.19", ""),
        ("13", "13.22", ""),
        ("12", "12.22", ""),
    ];
    let on = |base: &'static str, tags: &str, (number, version): (&'static str, &str), sizes| {
        let path = if base.starts_with("alpine") {
            "usr/local".to_owned()
        } else {
            format!("usr/lib/postgresql/{number}")
        };
        let uid = if base.starts_with("alpine") { 70 } else { 999 };
        let search = format!(
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/{path}/bin"
        );
        Recipe::on(base, tags, "2025-08-14T20:01:42Z")
            .env(&[
                "GOSU_VERSION=1.18",
                "LANG=en_US.utf8",
                &format!("PG_MAJOR={number}"),
            ])
            .env(&[
                &search,
                &format!("PG_VERSION={version}"),
                "PGDATA=/var/lib/postgresql/data",
            ])
            .layer("RUN /bin/sh -c install postgresql", sizes, move |files| {
                let account = Account {
                    name: "postgres",
                    uid,
                    gid: uid,
                    home: "/var/lib/postgresql",
                };
                system::add_account(files, base, account);
                let bin = format!("{path}/bin");
                files
                    .programs(
                        &bin,
                        "postgres psql pg_isready initdb pg_ctl pg_dump pg_dumpall pg_restore",
                    )
                    .programs(
                        &bin,
                        "createdb createuser dropdb dropuser pg_basebackup vacuumdb",
                    )
                    .program("usr/local/bin/gosu", "gosu")
                    .script("usr/local/bin/docker-entrypoint.sh", POSTGRES_ENTRYPOINT)
                    .link(
                        "usr/local/bin/docker-enforce-initdb.sh",
                        "docker-entrypoint.sh",
                    )
                    .dir("docker-entrypoint-initdb.d");
                for directory in [
                    "var/lib/postgresql",
                    "var/lib/postgresql/data",
                    "var/run/postgresql",
                ] {
                    // `/var/run` leads to `/run`, where a layer must name the place itself.
                    let directory = directory.replace("var/run", "run");
                    files.dir(&directory).owner(&directory, uid, uid);
                }
                files
                    .mode("var/lib/postgresql/data", 0o1777)
                    .mode("run/postgresql", 0o3777);
            })
            .volume("/var/lib/postgresql/data")
            .entrypoint(&["docker-entrypoint.sh"])
            .stop_signal("SIGINT")
            .ports(&["5432/tcp"])
            .cmd(&["postgres"])
    };
    let releases = RELEASES.into_iter();
    releases
        .flat_map(|(number, version, newest)| {
            let release = (number, version);
            let debian = on(
                "debian:bookworm-slim",
                &format!("{number} {newest}"),
                release,
                (363_204_608, 127_901_696),
            );
            let alpine = on(
                "alpine:3.22",
                &format!("{number}-alpine"),
                release,
                (270_102_528, 104_300_544),
            );
            let (debian_alias, alpine_alias) = match newest {
                "" => ("", ""),
                _ => ("bookworm", "alpine alpine3.22"),
            };
            [
                debian.line(number).also(debian_alias),
                alpine.line(&format!("{number}-alpine")).also(alpine_alias),
            ]
        })
        .collect()
}

/// Refuses to start without a password as the real one does, and leaves the rest to the
/// server.
const POSTGRES_ENTRYPOINT: &str = r#"#!/bin/sh
set -e

case "${1:-}" in
    -*) set -- postgres "$@" ;;
esac

if [ "$1" = postgres ] && [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA" /var/run/postgresql
    chmod 0700 "$PGDATA" || :
    chmod 03775 /var/run/postgresql || :
    find "$PGDATA" /var/run/postgresql ! -user postgres -exec chown postgres {} +
    exec gosu postgres "$0" "$@"
fi

if [ "$1" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
    if [ -z "$POSTGRES_PASSWORD" ] && [ -n "$POSTGRES_PASSWORD_FILE" ]; then
        POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
        export POSTGRES_PASSWORD
    fi
    if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
        echo 'Error: Database is uninitialized and superuser password is not specified.' >&2
        echo '       Set POSTGRES_PASSWORD to a value that is not empty, for example' >&2
        echo '       "-e POSTGRES_PASSWORD=password" on "docker run".' >&2
        exit 1
    fi
fi

exec "$@"
"#;

/// What the servers of one family differ in.
struct Server {
    account: Account,
    daemon: &'static str,
    clients: &'static str,
    data: &'static str,
    ports: &'static [&'static str],
}

/// Describes a server whose entrypoint runs a daemon on a folder of data.
fn server(
    base: &'static str,
    tags: &str,
    created: &'static str,
    sizes: (u64, u64),
    server: &'static Server,
) -> Recipe {
    Recipe::on(base, tags, created)
        .layer(
            &format!("RUN /bin/sh -c install {}", server.daemon),
            sizes,
            |files| {
                system::add_account(files, "debian", server.account);
                files
                    .programs("usr/bin", server.clients)
                    .program(&format!("usr/sbin/{}", server.daemon), server.daemon)
                    .program("usr/local/bin/gosu", "gosu")
                    .script(
                        "usr/local/bin/docker-entrypoint.sh",
                        &stepping_down(
                            server.daemon,
                            server.account.name,
                            &format!("/{}", server.data.trim_start_matches('/')),
                        ),
                    )
                    .dir("docker-entrypoint-initdb.d");
                if server.daemon == MARIADB.daemon {
                    files.script("usr/local/bin/healthcheck.sh", MARIADB_CHECK);
                }
                files
                    .dir(server.data)
                    .owner(server.data, server.account.uid, server.account.gid);
            },
        )
        .volume(server.data)
        .entrypoint(&["docker-entrypoint.sh"])
        .ports(server.ports)
        .cmd(&[server.daemon])
}

const MYSQL: Server = Server {
    account: Account {
        name: "mysql",
        uid: 999,
        gid: 999,
        home: "/var/lib/mysql",
    },
    daemon: "mysqld",
    clients: "mysql mysqladmin mysqldump mysqlpump mysqlslap",
    data: "/var/lib/mysql",
    ports: &["3306/tcp", "33060/tcp"],
};

fn mysql() -> Vec<Recipe> {
    let created = "2025-07-22T17:02:11Z";
    let on = |tags: &str, version: &str, sizes| {
        server("debian:bookworm-slim", tags, created, sizes, &MYSQL)
            .env(&["GOSU_VERSION=1.17", &format!("MYSQL_VERSION={version}")])
    };
    vec![
        on("latest 9.4", "9.4.0-1.el9", (784_105_472, 230_102_016))
            .line("9.4")
            .also("9 innovation"),
        on("8.4", "8.4.6-1.el9", (703_202_304, 205_303_808))
            .line("8.4")
            .also("lts"),
        on("8.0", "8.0.43-1.el9", (706_203_648, 207_001_600))
            .line("8.0")
            .also("8"),
        on("5.7", "5.7.44-1.el7", (426_205_184, 112_001_024))
            .line("5.7")
            .also("5"),
    ]
}

/// What MariaDB's image offers as its health check: whether the server answers.
const MARIADB_CHECK: &str = "#!/bin/sh\nexec mariadb-admin ping --silent >/dev/null\n";

const MARIADB: Server = Server {
    daemon: "mariadbd",
    clients: "mariadb mariadb-admin mariadb-dump mysql mysqladmin mysqldump",
    ports: &["3306/tcp"],
    account: MYSQL.account,
    data: MYSQL.data,
};

fn mariadb() -> Vec<Recipe> {
    let on = |tags: &str, version: &str, sizes| {
        server(
            "ubuntu:24.04",
            tags,
            "2025-08-07T15:23:54Z",
            sizes,
            &MARIADB,
        )
        .env(&[
            "GOSU_VERSION=1.17",
            "LANG=C.UTF-8",
            &format!("MARIADB_VERSION={version}"),
        ])
    };
    vec![
        on(
            "latest 12.0",
            "1:12.0.2+maria~ubu2404",
            (256_102_400, 70_102_016),
        )
        .line("12.0")
        .also("12 noble"),
        on("11.8", "1:11.8.3+maria~ubu2404", (250_102_784, 69_304_320))
            .line("11.8")
            .also("11 lts"),
        on(
            "10.11",
            "1:10.11.14+maria~ubu2204",
            (252_201_984, 70_008_832),
        )
        .line("10.11")
        .also("10"),
        on("10.6", "1:10.6.23+maria~ubu2204", (228_202_496, 66_105_344)).line("10.6"),
    ]
}

const MONGO: Server = Server {
    account: Account {
        name: "mongodb",
        uid: 999,
        gid: 999,
        home: "/data/db",
    },
    daemon: "mongod",
    clients: "mongos mongosh mongodump mongorestore mongoexport mongoimport mongostat mongotop",
    data: "/data/db",
    ports: &["27017/tcp"],
};

fn mongo() -> Vec<Recipe> {
    let on = |tags: &str, version: &str, sizes| {
        server("ubuntu:22.04", tags, "2025-08-07T01:37:18Z", sizes, &MONGO)
            .env(&["HOME=/data/db", &format!("MONGO_VERSION={version}")])
            .volume("/data/configdb")
    };
    vec![
        on("latest 8.0", "8.0.12", (809_103_360, 269_402_112))
            .line("8.0")
            .also("8 noble"),
        on("7.0", "7.0.23", (756_402_176, 252_104_704))
            .line("7.0")
            .also("7 jammy"),
        on("6.0", "6.0.25", (650_103_808, 228_003_840))
            .line("6.0")
            .also("6"),
        on("5.0", "5.0.31", (590_008_320, 214_105_088))
            .line("5.0")
            .also("5"),
        on("4.4", "4.4.29", (340_205_568, 124_602_368))
            .line("4.4")
            .also("4"),
    ]
}

fn memcached() -> Vec<Recipe> {
    let on = |base: &'static str, tags: &str, sizes| {
        Recipe::on(base, tags, "2025-08-12T20:53:36Z")
            .env(&["MEMCACHED_VERSION=1.6.39"])
            .layer(
                "RUN /bin/sh -c install memcached",
                sizes,
                move |files: &mut Contents| {
                    let account = Account {
                        name: "memcache",
                        uid: 11211,
                        gid: 11211,
                        home: "/home/memcache",
                    };
                    system::add_account(files, base, account);
                    files
                        .program("usr/local/bin/memcached", "memcached")
                        .script(
                            "usr/local/bin/docker-entrypoint.sh",
                            &dispatcher("memcached"),
                        );
                },
            )
            .entrypoint(&["docker-entrypoint.sh"])
            .user("memcache")
            .ports(&["11211/tcp"])
            .cmd(&["memcached"])
    };
    vec![
        on("debian:trixie-slim", "latest 1.6", (6_604_288, 2_503_680))
            .line("1.6")
            .also("1 trixie"),
        on("alpine:3.22", "alpine 1.6-alpine", (3_102_720, 1_304_576))
            .line("1.6-alpine")
            .also("1-alpine"),
    ]
}
