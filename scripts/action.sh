#!/usr/bin/env bash
# What the GitHub Action does: brings gomend into the runner's cache of tools, and checks.
# The inputs of action.yml are its environment; RELEASES overrides where archives are found.
set -euo pipefail
action=$(cd "$(dirname "$0")/.." && pwd)
fail() { echo "::error::$1" >&2; exit 2; }

case "${RUNNER_OS:-$(uname -s)}-${RUNNER_ARCH:-$(uname -m)}" in
    Linux-X64 | Linux-x86_64) target=x86_64-unknown-linux-musl end=tar.gz ;;
    Linux-ARM64 | Linux-aarch64) target=aarch64-unknown-linux-musl end=tar.gz ;;
    Windows-X64) target=x86_64-pc-windows-gnu end=zip ;;
    *) target= ;;
esac

tools=${RUNNER_TOOL_CACHE:?the action runs on a runner of GitHub Actions}/gomend/$VERSION
gomend=$tools/gomend
[ "${end:-}" != zip ] || gomend=$gomend.exe

hash_of() { sha256sum "$1" | cut -d ' ' -f 1; }

# Takes the archive of the release, if its hash is as expected.
download() {
    local name=gomend-$VERSION-$target.$end scratch expected found
    local from=${RELEASES:-${GITHUB_SERVER_URL:?}/${GITHUB_ACTION_REPOSITORY:?}/releases/download/v$VERSION}
    scratch=$(mktemp -d)
    curl --fail --silent --show-error --location --retry 3 -o "$scratch/$name" "$from/$name" ||
        fail "$name is not in the release $VERSION; \`version: source\` builds gomend with cargo"
    expected=${SHA256:-}
    if [ -z "$expected" ]; then
        curl --fail --silent --show-error --location --retry 3 -o "$scratch/SHA256SUMS" "$from/SHA256SUMS" ||
            fail "the release $VERSION has no list of hashes"
        expected=$(awk -v name="$name" '$2 == name { print $1 }' "$scratch/SHA256SUMS")
    fi
    found=$(hash_of "$scratch/$name")
    [ "$found" = "$expected" ] || fail "$name has the hash $found instead of ${expected:-one that the release lists}"
    mkdir -p "$tools"
    if [ "$end" = zip ]; then
        unzip -q -o -j "$scratch/$name" "*/gomend.exe" -d "$tools"
    else
        tar -xzf "$scratch/$name" -C "$tools" --strip-components 1 "gomend-$VERSION-$target/gomend"
    fi
    # What a later job takes from the cache is the same program.
    hash_of "$gomend" >"$tools/hash"
    rm -r "$scratch"
}

if [ ! -x "$gomend" ] || [ "$(hash_of "$gomend")" != "$(cat "$tools/hash" 2>/dev/null)" ]; then
    if [ "$VERSION" = source ] || [ -z "$target" ]; then
        cargo install --locked --path "$action" --root "$tools/root"
        cp "$tools/root/bin/gomend"* "$tools/"
        hash_of "$gomend" >"$tools/hash"
    else
        download
    fi
fi

new=()
case "$NEW" in
    all) ;;
    auto)
        if [ -n "${GITHUB_BASE_REF:-}" ]; then
            # The merge base lies before what a shallow checkout holds.
            if [ "$(git rev-parse --is-shallow-repository)" = true ]; then
                git fetch --quiet --no-tags --unshallow origin
            fi
            git fetch --quiet --no-tags origin "+refs/heads/$GITHUB_BASE_REF:refs/remotes/origin/$GITHUB_BASE_REF"
            new=(--new-from-rev "origin/$GITHUB_BASE_REF")
        fi
        ;;
    *) new=(--new-from-rev "$NEW") ;;
esac

# The two inputs are words, as in a shell; nothing in them is expanded.
eval_words() { xargs -r -n 1 printf '%s\0' <<<"$1"; }
words=()
while IFS= read -r -d '' word; do words+=("$word"); done < <(eval_words "${ARGS:-}")
paths=()
while IFS= read -r -d '' word; do paths+=("$word"); done < <(eval_words "${PATHS:-.}")

run=("$gomend" check --format "$FORMAT" --fail-on "$FAIL_ON" "${new[@]}" "${words[@]}" -- "${paths[@]}")
if [ -n "${OUTPUT:-}" ]; then
    "${run[@]}" >"$OUTPUT"
else
    "${run[@]}"
fi
