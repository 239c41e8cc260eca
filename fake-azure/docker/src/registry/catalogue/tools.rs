//! Small tools, and systems that are neither Debian nor Alpine.

use super::super::recipe::{Recipe, Repository};
use super::system;

pub(super) static REPOSITORIES: [Repository; 17] = [
    Repository::new(
        "alpine/socat",
        "Relay of bytes between two channels, on Alpine",
        119,
        socat,
    ),
    Repository::new("alpine/git", "A git client on Alpine", 271, git),
    Repository::new("alpine/curl", "curl on Alpine", 31, alpine_curl),
    Repository::new(
        "curlimages/curl",
        "Official docker image for curl - command line tool and library",
        351,
        curl,
    ),
    Repository::new("docker", "Docker in Docker!", 2_610, docker),
    Repository::new("fedora", "Official Docker builds of Fedora", 1_270, fedora),
    Repository::new(
        "rockylinux",
        "The official build of Rocky Linux.",
        251,
        rocky,
    ),
    Repository::new(
        "rockylinux/rockylinux",
        "Rocky Linux, as its project publishes it",
        43,
        rocky,
    ),
    Repository::new(
        "almalinux",
        "The official build of AlmaLinux OS.",
        214,
        alma,
    ),
    Repository::new(
        "amazonlinux",
        "Official Docker builds of Amazon Linux",
        1_560,
        amazon,
    ),
    Repository::new(
        "centos",
        "DEPRECATED; The official build of CentOS.",
        7_802,
        centos,
    ),
    Repository::new(
        "bfirsh/reticulate-splines",
        "A loop that counts splines, for tutorials",
        8,
        reticulate,
    ),
    Repository::new(
        "hashicorp/http-echo",
        "A server that echoes what it is started with",
        149,
        http_echo,
    ),
    Repository::new(
        "mendhak/http-https-echo",
        "A server that echoes what it is asked",
        60,
        http_https_echo,
    ),
    Repository::new(
        "nginxdemos/hello",
        "A page that says which server answered",
        151,
        nginx_hello,
    ),
    Repository::new(
        "gcr.io/distroless/static-debian12",
        "The smallest image for a static program",
        0,
        distroless,
    ),
    Repository::new(
        "mcr.microsoft.com/azure-storage/azurite",
        "An emulator of Azure's storage",
        0,
        azurite,
    ),
];

/// Describes an image of Alpine that is one program.
fn program(tags: &str, created: &'static str, sizes: (u64, u64), name: &'static str) -> Recipe {
    Recipe::on("alpine:3.22", tags, created).layer(
        &format!("RUN /bin/sh -c apk add --no-cache {name}"),
        sizes,
        move |files| {
            files.program(&format!("usr/bin/{name}"), name);
        },
    )
}

fn socat() -> Vec<Recipe> {
    let created = "2025-03-02T05:11:38Z";
    vec![
        program("latest 1.8.0.3", created, (1_103_360, 401_920), "socat")
            .also("1.7.4.4 1.7.4.3 1.7.4.3-r0 1.7.4.4-r0 1.8.0.1 1.8.0.0")
            .entrypoint(&["socat"]),
    ]
}

fn git() -> Vec<Recipe> {
    let git = program(
        "latest v2.49.1",
        "2025-07-21T05:02:44Z",
        (81_102_848, 31_402_240),
        "git",
    );
    vec![git.workdir("/git").entrypoint(&["git"]).cmd(&["--help"])]
}

fn alpine_curl() -> Vec<Recipe> {
    let curl = program(
        "latest 8.14.1",
        "2025-06-06T05:02:21Z",
        (5_102_592, 2_101_760),
        "curl",
    );
    vec![curl.entrypoint(&["curl"])]
}

