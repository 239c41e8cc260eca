//! Programming languages.

use super::super::recipe::{Recipe, Repository};

pub(super) static REPOSITORIES: [Repository; 9] = [
    Repository::new(
        "node",
        "Node.js is a JavaScript-based platform for server-side and networking applications.",
        13_978,
        node,
    ),
    Repository::new(
        "python",
        "Python is an interpreted, interactive, object-oriented, open-source programming language.",
        10_284,
        python,
    ),
    Repository::new(
        "golang",
        "Go (golang) is a general purpose, higher-level, imperative programming language.",
        5_044,
        golang,
    ),
    Repository::new(
        "rust",
        "Rust is a systems programming language focused on safety, speed, and concurrency.",
        1_377,
        rust,
    ),
    Repository::new(
        "openjdk",
        "Pre-release / non-production builds of OpenJDK",
        4_170,
        openjdk,
    ),
    Repository::new(
        "eclipse-temurin",
        "Official Images for OpenJDK binaries built by Eclipse Temurin.",
        702,
        temurin,
    ),
    Repository::new(
        "maven",
        "Apache Maven is a software project management and comprehension tool.",
        2_311,
        maven,
    ),
    Repository::new(
        "php",
        "While designed for web development, the PHP scripting language also provides general-purpose use.",
        7_839,
        php,
    ),
    Repository::new(
        "ruby",
        "Ruby is a dynamic, reflective, object-oriented, general-purpose, open-source programming language.",
        2_401,
        ruby,
    ),
];

/// What `buildpack-deps` has, on which most languages' images without a flavour are made: clients,
/// sources and compilers.
const BUILD: &str = "curl wget git hg svn ssh scp sftp ssh-keygen ssh-agent gpg ps top free pgrep pkill \
    uptime watch gcc g++ cc c++ cpp ar as ld nm objdump strip make autoconf automake pkg-config file \
    patch unzip bzip2 xz python3";
/// What golang's has: `buildpack-deps` of sources, and compilers.
const SOURCES_AND_COMPILERS: &str = "curl wget git hg svn ssh scp sftp ssh-keygen ssh-agent gpg ps top \
    free pgrep pkill uptime watch gcc g++ cc c++ cpp ar as ld nm strip make pkg-config";
/// What PHP's has to build extensions, and what it was fetched with.
const PHP_BUILD: &str = "curl autoconf file g++ gcc cc c++ cpp ar as ld make pkg-config re2c xz";

/// A language on its distributions.
struct Language {
    /// What stands beside it in the image without a flavour.
    beside: &'static str,
    /// What a containers runs by default.
    command: &'static [&'static str],
    /// Programs, in `/usr/local/bin`.
    programs: &'static str,
    /// Further variables; `{}` is the version.
    env: &'static [&'static str],
    created: &'static str,
    /// The sizes of what is put on Debian, on slim Debian and on Alpine; nothing for what
    /// is not published.
    full: Option<(u64, u64)>,
    slim: Option<(u64, u64)>,
    alpine: Option<(u64, u64)>,
    /// Lines of releases with their last version and further names.
    releases: &'static [(&'static str, &'static str, &'static str)],
}

fn images(language: &'static Language) -> Vec<Recipe> {
    let mut recipes = Vec::new();
    for (line, version, names) in language.releases {
        let bases = [
            ("debian:bookworm", "", language.full),
            ("debian:bookworm-slim", "-slim", language.slim),
            ("alpine:3.22", "-alpine", language.alpine),
        ];
        for (base, flavour, sizes) in bases {
            let Some(sizes) = sizes else { continue };
            recipes.push(image(
                language,
                base,
                (line, flavour),
                version,
                names,
                sizes,
            ));
        }
    }
    recipes
}

