#!/usr/bin/env bash
# Unpacks Debian's cloud-init, whose own code says what a document of custom data is. Nothing of it
# is installed on the machine.
#
#   tests/clients/cloud-init.sh [DIR]      default: target/clients/cloud-init
#
# Prints the folder to put on PYTHONPATH. Does nothing when DIR is whole.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-$here/target/clients/cloud-init}

if [ ! -e "$dir/whole" ]; then
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
        { echo "packages of Debian are needed (apt-get, dpkg-deb)" >&2; exit 1; }
    rm -rf "$dir"
    mkdir -p "$dir/packages" "$dir/root"
    chmod 755 "$dir/packages"
    (cd "$dir/packages" &&
        apt-get download -qq cloud-init python3-attr python3-certifi python3-chardet \
            python3-charset-normalizer python3-configobj python3-idna python3-jinja2 python3-json-pointer \
            python3-jsonpatch python3-jsonschema python3-markupsafe python3-oauthlib python3-pyrsistent \
            python3-requests python3-six python3-urllib3 python3-yaml 2>&1) >"$dir/apt.log" ||
        { cat "$dir/apt.log" >&2; exit 1; }
    for package in "$dir"/packages/*.deb; do dpkg-deb -x "$package" "$dir/root"; done
    mv "$dir/root/usr/lib/python3/dist-packages"/* "$dir/"
    rm -rf "$dir/packages" "$dir/root"
    PYTHONPATH=$dir python3 -c 'import cloudinit.user_data, cloudinit.config.schema' >&2
    touch "$dir/whole"
fi
echo "$(cd "$dir" && pwd)"
