//! Brokers, registries and other services.

use super::super::recipe::{Recipe, Repository};
use super::system::{self, Account};
use crate::state::config::Healthcheck;

pub(super) static REPOSITORIES: [Repository; 13] = [
    Repository::new(
        "registry",
        "Distribution implementation for storing and distributing of container images and artifacts",
        4_180,
        registry,
    ),
    Repository::new(
        "rabbitmq",
        "RabbitMQ is an open source multi-protocol messaging broker.",
        5_302,
        rabbitmq,
    ),
    Repository::new(
        "nats",
        "NATS is an open source, secure, high performance cloud native messaging system.",
        609,
        nats,
    ),
    Repository::new(
        "adminer",
        "Database management in a single PHP file.",
        792,
        adminer,
    ),
    Repository::new(
        "wordpress",
        "The WordPress rich content management system can utilize plugins, widgets, and themes.",
        5_911,
        wordpress,
    ),
    Repository::new("minio/minio", "Multi-Cloud Object Storage", 1_012, minio),
    Repository::new(
        "mailhog/mailhog",
        "Web and API based SMTP testing",
        410,
        mailhog,
    ),
    Repository::new(
        "testcontainers/ryuk",
        "Reaper of what tests with containers leave behind",
        22,
        ryuk,
    ),
    Repository::new(
        "testcontainers/sshd",
        "A server through which containers reach ports of the test's host",
        8,
        sshd,
    ),
    Repository::new(
        "testcontainers/helloworld",
        "A web server for the tests of test libraries",
        3,
        helloworld,
    ),
    Repository::new(
        "portainer/portainer-ce",
        "Portainer Community Edition",
        2_702,
        portainer,
    ),
    Repository::new(
        "prom/prometheus",
        "The Prometheus monitoring system and time series database",
        2_011,
        prometheus,
    ),
    Repository::new(
        "grafana/grafana",
        "The official Grafana docker container",
        3_404,
        grafana,
    ),
];

fn registry() -> Vec<Recipe> {
    let on = |base: &str, tags: &str, created, config: &'static str, sizes| {
        Recipe::on(base, tags, created)
            .layer("COPY ./registry /bin/registry", sizes, move |files| {
                files
                    .program("bin/registry", "registry")
                    .script("entrypoint.sh", REGISTRY_ENTRYPOINT)
                    .text(config.trim_start_matches('/'), REGISTRY_CONFIG);
            })
            .volume("/var/lib/registry")
            .ports(&["5000/tcp"])
            .entrypoint(&["/entrypoint.sh"])
            .cmd(&[config])
    };
    let second = "/etc/docker/registry/config.yml";
    let third = "/etc/distribution/config.yml";
    vec![
        on(
            "alpine:3.20",
            "latest 2",
            "2023-10-02T18:42:48Z",
            second,
            (17_802_240, 6_104_064),
        )
        .line("2")
        .also("2.8 2.8.3"),
        on(
            "alpine:3.22",
            "3",
            "2025-04-03T21:18:52Z",
            third,
            (49_801_728, 15_203_328),
        )
        .line("3")
        .also("3.0 3.0.0"),
    ]
}

const REGISTRY_ENTRYPOINT: &str = "\
#!/bin/sh
set -e
case \"$1\" in
    *.yaml | *.yml) set -- registry serve \"$@\" ;;
    serve | garbage-collect | help | -*) set -- registry \"$@\" ;;
esac
exec \"$@\"
";
const REGISTRY_CONFIG: &str = "\
version: 0.1
log:
  fields:
    service: registry
storage:
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: /var/lib/registry
http:
  addr: :5000
  headers:
    X-Content-Type-Options: [nosniff]
";

