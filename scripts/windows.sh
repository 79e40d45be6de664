#!/usr/bin/env bash
# Compiles gomend for Windows and runs what can run under wine: the tests of the library, and
# the program itself over the example. Needs wine and Debian's gcc-mingw-w64-x86-64.
#
# Not run here, as wine has no Go and no git: the proof, undo of a real run, everything that
# drives a terminal, links and permissions.
set -euo pipefail
cd "$(dirname "$0")/.."
target=x86_64-pc-windows-gnu
rustup target add "$target"
export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=wine WINEDEBUG=-all WINEPREFIX=${WINEPREFIX:-$PWD/target/wine}
cargo test --target "$target" --lib
cargo build --target "$target" --bin gomend
gomend=${CARGO_TARGET_DIR:-target}/$target/debug/gomend.exe
# Findings are the same, with `/` in every path, whatever the system.
here=$(mktemp) there=$(mktemp)
cargo run --quiet -- check --no-cache --format json examples/service >"$here" || [ $? -eq 1 ]
wine "$gomend" check --no-cache --format json examples/service >"$there" || [ $? -eq 1 ]
diff "$here" <(tr -d '\r' <"$there")
echo "windows: the library's tests and a check of the example"