fn curl() -> Vec<Recipe> {
    let curl = Recipe::on("alpine:3.22", "latest 8.15.0", "2025-07-16T08:12:41Z")
        .line("8.15")
        .also("8.14.1 8.13.0 8.12.1 8.11.1 8.10.1 8.9.1 8.8.0 7.88.1")
        .layer(
            "COPY curl /usr/bin/curl",
            (13_602_816, 6_301_696),
            |files| {
                files
                    .program("usr/bin/curl", "curl")
                    .script("entrypoint.sh", CURL_ENTRYPOINT)
                    .dir("home/curl_user")
                    .owner("home/curl_user", 100, 101);
            },
        )
        .user("curl_user")
        .workdir("/home/curl_user")
        .entrypoint(&["/entrypoint.sh"])
        .cmd(&["curl"])
        .user("100:101");
    vec![curl]
}

const CURL_ENTRYPOINT: &str = "\
#!/bin/sh
set -e
command -v \"$1\" > /dev/null 2>&1 && [ \"${1#-}\" = \"$1\" ] || set -- curl \"$@\"
exec \"$@\"
";

fn docker() -> Vec<Recipe> {
    let cli = |tags: &str, others: &str| {
        Recipe::on("alpine:3.22", tags, "2025-08-26T20:24:55Z")
            .also(others)
            .env(&["DOCKER_VERSION=28.3.3", "DOCKER_TLS_CERTDIR=/certs"])
            .layer(
                "RUN /bin/sh -c install docker",
                (172_104_704, 62_002_176),
                |files| {
                    files
                        .programs("usr/local/bin", "docker docker-compose")
                        .script(
                            "usr/local/bin/docker-entrypoint.sh",
                            "#!/bin/sh\nset -e\nexec \"$@\"\n",
                        )
                        .dirs("certs/client");
                },
            )
    };
    vec![
        cli("cli 28-cli", "28.3-cli")
            .entrypoint(&["docker-entrypoint.sh"])
            .cmd(&["sh"]),
        cli("dind 28-dind latest 28", "28.3 28.3-dind stable")
            .layer(
                "RUN /bin/sh -c install dockerd",
                (190_104_576, 68_003_328),
                |files| {
                    files
                        .programs("usr/local/bin", "dockerd containerd runc docker-init")
                        .script(
                            "usr/local/bin/dockerd-entrypoint.sh",
                            "#!/bin/sh\nset -e\nexec dockerd \"$@\"\n",
                        );
                },
            )
            .volume("/var/lib/docker")
            .ports(&["2375/tcp", "2376/tcp"])
            .entrypoint(&["dockerd-entrypoint.sh"]),
    ]
}

/// Describes a system that is made of RPM packages.
fn rpm(tags: &str, created: &'static str, sizes: (u64, u64), release: &'static str) -> Recipe {
    Recipe::from_scratch(tags, created)
        .layer("ADD rootfs.tar.xz /", sizes, move |files| {
            system::merged(files);
            files
                .programs("usr/bin", system::DEBIAN_BIN)
                .programs(
                    "usr/sbin",
                    "chroot groupadd ldconfig nologin useradd userdel usermod",
                )
                .programs("usr/bin", "curl dnf microdnf rpm yum")
                .link("usr/bin/sh", "bash")
                .link("etc/os-release", "../usr/lib/os-release")
                .text("usr/lib/os-release", release)
                .text("etc/redhat-release", &redhat_release(release))
                .text(
                    "etc/hosts",
                    "127.0.0.1   localhost\n::1         localhost\n",
                )
                .dirs("etc/yum.repos.d etc/pki etc/skel var/lib/rpm");
            system::accounts(files, RPM_PASSWD, RPM_GROUP);
        })
        .cmd(&["/bin/bash"])
}

const RPM_PASSWD: &str = "\
root:x:0:0:root:/root:/bin/bash
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
adm:x:3:4:adm:/var/adm:/sbin/nologin
lp:x:4:7:lp:/var/spool/lpd:/sbin/nologin
sync:x:5:0:sync:/sbin:/bin/sync
mail:x:8:12:mail:/var/spool/mail:/sbin/nologin
operator:x:11:0:operator:/root:/sbin/nologin
ftp:x:14:50:FTP User:/var/ftp:/sbin/nologin
nobody:x:65534:65534:Kernel Overflow User:/:/sbin/nologin
";
const RPM_GROUP: &str = "\
root:x:0:
bin:x:1:
daemon:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
lp:x:7:
mem:x:8:
kmem:x:9:
wheel:x:10:
mail:x:12:
man:x:15:
ftp:x:50:
users:x:100:
nobody:x:65534:
";

