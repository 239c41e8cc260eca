#!/usr/bin/env bash
# Installs the JavaScript SDK of today's Azure from npm: @azure/identity, arm-resources,
# arm-resourcesdeployments, arm-network, arm-compute, and dockerode beside them.
#
#   tests/clients/arm-js.sh [DIR]      default: target/clients/arm-js
#
# Prints the folder; its node_modules/ is for Node. Installs nothing when DIR is whole.
set -euo pipefail

identity=4.14.1
resources=8.0.0
deployments=2.0.0
network=39.0.0
compute=25.1.1
dockerode=5.0.1
here=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-$here/target/clients/arm-js}
whole="$dir/whole-$(printf "%s-" "$identity" "$resources" "$deployments" "$network" "$compute" "$dockerode")"

if [ ! -e "$whole" ]; then
    command -v npm >/dev/null || { echo "npm is missing: install Node.js (Debian: apt-get install npm)" >&2; exit 1; }
    rm -rf "$dir"
    mkdir -p "$dir"
    npm install --silent --no-fund --no-audit --ignore-scripts --prefix "$dir" \
        "@azure/identity@$identity" "@azure/arm-resources@$resources" \
        "@azure/arm-resourcesdeployments@$deployments" "@azure/arm-network@$network" "@azure/arm-compute@$compute" \
        "dockerode@$dockerode" >"$dir/npm.log" 2>&1 ||
        { cat "$dir/npm.log" >&2; exit 1; }
    touch "$whole"
fi
echo "$(cd "$dir" && pwd)"
