"""Starts and stops what people test against, with testcontainers and its Ryuk:
testcontainers_py.py, with DOCKER_HOST set.
"""

import socket
import sys
import traceback
import urllib.request

from testcontainers.core.container import DockerContainer
from testcontainers.core.waiting_utils import wait_for_logs


def redis():
    with DockerContainer("redis:7").with_exposed_ports(6379) as container:
        wait_for_logs(container, "Ready to accept connections", timeout=20)
        address = (container.get_container_host_ip(), int(container.get_exposed_port(6379)))
        with socket.create_connection(address, timeout=10) as wire:
            wire.sendall(b"SET a 1\r\nINCR a\r\n")
            answer = b""
            while answer.count(b"\r\n") < 2:
                answer += wire.recv(64)
        assert answer == b"+OK\r\n:2\r\n", answer


def nginx():
    with DockerContainer("nginx:alpine").with_exposed_ports(80) as container:
        wait_for_logs(container, "start worker process", timeout=20)
        url = f"http://{container.get_container_host_ip()}:{container.get_exposed_port(80)}/"
        page = urllib.request.urlopen(url, timeout=10).read()
        assert b"nginx" in page, page


def postgres():
    container = DockerContainer("postgres:16").with_exposed_ports(5432)
    container.with_env("POSTGRES_PASSWORD", "secret")
    with container:
        wait_for_logs(container, "database system is ready to accept connections", timeout=20)
        code, output = container.exec(["pg_isready"])
        assert code == 0, output


failed = 0
for each in (redis, nginx, postgres):
    try:
        each()
    except Exception:
        failed += 1
        print(f"FAILED {each.__name__}")
        traceback.print_exc(limit=4, file=sys.stdout)
print(f"testcontainers: {3 - failed} of 3 services started and stopped")
sys.exit(1 if failed else 0)
