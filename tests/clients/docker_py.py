"""Does with docker-py what its own integration tests do: docker_py.py, with DOCKER_HOST set.

Ends with the status 0 when every step went as on a real engine; each that did not is printed.
"""

import io
import os
import sys
import tarfile
import time
import traceback

import docker
from docker.errors import APIError, ContainerError, ImageNotFound, NotFound

IMAGE = "alpine:3.22"
client = docker.from_env()
steps = []


def step(function):
    steps.append(function)
    return function


def is_in(part, whole):
    assert part in whole, f"{part!r} is not in {whole!r}"


def equal(one, other):
    assert one == other, f"{one!r} is not {other!r}"


@step
def the_engine_tells_of_itself():
    assert client.ping()
    equal(client.version()["ApiVersion"], "1.51")
    equal(client.info()["OSType"], "linux")
    assert client.api._version


@step
def an_image_is_pulled_and_listed():
    image = client.images.pull("alpine", tag="3.22")
    is_in(IMAGE, image.tags)
    assert any(IMAGE in each.tags for each in client.images.list())
    equal(client.images.get(IMAGE).id, image.id)
    assert image.history()
    try:
        client.images.pull("nosuch/image")
    except (ImageNotFound, NotFound):
        pass
    else:
        raise AssertionError("an image that is nowhere was pulled")


@step
def a_container_runs_and_tells_what_it_wrote():
    equal(client.containers.run(IMAGE, "echo hello world", remove=True), b"hello world\n")
    both = client.containers.run(IMAGE, ["sh", "-c", "echo out; echo err >&2"], remove=True, stderr=True)
    is_in(b"out\n", both)
    is_in(b"err\n", both)


@step
def a_container_that_fails_is_told():
    try:
        client.containers.run(IMAGE, ["sh", "-c", "echo no >&2; exit 3"], remove=True)
    except ContainerError as error:
        equal(error.exit_status, 3)
        is_in(b"no", error.stderr)
    else:
        raise AssertionError("it did not fail")
    try:
        client.containers.run(IMAGE, "nosuchcommand", remove=True)
    except APIError as error:
        is_in("executable file not found", str(error))
    else:
        raise AssertionError("it did not fail")


@step
def a_container_lives_and_ends():
    container = client.containers.run(IMAGE, "sleep 300", detach=True, name="life", labels={"a": "b"})
    equal(container.status, "created")
    container.reload()
    equal(container.status, "running")
    equal(container.labels, {"a": "b"})
    assert container in client.containers.list(filters={"label": "a=b"})
    container.pause()
    container.reload()
    equal(container.status, "paused")
    container.unpause()
    container.rename("renamed")
    equal(client.containers.get("renamed").id, container.id)
    is_in("sleep 300", " ".join(container.top()["Processes"][0]))
    equal(container.stats(stream=False)["id"], container.id)
    container.update(mem_limit="64m", memswap_limit="128m")
    container.restart(timeout=0)
    container.stop(timeout=0)
    equal(container.wait()["StatusCode"], 137)
    container.remove()
    assert container not in client.containers.list(all=True)


@step
def commands_run_beside_a_containers_own():
    container = client.containers.run(IMAGE, "sleep 300", detach=True)
    try:
        # What comes right after an answer's head is not lost.
        for _ in range(40):
            equal(container.exec_run("echo hi").output, b"hi\n")
        equal(container.exec_run(["sh", "-c", "exit 5"]).exit_code, 5)
        out, err = container.exec_run(["sh", "-c", "echo o; echo e >&2"], demux=True).output
        equal((out, err), (b"o\n", b"e\n"))
        equal(container.exec_run("pwd", workdir="/tmp").output, b"/tmp\n")
        equal(container.exec_run(["sh", "-c", "echo $X"], environment={"X": "y"}).output, b"y\n")
        is_in(b"nobody", container.exec_run("whoami", user="nobody").output)
        pieces = container.exec_run(["sh", "-c", "echo a; echo b"], stream=True).output
        equal(b"".join(pieces), b"a\nb\n")
        made = client.api.exec_create(container.id, "cat", stdin=True)
        wire = client.api.exec_start(made["Id"], socket=True)
        raw = getattr(wire, "_sock", wire)
        raw.sendall(b"typed\n")
        is_in(b"typed\n", raw.recv(64))
        raw.close()
    finally:
        container.remove(force=True)


@step
def logs_are_read_and_followed():
    container = client.containers.run(
        IMAGE, ["sh", "-c", "for i in 1 2 3; do echo line $i; sleep 0.1; done"], detach=True
    )
    equal(b"".join(container.logs(stream=True, follow=True)), b"line 1\nline 2\nline 3\n")
    equal(container.logs(tail=1), b"line 3\n")
    is_in(b"Z line 1", container.logs(timestamps=True))
    container.remove(force=True)


