#!/usr/bin/env bash
# Installs today's az, azure-cli, from PyPI, in a Python environment of its own, and azure-identity
# beside it, which brings MSAL.
#
#   tests/clients/az.sh [DIR]      default: target/clients/az
#
# Prints the folder; az is in its bin. Installs nothing when DIR is whole, adds what is missing when
# it is not, and never removes a thing: the folder may be others', too.
set -euo pipefail

version=2.91.0
here=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-$here/target/clients/az}

is_whole() {
    "$dir/bin/python" - "$version" >/dev/null 2>&1 <<'PYTHON'
import importlib.metadata
import sys

import azure.identity

sys.exit(importlib.metadata.version("azure-cli") != sys.argv[1])
PYTHON
}

if ! is_whole; then
    if [ ! -x "$dir/bin/pip" ]; then
        mkdir -p "$dir"
        python3 -m venv "$(cd "$dir" && pwd -P)" >"$dir/venv.log" 2>&1 ||
            { cat "$dir/venv.log" >&2; echo "venv is missing (Debian: apt-get install python3-venv)" >&2; exit 1; }
    fi
    "$dir/bin/pip" install --quiet --disable-pip-version-check "azure-cli==$version" azure-identity \
        >"$dir/pip.log" 2>&1 || { cat "$dir/pip.log" >&2; exit 1; }
fi
echo "$(cd "$dir" && pwd)"
