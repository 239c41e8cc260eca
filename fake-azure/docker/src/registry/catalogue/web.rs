//! Servers of web pages.

use super::super::contents::Contents;
use super::super::recipe::{Recipe, Repository};
use super::nginx_start;
use super::system::{self, Account};

pub(super) static REPOSITORIES: [Repository; 7] = [
    Repository::new("nginx", "Official build of Nginx.", 21_142, nginx),
    Repository::new("httpd", "The Apache HTTP Server Project", 4_893, httpd),
    Repository::new(
        "caddy",
        "Caddy 2 is a powerful, enterprise-ready, open source web server with automatic HTTPS.",
        880,
        caddy,
    ),
    Repository::new(
        "traefik",
        "Traefik, The Cloud Native Edge Router",
        3_641,
        traefik,
    ),
    Repository::new(
        "traefik/whoami",
        "Tiny Go webserver that prints OS information and HTTP request to output",
        73,
        whoami,
    ),
    Repository::new(
        "docker/getting-started",
        "The getting-started tutorial as a web page",
        95,
        getting_started,
    ),
    Repository::new(
        "nginxinc/nginx-unprivileged",
        "Unprivileged NGINX Dockerfiles",
        181,
        nginx_unprivileged,
    ),
];

const NGINX_DATE: &str = "2025-08-13T16:34:01Z";

fn nginx() -> Vec<Recipe> {
    let debian = |tags: &str, version: &str, line: &str| {
        let sizes = (117_404_672, 43_952_144);
        nginx_on("debian:bookworm-slim", tags, version, sizes).line(line)
    };
    let alpine = |tags: &str, version: &str, line: &str| {
        let sizes = (44_205_056, 17_902_336);
        nginx_on("alpine:3.22", tags, version, sizes).line(line)
    };
    vec![
        debian("latest 1.29", "1.29.1", "1.29").also("1 mainline bookworm mainline-bookworm perl"),
        alpine("alpine 1.29-alpine", "1.29.1", "1.29-alpine").also(
            "1-alpine mainline-alpine alpine-slim mainline-alpine-slim alpine-perl alpine3.22",
        ),
        debian("stable 1.28", "1.28.0", "1.28").also("stable-bookworm stable-perl"),
        alpine("stable-alpine 1.28-alpine", "1.28.0", "1.28-alpine").also("stable-alpine-slim"),
        debian("1.27", "1.27.5", "1.27"),
        alpine("1.27-alpine", "1.27.5", "1.27-alpine").also("1.27-alpine-slim"),
        debian("1.26", "1.26.3", "1.26"),
        alpine("1.26-alpine", "1.26.3", "1.26-alpine"),
        debian("1.25", "1.25.5", "1.25"),
        alpine("1.25-alpine", "1.25.5", "1.25-alpine"),
        debian("1.19", "1.19.10", "1.19"),
    ]
}

fn nginx_unprivileged() -> Vec<Recipe> {
    let sizes = (44_205_056, 17_902_336);
    let image = nginx_on("alpine:3.22", "latest alpine", "1.29.1", sizes);
    vec![
        image
            .also("1.29 1.29-alpine stable stable-alpine")
            .layer("RUN /bin/sh -c listen on 8080", (12_288, 1_536), |files| {
                let conf = NGINX_CONF.replace("/run/nginx.pid", "/tmp/nginx.pid");
                let conf = conf.replace("user  nginx;\n", "");
                let conf = conf.replace("http {\n", &format!("http {{\n{UNPRIVILEGED_FOLDERS}\n"));
                files
                    .dir("etc/nginx/conf.d")
                    .text("etc/nginx/nginx.conf", &conf)
                    .text("etc/nginx/conf.d/default.conf", &nginx_default(8080))
                    .owner("etc/nginx/conf.d", 101, 101)
                    .owner("etc/nginx/conf.d/default.conf", 101, 101);
            })
            .ports(&["8080/tcp"])
            .user("101"),
    ]
}

/// Where somebody who is not root may write.
const UNPRIVILEGED_FOLDERS: &str = "    proxy_temp_path /tmp/proxy_temp;
    client_body_temp_path /tmp/client_temp;
    fastcgi_temp_path /tmp/fastcgi_temp;
    uwsgi_temp_path /tmp/uwsgi_temp;
    scgi_temp_path /tmp/scgi_temp;
";