@step
def files_go_in_and_out():
    container = client.containers.create(IMAGE, "sh")
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        entry = tarfile.TarInfo("note.txt")
        entry.size, entry.mode, entry.uid, entry.mtime = 5, 0o640, 7, 1000000000
        tar.addfile(entry, io.BytesIO(b"hello"))
    assert container.put_archive("/tmp", archive.getvalue())
    stream, stat = container.get_archive("/tmp/note.txt")
    equal((stat["name"], stat["size"]), ("note.txt", 5))
    with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as tar:
        entry = tar.getmember("note.txt")
        equal((entry.mode, entry.uid, entry.mtime), (0o640, 7, 1000000000))
        equal(tar.extractfile(entry).read(), b"hello")
    is_in({"Path": "/tmp/note.txt", "Kind": 1}, container.diff())
    assert b"".join(container.export())
    container.remove()


@step
def a_container_becomes_an_image():
    container = client.containers.run(IMAGE, ["sh", "-c", "echo kept > /kept"], detach=True)
    container.wait()
    image = container.commit(repository="made", tag="1")
    is_in("made:1", image.tags)
    equal(client.containers.run("made:1", "cat /kept", remove=True), b"kept\n")
    assert image.tag("other", tag="2")
    saved = b"".join(client.images.get("made:1").save(named=True))
    client.images.remove("made:1")
    client.images.remove("other:2")
    container.remove()
    loaded = client.images.load(saved)
    equal(loaded[0].id, image.id)
    client.images.remove("made:1", force=True)


@step
def an_image_is_built():
    image, log = client.images.build(
        fileobj=io.BytesIO(b"FROM alpine:3.22\nRUN echo built > /built\nENV A=b\nCMD cat /built\n"),
        tag="built:1",
        rm=True,
    )
    is_in("built:1", image.tags)
    assert any("Successfully built" in line.get("stream", "") for line in log)
    equal(client.containers.run("built:1", remove=True), b"built\n")
    client.images.remove("built:1", force=True)


@step
def networks_connect_containers():
    network = client.networks.create("net1", driver="bridge", labels={"n": "1"})
    web = client.containers.run("nginx:alpine", detach=True, name="web", network="net1")
    try:
        page = client.containers.run(
            IMAGE, "wget -qO- http://web", remove=True, network="net1"
        )
        is_in(b"nginx", page)
        network.reload()
        equal(network.containers, [web])
        network.disconnect(web)
        network.connect(web, aliases=["other"])
        page = client.containers.run(IMAGE, "wget -qO- http://other", remove=True, network="net1")
        is_in(b"nginx", page)
    finally:
        web.remove(force=True)
        network.remove()


@step
def volumes_outlive_containers():
    volume = client.volumes.create("vol1", labels={"v": "1"})
    mounts = {"vol1": {"bind": "/data", "mode": "rw"}}
    client.containers.run(IMAGE, ["sh", "-c", "echo kept > /data/x"], remove=True, volumes=mounts)
    equal(client.containers.run(IMAGE, "cat /data/x", remove=True, volumes=mounts), b"kept\n")
    is_in(volume, client.volumes.list(filters={"label": "v=1"}))
    volume.remove()


@step
def a_published_port_answers():
    import urllib.request

    web = client.containers.run("nginx:alpine", detach=True, ports={"80/tcp": None})
    try:
        web.reload()
        port = web.ports["80/tcp"][0]["HostPort"]
        for _ in range(50):
            try:
                page = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()
                break
            except OSError:
                time.sleep(0.1)
        is_in(b"nginx", page)
    finally:
        web.remove(force=True)


@step
def events_are_told():
    since = int(time.time()) - 1
    client.containers.run(IMAGE, "true", remove=True)
    events = client.events(since=since, until=int(time.time()) + 1, decode=True)
    actions = [event["Action"] for event in events if event["Type"] == "container"]
    for action in ("create", "start", "die", "destroy"):
        is_in(action, actions)


@step
def what_nobody_uses_goes():
    client.containers.create(IMAGE, "true")
    assert client.containers.prune()["ContainersDeleted"]
    client.images.prune()
    client.networks.prune()
    client.volumes.prune()
    assert "Images" in client.df()


failed = 0
for each in steps:
    try:
        each()
    except Exception:
        failed += 1
        print(f"FAILED {each.__name__}")
        traceback.print_exc(limit=3, file=sys.stdout)
print(f"docker-py: {len(steps) - failed} of {len(steps)} steps went as on a real engine")
client.close()
sys.exit(1 if failed else 0)
