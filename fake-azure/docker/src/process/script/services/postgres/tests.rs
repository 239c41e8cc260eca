use std::sync::Arc;
use std::time::Duration;

use crate::process::script::bench::{Bench, NoPrograms, Running};
use crate::process::script::services::Services;

fn bench() -> Bench {
    let bench = Bench::new(Arc::new(Services::before(Arc::new(NoPrograms))));
    bench.program("/usr/bin/postgres", "postgres");
    bench.program("/usr/bin/psql", "psql");
    bench.program("/usr/bin/pg_isready", "pg_isready");
    bench.env("PGUSER", "postgres")
}

async fn started(bench: &Bench) -> Running {
    let running = bench.start("postgres");
    running
        .err
        .until("[1] LOG:  listening on IPv4 address \"0.0.0.0\", port 5432")
        .await;
    bench.settle().await;
    running
}

async fn trusting() -> (Bench, Running) {
    let bench = bench().env("POSTGRES_HOST_AUTH_METHOD", "trust");
    let running = started(&bench).await;
    (bench, running)
}

/// Runs statements with `psql -tA`, and shows rows and errors.
async fn sql(bench: &Bench, text: &str) -> String {
    let (_, out, err) = bench.run_words(&["psql", "-qtA", "-c", text]).await;
    format!("{out}{err}").trim_end().to_owned()
}

async fn check(bench: &Bench, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(sql(bench, text).await, *expected, "{text}");
    }
}

#[tokio::test]
async fn without_a_password_it_does_not_start() {
    let (code, _, err) = bench().run("postgres").await;
    assert_eq!(code, 1);
    assert!(err.starts_with(
        "Error: Database is uninitialized and superuser password is not specified.\n"
    ));
}

#[tokio::test]
async fn it_is_ready_twice_the_first_time_and_keeps_what_it_was_given() {
    let bench = bench()
        .env("POSTGRES_PASSWORD", "secret")
        .env("POSTGRES_DB", "shop");
    bench.write(
        "/docker-entrypoint-initdb.d/1.sql",
        b"CREATE TABLE t (a int);\nINSERT INTO t VALUES (7);",
        0o644,
    );
    bench.write("/docker-entrypoint-initdb.d/readme", b"", 0o644);
    let (code, out, _) = bench.run("pg_isready").await;
    assert_eq!(
        (code, out.as_str()),
        (2, "/var/run/postgresql:5432 - no response\n")
    );
    let running = started(&bench).await;
    let ready = "LOG:  database system is ready to accept connections\n";
    assert_eq!(running.err.text().matches(ready).count(), 2);
    assert!(
        running
            .err
            .text()
            .starts_with("1970-01-01 00:00:00.000 UTC [1] LOG:  starting PostgreSQL 17.6 ")
    );
    let out = running.out.text();
    assert!(
        out.contains("running /docker-entrypoint-initdb.d/1.sql")
            && out.contains("ignoring /docker-entrypoint-initdb.d/readme")
    );
    assert!(
        out.ends_with("PostgreSQL init process complete; ready for start up.\n\n"),
        "{out}"
    );
    let (code, out, _) = bench.run("pg_isready -h localhost -U postgres").await;
    assert_eq!(
        (code, out.as_str()),
        (0, "localhost:5432 - accepting connections\n")
    );
    let words = ["psql", "-d", "shop", "-tAc", "INSERT INTO t VALUES (8)"];
    assert_eq!(bench.run_words(&words).await.1, "INSERT 0 1\n");
    // Killed, not stopped: what was committed is there.
    running.signal("KILL");
    running.wait().await;
    let running = started(&bench).await;
    assert_eq!(running.err.text().matches(ready).count(), 1);
    assert!(running.out.text().contains("Skipping initialization"));
    let words = ["psql", "-d", "shop", "-tAc", "SELECT sum(a) FROM t"];
    assert_eq!(bench.run_words(&words).await.1, "15\n");
    running.signal("INT");
    assert_eq!(running.wait().await, 0);
    assert!(running.err.text().ends_with(
        "LOG:  shutting down\n1970-01-01 00:00:00.000 UTC [1] LOG:  database system is shut down\n"
    ));
}