fn rabbitmq() -> Vec<Recipe> {
    let plain = ["15692/tcp", "25672/tcp", "4369/tcp", "5671/tcp", "5672/tcp"];
    let managed = [
        "15671/tcp",
        "15672/tcp",
        "15692/tcp",
        "25672/tcp",
        "4369/tcp",
        "5671/tcp",
        "5672/tcp",
    ];
    let (ubuntu, alpine) = ("ubuntu:24.04", "alpine:3.22");
    vec![
        broker(ubuntu, "latest 4.1", &plain, (193_102_848, 74_304_512))
            .line("4.1")
            .also("4"),
        broker(
            ubuntu,
            "management 4.1-management",
            &managed,
            (207_103_488, 80_003_072),
        )
        .line("4.1-management")
        .also("4-management 3-management"),
        broker(
            alpine,
            "alpine 4.1-alpine",
            &plain,
            (170_102_784, 62_001_152),
        )
        .line("4.1-alpine")
        .also("4-alpine"),
        broker(
            alpine,
            "management-alpine 4.1-management-alpine",
            &managed,
            (182_104_064, 66_102_272),
        )
        .line("4.1-management-alpine")
        .also("4-management-alpine 3-management-alpine"),
        broker(ubuntu, "3.13", &plain, (180_102_656, 70_304_768))
            .line("3.13")
            .also("3"),
    ]
}

/// RabbitMQ on a base, with or without its management on further ports.
fn broker(base: &'static str, tags: &str, ports: &[&str], sizes: (u64, u64)) -> Recipe {
    const COMMANDS: [&str; 4] = [
        "rabbitmq-server",
        "rabbitmqctl",
        "rabbitmq-diagnostics",
        "rabbitmq-plugins",
    ];
    Recipe::on(base, tags, "2025-08-12T23:20:58Z")
        .env(&[
            "RABBITMQ_DATA_DIR=/var/lib/rabbitmq",
            "RABBITMQ_VERSION=4.1.3",
            "HOME=/var/lib/rabbitmq",
        ])
        .env(&[
            "RABBITMQ_HOME=/opt/rabbitmq",
            "LANG=C.UTF-8",
            "LANGUAGE=C.UTF-8",
            "LC_ALL=C.UTF-8",
        ])
        .layer("RUN /bin/sh -c install rabbitmq", sizes, move |files| {
            let account = Account {
                name: "rabbitmq",
                uid: 999,
                gid: 999,
                home: "/var/lib/rabbitmq",
            };
            system::add_account(files, base, account);
            for command in COMMANDS {
                let file = format!("/opt/rabbitmq/sbin/{command}");
                files
                    .program(&file, command)
                    .link(&format!("usr/local/bin/{command}"), &file);
            }
            files
                .script(
                    "usr/local/bin/docker-entrypoint.sh",
                    "#!/bin/sh\nset -e\nexec \"$@\"\n",
                )
                .dir("var/lib/rabbitmq")
                .owner("var/lib/rabbitmq", 999, 999);
        })
        .volume("/var/lib/rabbitmq")
        .entrypoint(&["docker-entrypoint.sh"])
        .ports(ports)
        .cmd(&["rabbitmq-server"])
}

fn nats() -> Vec<Recipe> {
    let nats = Recipe::from_scratch("latest 2.11", "2025-08-12T20:10:41Z")
        .line("2.11")
        .also("2 linux")
        .layer(
            "COPY nats-server /nats-server",
            (17_203_200, 6_802_432),
            |files| {
                files
                    .dirs("etc/ssl/certs tmp")
                    .program("nats-server", "nats-server")
                    .text("nats-server.conf", "port: 4222\nhttp_port: 8222\n");
            },
        )
        .ports(&["4222/tcp", "6222/tcp", "8222/tcp"])
        .entrypoint(&["/nats-server"])
        .cmd(&["--config", "nats-server.conf"]);
    vec![nats]
}

fn adminer() -> Vec<Recipe> {
    let adminer = Recipe::on("alpine:3.22", "latest 5", "2025-08-15T20:32:45Z")
        .line("5")
        .also("standalone 4")
        .layer(
            "RUN /bin/sh -c install php and adminer",
            (109_104_128, 38_001_664),
            |files| {
                files
                    .program("usr/local/bin/php", "php")
                    .script(
                        "usr/local/bin/entrypoint.sh",
                        "#!/bin/sh\nset -e\nexec \"$@\"\n",
                    )
                    .text("var/www/html/index.php", "<?php echo 'Adminer';\n");
            },
        )
        .workdir("/var/www/html")
        .user("nobody")
        .entrypoint(&["entrypoint.sh"])
        .ports(&["8080/tcp"])
        .cmd(&["php", "-S", "[::]:8080", "-t", "/var/www/html"]);
    vec![adminer]
}