fn redhat_release(release: &str) -> String {
    let name = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="));
    format!("{}\n", name.unwrap_or_default().trim_matches('"'))
}

fn fedora() -> Vec<Recipe> {
    vec![
        rpm(
            "latest 42",
            "2025-08-21T05:53:11Z",
            (161_204_224, 62_301_184),
            "NAME=\"Fedora Linux\"\nVERSION=\"42 (Container Image)\"\nID=fedora\nVERSION_ID=42\nPRETTY_NAME=\"Fedora Linux 42 (Container Image)\"\n",
        )
        .also("rawhide"),
        rpm(
            "41",
            "2025-08-21T06:14:38Z",
            (164_204_544, 63_402_752),
            "NAME=\"Fedora Linux\"\nVERSION=\"41 (Container Image)\"\nID=fedora\nVERSION_ID=41\nPRETTY_NAME=\"Fedora Linux 41 (Container Image)\"\n",
        )
        .also("40 39"),
    ]
}

fn rocky() -> Vec<Recipe> {
    vec![
        rpm(
            "9",
            "2023-11-20T16:00:00Z",
            (176_104_448, 65_402_880),
            "NAME=\"Rocky Linux\"\nVERSION=\"9.3 (Blue Onyx)\"\nID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"9.3\"\nPRETTY_NAME=\"Rocky Linux 9.3 (Blue Onyx)\"\n",
        )
        .line("9")
        .also("latest 9-minimal"),
        rpm(
            "8",
            "2023-11-20T16:00:00Z",
            (198_104_064, 71_502_848),
            "NAME=\"Rocky Linux\"\nVERSION=\"8.9 (Green Obsidian)\"\nID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"8.9\"\nPRETTY_NAME=\"Rocky Linux 8.9 (Green Obsidian)\"\n",
        )
        .line("8")
        .also("8-minimal"),
    ]
}

fn alma() -> Vec<Recipe> {
    vec![
        rpm(
            "latest 9",
            "2025-06-11T17:05:23Z",
            (187_104_768, 67_802_624),
            "NAME=\"AlmaLinux\"\nVERSION=\"9.6 (Sage Margay)\"\nID=\"almalinux\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"9.6\"\nPRETTY_NAME=\"AlmaLinux 9.6 (Sage Margay)\"\n",
        )
        .line("9")
        .also("9-minimal 8"),
    ]
}

fn amazon() -> Vec<Recipe> {
    vec![
        rpm(
            "latest 2023",
            "2025-08-19T19:20:24Z",
            (145_104_896, 53_702_656),
            "NAME=\"Amazon Linux\"\nVERSION=\"2023\"\nID=\"amzn\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"2023\"\nPRETTY_NAME=\"Amazon Linux 2023\"\n",
        ),
        rpm(
            "2",
            "2025-08-19T19:24:02Z",
            (165_104_128, 62_802_944),
            "NAME=\"Amazon Linux\"\nVERSION=\"2\"\nID=\"amzn\"\nID_LIKE=\"centos rhel fedora\"\nVERSION_ID=\"2\"\nPRETTY_NAME=\"Amazon Linux 2\"\n",
        ),
    ]
}

fn centos() -> Vec<Recipe> {
    vec![
        rpm(
            "7",
            "2021-09-15T18:20:05Z",
            (203_951_104, 76_097_157),
            "NAME=\"CentOS Linux\"\nVERSION=\"7 (Core)\"\nID=\"centos\"\nID_LIKE=\"rhel fedora\"\nVERSION_ID=\"7\"\nPRETTY_NAME=\"CentOS Linux 7 (Core)\"\n",
        )
        .also("centos7 7.9.2009"),
        rpm(
            "latest 8",
            "2021-09-15T18:20:05Z",
            (231_104_512, 83_518_086),
            "NAME=\"CentOS Linux\"\nVERSION=\"8\"\nID=\"centos\"\nID_LIKE=\"rhel fedora\"\nVERSION_ID=\"8\"\nPRETTY_NAME=\"CentOS Linux 8\"\n",
        )
        .also("centos8 8.4.2105"),
    ]
}