#[tokio::test]
async fn an_init_script_that_fails_ends_it() {
    let bench = bench().env("POSTGRES_PASSWORD", "secret");
    bench.write(
        "/docker-entrypoint-initdb.d/1.sql",
        b"SELECT 1;\nSELEC 2;",
        0o644,
    );
    let (code, _, err) = bench.run("postgres").await;
    assert_eq!(code, 3);
    assert!(
        err.contains(
            "psql:/docker-entrypoint-initdb.d/1.sql:2: ERROR:  syntax error at or near \"SELEC\""
        ),
        "{err}"
    );
}

#[tokio::test]
async fn questions_without_tables_are_answered() {
    let (bench, running) = trusting().await;
    check(
        &bench,
        &[
            ("SELECT 1", "1"),
            ("SELECT 1 + 2 * 3 AS x, 'a' || 'b', NULL, true", "7|ab||t"),
            ("select version()", "PostgreSQL 17.6 on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit"),
            ("SHOW server_version", "17.6"),
            ("SET application_name = 'x'; SHOW application_name", "x"),
            ("SELECT current_user, current_database()", "postgres|postgres"),
            ("SELECT now()", "1970-01-01 00:00:00+00"),
            ("SELECT '2024-02-30'::date", "ERROR:  invalid input syntax for type date: \"2024-02-30\""),
            ("SELECT upper('abc'), length('äö'), coalesce(NULL, 3), 7 % 4, -5, 10 / 4, 10 / 4.0", "ABC|2|3|3|-5|2|2.5000000000000000"),
            ("SELECT 0.1 + 0.2, 1.5 * 2", "0.3|3.0"),
            ("SELECT CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END", "b"),
            ("SELECT 1 = 1 AND NOT false, NULL = NULL, 3 IN (1, 2), 'abc' LIKE 'a%', 5 BETWEEN 1 AND 9", "t||f|t|t"),
            ("SELECT 1/0", "ERROR:  division by zero"),
            ("SELECT $$it's$$, E'a\\tb', 'it''s' -- no more", "it's|a\tb|it's"),
        ],
    )
    .await;
    let (_, out, _) = bench
        .run_words(&["psql", "-c", "SELECT 1 AS one, 'abc' AS word"])
        .await;
    assert_eq!(out, " one | word \n-----+------\n   1 | abc\n(1 row)\n\n");
    let (code, _, err) = bench
        .run_words(&["psql", "-c", "SELECT\nx FROM nowhere"])
        .await;
    assert_eq!(
        (code, err.as_str()),
        (1, "ERROR:  relation \"nowhere\" does not exist\n")
    );
    let (_, _, err) = bench.run_words(&["psql", "-c", "SELEC 1"]).await;
    assert_eq!(
        err,
        "ERROR:  syntax error at or near \"SELEC\"\nLINE 1: SELEC 1\n        ^\n"
    );
    assert!(
        running
            .err
            .text()
            .contains("[1] ERROR:  relation \"nowhere\" does not exist\n")
    );
    assert!(running.err.text().contains("[1] STATEMENT:  SELEC 1\n"));
}

