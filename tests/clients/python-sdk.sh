#!/usr/bin/env bash
# Installs the Python SDK of classic Azure, azure-servicemanagement-legacy, from PyPI.
#
#   tests/clients/python-sdk.sh [DIR]      default: target/clients/python-sdk
#
# Prints the folder to put on PYTHONPATH. Installs nothing when DIR is whole.
set -euo pipefail

version=0.20.8
here=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-$here/target/clients/python-sdk}

if [ ! -e "$dir/whole-$version" ]; then
    python3 -m pip --version >/dev/null 2>&1 || { echo "pip is missing (Debian: apt-get install python3-pip)" >&2; exit 1; }
    rm -rf "$dir"
    mkdir -p "$dir"
    python3 -m pip install --quiet --disable-pip-version-check --target "$dir" \
        "azure-servicemanagement-legacy==$version" >"$dir/pip.log" 2>&1 || { cat "$dir/pip.log" >&2; exit 1; }
    touch "$dir/whole-$version"
fi
echo "$(cd "$dir" && pwd)"
