#!/bin/sh
# Makes .venv with everything that Wardlink and its tests need. Needs Python 3.11 to 3.13 and a package index, no more.
# `make install` runs it when a lock file is newer than the last success; running it again does no harm.
set -eu

VENV=.venv
LOCK=${1:-requirements-dev.lock}

step() { printf '==> %s\n' "$*"; }

give_up() {
    printf 'make install: %s\n' "$1" >&2
    shift
    for remedy in "$@"; do printf '  - %s\n' "$remedy" >&2; done
    exit 1
}

is_supported() {
    "$1" -c 'import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
        if is_supported "$candidate"; then
            echo "$candidate"
            return
        fi
    done
}

make_venv() {
    if is_supported "$VENV/bin/python" && [ -x "$VENV/bin/uv" ]; then
        return
    fi
    python=$(find_python)
    [ -n "$python" ] || give_up "no Python 3.11, 3.12 or 3.13 was found (python3 here: $(python3 -V 2>/dev/null || echo none))." \
        "Debian, Ubuntu: apt install python3 python3-venv   Fedora: dnf install python3.12   macOS: brew install python@3.13" \
        "or name one: make install PYTHON=/path/to/python3.12"
    "$python" -c 'import venv, ensurepip' 2>/dev/null || give_up "$python cannot make virtual environments." \
        "Debian, Ubuntu: apt install python3-venv (or python3.$("$python" -c 'import sys; print(sys.version_info[1])')-venv)"
    step "making $VENV with $("$python" -V)"
    rm -rf "$VENV"
    "$python" -m venv "$VENV"
}

# uv is itself locked with its hashes: pip installs that one block of the lock file, uv does the rest.
install_uv() {
    version=$(sed -n 's/^uv==\([^ ]*\).*/\1/p' requirements-dev.lock)
    if [ "$("$VENV/bin/uv" --version 2>/dev/null | cut -d' ' -f2)" = "$version" ]; then
        return
    fi
    step "installing uv $version"
    sed -n '/^uv==/,/[^\\]$/p' requirements-dev.lock >"$VENV/uv.txt"
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$VENV/uv.txt" ||
        no_packages
}

install_packages() {
    step "installing the packages of $LOCK"
    "$VENV/bin/uv" pip sync --python "$VENV/bin/python" "$LOCK" || no_packages
    step "installing Wardlink itself"
    "$VENV/bin/uv" pip install --quiet --python "$VENV/bin/python" --no-deps --no-build-isolation --editable . ||
        give_up "Wardlink itself could not be installed: see above."
}

no_packages() {
    give_up "packages could not be fetched: see above." \
        "Is there a network? A proxy is named by HTTPS_PROXY." \
        "An index of your own is named by PIP_INDEX_URL (for pip) and UV_DEFAULT_INDEX (for uv)." \
        "A proxy that opens TLS needs its authority: PIP_CERT and SSL_CERT_FILE."
}

make_venv
install_uv
install_packages
touch "$VENV/installed"
step "done: $("$VENV/bin/python" -V), $("$VENV/bin/uv" --version | cut -d' ' -f1,2); try $VENV/bin/wardlink --help"
