# Shared by the scripts here: where things are kept, how we speak, what counts as changed. Source it; it runs nothing.
#
# Settings, all optional:
#   POLITY_CACHE      everything that may outlive a clone (default ~/.cache/polity): tools, Synapse, and compiled artefacts in
#                     target/, so that a second clone compiles only our own packages. Delete it whenever you like.
#   CARGO_TARGET_DIR  where cargo compiles, if not there. Two clones that build at once should each set their own.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
wasm=wasm32-unknown-unknown
cache=${POLITY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/polity}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
mkdir -p "$cache" target
# What is compiled for this machine. Never together with `frontend`: one command would give `app` both of its sides at once,
# and the pages would fail in the browser. Always this same list, so that cargo's choice of features stays the same.
native=(-p types -p engine -p store -p platforms -p app -p migrations -p server)

# ── How we speak ──────────────────────────────────────────────────────────────────────────────────────────────────────────

# step WORDS: one line for one step.
step() { printf '\033[1;35m▸\033[0m %s\n' "$*"; }

# stop WORDS: ends the script and says what to do about it.
stop() { printf '\033[1;31m✗\033[0m %s\n' "$*" >&2; exit 1; }

# try ADVICE COMMAND…: runs the command; when it fails, gives the advice and stops.
try() {
  local advice=$1; shift
  "$@" || stop "$advice"
}

# ── What the machine has ──────────────────────────────────────────────────────────────────────────────────────────────────

has() { command -v "$1" >/dev/null 2>&1; }

# need COMMAND ADVICE: stops when a command that we cannot install ourselves is missing.
need() { has "$1" || stop "$1 is missing. $2"; }

# debian_package PACKAGE…: installs it where we may (root on a Debian machine, as in CI); elsewhere says what to type.
debian_package() {
  if [ "$(id -u)" = 0 ] && has apt-get; then
    step "Installing $* with apt-get"
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@"; } \
      >"$cache/apt.log" 2>&1 || stop "apt-get could not install $*; see $cache/apt.log"
  else
    stop "Please install $* (on Debian: sudo apt-get install $*), then try again."
  fi
}

# free_port: a loopback port that nobody listens on.
free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'
}

# wait_for_port PORT SECONDS: true once something on loopback accepts connections there.
wait_for_port() {
  local deadline=$((SECONDS + $2))
  until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.1
  done
}

# secret: 32 unguessable hexadecimal digits.
secret() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# ── What has changed ──────────────────────────────────────────────────────────────────────────────────────────────────────

# changed NAME PATH…: true unless the files under these paths are byte for byte those of the last `settled NAME`.
changed() {
  local name=$1; shift
  fingerprint=$(find "$@" -type f -exec sha256sum {} + | LC_ALL=C sort -k2 | sha256sum)
  [ "$(cat "target/stamps/$name" 2>/dev/null)" != "$fingerprint" ]
}

# settled NAME: remembers what the last `changed` looked at. Call it when the step has succeeded.
settled() {
  mkdir -p target/stamps
  printf '%s\n' "$fingerprint" >"target/stamps/$1"
}

# locked_version CRATE: the version that Cargo.lock names.
locked_version() {
  awk -v name="\"$1\"" '$1 == "name" { hit = $3 == name } hit && $1 == "version" { gsub("\"", "", $3); print $3; exit }' Cargo.lock
}