#[tokio::test]
async fn tables_are_made_filled_asked_and_changed() {
    let (bench, _running) = trusting().await;
    check(
        &bench,
        &[
            ("CREATE TABLE users (id SERIAL PRIMARY KEY, name VARCHAR(50) NOT NULL UNIQUE, age int DEFAULT 18, at timestamptz DEFAULT now())", ""),
            ("INSERT INTO users (name, age) VALUES ('Ann', 30), ('Bob', NULL), ('Cid', DEFAULT) RETURNING id, name", "1|Ann\n2|Bob\n3|Cid"),
            ("SELECT * FROM users WHERE age > 20", "1|Ann|30|1970-01-01 00:00:00+00"),
            ("SELECT name FROM users ORDER BY age DESC, id LIMIT 2", "Bob\nAnn"),
            ("SELECT u.name AS n FROM users AS u ORDER BY n DESC OFFSET 1 LIMIT 1", "Bob"),
            ("SELECT count(*), count(age), min(name), max(id), sum(age), avg(age) FROM users", "3|2|Ann|3|48|24.0000000000000000"),
            ("SELECT age IS NULL, count(*) FROM users GROUP BY 1 ORDER BY 1", "f|2\nt|1"),
            ("SELECT DISTINCT age > 0 FROM users WHERE age IS NOT NULL", "t"),
            ("INSERT INTO users (name) VALUES ('Ann')", "ERROR:  duplicate key value violates unique constraint \"users_name_key\""),
            ("INSERT INTO users (name) VALUES (NULL)", "ERROR:  null value in column \"name\" of relation \"users\" violates not-null constraint"),
            ("INSERT INTO users (name, age) VALUES ('Dan', 1), ('Eve', 'x')", "ERROR:  invalid input syntax for type integer: \"x\""),
            ("SELECT count(*) FROM users WHERE name = 'Dan'", "0"),
            ("INSERT INTO users (name, age) VALUES ('Ann', 99) ON CONFLICT (name) DO UPDATE SET age = excluded.age + 1 RETURNING age", "100"),
            ("INSERT INTO users (name) VALUES ('Ann') ON CONFLICT DO NOTHING", ""),
            ("UPDATE users SET age = age + 1 WHERE name IN ('Ann', 'Cid') RETURNING name, age", "Ann|101\nCid|19"),
            ("UPDATE users SET name = 'Ann' WHERE name = 'Bob'", "ERROR:  duplicate key value violates unique constraint \"users_name_key\""),
            ("DELETE FROM users WHERE age > 100", ""),
            ("SELECT name FROM users", "Bob\nCid"),
            ("ALTER TABLE users ADD COLUMN ok boolean DEFAULT true", ""),
            ("SELECT ok FROM users WHERE id = 3", "t"),
            ("SELECT nope FROM users", "ERROR:  column \"nope\" does not exist"),
            ("CREATE TABLE users (id int)", "ERROR:  relation \"users\" already exists"),
            ("CREATE TABLE IF NOT EXISTS users (id int); TRUNCATE users; SELECT count(*) FROM users", "0"),
            ("DROP TABLE users", ""),
            ("DROP TABLE users", "ERROR:  table \"users\" does not exist"),
            ("DROP TABLE IF EXISTS users", ""),
            ("SELECT a.x FROM a JOIN b ON true", "ERROR:  JOIN is not simulated; declare in a script what the database answers\nLINE 1: SELECT a.x FROM a JOIN b ON true\n                          ^"),
            ("SELECT relname FROM pg_catalog.pg_class", "ERROR:  the catalogue \"pg_catalog.pg_class\" is not simulated; declare in a script what the database answers"),
        ],
    )
    .await;
}

#[tokio::test]
async fn transactions_are_seen_when_they_are_committed() {
    let (bench, _running) = trusting().await;
    sql(&bench, "CREATE TABLE t (a int)").await;
    let typed = bench.start_words(&["psql", "-qtA"]);
    typed
        .type_in("BEGIN;\nINSERT INTO t VALUES (1);\nSELECT count(*) FROM t;\n")
        .await;
    typed.out.until("1\n").await;
    assert_eq!(sql(&bench, "SELECT count(*) FROM t").await, "0");
    typed.type_in("COMMIT;\nSELECT 'done';\n").await;
    typed.out.until("done\n").await;
    assert_eq!(sql(&bench, "SELECT count(*) FROM t").await, "1");
    check(
        &bench,
        &[
            (
                "BEGIN; INSERT INTO t VALUES (2); ROLLBACK; SELECT count(*) FROM t",
                "1",
            ),
            (
                "BEGIN; SELECT nope; SELECT 1",
                "ERROR:  column \"nope\" does not exist",
            ),
        ],
    )
    .await;
    let failed = bench.start_words(&["psql", "-tA"]);
    failed
        .type_in("BEGIN;\nSELECT nope;\nSELECT 1;\nCOMMIT;\nSELECT 5;\n")
        .await;
    failed.out.until("5\n").await;
    assert_eq!(failed.out.text(), "BEGIN\nROLLBACK\n5\n");
    assert!(failed.err.text().contains(
        "current transaction is aborted, commands ignored until end of transaction block"
    ));
}