fn nginx_on(base: &str, tags: &str, version: &str, sizes: (u64, u64)) -> Recipe {
    let on = base.to_owned();
    Recipe::on(base, tags, NGINX_DATE)
        .label(
            "maintainer",
            "NGINX Docker Maintainers <docker-maint@nginx.com>",
        )
        .env(&[&format!("NGINX_VERSION={version}")])
        .env(&[
            "PKG_RELEASE=1",
            "DYNPKG_RELEASE=1",
            "NJS_VERSION=0.9.1",
            "NJS_RELEASE=1",
        ])
        .layer("RUN /bin/sh -c install nginx", sizes, move |files| {
            nginx_files(files, &on);
        })
        .entrypoint(&["/docker-entrypoint.sh"])
        .ports(&["80/tcp"])
        .stop_signal("SIGQUIT")
        .cmd(&["nginx", "-g", "daemon off;"])
}

fn nginx_files(files: &mut Contents, base: &str) {
    let nginx = Account {
        name: "nginx",
        uid: 101,
        gid: 101,
        home: "/var/cache/nginx",
    };
    system::add_account(files, base, nginx);
    files
        .program("usr/sbin/nginx", "nginx")
        .program("usr/sbin/nginx-debug", "nginx")
        .program("usr/bin/curl", "curl")
        .program("usr/bin/envsubst", "envsubst")
        .text("etc/nginx/nginx.conf", NGINX_CONF)
        .text("etc/nginx/conf.d/default.conf", &nginx_default(80))
        .text("etc/nginx/mime.types", MIME_TYPES)
        .text(
            "etc/nginx/fastcgi_params",
            "fastcgi_param  REQUEST_METHOD  $request_method;\n",
        )
        .link("etc/nginx/modules", "/usr/lib/nginx/modules")
        .text("usr/share/nginx/html/index.html", WELCOME)
        .text("usr/share/nginx/html/50x.html", ERROR_PAGE)
        .link("var/log/nginx/access.log", "/dev/stdout")
        .link("var/log/nginx/error.log", "/dev/stderr")
        .dir("var/cache/nginx")
        .owner("var/cache/nginx", 101, 101);
    nginx_start::files(files);
}

const NGINX_CONF: &str = "\
user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;

events {
    worker_connections  1024;
}

