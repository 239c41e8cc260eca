use std::sync::Arc;
use std::time::Duration;

use crate::process::Connection;
use crate::process::script::bench::{Bench, NoPrograms, Running};
use crate::process::script::services::Services;

fn bench() -> Bench {
    let bench = Bench::new(Arc::new(Services::before(Arc::new(NoPrograms))));
    bench.program("/usr/local/bin/redis-server", "redis-server");
    bench.program("/usr/local/bin/redis-cli", "redis-cli");
    bench.write("/data/x", b"", 0o644);
    bench
}

async fn started(bench: &Bench, line: &str) -> Running {
    let running = bench.start(line);
    running.out.until("Ready to accept connections tcp").await;
    running
}

/// Sends lines and shows what comes back, with a space for each line end.
async fn talk(bench: &Bench, lines: &str) -> String {
    let answer = bench.ask(6379, lines).await;
    answer.replace("\r\n", " ").trim_end().to_owned()
}

/// Lines of commands with what is answered to each.
async fn check(bench: &Bench, cases: &[(&str, &str)]) {
    for (line, expected) in cases {
        assert_eq!(talk(bench, &format!("{line}\n")).await, *expected, "{line}");
    }
}

#[tokio::test]
async fn it_says_when_it_is_ready_and_saves_when_it_ends() {
    let bench = bench();
    let running = started(&bench, "redis-server --dir /data").await;
    assert!(running.out.text().starts_with(
        "1:C 01 Jan 1970 00:00:00.000 * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo\n"
    ));
    check(&bench, &[("SET k v", "+OK"), ("RPUSH l a b", ":2")]).await;
    running.signal("TERM");
    assert_eq!(running.wait().await, 0);
    assert!(
        running
            .out
            .text()
            .contains("1:signal-handler (0) Received SIGTERM scheduling shutdown...")
    );
    assert!(running.out.text().ends_with(
        "* DB saved on disk\n1:M 01 Jan 1970 00:00:00.000 # Redis is now ready to exit, bye bye...\n"
    ));
    let running = started(&bench, "redis-server --dir /data").await;
    assert!(running.out.text().contains("keys loaded: 2"));
    check(
        &bench,
        &[
            ("GET k", "$1 v"),
            ("LRANGE l 0 -1", "*2 $1 a $1 b"),
            ("SHUTDOWN", ""),
        ],
    )
    .await;
    assert_eq!(running.wait().await, 0);
}

#[tokio::test]
async fn texts_and_numbers() {
    let bench = bench();
    started(&bench, "redis-server").await;
    check(
        &bench,
        &[
            ("PING", "+PONG"),
            ("ping 'a b'", "$3 a b"),
            ("ECHO x", "$1 x"),
            ("SET k 1 XX", "$-1"),
            ("SET k 1 NX", "+OK"),
            ("SET k 2 NX", "$-1"),
            ("SET k 2 GET", "$1 1"),
            ("INCR k", ":3"),
            ("INCRBY k 10", ":13"),
            ("DECR k", ":12"),
            ("DECRBY k 2", ":10"),
            ("INCRBYFLOAT k 0.5", "$4 10.5"),
            ("INCR k", "-ERR value is not an integer or out of range"),
            ("APPEND a hello", ":5"),
            ("APPEND a world", ":10"),
            ("STRLEN a", ":10"),
            ("GETRANGE a 0 4", "$5 hello"),
            ("GETRANGE a -5 -1", "$5 world"),
            ("SETRANGE a 5 W", ":10"),
            ("MSET x 1 y 2", "+OK"),
            ("MGET x y z", "*3 $1 1 $1 2 $-1"),
            ("MSETNX x 3 w 4", ":0"),
            ("GETSET x 9", "$1 1"),
            ("GETDEL x", "$1 9"),
            ("EXISTS x y y", ":2"),
            ("TYPE y", "+string"),
            ("DEL y z", ":1"),
            ("SETNX y 1", ":1"),
            ("GET", "-ERR wrong number of arguments for 'get' command"),
            (
                "NOPE a",
                "-ERR unknown command 'NOPE', with args beginning with: 'a'",
            ),
            ("SET k v PX", "-ERR syntax error"),
            ("SET k v EX 0", "-ERR invalid expire time in 'set' command"),
            (
                "LPUSH y 1",
                "-WRONGTYPE Operation against a key holding the wrong kind of value",
            ),
            ("SET n 9223372036854775807", "+OK"),
            ("INCR n", "-ERR increment or decrement would overflow"),
        ],
    )
    .await;
}