#[tokio::test]
async fn a_transaction_goes_back_to_where_it_noted() {
    let (bench, _running) = trusting().await;
    sql(&bench, "CREATE TABLE t (a int)").await;
    let count = "SELECT count(*) FROM t";
    for (statements, told) in [
        ("SAVEPOINT s; INSERT INTO t VALUES (2); ROLLBACK TO s", "1"),
        (
            "SAVEPOINT \"S 1\"; INSERT INTO t VALUES (2); ROLLBACK TO SAVEPOINT \"S 1\"",
            "1",
        ),
        (
            "SAVEPOINT s; INSERT INTO t VALUES (2); RELEASE SAVEPOINT s",
            "2",
        ),
        (
            "SAVEPOINT a; INSERT INTO t VALUES (2); SAVEPOINT b; INSERT INTO t VALUES (3); ROLLBACK TO b; ROLLBACK TO b",
            "2",
        ),
        (
            "SAVEPOINT a; INSERT INTO t VALUES (2); SAVEPOINT a; INSERT INTO t VALUES (3); RELEASE a; ROLLBACK TO a",
            "1",
        ),
    ] {
        let line = format!("BEGIN; INSERT INTO t VALUES (1); {statements}; {count}");
        assert_eq!(sql(&bench, &line).await, told, "{statements}");
    }
    // An error is undone, too.
    let typed = bench.start_words(&["psql", "-qtA"]);
    typed
        .type_in("BEGIN;\nSAVEPOINT s;\nSELECT nope;\nROLLBACK TO s;\nINSERT INTO t VALUES (7);\nCOMMIT;\nSELECT 'done';\n")
        .await;
    typed.out.until("done\n").await;
    assert_eq!(sql(&bench, "SELECT a FROM t").await, "7");
    check(
        &bench,
        &[
            (
                "SAVEPOINT s",
                "ERROR:  SAVEPOINT can only be used in transaction blocks",
            ),
            (
                "ROLLBACK TO s",
                "ERROR:  ROLLBACK TO SAVEPOINT can only be used in transaction blocks",
            ),
            (
                "BEGIN; SAVEPOINT s; RELEASE t",
                "ERROR:  savepoint \"t\" does not exist",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_sleep_takes_its_time() {
    let (bench, _running) = trusting().await;
    let asked = bench.start_words(&["psql", "-tAc", "SELECT 'x', pg_sleep(5)"]);
    bench.pass(Duration::from_secs(4)).await;
    assert_eq!(asked.exit(), None);
    bench.pass(Duration::from_secs(1)).await;
    assert_eq!(asked.exit(), Some(0));
    assert_eq!(asked.out.text(), "x|\n");
}

/// A message as it goes over the wire.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&[kind][..], &length, body].concat()
}

fn startup(pairs: &[u8]) -> Vec<u8> {
    let body = [&196_608_u32.to_be_bytes()[..], pairs, b"\0"].concat();
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&length[..], &body].concat()
}

/// The kinds of the messages in an answer.
fn kinds(mut bytes: &[u8]) -> String {
    let mut kinds = String::new();
    while bytes.len() >= 5 {
        kinds.push(char::from(bytes[0]));
        let length = u32::from_be_bytes(bytes[1..5].try_into().unwrap());
        bytes = bytes
            .get(usize::try_from(length).unwrap() + 1..)
            .unwrap_or_default();
    }
    kinds
}

#[tokio::test]
async fn prepared_statements_are_described_bound_and_run() {
    let (bench, _running) = trusting().await;
    sql(
        &bench,
        "CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'one'), (2, 'two')",
    )
    .await;
    let asked = [
        startup(b"user\0postgres\0"),
        message(b'P', b"s\0SELECT b FROM t WHERE a = $1\0\0\0"),
        message(b'D', b"Ss\0"),
        message(
            b'B',
            b"\0s\0\0\x01\0\x01\0\x01\0\0\0\x04\0\0\0\x02\0\x01\0\x01",
        ),
        message(b'E', b"\0\0\0\0\0"),
        message(b'S', b""),
        message(b'B', b"\0nope\0\0\0\0\0\0\0"),
        message(b'E', b"\0\0\0\0\0"),
        message(b'S', b""),
        message(b'C', b"Ss\0"),
        message(b'S', b""),
        message(b'P', b"\0\0\0\0"),
        message(b'B', b"\0\0\0\0\0\0\0\0"),
        message(b'E', b"\0\0\0\0\0"),
        message(b'S', b""),
        message(b'X', b""),
    ];
    let answer = bench.ask_bytes(5432, asked.concat()).await;
    let told = kinds(&answer);
    let begin = told.find('K').unwrap();
    assert_eq!(&told[begin..], "KZ1tT2DCZEZ3Z12IZ");
    let parameter = message(b't', b"\0\x01\0\0\0\x17");
    assert!(
        answer
            .windows(parameter.len())
            .any(|part| part == parameter)
    );
    let row = message(b'D', b"\0\x01\0\0\0\x03two");
    assert!(answer.windows(row.len()).any(|part| part == row));
    // Rows come in pieces where a portal asks for that.
    let pieces = [
        startup(b"user\0postgres\0"),
        message(b'P', b"\0SELECT a FROM t\0\0\0"),
        message(b'B', b"p\0\0\0\0\0\0\0\0"),
        message(b'E', b"p\0\0\0\0\x01"),
        message(b'E', b"p\0\0\0\0\x05"),
        message(b'S', b""),
    ];
    let told = kinds(&bench.ask_bytes(5432, pieces.concat()).await);
    assert!(told.ends_with("Z12DsDCZ"), "{told}");
}

#[tokio::test]
async fn those_from_outside_need_the_password() {
    for method in ["scram-sha-256", "md5", "password"] {
        let bench = bench()
            .env("POSTGRES_PASSWORD", "secret")
            .env("POSTGRES_HOST_AUTH_METHOD", method);
        let running = started(&bench).await;
        // A neighbour: the client's own container, with a network that leads here.
        let neighbour = Bench::beside(&bench, Arc::new(Services::before(Arc::new(NoPrograms))));
        neighbour.program("/usr/bin/psql", "psql");
        let ask = async |url: &str| {
            neighbour
                .run_words(&["psql", url, "-tAc", "SELECT 42"])
                .await
        };
        let (code, out, err) = ask("postgres://postgres:secret@db/postgres").await;
        assert_eq!((code, out.as_str()), (0, "42\n"), "{err}");
        let (code, _, err) = ask("postgres://postgres:wrong@db/postgres").await;
        assert_eq!(code, 2);
        assert!(
            err.contains("FATAL:  password authentication failed for user \"postgres\""),
            "{err}"
        );
        let (_, _, err) = ask("postgres://nobody:secret@db/postgres").await;
        assert!(
            err.contains("FATAL:  password authentication failed for user \"nobody\""),
            "{err}"
        );
        let (_, _, err) = ask("postgres://postgres@db/postgres").await;
        assert!(err.contains("no password supplied"), "{err}");
        let (_, _, err) = ask("postgres://postgres:secret@db/none").await;
        assert!(
            err.contains("FATAL:  database \"none\" does not exist"),
            "{err}"
        );
        assert_eq!(
            sql(
                &bench,
                "CREATE USER app WITH PASSWORD 'pw'; CREATE DATABASE appdb"
            )
            .await,
            ""
        );
        let (code, ..) = ask("postgres://app:pw@db/appdb").await;
        assert_eq!(code, 0);
        assert!(
            running
                .err
                .text()
                .contains("FATAL:  password authentication failed for user \"postgres\"")
        );
    }
}

#[tokio::test]
async fn encryption_is_declined_and_noise_ends_only_its_connection() {
    let (bench, running) = trusting().await;
    let ssl = [&8_u32.to_be_bytes()[..], &80_877_103_u32.to_be_bytes()].concat();
    let answer = bench
        .ask_bytes(5432, [ssl, startup(b"user\0postgres\0")].concat())
        .await;
    assert!(answer.starts_with(b"NR"));
    let mut seed = 11_u64;
    let pieces: [&[u8]; 10] = [
        b"Q\0\0\0\x0dSELECT 1;\0",
        b"P\0\0\0\x08\0\0\0\0",
        b"B\0\0\0\x05\0",
        b"S\0\0\0\x04",
        b"\0\0\0\0",
        b"E\0\0\0\x04",
        b"D\0\0\0\x06S\0",
        b"\xff\xff\xff\xff",
        b"Q\0\0\0\x05",
        b"C\0\0\0\x05",
    ];
    for round in 0..300 {
        let mut bytes = if round % 3 == 0 {
            Vec::new()
        } else {
            startup(b"user\0postgres\0")
        };
        for _ in 0..8 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            bytes.extend(pieces[usize::try_from(seed >> 33).unwrap() % pieces.len()]);
        }
        bench.ask_bytes(5432, bytes).await;
    }
    let words = [
        "select",
        "(",
        ")",
        "from",
        "t",
        "where",
        "1",
        "'",
        "$1",
        "::int",
        ",",
        "and",
        "not",
        "-",
        "case",
        "when",
        "in",
        "*",
        "\"",
        "insert into",
        "values",
        ";",
    ];
    for _ in 0..300 {
        let mut text = String::new();
        for _ in 0..25 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.extend([
                words[usize::try_from(seed >> 33).unwrap() % words.len()],
                " ",
            ]);
        }
        sql(&bench, &text).await;
    }
    let deep = format!("SELECT {}1{}", "(".repeat(10_000), ")".repeat(10_000));
    assert!(
        sql(&bench, &deep)
            .await
            .starts_with("ERROR:  stack depth limit exceeded")
    );
    let long = format!("SELECT 1{}", " + 1".repeat(100_000));
    assert!(sql(&bench, &long).await.starts_with("ERROR:  the"));
    assert_eq!(running.exit(), None);
}

