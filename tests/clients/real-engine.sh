#!/usr/bin/env bash
# Unpacks a real Docker engine from Debian's packages: the daemon, containerd and runc, and a small
# image. Nothing of it is installed on the machine.
#
#   tests/clients/real-engine.sh [DIR]      default: target/clients/real-engine
#
# Prints the folder. `DIR/serve FOLDER` runs the engine in the foreground (as root), listening on
# FOLDER/docker.sock, with all its data in FOLDER and without a network; DIR/alpine.tar is for
# `docker import`. Does nothing when DIR is whole.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-$here/target/clients/real-engine}

if [ ! -e "$dir/whole" ]; then
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
        { echo "packages of Debian are needed (apt-get, dpkg-deb)" >&2; exit 1; }
    rm -rf "$dir"
    mkdir -p "$dir/packages" "$dir/root" "$dir/image/bin"
    chmod 755 "$dir/packages"
    (cd "$dir/packages" &&
        apt-get download -qq docker.io containerd runc libnftables1 busybox-static 2>&1) >"$dir/apt.log" ||
        { cat "$dir/apt.log" >&2; exit 1; }
    for package in "$dir"/packages/*.deb; do dpkg-deb -x "$package" "$dir/root"; done
    cp "$dir/root/bin/busybox" "$dir/image/bin/"
    for tool in sh cat echo false ls sleep true; do ln -s busybox "$dir/image/bin/$tool"; done
    tar -C "$dir/image" -cf "$dir/alpine.tar" .
    cat >"$dir/serve" <<'SERVE'
#!/usr/bin/env bash
set -euo pipefail
root=$(cd "$(dirname "$0")/root" && pwd)
folder=$(cd "$1" && pwd)
export PATH="$root/usr/bin:$root/usr/sbin:$root/sbin:$PATH"
export LD_LIBRARY_PATH="$root/usr/lib/x86_64-linux-gnu:$root/usr/lib/aarch64-linux-gnu"
exec dockerd -H "unix://$folder/docker.sock" --data-root "$folder/data" --exec-root "$folder/exec" \
    --pidfile "$folder/pid" --storage-driver vfs --bridge none --iptables=false --ip6tables=false
SERVE
    chmod 755 "$dir/serve"
    rm -rf "$dir/packages" "$dir/image"
    touch "$dir/whole"
fi
echo "$(cd "$dir" && pwd)"
