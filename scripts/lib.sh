# Shared by ./up, ./test and ./bench: what the machine needs, and a PostgreSQL of our own. Sourced, not run.

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
die() { printf '%s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Installs Debian packages where that is possible without asking; otherwise says how.
apt_install() {
  if have apt-get && [ "$(id -u)" = 0 ]; then
    say "Installing $*"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null 2>&1 ||
      { apt-get update -q >/dev/null 2>&1 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null; } ||
      die "apt-get install $* failed"
  elif have apt-get; then
    die "Missing: $*. Install with: sudo apt-get install $*"
  elif have brew; then
    die "Missing: $*. Install the same programs with: brew install (names may differ)"
  else
    die "Missing: $*. Install them with this system's package manager."
  fi
}

need_rust() {
  have cargo || die "Felles needs a Rust toolchain: see rustup.rs, or the package rustup of this system."
  have cc || apt_install gcc libc6-dev
}
need_node() { have npm || { have brew && die "Felles needs Node.js: brew install node"; apt_install nodejs npm; }; }

# What holds the register's XML up against its schemas; a test without it says what it skipped.
need_xmllint() { have xmllint || apt_install libxml2-utils; }

# What opens the packages of digital post beside us.
need_openers() {
  have openssl || apt_install openssl
  have unzip || apt_install unzip
}

# A Python with tests/requirements.txt in target/venv, made anew when that changes. The list is complete, and one of its
# packages asks for a newer Python than it needs: pip is told to take it as it stands.
need_python() {
  have python3 || apt_install python3 python3-venv
  cmp -s tests/requirements.txt target/venv/requirements.txt && return
  mkdir -p target
  python3 -m venv --clear target/venv >/dev/null 2>&1 || { apt_install python3-venv; python3 -m venv --clear target/venv; }
  target/venv/bin/pip install --quiet --disable-pip-version-check --no-deps --ignore-requires-python -r tests/requirements.txt
  cp tests/requirements.txt target/venv/
}

# An Apache with mod_auth_openidc, without Debian's service. Where there is no Debian, its test is skipped and says so.
need_apache() {
  have apt-get || return 0
  [ -e /usr/lib/apache2/modules/mod_auth_openidc.so ] || apt_install apache2-bin libapache2-mod-auth-openidc
}

# The path of a Chromium; installs Debian's where there is none.
chromium_path() {
  for name in chromium chromium-browser google-chrome; do have $name && { command -v $name; return; }; done
  [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ] && { echo "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; return; }
  apt_install chromium >&2
  command -v chromium
}

postgres_bin() {
  for dir in "$(pg_config --bindir 2>/dev/null)" $(ls -d /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin 2>/dev/null | sort -rV); do
    [ -x "$dir/initdb" ] && { echo "$dir"; return; }
  done
  return 1
}

# start_postgres DIR PORT: a server that keeps every promise (fsync on), for as long as the caller's shell lives.
# Sets POSTGRES_URL.
start_postgres() {
  local dir=$1 port=$2 bin
  bin=$(postgres_bin) || { apt_install postgresql postgresql-contrib; bin=$(postgres_bin) || die "no initdb found"; }
  mkdir -p "$dir"
  # PostgreSQL refuses to run as root.
  local as=()
  if [ "$(id -u)" = 0 ]; then
    # mktemp's directories are closed to all others.
    chmod go+x "$(dirname "$dir")"
    chown postgres "$dir"
    chmod 700 "$dir"
    as=(runuser -u postgres --)
  fi
  (cd / && "${as[@]}" "$bin/initdb" -D "$dir/db" -U felles -A trust -E UTF8 --locale=C >/dev/null) || die "initdb failed"
  (cd / && exec "${as[@]}" "$bin/postgres" -D "$dir/db" -p "$port" -c listen_addresses=127.0.0.1 -c "unix_socket_directories=" \
    -c max_connections=400 -c shared_buffers=256MB -c log_min_messages=fatal >"$dir/log" 2>&1) &
  POSTGRES_PID=$!
  for _ in $(seq 100); do
    (cd / && "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" -U felles -d postgres) && break
    sleep 0.1
  done
  POSTGRES_URL="postgres://felles@127.0.0.1:$port/postgres"
}

free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])' 2>/dev/null || echo $((20000 + RANDOM % 20000)); }