#[tokio::test]
async fn keys_are_forgotten_by_the_clock() {
    let bench = bench();
    started(&bench, "redis-server").await;
    check(
        &bench,
        &[
            ("SET a 1 EX 10", "+OK"),
            ("TTL a", ":10"),
            ("PTTL a", ":10000"),
            ("SET b 1", "+OK"),
            ("TTL b", ":-1"),
            ("TTL c", ":-2"),
            ("EXPIRE b 100", ":1"),
            ("EXPIRE b 5 GT", ":0"),
            ("PERSIST b", ":1"),
            ("SETEX d 20 x", "+OK"),
            ("EXPIRE c 10", ":0"),
        ],
    )
    .await;
    bench.pass(Duration::from_secs(10)).await;
    check(
        &bench,
        &[
            ("GET a", "$-1"),
            ("DBSIZE", ":2"),
            ("TTL d", ":10"),
            ("SET d y KEEPTTL", "+OK"),
            ("TTL d", ":10"),
            ("SET d z", "+OK"),
            ("TTL d", ":-1"),
            ("KEYS *", "*2 $1 b $1 d"),
            ("EXPIRE d -1", ":1"),
            ("RENAME b e", "+OK"),
            ("RENAME b e", "-ERR no such key"),
            ("FLUSHALL", "+OK"),
            ("DBSIZE", ":0"),
        ],
    )
    .await;
}

#[tokio::test]
async fn collections() {
    let bench = bench();
    started(&bench, "redis-server").await;
    check(
        &bench,
        &[
            ("HSET h a 1 b 2", ":2"),
            ("HGET h a", "$1 1"),
            ("HGETALL h", "*4 $1 a $1 1 $1 b $1 2"),
            ("HINCRBY h a 5", ":6"),
            ("HDEL h a b", ":2"),
            ("EXISTS h", ":0"),
            ("RPUSH l a b c", ":3"),
            ("LPUSH l z", ":4"),
            ("LLEN l", ":4"),
            ("LRANGE l 1 -2", "*2 $1 a $1 b"),
            ("LINDEX l -1", "$1 c"),
            ("LPOP l", "$1 z"),
            ("RPOP l 2", "*2 $1 c $1 b"),
            ("LREM l 0 a", ":1"),
            ("LPOP l", "$-1"),
            ("SADD s b a b", ":2"),
            ("SMEMBERS s", "*2 $1 a $1 b"),
            ("SISMEMBER s a", ":1"),
            ("SADD t b c", ":2"),
            ("SINTER s t", "*1 $1 b"),
            ("SDIFFSTORE u s t", ":1"),
            ("SREM s a b", ":2"),
            ("SCARD s", ":0"),
            ("ZADD z 2 b 1 a 3 c", ":3"),
            ("ZRANGE z 0 -1", "*3 $1 a $1 b $1 c"),
            ("ZRANGE z 0 0 REV WITHSCORES", "*2 $1 c $1 3"),
            ("ZRANGEBYSCORE z (1 +inf", "*2 $1 b $1 c"),
            ("ZADD z XX CH 9 a", ":1"),
            ("ZSCORE z a", "$1 9"),
            ("ZRANK z a", ":2"),
            ("ZINCRBY z 0.5 b", "$3 2.5"),
            ("ZREM z a b c", ":3"),
            ("TYPE z", "+none"),
        ],
    )
    .await;
}

#[tokio::test]
async fn going_through_all_keys_meets_each_once() {
    let bench = bench();
    started(&bench, "redis-server").await;
    for number in 0..25 {
        talk(&bench, &format!("SET k{number} 1\n")).await;
    }
    let mut cursor = "0".to_owned();
    let mut found = Vec::new();
    loop {
        let answer = talk(&bench, &format!("SCAN {cursor} COUNT 10\n")).await;
        let words: Vec<&str> = answer.split(' ').collect();
        words[2].clone_into(&mut cursor);
        found.extend(
            words[4..]
                .iter()
                .filter(|w| w.starts_with('k'))
                .map(|w| (*w).to_owned()),
        );
        if cursor == "0" {
            break;
        }
    }
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 25);
    check(
        &bench,
        &[
            ("SCAN 0 MATCH k1? COUNT 100 TYPE hash", "*2 $1 0 *0"),
            ("SCAN 99", "*2 $1 0 *0"),
        ],
    )
    .await;
}

