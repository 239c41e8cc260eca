use std::sync::Arc;

use crate::process::script::bench::{Bench, NoPrograms, Running};
use crate::process::script::services::Services;

fn bench() -> Bench {
    let bench = Bench::new(Arc::new(Services::before(Arc::new(NoPrograms))));
    bench.program("/usr/sbin/mysqld", "mysqld");
    bench.program("/usr/bin/mysql", "mysql");
    bench.program("/usr/bin/mysqladmin", "mysqladmin");
    bench
}

async fn started(bench: &Bench) -> Running {
    let running = bench.start("mysqld");
    running.err.until("port: 3306").await;
    running
}

async fn sql(bench: &Bench, text: &str) -> String {
    let (_, out, err) = bench
        .run_words(&["mysql", "-uroot", "-psecret", "-Dshop", "-N", "-e", text])
        .await;
    format!("{out}{err}").trim_end_matches('\n').to_owned()
}

#[tokio::test]
async fn it_asks_for_a_password_option_and_is_ready_twice() {
    let (code, _, err) = bench().run("mysqld").await;
    assert_eq!(code, 1);
    assert!(err.contains(
        "[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified\n"
    ));
    let bench = bench()
        .env("MYSQL_ROOT_PASSWORD", "secret")
        .env("MYSQL_DATABASE", "shop");
    let running = started(&bench).await;
    assert_eq!(
        running
            .err
            .text()
            .matches("/usr/sbin/mysqld: ready for connections.")
            .count(),
        2
    );
    assert!(
        running
            .out
            .text()
            .contains("[Note] [Entrypoint]: MySQL init process done. Ready for start up.")
    );
    let (code, out, _) = bench.run("mysqladmin ping -h localhost").await;
    assert_eq!((code, out.as_str()), (0, "mysqld is alive\n"));
    assert_eq!(
        sql(&bench, "CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await,
        ""
    );
    running.signal("KILL");
    running.wait().await;
    let (code, _, err) = bench.run("mysqladmin ping").await;
    assert_eq!(code, 1);
    assert!(
        err.contains("Can't connect to local MySQL server through socket"),
        "{err}"
    );
    let running = started(&bench).await;
    assert_eq!(
        running.err.text().matches("ready for connections.").count(),
        1
    );
    assert_eq!(sql(&bench, "SELECT a FROM t").await, "1");
    running.signal("TERM");
    assert_eq!(running.wait().await, 0);
}

#[tokio::test]
async fn questions_are_answered_in_its_own_words() {
    let bench = bench()
        .env("MYSQL_ROOT_PASSWORD", "secret")
        .env("MYSQL_DATABASE", "shop");
    bench.write(
        "/docker-entrypoint-initdb.d/1.sql",
        b"CREATE TABLE seed (a int);",
        0o644,
    );
    started(&bench).await;
    for (text, expected) in [
        (
            "SELECT 1, 'a', NULL, VERSION(), DATABASE()",
            "1\ta\tNULL\t8.4.6\tshop",
        ),
        (
            "select @@version_comment limit 1",
            "MySQL Community Server - GPL",
        ),
        (
            "CREATE TABLE u (`id` INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) NOT NULL) ENGINE=InnoDB",
            "",
        ),
        ("INSERT INTO u (name) VALUES (\"Ann\"), ('Bob\\'s')", ""),
        ("SELECT * FROM u WHERE name LIKE 'bob%'", "2\tBob's"),
        (
            "INSERT INTO u (id, name) VALUES (2, 'x')",
            "ERROR 1062 (23000): Duplicate entry for key 'u_pkey'",
        ),
        (
            "INSERT INTO u (id, name) VALUES (2, 'Cid') ON DUPLICATE KEY UPDATE name = VALUES(name); SELECT name FROM u WHERE id = 2",
            "Cid",
        ),
        (
            "SELECT * FROM nope",
            "ERROR 1146 (42S02): Table 'shop.nope' doesn't exist",
        ),
        (
            "SELEC 1",
            "ERROR 1064 (42000): You have an error in your SQL syntax; syntax error at or near \"SELEC\"",
        ),
        ("SHOW TABLES", "seed\nu"),
        (
            "CREATE DATABASE other; USE other; SHOW TABLES; SHOW DATABASES",
            "information_schema\nmysql\nother\nperformance_schema\nshop\nsys",
        ),
        (
            "DROP DATABASE nope",
            "ERROR 1146 (42S02): Table 'shop.nope' doesn't exist",
        ),
        (
            "DESCRIBE u",
            "id\tint\tNO\tPRI\tNULL\tauto_increment\nname\tvarchar(20)\tNO\t\tNULL\t",
        ),
        (
            "SHOW CREATE TABLE u",
            "u\tCREATE TABLE `u` (\n  `id` int NOT NULL AUTO_INCREMENT,\n  `name` varchar(20) NOT NULL,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci",
        ),
        (
            "/*!40101 SET @a = 1 */; SELECT /*!40001 SQL_NO_CACHE */ 2",
            "2",
        ),
        (
            "INSERT INTO u (name) VALUES ('x'), ('y'); SELECT LAST_INSERT_ID(); DELETE FROM u WHERE id > 2",
            "3",
        ),
        (
            "SELECT 1 UNION SELECT 2",
            "ERROR 1235 (42000): UNION is not simulated; declare in a script what the database answers",
        ),
        (
            "BEGIN; DELETE FROM u; ROLLBACK; SELECT count(*) FROM u",
            "2",
        ),
        (
            "CREATE USER 'app'@'%' IDENTIFIED BY 'pw'; GRANT ALL ON *.* TO 'app'@'%'",
            "",
        ),
    ] {
        assert_eq!(sql(&bench, text).await, expected, "{text}");
    }
    let (_, out, _) = bench
        .run_words(&["mysql", "-uapp", "-ppw", "-t", "-e", "SELECT 7 AS seven"])
        .await;
    assert_eq!(
        out,
        "+-------+\n| seven |\n+-------+\n| 7     |\n+-------+\n"
    );
    let (code, _, err) = bench
        .run_words(&["mysql", "-uapp", "-pwrong", "-e", "SELECT 1"])
        .await;
    assert_eq!(code, 1);
    assert_eq!(
        err,
        "ERROR 1045 (28000): Access denied for user 'app'@'localhost' (using password: YES)\n"
    );
    let (_, _, err) = bench
        .run_words(&["mysql", "-uroot", "-psecret", "none", "-e", "SELECT 1"])
        .await;
    assert_eq!(err, "ERROR 1049 (42000): Unknown database 'none'\n");
}

#[tokio::test]
async fn the_old_way_to_show_a_password_is_there_for_old_servers() {
    let bench = bench()
        .env("MYSQL_VERSION", "5.7.44-1.el7")
        .env("MYSQL_ROOT_PASSWORD", "secret")
        .env("MYSQL_DATABASE", "shop");
    started(&bench).await;
    assert_eq!(sql(&bench, "SELECT version()").await, "5.7.44");
}

#[tokio::test]
async fn noise_ends_only_its_connection() {
    let bench = bench().env("MYSQL_ALLOW_EMPTY_PASSWORD", "yes");
    let running = started(&bench).await;
    let mut seed = 5_u64;
    let login = b"\x20\0\0\x01\x0d\xa2\0\0\0\0\0\x01\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0root\0\0";
    for round in 0..200 {
        let mut bytes = if round % 2 == 0 {
            login.to_vec()
        } else {
            Vec::new()
        };
        for _ in 0..60 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            bytes.push(seed.to_le_bytes()[5] % 26);
        }
        bench.ask_bytes(3306, bytes).await;
    }
    assert_eq!(running.exit(), None);
}