http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;
    access_log    /var/log/nginx/access.log;
    sendfile      on;
    keepalive_timeout  65;

    include /etc/nginx/conf.d/*.conf;
}
";

/// What is served until somebody says otherwise; the image's start adds IPv6.
fn nginx_default(port: u16) -> String {
    format!("server {{\n    listen       {port};\n{NGINX_DEFAULT}")
}

const NGINX_DEFAULT: &str = "    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
";

const MIME_TYPES: &str = "\
types {
    text/html                 html htm shtml;
    text/css                  css;
    text/plain                txt;
    application/javascript    js;
    application/json          json;
    image/gif                 gif;
    image/jpeg                jpeg jpg;
    image/png                 png;
    image/svg+xml             svg svgz;
    application/pdf           pdf;
    application/zip           zip;
}
";

const WELCOME: &str = "\
<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>The server answers. Put pages of your own in its place.</p>
</body>
</html>
";

const ERROR_PAGE: &str = "\
<!DOCTYPE html>
<html>
<head>
<title>Error</title>
</head>
<body>
<h1>An error occurred.</h1>
</body>
</html>
";

fn httpd() -> Vec<Recipe> {
    let on = |base: &'static str, tags: &str, sizes| {
        Recipe::on(base, tags, "2025-07-23T21:09:42Z")
            .env(&[
                "HTTPD_PREFIX=/usr/local/apache2",
                "PATH=/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HTTPD_VERSION=2.4.65",
            ])
            .workdir("/usr/local/apache2")
            .layer("RUN /bin/sh -c build and install httpd", sizes, move |files| {
                if base.starts_with("alpine") {
                    system::add_account(files, base, ALPINE_WWW_DATA);
                }
                files
                    .programs("usr/local/apache2/bin", "httpd ab apachectl htpasswd rotatelogs")
                    .script("usr/local/bin/httpd-foreground", HTTPD_FOREGROUND)
                    .text("usr/local/apache2/conf/httpd.conf", HTTPD_CONF)
                    .text("usr/local/apache2/htdocs/index.html", IT_WORKS)
                    .dirs("usr/local/apache2/cgi-bin usr/local/apache2/logs usr/local/apache2/modules");
            })
            .stop_signal("SIGWINCH")
            .ports(&["80/tcp"])
            .cmd(&["httpd-foreground"])
    };
    vec![
        on(
            "debian:bookworm-slim",
            "latest 2.4",
            (42_401_792, 16_302_080),
        )
        .line("2.4")
        .also("2 bookworm 2-bookworm 2.4-bookworm"),
        on("alpine:3.22", "alpine 2.4-alpine", (55_210_496, 16_021_504))
            .line("2.4-alpine")
            .also("2-alpine alpine3.22"),
    ]
}

/// The user of web servers, which Debian has by itself.
const ALPINE_WWW_DATA: Account = Account {
    name: "www-data",
    uid: 82,
    gid: 82,
    home: "/home/www-data",
};

const HTTPD_FOREGROUND: &str =
    "#!/bin/sh\nset -e\nrm -f /usr/local/apache2/logs/httpd.pid\nexec httpd -DFOREGROUND \"$@\"\n";
const HTTPD_CONF: &str = "\
ServerRoot \"/usr/local/apache2\"
Listen 80
User www-data
Group www-data
ServerAdmin you@example.com
DocumentRoot \"/usr/local/apache2/htdocs\"
DirectoryIndex index.html
ErrorLog /proc/self/fd/2
CustomLog /proc/self/fd/1 common
";
const IT_WORKS: &str = "<html><body><h1>It works!</h1></body></html>\n";

fn caddy() -> Vec<Recipe> {
    let caddy = Recipe::on("alpine:3.22", "latest 2 2-alpine", "2025-06-17T20:12:09Z")
        .also("alpine 2.10 2.10-alpine")
        .line("2.10")
        .layer(
            "RUN /bin/sh -c install caddy",
            (41_001_984, 16_101_376),
            |files| {
                files
                    .program("usr/bin/caddy", "caddy")
                    .dirs("config/caddy data/caddy etc/caddy srv")
                    .text(
                        "etc/caddy/Caddyfile",
                        ":80 {\n\troot * /usr/share/caddy\n\tfile_server\n}\n",
                    )
                    .text(
                        "usr/share/caddy/index.html",
                        "<!DOCTYPE html>\n<title>Caddy works!</title>\n<h1>Caddy works!</h1>\n",
                    );
            },
        )
        .env(&[
            "CADDY_VERSION=v2.10.0",
            "XDG_CONFIG_HOME=/config",
            "XDG_DATA_HOME=/data",
        ])
        .ports(&["443/tcp", "443/udp", "80/tcp"])
        .workdir("/srv")
        .cmd(&[
            "caddy",
            "run",
            "--config",
            "/etc/caddy/Caddyfile",
            "--adapter",
            "caddyfile",
        ]);
    vec![caddy]
}

fn traefik() -> Vec<Recipe> {
    let on = |tags: &str, created| {
        Recipe::on("alpine:3.22", tags, created)
            .layer(
                "RUN /bin/sh -c install traefik",
                (211_042_304, 58_720_256),
                |files| {
                    files
                        .program("usr/local/bin/traefik", "traefik")
                        .script("entrypoint.sh", TRAEFIK_ENTRYPOINT);
                },
            )
            .entrypoint(&["/entrypoint.sh"])
            .ports(&["80/tcp"])
            .cmd(&["traefik"])
    };
    vec![
        on("latest v3.5", "2025-08-01T20:21:16Z")
            .line("v3.5")
            .also("v3 3 3.5"),
        on("v2.11", "2025-07-23T20:21:16Z")
            .line("v2.11")
            .also("v2 2 2.11"),
    ]
}

const TRAEFIK_ENTRYPOINT: &str = "\
#!/bin/sh
set -e
case \"${1:-}\" in
    -*) set -- traefik \"$@\" ;;
esac
exec \"$@\"
";

fn whoami() -> Vec<Recipe> {
    let whoami = Recipe::from_scratch("latest v1.11", "2025-04-17T09:38:50Z")
        .also("v1.10 v1.10.4 v1.11.0")
        .line("v1.11")
        .layer("COPY whoami .", (6_644_736, 2_743_296), |files| {
            files
                .dirs("etc/ssl/certs usr/share/zoneinfo")
                .program("whoami", "traefik-whoami");
        })
        .ports(&["80/tcp"])
        .entrypoint(&["/whoami"]);
    vec![whoami]
}

fn getting_started() -> Vec<Recipe> {
    let tutorial = Recipe::on("nginx:alpine", "latest", "2022-12-19T22:15:47Z")
        .layer(
            "COPY /app/site /usr/share/nginx/html",
            (5_103_616, 2_801_664),
            |files| {
                files.text("usr/share/nginx/html/index.html", GETTING_STARTED);
            },
        )
        .entrypoint(&["/docker-entrypoint.sh"])
        .ports(&["80/tcp"])
        .stop_signal("SIGQUIT")
        .cmd(&["nginx", "-g", "daemon off;"]);
    vec![tutorial]
}

const GETTING_STARTED: &str = "\
<!DOCTYPE html>
<html>
<head>
<title>Getting Started</title>
</head>
<body>
<h1>Getting Started</h1>
<p>If you can read this, your first container runs.</p>
</body>
</html>
";
