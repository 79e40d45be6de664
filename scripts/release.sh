#!/usr/bin/env bash
# Makes what a release hands out: for each target an archive with the stripped program, its
# completions and man pages, then the hashes of all archives and the list of what is in them.
#
#   scripts/release.sh DIR [TARGET...]
#
# The targets are x86_64 and aarch64 Linux (static) and x86_64 Windows unless named. Each needs the
# target's standard library (`rustup target add`) and a C compiler for tree-sitter, on Debian
# gcc, gcc-aarch64-linux-gnu and gcc-mingw-w64-x86-64; a target that lacks one is named at
# the end, and the status is 1. Needs zip for Windows, and cargo-cyclonedx, which it installs.
set -euo pipefail
out=$(mkdir -p "${1:?usage: scripts/release.sh DIR [TARGET...]}" && cd "$1" && pwd)
shift
cd "$(dirname "$0")/.."
targets=("$@")
[ $# -gt 0 ] || targets=(x86_64-unknown-linux-musl aarch64-unknown-linux-musl x86_64-pc-windows-gnu)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The C of tree-sitter is compiled, and the program linked, by these.
export CC_x86_64_unknown_linux_musl=${CC_x86_64_unknown_linux_musl:-musl-gcc}
export CC_aarch64_unknown_linux_musl=${CC_aarch64_unknown_linux_musl:-aarch64-linux-gnu-gcc}
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER=${CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER:-rust-lld}

# Texts are the same for every target, and written by the program of this machine.
cargo build --quiet --locked
built=${CARGO_TARGET_DIR:-target}
gomend=$built/debug/gomend
texts=$scratch/texts
mkdir -p "$texts/completions" "$texts/man"
for shell in bash elvish fish powershell zsh; do
    "$gomend" completions "$shell" >"$texts/completions/gomend.$shell"
done
"$gomend" man >"$texts/man/gomend.1"
cp README.md LICENSE SECURITY.md docs/changelog.md "$texts/"

missing=()
for target in "${targets[@]}"; do
    rustup target add "$target" 2>/dev/null || { missing+=("$target: no standard library here"); continue; }
    cargo build --quiet --locked --profile dist --target "$target" --bin gomend || {
        missing+=("$target: it does not compile here")
        continue
    }
    name=gomend-$version-$target
    mkdir "$scratch/$name"
    cp -r "$texts/." "$scratch/$name/"
    program=$built/$target/dist/gomend
    case "$target" in
        *windows*)
            cp "$program.exe" "$scratch/$name/"
            (cd "$scratch" && zip -q -r -X "$out/$name.zip" "$name")
            ;;
        *)
            cp "$program" "$scratch/$name/"
            # The same bytes from the same commit, whoever packs them.
            when=$(git log -1 --format=%ct)
            tar -C "$scratch" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$when" -cf - "$name" |
                gzip -n >"$out/$name.tar.gz"
            ;;
    esac
done

command -v cargo-cyclonedx >/dev/null || {
    cargo install --quiet --locked --root "$scratch/tools" cargo-cyclonedx
    PATH=$scratch/tools/bin:$PATH
}
cargo cyclonedx --quiet --format json --override-filename gomend.cdx
mv gomend.cdx.json "$out/gomend-$version.cdx.json"

(cd "$out" && sha256sum gomend-"$version"* >SHA256SUMS)
ls -l "$out"
[ ${#missing[@]} -eq 0 ] || { printf '%s\n' "${missing[@]}" >&2; exit 1; }