fn image(
    language: &'static Language,
    base: &str,
    (line, flavour): (&str, &str),
    version: &str,
    names: &str,
    sizes: (u64, u64),
) -> Recipe {
    let others: Vec<String> = names
        .split_whitespace()
        .map(|name| match (name, flavour) {
            ("latest", "") => "latest".to_owned(),
            ("latest", flavour) => flavour[1..].to_owned(),
            (name, flavour) => format!("{name}{flavour}"),
        })
        .collect();
    let env: Vec<String> = language
        .env
        .iter()
        .map(|variable| variable.replace("{}", version))
        .collect();
    let env: Vec<&str> = env.iter().map(String::as_str).collect();
    let beside = if flavour.is_empty() {
        language.beside
    } else {
        ""
    };
    Recipe::on(base, &format!("{line}{flavour}"), language.created)
        .also(&others.join(" "))
        .line(&format!("{line}{flavour}"))
        .env(&env)
        .layer("RUN /bin/sh -c build and install", sizes, move |files| {
            let entrypoint = "#!/bin/sh\nset -e\nexec \"$@\"\n";
            files
                .programs("usr/bin", beside)
                .programs("usr/local/bin", language.programs)
                .script("usr/local/bin/docker-entrypoint.sh", entrypoint);
            if language.programs.starts_with("php ") {
                files.script("usr/local/bin/docker-php-entrypoint", entrypoint);
            }
        })
        .cmd(language.command)
}

fn node() -> Vec<Recipe> {
    static NODE: Language = Language {
        beside: BUILD,
        command: &["node"],
        programs: "node nodejs npm npx yarn yarnpkg corepack",
        env: &["NODE_VERSION={}", "YARN_VERSION=1.22.22"],
        created: "2025-08-28T21:05:48Z",
        full: Some((1_012_105_216, 351_802_880)),
        slim: Some((150_205_440, 49_301_504)),
        alpine: Some((152_104_960, 51_802_112)),
        releases: &[
            ("24", "24.7.0", "latest current"),
            ("22", "22.19.0", "lts jod"),
            ("20", "20.19.5", "iron"),
            ("18", "18.20.8", "hydrogen"),
            ("16", "16.20.2", "gallium"),
        ],
    };
    let images = images(&NODE).into_iter();
    images
        .map(|image| image.entrypoint(&["docker-entrypoint.sh"]))
        .collect()
}

fn python() -> Vec<Recipe> {
    static PYTHON: Language = Language {
        beside: BUILD,
        command: &["python3"],
        programs: "python python3 pip pip3 idle3 pydoc3 python3-config",
        env: &["LANG=C.UTF-8", "PYTHON_VERSION={}"],
        created: "2025-08-14T20:18:01Z",
        full: Some((903_206_144, 326_104_832)),
        slim: Some((47_104_000, 15_402_240)),
        alpine: Some((37_002_752, 12_801_792)),
        releases: &[
            ("3.13", "3.13.7", "latest 3"),
            ("3.12", "3.12.11", ""),
            ("3.11", "3.11.13", ""),
            ("3.10", "3.10.18", ""),
            ("3.9", "3.9.23", ""),
            ("3.8", "3.8.20", ""),
            ("2.7", "2.7.18", "2"),
        ],
    };
    images(&PYTHON)
}