#[tokio::test]
async fn psql_tells_of_databases_tables_and_columns() {
    let (bench, running) = trusting().await;
    let (_, out, err) = bench.run_words(&["psql", "-c", "\\dt"]).await;
    assert_eq!(
        (out.as_str(), err.as_str()),
        ("", "Did not find any relations.\n")
    );
    sql(
        &bench,
        "CREATE TABLE users (id serial PRIMARY KEY, name varchar(50) NOT NULL UNIQUE, \
         note text DEFAULT 'x')",
    )
    .await;
    let (code, out, _) = bench.run_words(&["psql", "-c", "\\d users"]).await;
    assert_eq!(code, 0);
    assert_eq!(
        out,
        "                                   Table \"public.users\"\n\
         \x20Column |         Type          | Collation | Nullable |              Default              \n\
         --------+-----------------------+-----------+----------+-----------------------------------\n\
         \x20id     | integer               |           | not null | nextval('users_id_seq'::regclass)\n\
         \x20name   | character varying(50) |           | not null | \n\
         \x20note   | text                  |           |          | 'x'::text\n\
         Indexes:\n    \"users_pkey\" PRIMARY KEY, btree (id)\n\
         \x20   \"users_name_key\" UNIQUE CONSTRAINT, btree (name)\n\n"
    );
    let (_, out, _) = bench.run_words(&["psql", "-c", "\\dt"]).await;
    assert_eq!(
        out,
        "         List of relations\n Schema | Name  | Type  |  Owner   \n\
         --------+-------+-------+----------\n public | users | table | postgres\n(1 row)\n\n"
    );
    let (_, out, _) = bench.run_words(&["psql", "-tAc", "\\d"]).await;
    assert_eq!(
        out,
        "public|users|table|postgres\npublic|users_id_seq|sequence|postgres\n"
    );
    let (code, _, err) = bench.run_words(&["psql", "-c", "\\d nosuch"]).await;
    assert_eq!(code, 1);
    assert_eq!(err, "Did not find any relation named \"nosuch\".\n");
    let (_, out, _) = bench.run_words(&["psql", "-c", "\\l"]).await;
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0].trim(), "List of databases");
    assert_eq!(
        lines[3],
        " postgres  | postgres | UTF8     | libc            | en_US.utf8 | en_US.utf8 |        |           | "
    );
    assert_eq!(
        lines[4..6],
        [
            " template0 | postgres | UTF8     | libc            | en_US.utf8 | en_US.utf8 |        |           | =c/postgres          +",
            "           |          |          |                 |            |            |        |           | postgres=CTc/postgres",
        ]
    );
    drop(running);
}
