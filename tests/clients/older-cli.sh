#!/usr/bin/env bash
# Installs the real old CLI of 2015, azure-cli 0.8.17, from npm, with a Node of its day.
#
#   tests/clients/older-cli.sh [DIR]      default: target/clients/older-cli
#
# Prints the path of a program `azure`, which runs it; XPLAT_FAST as for old-cli.sh. Installs
# nothing when DIR is whole. npm's packages of today do not make it whole: a tool beside this
# checkout knows the version of each that does. Without that tool it says so and succeeds.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
tool=$here/../shared/tools/setup-old-cli.sh
dir=${1:-$here/target/clients/older-cli}

if [ ! -e "$dir/whole-0.8.17" ]; then
    if [ ! -e "$tool" ]; then
        echo "SKIPPED: the old CLI 0.8.17 cannot be installed without $tool" >&2
        exit 0
    fi
    command -v npm >/dev/null || { echo "npm is missing: install Node.js (Debian: apt-get install npm)" >&2; exit 1; }
    rm -rf "$dir"
    mkdir -p "$dir"
    bash "$tool" "$dir" >"$dir/install.log" 2>&1 || { cat "$dir/install.log" >&2; exit 1; }
    touch "$dir/whole-0.8.17"
fi
echo "$(cd "$dir" && pwd)/xplat-0.8/azure"
