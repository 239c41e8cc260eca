#!/usr/bin/env bash
# Installs the Python SDK of today's Azure from PyPI: azure-identity, azure-mgmt-resource, -network,
# -compute, and docker-py beside them.
#
#   tests/clients/arm-python.sh [DIR]      default: target/clients/arm-python
#
# Prints the folder to put on PYTHONPATH. Installs nothing when DIR is whole.
set -euo pipefail

identity=1.27.0
resource=26.0.0
deployments=2.0.0
network=33.1.0
compute=39.0.0
docker_py=7.2.0
here=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-$here/target/clients/arm-python}
whole="$dir/whole-$(printf "%s-" "$identity" "$resource" "$deployments" "$network" "$compute" "$docker_py")"

if [ ! -e "$whole" ]; then
    python3 -m pip --version >/dev/null 2>&1 || { echo "pip is missing (Debian: apt-get install python3-pip)" >&2; exit 1; }
    rm -rf "$dir"
    mkdir -p "$dir"
    python3 -m pip install --quiet --disable-pip-version-check --target "$dir" \
        "azure-identity==$identity" "azure-mgmt-resource==$resource" \
        "azure-mgmt-resource-deployments==$deployments" "azure-mgmt-network==$network" \
        "azure-mgmt-compute==$compute" "docker==$docker_py" >"$dir/pip.log" 2>&1 ||
        { cat "$dir/pip.log" >&2; exit 1; }
    touch "$whole"
fi
echo "$(cd "$dir" && pwd)"
