//! What containers are limited to, as their own processes see it.

use fake_docker::Engine;
use serde_json::{Value, json};

use crate::alpine::{engine, exec};
use crate::wire::{ask, post};

/// Makes a container that sleeps and tells how its start went.
async fn start(engine: &Engine, name: &str, host: Value) -> (u16, String) {
    let body = json!({
        "Image": "alpine:3.22", "Cmd": ["sleep", "300"], "HostConfig": host
    });
    let target = format!("/containers/create?name={name}");
    let made = post(engine, &target, &body.to_string()).await;
    assert_eq!(made.status, 201, "{made:?}");
    let started = ask(engine, "POST", &format!("/containers/{name}/start")).await;
    match started.status {
        204 => (204, String::new()),
        status => (status, started.message()),
    }
}

/// Runs a script with a terminal in a container that has these limits.
async fn told(engine: &Engine, host: Value, script: &str) -> String {
    assert_eq!(start(engine, "box", host).await, (204, String::new()));
    let text = exec(engine, "box", "", script).await;
    ask(engine, "DELETE", "/containers/box?force=1").await;
    text
}

#[tokio::test]
async fn files_in_memory_have_their_size_and_their_mode() {
    let engine = engine().await;
    let host = json!({"Tmpfs": {"/t": "size=1m,mode=700"}});
    let script = "mount | grep ' /t '; grep ' /t ' /proc/mounts; df /t | tail -n 1; stat -c %a /t
        dd if=/dev/zero of=/t/x bs=1k count=1024 2>/dev/null; echo $?
        echo more >/t/y
        rm /t/x; echo again >/t/y; cat /t/y";
    assert_eq!(
        told(&engine, host, script).await,
        "tmpfs on /t type tmpfs (rw,nosuid,nodev,noexec,relatime,size=1024k,mode=700)\n\
         tmpfs /t tmpfs rw,nosuid,nodev,noexec,relatime,size=1024k,mode=700 0 0\n\
         tmpfs                     1024         0      1024   0% /t\n700\n0\n\
         sh: write error: No space left on device\nagain\n"
    );
    let script = "stat -c %s /t; touch /t/a /t/b; stat -c %s /t; stat -c %s /etc";
    assert_eq!(
        told(&engine, json!({"Tmpfs": {"/t": ""}}), script).await,
        "40\n80\n4096\n"
    );
    let mount = json!({
        "Type": "tmpfs", "Target": "/m", "ReadOnly": true,
        "TmpfsOptions": {"SizeBytes": 4096, "Mode": 0o1770}
    });
    let script = "mount | grep ' /m '; stat -c %a /m; echo x >/m/x";
    assert_eq!(
        told(&engine, json!({"Mounts": [mount]}), script).await,
        "tmpfs on /m type tmpfs (ro,nosuid,nodev,noexec,relatime,size=4k,mode=1770)\n1770\n\
         sh: can't create /m/x: Read-only file system\n"
    );
    let host = json!({"ShmSize": 65536});
    let script = "mount | grep shm; df -T /dev/shm | tail -n 1; stat -c %a /dev/shm
        dd if=/dev/zero of=/dev/shm/x bs=64k count=2 2>&1 | grep -c 'No space left on device'; du /dev/shm/x";
    assert_eq!(
        told(&engine, host, script).await,
        "shm on /dev/shm type tmpfs (rw,nosuid,nodev,noexec,relatime,size=64k)\n\
         shm                  tmpfs             64         0        64   0% /dev/shm\n1777\n\
         1\n64\t/dev/shm/x\n"
    );
    let (status, words) = start(&engine, "odd", json!({"Tmpfs": {"/t": "nonsense"}})).await;
    assert_eq!(
        (status, words.as_str()),
        (500, "invalid tmpfs option [\"nonsense\"]")
    );
}

