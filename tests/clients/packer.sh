#!/usr/bin/env bash
# Unpacks Debian's Packer, of 2020, in which the builder azure-arm is still built in, and installs
# paramiko of its day from PyPI beside it, of which tests make the server that Packer's SSH asks for. Nothing of
# it is installed on the machine.
#
#   tests/clients/packer.sh [DIR]      default: target/clients/packer
#
# Prints the path of the program. Does nothing when DIR is whole.
set -euo pipefail

paramiko=2.12.0
here=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-$here/target/clients/packer}

if [ ! -e "$dir/packer" ]; then
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
        { echo "packages of Debian are needed (apt-get, dpkg-deb)" >&2; exit 1; }
    rm -rf "$dir"
    mkdir -p "$dir/package"
    chmod 755 "$dir/package"
    (cd "$dir/package" && apt-get download -qq packer 2>&1) >"$dir/apt.log" || { cat "$dir/apt.log" >&2; exit 1; }
    dpkg-deb -x "$dir"/package/*.deb "$dir/root"
    mv "$dir/root/usr/bin/packer" "$dir/packer"
    rm -rf "$dir/package" "$dir/root"
    CHECKPOINT_DISABLE=1 "$dir/packer" version >&2
fi
if [ ! -e "$dir/whole-$paramiko" ]; then
    python3 -m pip --version >/dev/null 2>&1 || { echo "pip is missing (Debian: apt-get install python3-pip)" >&2; exit 1; }
    python3 -m pip install --quiet --disable-pip-version-check --target "$dir/python" --upgrade \
        "paramiko==$paramiko" >"$dir/pip.log" 2>&1 || { cat "$dir/pip.log" >&2; exit 1; }
    touch "$dir/whole-$paramiko"
fi
echo "$(cd "$dir" && pwd)/packer"