fn golang() -> Vec<Recipe> {
    static GO: Language = Language {
        beside: SOURCES_AND_COMPILERS,
        command: &["bash"],
        programs: "go gofmt",
        env: &[
            "GOLANG_VERSION={}",
            "GOTOOLCHAIN=local",
            "GOPATH=/go",
            "PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ],
        created: "2025-08-14T20:20:49Z",
        full: Some((741_205_504, 252_803_072)),
        slim: None,
        alpine: Some((245_104_640, 79_401_984)),
        releases: &[
            ("1.25", "1.25.0", "latest 1"),
            ("1.24", "1.24.6", ""),
            ("1.23", "1.23.12", ""),
            ("1.22", "1.22.12", ""),
            ("1.21", "1.21.13", ""),
        ],
    };
    let images = images(&GO).into_iter();
    images.map(|image| image.workdir("/go")).collect()
}

fn rust() -> Vec<Recipe> {
    static RUST: Language = Language {
        beside: BUILD,
        command: &["bash"],
        programs: "cargo rustc rustup rustdoc rustfmt cargo-fmt cargo-clippy clippy-driver",
        env: &[
            "RUSTUP_HOME=/usr/local/rustup",
            "CARGO_HOME=/usr/local/cargo",
            "RUST_VERSION={}",
        ],
        created: "2025-08-14T22:30:12Z",
        full: Some((1_451_206_656, 520_803_328)),
        slim: Some((722_204_672, 238_402_560)),
        alpine: Some((873_104_384, 300_802_048)),
        releases: &[
            ("1.89", "1.89.0", "latest 1"),
            ("1.88", "1.88.0", ""),
            ("1.87", "1.87.0", ""),
            ("1.85", "1.85.1", ""),
        ],
    };
    images(&RUST)
}

fn openjdk() -> Vec<Recipe> {
    static OPENJDK: Language = Language {
        beside: "",
        command: &["jshell"],
        programs: "java javac jar jshell jlink keytool",
        env: &[
            "JAVA_HOME=/usr/local/openjdk",
            "LANG=C.UTF-8",
            "JAVA_VERSION={}",
        ],
        created: "2022-05-28T08:18:42Z",
        full: Some((354_304_512, 196_204_288)),
        slim: Some((327_603_712, 187_003_136)),
        alpine: Some((318_302_976, 182_404_096)),
        releases: &[
            ("17", "17.0.2", ""),
            ("18", "18.0.1", ""),
            ("11", "11.0.16", ""),
            ("8", "8u342", ""),
            ("21", "21", "latest"),
        ],
    };
    images(&OPENJDK)
}

/// A Java release of Temurin, or a tool upon one.
fn on_java(
    tags: &str,
    others: &str,
    base: &str,
    sizes: (u64, u64),
    programs: &'static str,
) -> Recipe {
    let is_ubuntu = base.starts_with("ubuntu");
    Recipe::on(base, tags, "2025-08-05T18:01:31Z")
        .also(others)
        .env(&[
            "JAVA_HOME=/opt/java/openjdk",
            "PATH=/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG=en_US.UTF-8",
            "LANGUAGE=en_US:en",
            "LC_ALL=en_US.UTF-8",
        ])
        .layer("RUN /bin/sh -c install java", sizes, move |files| {
            files
                .programs("usr/bin", if is_ubuntu { "curl wget gpg locale" } else { "" })
                .programs("opt/java/openjdk/bin", programs)
                .script("__cacert_entrypoint.sh", "#!/bin/sh\nset -e\nexec \"$@\"\n");
        })
        .entrypoint(&["/__cacert_entrypoint.sh"])
        .cmd(&["jshell"])
}

const JDK: &str = "java javac jar jshell jlink jps jcmd jstack keytool";

fn temurin() -> Vec<Recipe> {
    const RELEASES: [(&str, &str); 5] = [
        ("24", "latest"),
        ("21", ""),
        ("17", ""),
        ("11", ""),
        ("8", ""),
    ];
    let releases = RELEASES.into_iter();
    releases
        .flat_map(|(number, newest)| {
            let tag = |flavour: &str| format!("{number}-{flavour}");
            let ubuntu = "ubuntu:24.04";
            let jdk = (378_104_320, 175_603_200);
            let jre = (198_103_552, 71_502_848);
            [
                on_java(
                    &tag("jdk"),
                    &format!("{number} {newest} {number}-jdk-noble {number}-jdk-jammy"),
                    ubuntu,
                    jdk,
                    JDK,
                ),
                on_java(
                    &tag("jre"),
                    &format!("{number}-jre-noble {number}-jre-jammy"),
                    ubuntu,
                    jre,
                    "java keytool",
                ),
                on_java(
                    &tag("jdk-alpine"),
                    &format!("{number}-alpine"),
                    "alpine:3.22",
                    (343_103_488, 162_302_976),
                    JDK,
                ),
                on_java(
                    &tag("jre-alpine"),
                    "",
                    "alpine:3.22",
                    (190_102_528, 67_601_408),
                    "java keytool",
                ),
            ]
        })
        .collect()
}

fn maven() -> Vec<Recipe> {
    const RELEASES: [(&str, &str); 3] = [
        ("3-eclipse-temurin-21", "latest 3"),
        ("3-eclipse-temurin-17", ""),
        ("3-eclipse-temurin-11", ""),
    ];
    let releases = RELEASES.into_iter();
    releases
        .map(|(tags, others)| {
            let versioned = tags.replacen('3', "3.9", 1);
            on_java(
                tags,
                &format!("{versioned} {others}"),
                "ubuntu:24.04",
                (448_105_472, 202_604_032),
                JDK,
            )
            .layer(
                "COPY maven /usr/share/maven",
                (10_303_488, 9_402_368),
                |files| {
                    files.programs("usr/bin", "mvn mvnDebug").dir("root/.m2");
                },
            )
            .cmd(&["mvn"])
        })
        .collect()
}

fn php() -> Vec<Recipe> {
    static PHP: Language = Language {
        beside: PHP_BUILD,
        command: &["php", "-a"],
        programs: "php phpize pecl pear docker-php-ext-install docker-php-ext-enable",
        env: &["PHP_INI_DIR=/usr/local/etc/php", "PHP_VERSION={}"],
        created: "2025-08-28T22:11:06Z",
        full: Some((410_104_832, 146_302_720)),
        slim: None,
        alpine: Some((98_103_296, 35_201_536)),
        releases: &[
            ("8.4", "8.4.12", "latest 8"),
            ("8.3", "8.3.25", ""),
            ("8.2", "8.2.29", ""),
            ("7.4", "7.4.33", "7"),
        ],
    };
    let images = images(&PHP).into_iter();
    let cli = images.map(|image| image.entrypoint(&["docker-php-entrypoint"]));
    let apache = Recipe::on("debian:bookworm", "8.4-apache", PHP.created)
        .also("apache 8-apache 8.3-apache 8.2-apache")
        .env(&["APACHE_CONFDIR=/etc/apache2", "PHP_VERSION=8.4.12"])
        .layer(
            "RUN /bin/sh -c install apache and php",
            (384_106_496, 132_204_544),
            |files| {
                files
                    .programs("usr/bin", PHP_BUILD)
                    .programs(
                        "usr/local/bin",
                        "php apache2-foreground docker-php-ext-install",
                    )
                    .script(
                        "usr/local/bin/docker-php-entrypoint",
                        "#!/bin/sh\nset -e\nexec \"$@\"\n",
                    )
                    .dir("var/www/html");
            },
        )
        .entrypoint(&["docker-php-entrypoint"])
        .stop_signal("SIGWINCH")
        .workdir("/var/www/html")
        .ports(&["80/tcp"])
        .cmd(&["apache2-foreground"]);
    cli.chain([apache]).collect()
}

fn ruby() -> Vec<Recipe> {
    static RUBY: Language = Language {
        beside: BUILD,
        command: &["irb"],
        programs: "ruby irb gem bundle bundler erb rake",
        env: &[
            "LANG=C.UTF-8",
            "RUBY_VERSION={}",
            "GEM_HOME=/usr/local/bundle",
        ],
        created: "2025-08-14T20:38:43Z",
        full: Some((881_105_920, 312_203_776)),
        slim: Some((139_103_744, 44_802_560)),
        alpine: Some((86_102_528, 35_301_376)),
        releases: &[
            ("3.4", "3.4.5", "latest 3"),
            ("3.3", "3.3.9", ""),
            ("3.2", "3.2.9", ""),
            ("2.7", "2.7.8", "2"),
        ],
    };
    images(&RUBY)
}