#[tokio::test]
async fn limits_of_the_kernel_are_seen_from_inside() {
    let engine = engine().await;
    let host = json!({
        "Ulimits": [{"Name": "nofile", "Soft": 10, "Hard": 20}],
        "Memory": 64 << 20, "NanoCpus": 500_000_000, "PidsLimit": 50,
        "Sysctls": {"net.core.somaxconn": "1024", "kernel.msgmax": "9"}
    });
    let script = "ulimit -n; ulimit -Hn; ulimit -s; grep -i 'open files' /proc/self/limits
        cd /sys/fs/cgroup; cat memory.max memory.swap.max cpu.max pids.max
        cat memory/memory.limit_in_bytes; ls pids | cat
        cat /proc/sys/net/core/somaxconn /proc/sys/kernel/msgmax; ls /proc/sys /proc/sys/kernel/random | cat";
    assert_eq!(
        told(&engine, host, script).await,
        "10\n20\n8192\nMax open files            10                   20                   files     \n\
         67108864\n67108864\n50000 100000\n50\n67108864\npids.current\npids.max\n1024\n9\n\
         /proc/sys:\nfs\nkernel\nnet\nvm\n\n/proc/sys/kernel/random:\nboot_id\nentropy_avail\nuuid\n"
    );
    let script = "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max /sys/fs/cgroup/pids.max
        f=/proc/sys/kernel/random/uuid; a=$(cat $f) b=$(cat $f); echo ${#a}; [ $a = $b ] || echo other
        echo $(cat /sys/fs/cgroup/pids.current) $(wc -l </sys/fs/cgroup/cgroup.procs)";
    assert_eq!(
        told(&engine, json!({}), script).await,
        "max\nmax 100000\nmax\n36\nother\n3 3\n"
    );
}

#[tokio::test]
async fn a_superuser_without_capabilities_may_little() {
    let engine = engine().await;
    let script = "touch /tmp/x; chown 7 /tmp/x; echo $?; chmod 600 /tmp/x; echo $?
        mknod /tmp/n c 1 3; su nobody -s /bin/sh -c id";
    let denied = told(&engine, json!({"CapDrop": ["ALL"]}), script).await;
    assert!(
        denied.starts_with(
            "chown: /tmp/x: Operation not permitted\n1\n0\nmknod: /tmp/n: Operation not permitted\n"
        ),
        "{denied}"
    );
    let host = json!({"CapDrop": ["ALL"], "CapAdd": ["CAP_CHOWN"]});
    let left = told(
        &engine,
        host,
        "touch /tmp/x; chown 7 /tmp/x; stat -c %u /tmp/x",
    )
    .await;
    assert_eq!(left, "7\n");
    let host = json!({"CapDrop": ["chown"]});
    let script = "touch /tmp/x; chown 7 /tmp/x; su nobody -s /bin/sh -c 'id -un'";
    assert_eq!(
        told(&engine, host, script).await,
        "chown: /tmp/x: Operation not permitted\nnobody\n"
    );
}

#[tokio::test]
async fn a_new_limit_of_processes_holds_for_who_runs() {
    let engine = engine().await;
    assert_eq!(start(&engine, "box", json!({})).await.0, 204);
    let asked = post(&engine, "/containers/box/update", r#"{"PidsLimit": 4}"#).await;
    assert_eq!(asked.status, 200);
    let script = "cat /sys/fs/cgroup/pids.max; for i in 1 2 3; do sleep 9 & done; echo never";
    let text = exec(&engine, "box", "", script).await;
    assert!(text.starts_with("4\n") && text.contains("fork"), "{text}");
    assert!(!text.contains("never"), "{text}");
}

#[tokio::test]
async fn what_the_host_does_not_have_is_refused_at_the_start() {
    let engine = engine().await;
    let gpus = json!([{"Driver": "", "Count": -1, "Capabilities": [["gpu"]]}]);
    for (name, host, words) in [
        (
            "gpu",
            json!({"DeviceRequests": gpus}),
            "could not select device driver \"\" with capabilities: [[gpu]]",
        ),
        (
            "log",
            json!({"LogConfig": {"Type": "json-file", "Config": {"max-size": "foo"}}}),
            "failed to create task for container: failed to initialize logging driver: invalid size: 'foo'",
        ),
    ] {
        let refused = start(&engine, name, host).await;
        assert_eq!(refused, (500, words.to_owned()));
    }
    let log = json!({"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}});
    assert_eq!(start(&engine, "ok", json!({"LogConfig": log})).await.0, 204);
}

#[tokio::test]
async fn a_limit_of_memory_stays_below_that_of_memory_and_swap() {
    let engine = engine().await;
    assert_eq!(start(&engine, "free", json!({})).await.0, 204);
    let host = json!({"Memory": 64 << 20, "MemorySwap": 128 << 20});
    assert_eq!(start(&engine, "bound", host).await.0, 204);
    let host = json!({"Memory": 64 << 20, "MemorySwap": -1});
    assert_eq!(start(&engine, "swaps", host).await.0, 204);
    for (name, memory, swap, status) in [
        ("free", 50, 0, 409),
        ("free", 50, 100, 200),
        ("bound", 100, 0, 200),
        ("bound", 200, 0, 409),
        ("swaps", 200, 0, 200),
    ] {
        let asked = json!({"Memory": memory << 20, "MemorySwap": swap << 20}).to_string();
        let answer = post(&engine, &format!("/containers/{name}/update"), &asked).await;
        assert_eq!(answer.status, status, "{name} {memory} {swap}");
        if status == 409 {
            let words = "Memory limit should be smaller than already set memoryswap limit";
            assert!(answer.message().contains(words), "{}", answer.message());
        }
    }
}