fn wordpress() -> Vec<Recipe> {
    let wordpress = Recipe::on("debian:bookworm-slim", "latest 6", "2025-08-15T19:53:30Z")
        .line("6")
        .also("apache 6-apache php8.3 php8.2 6.8-apache")
        .env(&["APACHE_CONFDIR=/etc/apache2", "PHP_VERSION=8.3.24"])
        .layer(
            "RUN /bin/sh -c install php, apache and wordpress",
            (665_104_384, 232_002_560),
            |files| {
                files
                    .programs("usr/local/bin", "php apache2-foreground")
                    .script(
                        "usr/local/bin/docker-entrypoint.sh",
                        "#!/bin/sh\nset -e\nexec \"$@\"\n",
                    )
                    .text("var/www/html/index.php", "<?php echo 'WordPress';\n");
            },
        )
        .workdir("/var/www/html")
        .volume("/var/www/html")
        .entrypoint(&["docker-entrypoint.sh"])
        .stop_signal("SIGWINCH")
        .ports(&["80/tcp"])
        .cmd(&["apache2-foreground"]);
    vec![wordpress]
}

fn minio() -> Vec<Recipe> {
    let minio = Recipe::on(
        "debian:bookworm-slim",
        "latest RELEASE.2025-07-23T15-54-02Z",
        "2025-07-23T17:10:42Z",
    )
    .env(&[
        "MINIO_ACCESS_KEY_FILE=access_key",
        "MINIO_SECRET_KEY_FILE=secret_key",
    ])
    .layer(
        "COPY minio /usr/bin/minio",
        (100_102_144, 36_201_472),
        |files| {
            files
                .programs("usr/bin", "minio mc")
                .script("usr/bin/docker-entrypoint.sh", MINIO_ENTRYPOINT);
        },
    )
    .ports(&["9000/tcp"])
    .volume("/data")
    .entrypoint(&["/usr/bin/docker-entrypoint.sh"])
    .cmd(&["minio"]);
    vec![minio]
}

const MINIO_ENTRYPOINT: &str =
    "#!/bin/sh\n[ \"$1\" = minio ] || set -- minio \"$@\"\nexec \"$@\"\n";

fn mailhog() -> Vec<Recipe> {
    let mailhog = Recipe::on("alpine:3.14", "latest v1.0.1", "2020-08-10T14:19:01Z")
        .also("v1.0.0")
        .layer(
            "COPY MailHog /usr/local/bin/",
            (384_102_400, 151_003_136),
            |files| {
                files.program("usr/local/bin/MailHog", "MailHog");
            },
        )
        .workdir("/home/mailhog")
        .entrypoint(&["MailHog"])
        .ports(&["1025/tcp", "8025/tcp"]);
    vec![mailhog]
}

/// The reaper: testcontainers of every language pulls one of these releases.
fn ryuk() -> Vec<Recipe> {
    const RELEASES: [&str; 14] = [
        "0.3.4", "0.4.0", "0.5.0", "0.5.1", "0.6.0", "0.7.0", "0.8.0", "0.8.1", "0.9.0", "0.10.2",
        "0.11.0", "0.12.0", "0.13.0", "0.14.0",
    ];
    let releases = RELEASES.into_iter();
    releases
        .map(|release| {
            let newest = release == "0.14.0";
            let tags = if newest {
                format!("{release} latest")
            } else {
                release.to_owned()
            };
            Recipe::on("alpine:3.20", &tags, "2025-02-07T16:01:22Z")
                .label("org.testcontainers.ryuk.version", release)
                .layer(
                    "COPY /bin/ryuk /bin/ryuk",
                    (8_402_944, 3_504_128),
                    |files| {
                        files.program("bin/ryuk", "ryuk");
                    },
                )
                .ports(&["8080/tcp"])
                .cmd(&["/bin/ryuk"])
        })
        .collect()
}

