//! nginx as its image starts it: what lies in `/docker-entrypoint.d`, and templates.

use fake_docker::Engine;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::wire::{ask, post};

/// Starts a container from a shell line that ends in the image's own start.
async fn start(engine: &Engine, name: &str, first: &str, env: &[&str], port: &str) {
    let pulled = post(engine, "/images/create?fromImage=nginx&tag=latest", "").await;
    assert_eq!(pulled.status, 200);
    let line = format!("{first}; exec /docker-entrypoint.sh nginx -g 'daemon off;'");
    let body = json!({
        "Image": "nginx",
        "Entrypoint": ["sh", "-c", line],
        "Env": env,
        "ExposedPorts": { port: {} },
        "HostConfig": { "PortBindings": { port: [{ "HostPort": "18080" }] } },
    });
    let target = format!("/containers/create?name={name}");
    let created = post(engine, &target, &body.to_string()).await;
    assert_eq!(created.status, 201, "{}", created.json());
    let started = post(engine, &format!("/containers/{name}/start"), "").await;
    assert_eq!(started.status, 204);
}

/// What a container has printed, once it says this.
async fn log(engine: &Engine, name: &str, text: &str) -> String {
    loop {
        let logs = format!("/containers/{name}/logs?stdout=1");
        let said = ask(engine, "GET", &logs).await.body;
        let said = String::from_utf8_lossy(&said).into_owned();
        if said.contains(text) {
            return said;
        }
        tokio::task::yield_now().await;
    }
}

async fn page(engine: &Engine, path: &str) -> String {
    let mut stream = loop {
        if let Some(stream) = engine.dial(18080).await {
            break stream;
        }
        tokio::task::yield_now().await;
    };
    let request = format!("GET {path} HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    said
}

#[tokio::test]
async fn a_start_tells_of_its_steps_and_listens_on_ipv6() {
    let engine = Engine::builder().build();
    start(&engine, "web", ":", &[], "80/tcp").await;
    let said = log(&engine, "web", "ready for start up").await;
    let me = "/docker-entrypoint.sh:";
    let mut rest = said.as_str();
    for line in [
        &format!(
            "{me} /docker-entrypoint.d/ is not empty, will attempt to perform configuration\n"
        ),
        &format!("{me} Looking for shell scripts in /docker-entrypoint.d/\n"),
        &format!("{me} Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh\n"),
        "10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf\n",
        "10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf\n",
        &format!("{me} Sourcing /docker-entrypoint.d/15-local-resolvers.envsh\n"),
        &format!("{me} Launching /docker-entrypoint.d/20-envsubst-on-templates.sh\n"),
        &format!("{me} Launching /docker-entrypoint.d/30-tune-worker-processes.sh\n"),
        &format!("{me} Configuration complete; ready for start up\n"),
    ] {
        let at = rest.find(line);
        let at = at.unwrap_or_else(|| panic!("{line:?} is not where it should be in {said}"));
        rest = &rest[at + line.len()..];
    }
    assert!(page(&engine, "/").await.contains("Welcome to nginx!"));
}

#[tokio::test]
async fn a_template_gets_what_the_environment_says_and_its_port_is_served() {
    let engine = Engine::builder().build();
    let template =
        r"server { listen ${NGINX_PORT}; location / { return 200 '${NGINX_HOST} $host $uri'; } }";
    let first = "mkdir -p /etc/nginx/templates/more; echo \"$TEMPLATE\" > /etc/nginx/templates/default.conf.template; echo '# ${NGINX_HOST}' > /etc/nginx/templates/more/x.conf.template; printf 'echo sourced $NGINX_PORT\\n' > /docker-entrypoint.d/99-mine.sh";
    let template = format!("TEMPLATE={template}");
    let env = ["NGINX_PORT=8088", "NGINX_HOST=shop", template.as_str()];
    start(&engine, "web", first, &env, "8088/tcp").await;
    let said = log(&engine, "web", "ready for start up").await;
    for line in [
        "20-envsubst-on-templates.sh: Running envsubst on /etc/nginx/templates/default.conf.template to /etc/nginx/conf.d/default.conf\n",
        "20-envsubst-on-templates.sh: Running envsubst on /etc/nginx/templates/more/x.conf.template to /etc/nginx/conf.d/more/x.conf\n",
        "/docker-entrypoint.sh: Ignoring /docker-entrypoint.d/99-mine.sh, not executable\n",
    ] {
        assert!(said.contains(line), "{said}");
    }
    let answer = page(&engine, "/cart").await;
    assert!(answer.ends_with("shop shop.test /cart"), "{answer}");
}
