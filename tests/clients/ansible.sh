#!/usr/bin/env bash
# Installs Ansible from PyPI in a Python environment of its own, and the collection azure.azcollection
# out of the package that carries all collections, with what its modules for groups, networks and
# machines import.
#
#   tests/clients/ansible.sh [DIR]      default: target/clients/ansible
#
# Prints the folder; ansible-playbook is in its bin, the collection in its collections. Installs
# nothing when DIR is whole, adds what is missing when it is not, and never removes a thing: the
# folder may be others', too.
set -euo pipefail

ansible=12.3.0
core=2.19.14
here=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-$here/target/clients/ansible}
whole="$dir/whole-$ansible-$core"

if [ ! -e "$whole" ]; then
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd -P)
    if [ ! -x "$dir/bin/pip" ]; then
        python3 -m venv "$dir" >"$dir/venv.log" 2>&1 ||
            { cat "$dir/venv.log" >&2; echo "venv is missing (Debian: apt-get install python3-venv)" >&2; exit 1; }
    fi
    pip() { "$dir/bin/pip" --quiet --disable-pip-version-check "$@" >"$dir/pip.log" 2>&1 || { cat "$dir/pip.log" >&2; exit 1; }; }
    if [ ! -e "$dir/collections/ansible_collections/azure/azcollection/requirements.txt" ]; then
        pip download --no-deps --dest "$dir/wheel" "ansible==$ansible"
        "$dir/bin/python" - "$dir" <<'PYTHON'
import pathlib
import sys
import zipfile

place = pathlib.Path(sys.argv[1])
(wheel,) = (place / "wheel").glob("ansible-*.whl")
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.startswith("ansible_collections/azure/azcollection/"):
            archive.extract(name, place / "collections")
wheel.unlink()
PYTHON
    fi
    # Left out: what only modules for other services import, and is large.
    grep -vE '^(pandas|oras|aiohttp|azure-(eventhub|iot-hub|servicebus|keyvault|containerregistry))\b' \
        "$dir/collections/ansible_collections/azure/azcollection/requirements.txt" >"$dir/requirements.txt"
    pip install --no-compile "ansible-core==$core" --requirement "$dir/requirements.txt"
    # Every module of a playbook imports all of it anew, so it is compiled: what is imported alone.
    (cd "$dir/collections" && env -u PYTHONDONTWRITEBYTECODE "$dir/bin/python" - <<'PYTHON'
import sys

from ansible_collections.azure.azcollection.plugins.module_utils import azure_rm_common

sys.exit(None if azure_rm_common.HAS_AZURE else azure_rm_common.HAS_AZURE_EXC)
PYTHON
    )
    touch "$whole"
fi
echo "$(cd "$dir" && pwd)"
