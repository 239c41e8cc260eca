//! How nginx's image starts: what lies in `/docker-entrypoint.d`, and who runs it.

use super::super::contents::Contents;

/// Puts the entry point and its scripts.
pub(super) fn files(files: &mut Contents) {
    files.script("docker-entrypoint.sh", ENTRYPOINT);
    for (name, script) in [
        ("10-listen-on-ipv6-by-default.sh", LISTEN_ON_IPV6),
        ("15-local-resolvers.envsh", LOCAL_RESOLVERS),
        ("20-envsubst-on-templates.sh", TEMPLATES),
        ("30-tune-worker-processes.sh", WORKER_PROCESSES),
    ] {
        files.script(&format!("docker-entrypoint.d/{name}"), script);
    }
}

/// Runs what is in `/docker-entrypoint.d`, then the command; clients wait for its lines.
const ENTRYPOINT: &str = r#"#!/bin/sh
set -e

say() {
    if [ -z "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ]; then
        echo "$@"
    fi
}

configure() {
    for file in /docker-entrypoint.d/*; do
        [ -f "$file" ] || continue
        case "$file" in
            *.envsh | *.sh)
                if [ ! -x "$file" ]; then
                    say "$0: Ignoring $file, not executable"
                elif [ "${file%.envsh}" != "$file" ]; then
                    say "$0: Sourcing $file"
                    . "$file"
                else
                    say "$0: Launching $file"
                    "$file"
                fi
                ;;
            *) say "$0: Ignoring $file" ;;
        esac
    done
}

if [ "$1" = nginx ] || [ "$1" = nginx-debug ]; then
    if [ -n "$(ls -A /docker-entrypoint.d 2>/dev/null)" ]; then
        say "$0: /docker-entrypoint.d/ is not empty, will attempt to perform configuration"
        say "$0: Looking for shell scripts in /docker-entrypoint.d/"
        # What a sourced file sets is for the others, and not for the server.
        (configure)
        say "$0: Configuration complete; ready for start up"
    else
        say "$0: No files found in /docker-entrypoint.d/, skipping configuration"
    fi
fi

exec "$@"
"#;

/// Lets the server of the image listen on IPv6, too, where it is as it was made.
const LISTEN_ON_IPV6: &str = r#"#!/bin/sh
set -e

me=${0##*/}
say() {
    if [ -z "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ]; then
        echo "$me: info: $*"
    fi
}

conf=etc/nginx/conf.d/default.conf
if [ ! -f /$conf ]; then
    say "/$conf is not a file or does not exist"
    exit 0
fi
if ! touch /$conf 2>/dev/null; then
    say "can not modify /$conf (read-only file system?)"
    exit 0
fi
if grep -q 'listen  \[::\]:[0-9]*;' /$conf; then
    say "IPv6 listen already enabled"
    exit 0
fi
say "Getting the checksum of /$conf"
first=$(head -n 3 /$conf | tr -s ' \n' ' ')
case "$first" in
    "server { listen "[0-9]*"; server_name localhost; ") ;;
    *)
        say "/$conf differs from the packaged version"
        exit 0
        ;;
esac
sed -i -E 's/^( +)listen +([0-9]+);/&\n\1listen  [::]:\2;/' /$conf
say "Enabled listen on IPv6 in /$conf"
"#;

/// Tells the files that follow of the container's name servers, where somebody asks for that.
const LOCAL_RESOLVERS: &str = r#"#!/bin/sh
if [ -n "${NGINX_ENTRYPOINT_LOCAL_RESOLVERS:-}" ]; then
    NGINX_LOCAL_RESOLVERS=$(awk '$1 == "nameserver" { printf "%s%s", (n++ ? " " : ""), ($2 ~ ":" ? "[" $2 "]" : $2) }' /etc/resolv.conf)
    export NGINX_LOCAL_RESOLVERS
fi
"#;

/// Makes configuration of templates, with what the environment says.
const TEMPLATES: &str = r#"#!/bin/sh
set -e

me=${0##*/}
from=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
suffix=${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}
to=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}
filter=${NGINX_ENVSUBST_FILTER:-}

say() {
    if [ -z "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ]; then
        echo "$me: $*"
    fi
}

[ -d "$from" ] || exit 0
if [ ! -w "$to" ]; then
    say "ERROR: $from exists, but $to is not writable"
    exit 0
fi
# Variables of the server itself, such as $host, stay.
known=$(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p' | grep -E -- "$filter" | sed 's/.*/${&}/' | tr '\n' ' ')
find -L "$from" -type f -name "*$suffix" | sort | while read -r template; do
    name=${template#"$from"/}
    made=$to/${name%"$suffix"}
    mkdir -p "${made%/*}"
    say "Running envsubst on $template to $made"
    envsubst "$known" < "$template" > "$made"
done
"#;

/// Sets how many workers there are by the processors, where somebody asks for that.
const WORKER_PROCESSES: &str = r#"#!/bin/sh
set -eu

[ "${NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE:-}" ] || exit 0
if ! touch /etc/nginx/nginx.conf 2>/dev/null; then
    echo "${0##*/}: error: can not modify /etc/nginx/nginx.conf (read-only file system?)"
    exit 0
fi
sed -i -E "s/^worker_processes .*/worker_processes $(nproc);/" /etc/nginx/nginx.conf
"#;
