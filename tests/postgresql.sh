#!/usr/bin/env bash
# Runs a command with a throw-away PostgreSQL: `tests/postgresql.sh python -m pytest tests/registry`.
#
# The command finds the server in TEST_PG_DSN. A server that is already named there is used as it is. Otherwise a cluster of
# its own is made in a temporary directory, reachable by socket only, and is gone afterwards whatever happens. PostgreSQL
# refuses to run as root, so root hands it to the account `postgres`.
set -euo pipefail
if [ -n "${TEST_PG_DSN:-}" ]; then exec "$@"; fi

tools=$(dirname "$(command -v initdb || ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -1 || true)")
if [ ! -x "$tools/initdb" ]; then
  echo "未找到 PostgreSQL：请执行 sudo apt-get install -y --no-install-recommends postgresql，或设置 TEST_PG_DSN。" >&2
  exit 3
fi

place=$(mktemp -d "${TMPDIR:-/tmp}/shouwang-pg-XXXXXX")
as_server() { "$@"; }
if [ "$(id -u)" = 0 ]; then
  as_server() { runuser -u postgres -- "$@"; }
  chown postgres "$place"
fi
stop() {
  as_server "$tools/pg_ctl" -D "$place/data" -m immediate -s stop >/dev/null 2>&1 || true
  rm -rf "$place"
}
trap stop EXIT
trap 'exit 130' INT TERM

# Durability is off: what is tested here is what SQL means, and the cluster is thrown away. Set TEST_PG_DURABLE=1 to keep it.
durability="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
if [ -n "${TEST_PG_DURABLE:-}" ]; then durability=""; fi
cd "$place"
as_server "$tools/initdb" -D "$place/data" -U postgres --encoding=UTF8 --locale=C.UTF-8 --auth=trust >"$place/initdb.log"
as_server "$tools/pg_ctl" -D "$place/data" -l "$place/server.log" -w -s -t 60 start \
  -o "-c listen_addresses='' -c unix_socket_directories=$place -c max_connections=200 $durability"
cd "$OLDPWD"
export TEST_PG_DSN="postgresql://postgres@/postgres?host=$place"
"$@"
