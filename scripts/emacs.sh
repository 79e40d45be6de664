#!/bin/sh
# Shows the language server in Emacs with eglot, over a copy of the example: findings, hover,
# code actions, and a fix in the buffer. Needs Emacs, on Debian emacs-nox, elpa-eglot and
# elpa-go-mode, and gomend: that of GOMEND, else the one that `cargo build` made.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
gomend=${GOMEND:-${CARGO_TARGET_DIR:-$home/target}/debug/gomend}
command -v emacs >/dev/null || { echo "skipped: there is no emacs on PATH"; exit 0; }
emacs --batch --eval "(progn (require 'package) (package-initialize) (require 'eglot) (require 'go-mode))" 2>/dev/null ||
    { echo "skipped: emacs has no eglot or no go-mode"; exit 0; }
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -R "$home/examples/service/." "$copy"
git -C "$copy" init -q
GOMEND=$gomend GOMEND_FILE=$copy/main.go XDG_STATE_HOME=$copy/.state \
    timeout 120 emacs --batch -l "$home/tests/lsp/emacs.el"
