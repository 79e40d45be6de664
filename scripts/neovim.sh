#!/bin/sh
# Shows the language server in neovim: `scripts/neovim.sh DIRECTORY FILE` opens FILE, a path within
# DIRECTORY, in a copy of it, and writes down what a person would see. Needs nvim and Go on PATH,
# and gomend: that of GOMEND, else the one that `cargo build` made.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
directory=${1:-$home/examples/service}
file=${2:-main.go}
gomend=${GOMEND:-${CARGO_TARGET_DIR:-$home/target}/debug/gomend}
command -v nvim >/dev/null || { echo "skipped: there is no nvim on PATH (Debian: apt-get install neovim)"; exit 0; }
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -R "$directory/." "$copy"
GOMEND=$gomend GOMEND_ROOT=$copy GOMEND_FILE=$copy/$file XDG_STATE_HOME=$copy/.state \
    nvim --headless -u NONE -i NONE -n -c "luafile $home/tests/lsp/neovim.lua"
