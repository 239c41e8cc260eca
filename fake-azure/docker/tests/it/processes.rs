//! What is seen of servers from outside: their processes, by title and user, and their files.

use fake_docker::Engine;
use serde_json::json;

use crate::wire::{ask, post};

async fn start(engine: &Engine, name: &str, body: serde_json::Value) {
    let image = body["Image"].as_str().unwrap();
    let pulled = post(engine, &format!("/images/create?fromImage={image}"), "").await;
    assert_eq!(pulled.status, 200, "{image}");
    let target = format!("/containers/create?name={name}");
    let created = post(engine, &target, &body.to_string()).await;
    assert_eq!(created.status, 201, "{}", created.json());
    let started = post(engine, &format!("/containers/{name}/start"), "").await;
    assert_eq!(started.status, 204);
}

/// What `docker top NAME -eo user,cmd` shows, a line for each process.
async fn top(engine: &Engine, name: &str) -> Vec<String> {
    let target = format!("/containers/{name}/top?ps_args=-eo+pid,user,cmd");
    let answer = ask(engine, "GET", &target).await;
    let body = answer.json();
    let rows = body["Processes"].as_array().unwrap().iter();
    rows.map(|row| format!("{} {}", row[1].as_str().unwrap(), row[2].as_str().unwrap()))
        .collect()
}

