#!/usr/bin/env bash
# Runs all tests, after bringing what they need.
#
#   scripts/test.sh [FILTER...]    the tests, or those whose name holds a FILTER
#   scripts/test.sh --long         also those that take minutes or need other programs: a real
#                                  editor, pre-commit, Windows' programs under wine, the large
#                                  properties, the install from a clean clone
#
# Needs Rust, git and Go 1.26 or later. On Debian (as root) it installs the rest, elsewhere
# it names what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
long=
[ "${1:-}" = --long ] && { long=yes; shift; }

for tool in cargo git go gofmt; do
    command -v "$tool" >/dev/null || {
        echo "$tool is not on PATH: the tests need Rust, git and Go 1.26 or later" >&2
        exit 1
    }
done

# The program that shows that a package is there, and the package of Debian.
needed=(chromium:chromium less:less)
[ -z "$long" ] || needed+=(nvim:neovim pre-commit:pre-commit wine:wine
    x86_64-w64-mingw32-gcc:gcc-mingw-w64-x86-64 "emacs:emacs-nox elpa-eglot elpa-go-mode")
missing=()
for pair in "${needed[@]}"; do
    read -ra packages <<<"${pair#*:}"
    command -v "${pair%%:*}" >/dev/null || missing+=("${packages[@]}")
done
install=
if [ ${#missing[@]} -gt 0 ]; then
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        log=$(mktemp)
        # They come while the tests are compiled.
        { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y "${missing[@]}"; } >"$log" 2>&1 &
        install=$!
    else
        echo "the tests also need: ${missing[*]} (these are the names of Debian's packages)" >&2
        exit 1
    fi
fi
if [ -n "$install" ]; then
    cargo test --no-run
    wait "$install" || { cat "$log" >&2 && exit 1; }
fi
# Many tests wait for go and git, so one more runs than there are processors: 430 s for 542 on two.
export RUST_TEST_THREADS=${RUST_TEST_THREADS:-$(($(getconf _NPROCESSORS_ONLN) + 1))}
cargo test "$@"
[ -n "$long" ] || exit 0

# What is marked as too long for every day.
cargo test scope:: -- --ignored
EDITS=1000 cargo test lsp::equal
RULES=10000 cargo test own_properties:: -- --skip no_patch
RULES=100000 cargo test own_properties::no_patch
scripts/neovim.sh
scripts/emacs.sh
scripts/pre-commit.sh
scripts/windows.sh
scripts/install.sh
