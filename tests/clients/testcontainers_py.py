"""Starts what people test against with testcontainers, uses it through its drivers and stops it,
and lets Ryuk take away what a killed program leaves: testcontainers_py.py, with DOCKER_HOST set.

Ends with the status 0 when every step went as on a real engine; each that did not is printed.
"""

import os
import subprocess
import sys
import time
import traceback
import urllib.request

# Where this itself runs in a container, the engine is beside it all the same.
os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")

import docker
import psycopg
import pymysql
from testcontainers.core.container import DockerContainer, Reaper
from testcontainers.core.labels import LABEL_SESSION_ID
from testcontainers.core.network import Network
from testcontainers.core.waiting_utils import wait_for_logs
from testcontainers.community.mysql import MySqlContainer
from testcontainers.community.nginx import NginxContainer
from testcontainers.community.postgres import PostgresContainer
from testcontainers.community.redis import RedisContainer

# What a test program does that is killed in its midst: it leaves a container, a network and a
# volume, and says by which session they are known.
LEFT_BEHIND = """
import os, sys, time
import docker
from testcontainers.core.container import DockerContainer
from testcontainers.core.labels import SESSION_ID, create_labels
from testcontainers.core.network import Network
container = DockerContainer("redis:7").start()
network = Network().create()
client = docker.from_env()
client.volumes.create("left-" + SESSION_ID, labels=create_labels("redis:7", {}))
print(SESSION_ID, flush=True)
time.sleep(600)
"""

client = docker.from_env()
steps = []


def step(function):
    steps.append(function)
    return function


def equal(one, other):
    assert one == other, f"{one!r} is not {other!r}"


def of_session(session):
    """What is there of a session: containers, networks, volumes."""
    filters = {"label": f"{LABEL_SESSION_ID}={session}"}
    return (
        len(client.containers.list(all=True, filters=filters, ignore_removed=True)),
        len(client.networks.list(filters=filters)),
        len(client.volumes.list(filters=filters)),
    )


@step
def redis_keeps_values():
    with RedisContainer("redis:7") as container:
        redis = container.get_client()
        assert redis.set("name", "Ann")
        equal(redis.get("name"), b"Ann")
        equal(redis.incr("count", 2), 2)
        equal(redis.lpush("list", "a", "b"), 2)
        equal(redis.lrange("list", 0, -1), [b"b", b"a"])
        pipe = redis.pipeline()
        pipe.hset("hash", mapping={"x": "1", "y": "2"})
        pipe.hgetall("hash")
        equal(pipe.execute()[1], {b"x": b"1", b"y": b"2"})
        name = container.get_wrapped_container().name
    assert name not in [each.name for each in client.containers.list(all=True)]


@step
def redis_asks_for_its_password():
    with RedisContainer("redis:7", password="secret") as container:
        assert container.get_client().ping()
        code, output = container.exec(["redis-cli", "ping"])
        assert b"NOAUTH" in output, output


@step
def postgres_answers_queries():
    with PostgresContainer("postgres:16", driver=None) as container:
        url = container.get_connection_url()
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE pets (id serial PRIMARY KEY, name text NOT NULL, age int)")
            connection.execute("INSERT INTO pets (name, age) VALUES (%s, %s), (%s, %s)", ("Rex", 3, "Tom", 5))
            connection.commit()
            rows = connection.execute("SELECT name, age FROM pets WHERE age > %s ORDER BY name", (2,)).fetchall()
            equal(rows, [("Rex", 3), ("Tom", 5)])
            connection.execute("DELETE FROM pets")
            connection.rollback()
            equal(connection.execute("SELECT count(*) FROM pets").fetchone(), (2,))
            try:
                connection.execute("INSERT INTO pets (id, name) VALUES (1, 'Rex')")
            except psycopg.errors.UniqueViolation:
                pass
            else:
                raise AssertionError("a key was taken twice")
        code, output = container.exec(["pg_isready", "-U", "test"])
        equal(code, 0)
        try:
            psycopg.connect(url.replace("test:test@", "test:wrong@"))
        except psycopg.OperationalError as error:
            assert "password authentication failed" in str(error), error
        else:
            raise AssertionError("a wrong password was let in")


@step
def mysql_answers_queries():
    with MySqlContainer("mysql:8.4") as container:
        connection = pymysql.connect(
            host=container.get_container_host_ip(),
            port=int(container.get_exposed_port(3306)),
            user="test",
            password="test",
            database="test",
        )
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE pets (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20))")
            cursor.execute("INSERT INTO pets (name) VALUES (%s), (%s)", ("Rex", "Tom"))
            equal(cursor.lastrowid, 1)
            cursor.execute("SELECT id, name FROM pets ORDER BY id DESC")
            equal(cursor.fetchall(), ((2, "Tom"), (1, "Rex")))
            equal([column[0] for column in cursor.description], ["id", "name"])


@step
def nginx_serves_its_page():
    with NginxContainer("nginx:alpine") as container:
        url = f"http://{container.get_container_host_ip()}:{container.get_exposed_port(80)}/"
        page = urllib.request.urlopen(url, timeout=10).read()
        assert b"nginx" in page, page
        wait_for_logs(container, "GET / HTTP/1.1", timeout=10)


@step
def containers_of_a_network_know_each_other():
    with Network() as network:
        with DockerContainer("nginx:alpine").with_network(network).with_network_aliases("web"):
            asking = DockerContainer("alpine:3").with_network(network).with_command("sleep 60")
            with asking:
                code, output = asking.exec(["wget", "-qO-", "http://web"])
                assert code == 0 and b"nginx" in output, output


@step
def ryuk_takes_away_what_a_killed_program_left():
    environment = dict(os.environ, RYUK_RECONNECTION_TIMEOUT="1s")
    left = subprocess.Popen([sys.executable, "-c", LEFT_BEHIND], stdout=subprocess.PIPE, env=environment)
    session = left.stdout.readline().decode().strip()
    assert session, "the program did not come to its end"
    equal(of_session(session), (1, 1, 1))
    left.kill()
    left.wait()
    for _ in range(100):
        if of_session(session) == (0, 0, 0):
            break
        time.sleep(0.1)
    equal(of_session(session), (0, 0, 0))
    ryuk = f"testcontainers-ryuk-{session}"
    for _ in range(100):
        if ryuk not in [each.name for each in client.containers.list(all=True)]:
            return
        time.sleep(0.1)
    raise AssertionError("Ryuk is still there")


failed = 0
for each in steps:
    try:
        each()
    except Exception:
        failed += 1
        print(f"FAILED {each.__name__}")
        traceback.print_exc(limit=6, file=sys.stdout)
Reaper.delete_instance()
print(f"testcontainers: {len(steps) - failed} of {len(steps)} steps")
sys.exit(1 if failed else 0)