#[tokio::test]
async fn transactions_are_carried_out_whole_or_not_at_all() {
    let bench = bench();
    started(&bench, "redis-server").await;
    check(
        &bench,
        &[
            ("MULTI\nSET a 1\nINCR a\nEXEC", "+OK +QUEUED +QUEUED *2 +OK :2"),
            ("MULTI\nSET a 5\nDISCARD\nGET a", "+OK +QUEUED +OK $1 2"),
            (
                "MULTI\nNOPE\nSET a 5\nEXEC",
                "+OK -ERR unknown command 'NOPE', with args beginning with:  +QUEUED -EXECABORT \
                 Transaction discarded because of previous errors.",
            ),
            ("MULTI\nLPUSH a 1\nSET b 1\nEXEC", "+OK +QUEUED +QUEUED *2 -WRONGTYPE Operation against a key holding the wrong kind of value +OK"),
            ("EXEC", "-ERR EXEC without MULTI"),
            ("WATCH a\nMULTI\nGET a\nEXEC", "+OK +OK +QUEUED *1 $1 2"),
        ],
    )
    .await;
    let one = bench.connect(6379).await.unwrap();
    one.write(b"WATCH a\nMULTI\nSET a 7\n").await.unwrap();
    bench.settle().await;
    talk(&bench, "SET a 8\n").await;
    one.write(b"EXEC\n").await.unwrap();
    bench.settle().await;
    let answer = String::from_utf8(one.read(999).await.unwrap()).unwrap();
    assert!(answer.ends_with("*-1\r\n"), "{answer}");
    check(&bench, &[("GET a", "$1 8")]).await;
}

async fn heard(bench: &Bench, connection: &Connection) -> String {
    bench.settle().await;
    String::from_utf8(connection.read(9999).await.unwrap())
        .unwrap()
        .replace("\r\n", " ")
}

#[tokio::test]
async fn messages_reach_those_who_listen() {
    let bench = bench();
    started(&bench, "redis-server").await;
    let one = bench.connect(6379).await.unwrap();
    one.write(b"SUBSCRIBE news\nPSUBSCRIBE n*\n").await.unwrap();
    assert_eq!(
        heard(&bench, &one).await,
        "*3 $9 subscribe $4 news :1 *3 $10 psubscribe $2 n* :2 "
    );
    check(
        &bench,
        &[("PUBLISH news hi", ":2"), ("PUBLISH other hi", ":0")],
    )
    .await;
    assert_eq!(
        heard(&bench, &one).await,
        "*3 $7 message $4 news $2 hi *4 $8 pmessage $2 n* $4 news $2 hi "
    );
    one.write(b"GET a\nPING\nUNSUBSCRIBE\nPUNSUBSCRIBE\nPING\n")
        .await
        .unwrap();
    let rest = heard(&bench, &one).await;
    assert!(rest.starts_with("-ERR Can't execute 'get': only"), "{rest}");
    assert!(
        rest.ends_with(":1 *3 $12 punsubscribe $2 n* :0 +PONG "),
        "{rest}"
    );
    let three = bench.connect(6379).await.unwrap();
    three.write(b"HELLO 3\nSUBSCRIBE x\nGET a\n").await.unwrap();
    let answer = heard(&bench, &three).await;
    assert!(answer.starts_with("%7 $6 server $5 redis "), "{answer}");
    assert!(answer.ends_with(">3 $9 subscribe $1 x :1 _ "), "{answer}");
}

#[tokio::test]
async fn who_waits_for_a_list_gets_what_is_pushed_or_nothing_in_time() {
    let bench = bench();
    started(&bench, "redis-server").await;
    let one = bench.connect(6379).await.unwrap();
    one.write(b"BLPOP q 0\nPING\n").await.unwrap();
    bench.settle().await;
    check(&bench, &[("LPUSH q job", ":1")]).await;
    assert_eq!(heard(&bench, &one).await, "*2 $1 q $3 job +PONG ");
    one.write(b"BRPOP q 5\n").await.unwrap();
    bench.pass(Duration::from_secs(4)).await;
    check(&bench, &[("LPUSH other x", ":1")]).await;
    bench.pass(Duration::from_secs(1)).await;
    assert_eq!(heard(&bench, &one).await, "*-1 ");
}

#[tokio::test]
async fn a_password_is_asked_for() {
    let bench = bench();
    bench.write("/etc/redis.conf", b"requirepass secret\nport 6379\n", 0o644);
    started(&bench, "redis-server /etc/redis.conf").await;
    check(
        &bench,
        &[
            ("GET a", "-NOAUTH Authentication required."),
            ("AUTH wrong", "-WRONGPASS invalid username-password pair or user is disabled."),
            ("AUTH secret\nGET a", "+OK $-1"),
            ("HELLO 2 AUTH default secret SETNAME me\nCLIENT GETNAME", "*14 $6 server $5 redis $7 version $5 8.2.1 $5 proto :2 $2 id :4 $4 mode $10 standalone $4 role $6 master $7 modules *0 $2 me"),
        ],
    )
    .await;
    let (code, _, err) = bench.run("redis-server --nonsense 1").await;
    assert_eq!(code, 1);
    assert!(err.contains(">>> 'nonsense \"1\"'"), "{err}");
}

