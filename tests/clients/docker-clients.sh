#!/usr/bin/env bash
# Installs clients of Docker that others wrote: docker-py and testcontainers with the drivers of
# what it starts from PyPI, dockerode from npm.
#
#   tests/clients/docker-clients.sh [DIR]      default: target/clients/docker
#
# Prints the folder: its python/ is for PYTHONPATH, its node_modules/ for Node. Installs nothing
# when DIR is whole.
set -euo pipefail

docker_py=7.2.0
dockerode=5.0.1
testcontainers=4.15.0
psycopg=3.3.9
redis=8.1.0
pymysql=1.2.4
sqlalchemy=2.1.9
here=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-$here/target/clients/docker}
whole="$dir/whole-$(printf "%s-" "$docker_py" "$dockerode" "$testcontainers" "$psycopg" "$redis" "$pymysql" "$sqlalchemy")"

if [ ! -e "$whole" ]; then
    rm -rf "$dir"
    mkdir -p "$dir"
    python3 -m pip --version >/dev/null 2>&1 || { echo "pip is missing (Debian: apt-get install python3-pip)" >&2; exit 1; }
    python3 -m pip install --quiet --disable-pip-version-check --target "$dir/python" \
        "docker==$docker_py" "testcontainers==$testcontainers" "psycopg[binary]==$psycopg" \
        "redis==$redis" "pymysql==$pymysql" "sqlalchemy==$sqlalchemy" >"$dir/pip.log" 2>&1 ||
        { cat "$dir/pip.log" >&2; exit 1; }
    command -v npm >/dev/null || { echo "npm is missing (Debian: apt-get install npm)" >&2; exit 1; }
    npm install --silent --no-fund --no-audit --prefix "$dir" "dockerode@$dockerode" >"$dir/npm.log" 2>&1 ||
        { cat "$dir/npm.log" >&2; exit 1; }
    touch "$whole"
fi
echo "$(cd "$dir" && pwd)"