/// Waits until the processes are these.
async fn shows(engine: &Engine, name: &str, processes: &[&str]) {
    for _ in 0..5_000 {
        if top(engine, name).await == processes {
            return;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(top(engine, name).await, processes);
}

async fn changes(engine: &Engine, name: &str) -> Vec<String> {
    let answer = ask(engine, "GET", &format!("/containers/{name}/changes")).await;
    let body = answer.json();
    let rows = body.as_array().unwrap().iter();
    rows.map(|row| {
        let kind = ["C", "A", "D"][usize::try_from(row["Kind"].as_u64().unwrap()).unwrap()];
        format!("{kind} {}", row["Path"].as_str().unwrap())
    })
    .collect()
}

/// Runs a command in a container: what it says on both outputs.
async fn exec(engine: &Engine, name: &str, line: &str) -> String {
    let body = json!({ "Cmd": ["sh", "-c", line], "AttachStdout": true, "AttachStderr": true,
        "Tty": true });
    let target = format!("/containers/{name}/exec");
    let made = post(engine, &target, &body.to_string()).await;
    assert_eq!(made.status, 201);
    let id = made.json()["Id"].as_str().unwrap().to_owned();
    let said = post(engine, &format!("/exec/{id}/start"), r#"{"Tty":true}"#).await;
    String::from_utf8(said.body).unwrap().replace('\r', "")
}

async fn logs(engine: &Engine, name: &str) -> String {
    let target = format!("/containers/{name}/logs?stdout=1&stderr=1");
    let body = ask(engine, "GET", &target).await.body;
    String::from_utf8_lossy(&body).into_owned()
}

#[tokio::test]
async fn nginx_has_a_worker_for_each_processor_and_its_folders() {
    let engine = Engine::builder().cpus(2).build();
    start(&engine, "web", json!({ "Image": "nginx" })).await;
    let master = "root nginx: master process nginx -g daemon off;";
    let worker = "nginx nginx: worker process";
    shows(&engine, "web", &[master, worker, worker]).await;
    let mut changed = changes(&engine, "web").await;
    changed.sort();
    assert_eq!(
        changed,
        [
            "A /run/nginx.pid",
            "A /var/cache/nginx/client_temp",
            "A /var/cache/nginx/fastcgi_temp",
            "A /var/cache/nginx/proxy_temp",
            "A /var/cache/nginx/scgi_temp",
            "A /var/cache/nginx/uwsgi_temp",
            "C /etc",
            "C /etc/nginx",
            "C /etc/nginx/conf.d",
            "C /etc/nginx/conf.d/default.conf",
            "C /run",
            "C /var",
            "C /var/cache",
            "C /var/cache/nginx",
        ]
    );
    let said = exec(
        &engine,
        "web",
        "cd /var/cache/nginx; stat -c '%U %a' proxy_temp",
    )
    .await;
    assert_eq!(said, "nginx 700\n");
    let said = exec(
        &engine,
        "web",
        "cat /proc/1/comm; grep -h ^Uid $(grep -l 'worke[r]' /proc/[0-9]*/cmdline | sed 's/cmdline/status/')",
    )
    .await;
    assert_eq!(
        said,
        "nginx\nUid:\t101\t101\t101\t101\nUid:\t101\t101\t101\t101\n"
    );
    // One that is killed is replaced.
    exec(
        &engine,
        "web",
        "kill -9 $(grep -l 'worke[r]' /proc/[0-9]*/cmdline | head -n 1 | cut -d/ -f3)",
    )
    .await;
    shows(&engine, "web", &[master, worker, worker]).await;
    let said = logs(&engine, "web").await;
    assert!(said.contains("[alert] 1#1: worker process "), "{said}");
    assert!(said.contains(" exited on signal 9\n"), "{said}");
    post(&engine, "/containers/web/stop", "").await;
    let said = logs(&engine, "web").await;
    assert_eq!(
        said.matches(": gracefully shutting down\n").count(),
        2,
        "{said}"
    );
    assert_eq!(said.matches(" exited with code 0\n").count(), 2, "{said}");
}

#[tokio::test]
async fn nginx_ends_where_it_may_not_make_its_folders() {
    let engine = Engine::builder().build();
    for (body, words) in [
        (
            json!({ "Image": "nginx", "User": "1000" }),
            "mkdir() \"/var/cache/nginx/client_temp\" failed (13: Permission denied)",
        ),
        (
            json!({ "Image": "nginx", "HostConfig": { "ReadonlyRootfs": true } }),
            "mkdir() \"/var/cache/nginx/client_temp\" failed (30: Read-only file system)",
        ),
        (
            json!({ "Image": "nginx", "HostConfig": {
                "ReadonlyRootfs": true, "Tmpfs": { "/var/cache/nginx": "" } } }),
            "open() \"/run/nginx.pid\" failed (30: Read-only file system)",
        ),
    ] {
        start(&engine, "web", body).await;
        let waited = post(&engine, "/containers/web/wait", "").await;
        assert_eq!(waited.json()["StatusCode"], 1);
        let said = logs(&engine, "web").await;
        assert!(
            said.contains(&format!("nginx: [emerg] {words}\n")),
            "{said}"
        );
        ask(&engine, "DELETE", "/containers/web?force=1").await;
    }
    let image = json!({ "Image": "nginxinc/nginx-unprivileged" });
    start(&engine, "web", image).await;
    let master = "nginx nginx: master process nginx -g daemon off;";
    let worker = "nginx nginx: worker process";
    shows(&engine, "web", &[master, worker]).await;
}

#[tokio::test]
async fn httpd_answers_by_its_children() {
    let engine = Engine::builder().build();
    for image in ["httpd", "httpd:alpine"] {
        start(&engine, "site", json!({ "Image": image })).await;
        let child = "www-data httpd -DFOREGROUND";
        shows(
            &engine,
            "site",
            &["root httpd -DFOREGROUND", child, child, child],
        )
        .await;
        ask(&engine, "DELETE", "/containers/site?force=1").await;
    }
}

#[tokio::test]
async fn databases_run_as_their_users_and_say_what_they_are_at() {
    let engine = Engine::builder().build();
    start(&engine, "cache", json!({ "Image": "redis" })).await;
    shows(&engine, "cache", &["redis redis-server *:6379"]).await;
    let said = exec(&engine, "cache", "grep -E '^(Name|Uid|Gid)' /proc/1/status").await;
    assert_eq!(
        said,
        "Name:\tredis-server\nUid:\t999\t999\t999\t999\nGid:\t1000\t1000\t1000\t1000\n"
    );
    let body = json!({ "Image": "redis", "Cmd": ["--port", "7000", "--bind", "127.0.0.1"] });
    start(&engine, "other", body).await;
    shows(&engine, "other", &["redis redis-server 127.0.0.1:7000"]).await;
    start(&engine, "values", json!({ "Image": "valkey/valkey" })).await;
    shows(&engine, "values", &["valkey valkey-server *:6379"]).await;
    start(
        &engine,
        "root",
        json!({ "Image": "redis", "Cmd": ["sleep", "9"] }),
    )
    .await;
    shows(&engine, "root", &["root sleep 9"]).await;

    let body = json!({ "Image": "postgres", "Env": ["POSTGRES_PASSWORD=x"] });
    start(&engine, "pg", body).await;
    let mut all = vec![
        "postgres postgres",
        "postgres postgres: checkpointer",
        "postgres postgres: background writer",
        "postgres postgres: walwriter",
        "postgres postgres: autovacuum launcher",
        "postgres postgres: logical replication launcher",
    ];
    shows(&engine, "pg", &all).await;
    let session = "sleep 5 | psql -U postgres";
    let body = json!({ "Cmd": ["sh", "-c", session] });
    let made = post(&engine, "/containers/pg/exec", &body.to_string()).await;
    let id = made.json()["Id"].as_str().unwrap().to_owned();
    post(&engine, &format!("/exec/{id}/start"), r#"{"Detach":true}"#).await;
    let backend = "postgres postgres: postgres postgres [local] idle";
    for _ in 0..5_000 {
        if top(&engine, "pg").await.iter().any(|line| line == backend) {
            break;
        }
        tokio::task::yield_now().await;
    }
    let shown = top(&engine, "pg").await;
    assert!(shown.iter().any(|line| line == backend), "{shown:?}");
    let body = json!({ "Image": "postgres:14", "Env": ["POSTGRES_PASSWORD=x"] });
    start(&engine, "old", body).await;
    all.insert(5, "postgres postgres: stats collector");
    shows(&engine, "old", &all).await;

    for (image, line) in [("mysql", "mysql mysqld"), ("mariadb", "mysql mariadbd")] {
        let body = json!({ "Image": image, "Env": ["MYSQL_ROOT_PASSWORD=x"] });
        start(&engine, image, body).await;
        shows(&engine, image, &[line]).await;
        let said = exec(&engine, image, "grep ^Uid /proc/1/status").await;
        assert_eq!(said, "Uid:\t999\t999\t999\t999\n");
    }
}