#[tokio::test]
async fn it_tells_about_itself() {
    let bench = bench().env("REDIS_VERSION", "7.4.5");
    started(&bench, "redis-server --maxmemory 100mb").await;
    let info = talk(&bench, "SELECT 2\nSET a 1\nINFO\n").await;
    assert!(
        info.contains("redis_version:7.4.5") && info.contains("db2:keys=1,expires=0"),
        "{info}"
    );
    check(
        &bench,
        &[
            (
                "CONFIG GET maxmemory*",
                "*4 $9 maxmemory $5 100mb $16 maxmemory-policy $10 noeviction",
            ),
            ("CONFIG SET maxmemory-policy allkeys-lru", "+OK"),
            (
                "CONFIG SET bogus 1",
                "-ERR Unknown option or number of arguments for CONFIG SET - 'bogus'",
            ),
            ("SELECT 16", "-ERR DB index is out of range"),
            ("EVAL 'return 1' 0", "-ERR EVAL is not simulated here"),
            ("QUIT\nPING", "+OK"),
        ],
    )
    .await;
    let (_, version, _) = bench.run("redis-server --version").await;
    assert!(version.starts_with("Redis server v=7.4.5 "), "{version}");
}

#[tokio::test]
async fn its_client_asks_and_shows_answers() {
    let bench = bench();
    let (code, _, err) = bench.run("redis-cli ping").await;
    assert_eq!(
        (code, err.as_str()),
        (
            1,
            "Could not connect to Redis at 127.0.0.1:6379: Connection refused\n"
        )
    );
    started(&bench, "redis-server").await;
    let run = async |line: &str| {
        let (code, out, _) = bench.run(line).await;
        (code, out)
    };
    assert_eq!(run("redis-cli ping").await, (0, "PONG\n".to_owned()));
    assert_eq!(
        run("redis-cli -h localhost -p 6379 -n 1 set a b").await.1,
        "OK\n"
    );
    assert_eq!(
        run("redis-cli -u redis://localhost:6379/1 get a").await.1,
        "b\n"
    );
    assert_eq!(run("redis-cli get a").await.1, "\n");
    assert_eq!(run("redis-cli rpush l x y").await.1, "2\n");
    assert_eq!(
        run("redis-cli --no-raw lrange l 0 -1").await.1,
        "1) \"x\"\n2) \"y\"\n"
    );
    assert_eq!(run("redis-cli --no-raw incr n").await.1, "(integer) 1\n");
    assert_eq!(run("redis-cli --no-raw get nothing").await.1, "(nil)\n");
    assert_eq!(
        run("redis-cli lpush n 1").await,
        (
            1,
            "WRONGTYPE Operation against a key holding the wrong kind of value\n\n".to_owned()
        )
    );
    let mut typed = bench.start("redis-cli");
    typed.type_in("set t 'a b'\nget t\n'\nquit\n").await;
    typed.stdin = None;
    assert_eq!(typed.wait().await, 0);
    assert_eq!(typed.out.text(), "OK\na b\nInvalid argument(s)\n");
}

#[tokio::test]
async fn garbage_and_great_things_end_nothing() {
    let bench = bench();
    started(&bench, "redis-server").await;
    let pieces = [
        "*2\r\n",
        "$3\r\nGET\r\n",
        "$1\r\nk\r\n",
        "*-1\r\n",
        "$-1\r\n",
        "set k v\n",
        "\r\n",
        "\"",
        "multi\n",
        "exec\n",
        "subscribe a\n",
        "zadd k 1 k nan\n",
        "lpush k a\n",
        "hello 3\n",
        "blpop k 1\n",
        "\0",
        "scan 0 match [\n",
        "keys [^\n",
        "client list\n",
        "set k v ex 999999999999999999\n",
    ];
    let mut seed = 3_u64;
    for _ in 0..400 {
        let mut text = String::new();
        for _ in 0..20 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text += pieces[usize::try_from(seed >> 33).unwrap() % pieces.len()];
        }
        bench.ask_bytes(6379, text).await;
    }
    let big = "x".repeat(6_000_000);
    let mut full = String::new();
    for number in 0..14 {
        full = talk(
            &bench,
            &format!("*3\r\n$3\r\nSET\r\n$2\r\nb{number:x}\r\n$6000000\r\n{big}\r\n"),
        )
        .await;
    }
    assert_eq!(
        full,
        "-OOM command not allowed when used memory > 'maxmemory'."
    );
    check(&bench, &[("FLUSHALL", "+OK"), ("PING", "+PONG")]).await;
}
