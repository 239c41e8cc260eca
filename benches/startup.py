#!/usr/bin/env python3
"""Writes fake-azure/startup.txt: what `fake-azure serve` executes until it has answered some lists.

    cargo rustc --release -p fake-azure --bin fake-azure -- -C strip=none
    benches/startup.py target/release/fake-azure > startup.txt && mv startup.txt fake-azure/

build.rs lets the linker put these functions side by side. Needs valgrind, nm and curl.
"""

import collections
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

LISTS = [
    "/locations",
    "/services/images",
    "/services/hostedservices",
    "/services/storageservices",
    "/rolesizes",
]
# So much of a module must be executed for the whole of it to be named in one line.
DENSE = 0.7

HEADER = """\
# The functions that `fake-azure serve` executes until it has answered some lists: symbols, `*` for
# what changes with a compiler or a version. build.rs lets the linker put them side by side, so that
# a start maps two of fourteen MiB (docs/figures.md). Written by benches/startup.py; a line that
# finds nothing does no harm.
"""


def executed(binary, folder):
    """Mangled names of what a start, some lists and an end execute."""
    credentials, ready = os.path.join(folder, "credentials"), os.path.join(folder, "ready.json")
    serve = [binary, "serve", "--credentials", credentials, "--ready-file", ready]

    def started(command):
        child = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        )
        while not os.path.exists(ready):
            if child.poll() is not None:
                sys.exit(f"{command[0]} ended with {child.returncode}")
            time.sleep(0.1)
        return child

    def ended(child):
        child.send_signal(signal.SIGINT)
        child.wait()
        if os.path.exists(ready):  # the program takes it away itself
            os.remove(ready)

    # Credentials are made once; what makes them is no part of a start.
    ended(started(serve))
    counts = os.path.join(folder, "counts")
    child = started(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={counts}", "--demangle=no", *serve]
    )
    with open(ready, encoding="utf-8") as file:
        told = json.load(file)
    for path in LISTS + LISTS:
        subprocess.run(
            ["curl", "--silent", "--fail", "--output", os.devnull, "--cacert", told["ca"]]
            + ["--cert", told["management_certificate"], "--header", "x-ms-version: 2014-06-01"]
            + [f"{told['management']}/{told['subscription_id']}{path}"],
            check=True,
        )
    ended(child)
    with open(counts, encoding="utf-8") as file:
        names = re.findall(r"^c?fn=\(\d+\) (\S+)", file.read(), re.MULTILINE)
    return {re.sub(r"'\d+$", "", name) for name in names}


def symbols(binary):
    """Each function's symbol, and its length in bytes."""
    told = subprocess.run(["nm", "-S", binary], check=True, capture_output=True, text=True)
    seen = set()
    for line in told.stdout.splitlines():
        words = line.split(" ", 3)
        if len(words) == 4 and words[1] and words[2] in "tTwW" and words[0] not in seen:
            seen.add(words[0])
            yield words[3], int(words[1], 16)


def parts(name):
    """`_ZN`, then each part of a path with its length before it; the hash is left out."""
    found, rest = [], name.removeprefix("_ZN")
    while digits := re.match(r"\d+", rest):
        end = digits.end() + int(digits.group())
        if re.fullmatch(r"17h[0-9a-f]{16}", rest[:end]):
            found.append("17h")
            break
        found.append(rest[:end])
        rest = rest[end:]
    return found


class Node:
    """A module or a function: bytes below it, and those of them that are executed."""

    def __init__(self):
        self.below = collections.defaultdict(Node)
        self.executed = 0
        self.all = 0

    def patterns(self, prefix):
        if not self.executed:
            return
        if prefix != "_ZN" and (not self.below or self.executed >= DENSE * self.all):
            yield f"{prefix}*"
            return
        for part, node in sorted(self.below.items()):
            yield from node.patterns(prefix + part)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    binary = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        names = executed(binary, folder)
    # One generic function of several types bears one name but for its hash.
    without_hash = {"".join(parts(name)) for name in names if name.startswith("_ZN")}
    root, others = Node(), set()
    for name, length in symbols(binary):
        if name.startswith("_ZN"):
            path = parts(name)
            touched = length if "".join(path) in without_hash else 0
            node = root
            for part in ["", *path]:
                node = node.below[part] if part else node
                node.all += length
                node.executed += touched
        elif name in names:
            # The library's version and the compiler's numbers of crates.
            others.add(re.sub(r"Cs[0-9A-Za-z]+_", "Cs*_", re.sub(r"aws_lc_[0-9_]+_", "aws_lc_*_", name)))
    sys.stdout.write(HEADER)
    for pattern in [*root.patterns("_ZN"), *sorted(others)]:
        print(pattern)


main()
