#!/usr/bin/env bash
# Compiles gomend for Windows and runs what can run under wine: the tests of the library, and
# the program itself over the example. Needs wine (Debian's wine64 is enough) and
# gcc-mingw-w64-x86-64.
#
# Not run here, as wine has no Go and no git: the proof, undo of a real run, everything that
# drives a terminal, links and permissions, and the tests that are skipped below by name.
set -euo pipefail
cd "$(dirname "$0")/.."
target=x86_64-pc-windows-gnu
built=$(mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)
rustup target add "$target"
export WINEDEBUG=-all WINEPREFIX=${WINEPREFIX:-$built/wine}
export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=wine

# The standard library of Rust asks bcryptprimitives.dll for random bytes, which wine has from
# version 9 on.
wineboot --init >/dev/null 2>&1 || true
library=$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll
if [ ! -e "$library" ]; then
    source=$(mktemp --suffix .c)
    printf '%s\n' '#include <windows.h>' '#include <ntsecapi.h>' \
        'BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) { return RtlGenRandom(data, (ULONG)length); }' >"$source"
    x86_64-w64-mingw32-gcc -shared -o "$library" "$source" -ladvapi32
    rm "$source"
fi

# Go is asked by these.
skipped=(model::module::against_go:: rewrite::spacing::tests::sums rewrite::spacing::tests::totals
    transforms::shared::mem_stats::fields:: verify::platform::tests::every_port)
# What these expect is spelled with the paths of Unix: `/m/a.go` is not absolute on Windows.
skipped+=(cli::args::written:: lsp::settings::tests::settings_are_read model::golangci::tests::every_spelling
    model::module::tests::timers_are_new verify::diagnostic::tests::a_moved_line
    verify::diagnostic::tests::a_path_that verify::diagnostic::tests::reads_vet verify::overlay::tests::real_names)
skips=()
for name in "${skipped[@]}"; do skips+=(--skip "$name"); done
cargo test --target "$target" --lib -- "${skips[@]}"

cargo build --target "$target" --bin gomend
gomend=$built/$target/debug/gomend.exe
# Findings are the same, with `/` in every path, whatever the system.
here=$(mktemp) there=$(mktemp)
cargo run --quiet -- check --no-cache --format json examples/service >"$here" || [ $? -eq 1 ]
wine "$gomend" check --no-cache --format json examples/service >"$there" || [ $? -eq 1 ]
diff "$here" <(tr -d '\r' <"$there")
rm "$here" "$there"
echo "windows: the library's tests but for ${#skipped[@]} groups, and a check of the example"