fn sshd() -> Vec<Recipe> {
    let sshd = Recipe::on("alpine:3.20", "latest 1.3", "2024-10-29T11:54:32Z")
        .also("1.0 1.1 1.2 1.1.0 1.2.0 1.3.0")
        .layer(
            "RUN /bin/sh -c install openssh",
            (12_103_680, 4_801_536),
            |files| {
                files
                    .programs("usr/sbin", "sshd")
                    .programs("usr/bin", "ssh ssh-keygen")
                    .dir("root/.ssh");
            },
        )
        .ports(&["22/tcp"])
        .cmd(&["sh", "-c", "/usr/sbin/sshd -D"]);
    vec![sshd]
}

fn helloworld() -> Vec<Recipe> {
    let helloworld = Recipe::on("alpine:3.20", "latest 1.3.0", "2024-12-12T14:08:13Z")
        .also("1.1.0 1.2.0")
        .layer("COPY app /app", (7_902_208, 3_402_752), |files| {
            files
                .program("app/helloworld", "testcontainers-helloworld")
                .text(
                    "app/static/index.html",
                    "<!DOCTYPE html>\n<title>Hello world</title>\n<h1>Hello world</h1>\n",
                );
        })
        .workdir("/app")
        .ports(&["8080/tcp", "8081/tcp"])
        .cmd(&["/app/helloworld"]);
    vec![helloworld]
}

fn portainer() -> Vec<Recipe> {
    let portainer = Recipe::from_scratch("latest 2.33.0", "2025-08-20T02:11:45Z")
        .also("lts sts alpine")
        .layer("COPY dist /", (184_102_912, 66_003_968), |files| {
            files.dirs("data tmp").programs("", "portainer");
        })
        .volume("/data")
        .ports(&["8000/tcp", "9000/tcp", "9443/tcp"])
        .entrypoint(&["/portainer"]);
    vec![portainer]
}

fn prometheus() -> Vec<Recipe> {
    let prometheus = Recipe::on("busybox:latest", "latest v3.5.0", "2025-07-14T11:05:42Z")
        .also("main v2.55.1 v3")
        .layer(
            "COPY prometheus /bin/prometheus",
            (300_102_656, 118_002_688),
            |files| {
                files
                    .programs("bin", "prometheus promtool")
                    .text(
                        "etc/prometheus/prometheus.yml",
                        "global:\n  scrape_interval: 15s\nscrape_configs: []\n",
                    )
                    .dir("prometheus")
                    .owner("prometheus", 65534, 65534);
            },
        )
        .user("nobody")
        .ports(&["9090/tcp"])
        .volume("/prometheus")
        .workdir("/prometheus")
        .entrypoint(&["/bin/prometheus"])
        .cmd(&[
            "--config.file=/etc/prometheus/prometheus.yml",
            "--storage.tsdb.path=/prometheus",
        ]);
    vec![prometheus]
}

fn grafana() -> Vec<Recipe> {
    let grafana = Recipe::on("alpine:3.22", "latest 12.1.1", "2025-08-18T13:42:31Z")
        .also("main 11.6.0 12.1.0")
        .env(&[
            "GF_PATHS_DATA=/var/lib/grafana",
            "GF_PATHS_HOME=/usr/share/grafana",
        ])
        .layer(
            "COPY grafana /usr/share/grafana",
            (720_104_448, 190_003_200),
            |files| {
                files
                    .program("usr/share/grafana/bin/grafana", "grafana")
                    .script(
                        "run.sh",
                        "#!/bin/sh\nexec /usr/share/grafana/bin/grafana server \"$@\"\n",
                    )
                    .dir("var/lib/grafana")
                    .owner("var/lib/grafana", 472, 0);
            },
        )
        .workdir("/usr/share/grafana")
        .user("472")
        .ports(&["3000/tcp"])
        .healthcheck(Healthcheck {
            test: Some(
                [
                    "CMD-SHELL",
                    "wget -q --spider http://localhost:3000/api/health",
                ]
                .map(str::to_owned)
                .into(),
            ),
            ..Healthcheck::default()
        })
        .entrypoint(&["/run.sh"]);
    vec![grafana]
}
