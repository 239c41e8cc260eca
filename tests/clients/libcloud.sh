#!/usr/bin/env bash
# Installs Apache Libcloud from PyPI, whose driver for classic Azure is of 2014.
#
#   tests/clients/libcloud.sh [DIR]      default: target/clients/libcloud
#
# Prints the folder to put on PYTHONPATH. Installs nothing when DIR is whole.
set -euo pipefail

version=3.9.1
here=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-$here/target/clients/libcloud}

if [ ! -e "$dir/whole-$version" ]; then
    python3 -m pip --version >/dev/null 2>&1 || { echo "pip is missing (Debian: apt-get install python3-pip)" >&2; exit 1; }
    rm -rf "$dir"
    mkdir -p "$dir"
    python3 -m pip install --quiet --disable-pip-version-check --target "$dir" \
        "apache-libcloud==$version" >"$dir/pip.log" 2>&1 || { cat "$dir/pip.log" >&2; exit 1; }
    touch "$dir/whole-$version"
fi
echo "$(cd "$dir" && pwd)"