fn reticulate() -> Vec<Recipe> {
    let loops = Recipe::on("alpine:3.6", "latest", "2017-06-14T21:10:31Z")
        .layer("COPY run.sh /run.sh", (129, 212), |files| {
            files.script("run.sh", RETICULATE);
        })
        .cmd(&["/run.sh"]);
    vec![loops]
}

const RETICULATE: &str = "\
#!/bin/sh
spline=1
while :; do
    echo \"Reticulating spline $spline...\"
    spline=$((spline + 1))
    sleep 1
done
";

fn http_echo() -> Vec<Recipe> {
    let echo = Recipe::from_scratch("latest 1.0", "2023-11-13T19:57:06Z")
        .also("1.0.0 0.2.3 alpine")
        .layer("COPY http-echo /", (6_302_720, 2_901_888), |files| {
            files.program("http-echo", "http-echo");
        })
        .ports(&["5678/tcp"])
        .entrypoint(&["/http-echo"]);
    vec![echo]
}

fn http_https_echo() -> Vec<Recipe> {
    let echo = Recipe::on("node:22-alpine", "latest 37", "2025-07-02T18:02:17Z")
        .also("36 35 34 33 31 30 29 28")
        .layer("COPY app /app", (7_104_640, 2_301_952), |files| {
            files.text("app/index.js", "// An echo of requests.\n");
        })
        .workdir("/app")
        .user("1000")
        .ports(&["8080/tcp", "8443/tcp"])
        .entrypoint(&["docker-entrypoint.sh"])
        .cmd(&["node", "./index.js"]);
    vec![echo]
}

fn nginx_hello() -> Vec<Recipe> {
    let hello = Recipe::on("nginx:alpine", "latest", "2024-04-26T09:01:26Z")
        .also("plain-text 0.4 0.3")
        .layer(
            "COPY hello.conf /etc/nginx/conf.d/",
            (7_680, 3_584),
            |files| {
                files.text(
                    "usr/share/nginx/html/index.html",
                    "<!DOCTYPE html>\n<title>Hello World</title>\n<h1>Hello World</h1>\n",
                );
            },
        )
        .entrypoint(&["/docker-entrypoint.sh"])
        .ports(&["80/tcp"])
        .stop_signal("SIGQUIT")
        .cmd(&["nginx", "-g", "daemon off;"]);
    vec![hello]
}

fn distroless() -> Vec<Recipe> {
    let image = |tags: &str, user: &str| {
        Recipe::from_scratch(tags, "2025-07-01T00:00:00Z")
            .env(&["SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"])
            .layer("bazel build ...", (2_104_320, 735_232), |files| {
                system::directories(files);
                files.dir("home/nonroot").owner("home/nonroot", 65532, 65532);
                files.dirs("etc/ssl/certs usr/share/zoneinfo");
                system::accounts(
                    files,
                    "root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n",
                    "root:x:0:\nnobody:x:65534:\ntty:x:5:\nstaff:x:50:\nnonroot:x:65532:\n",
                );
            })
            .user(user)
            .workdir("/")
            .cmd(&[])
    };
    vec![image("latest", "0"), image("nonroot", "65532")]
}

fn azurite() -> Vec<Recipe> {
    let azurite = Recipe::on("node:22-alpine", "latest 3.35.0", "2025-08-11T06:14:23Z")
        .also("3.34.0 3.33.0 3.31.0")
        .layer(
            "COPY azurite /opt/azurite",
            (180_104_192, 44_302_336),
            |files| {
                files.programs(
                    "usr/local/bin",
                    "azurite azurite-blob azurite-queue azurite-table",
                );
            },
        )
        .workdir("/opt/azurite")
        .volume("/data")
        .ports(&["10000/tcp", "10001/tcp", "10002/tcp"])
        .entrypoint(&["docker-entrypoint.sh"])
        .cmd(&[
            "azurite",
            "-l",
            "/data",
            "--blobHost",
            "0.0.0.0",
            "--queueHost",
            "0.0.0.0",
            "--tableHost",
            "0.0.0.0",
        ]);
    vec![azurite]
}
