#!/bin/sh
# Counts what `go fix ./...` alone leaves that does not build or that needs another run, beside
# `gomend apply --run 'go fix -json ./...'`. Each FOLDER is that of a module in a git work tree;
# the tree is cloned for each of the two and not changed. Fetches nothing: what is not in the
# module cache counts as broken before and afterwards.
#
#   scripts/go-fix.sh FOLDER...     GOMEND names the binary, default target/release/gomend
#
# A row has, for each way: the messages of `go build` and `go vet` that were not there before,
# then the files/hunks that each further `go fix` would change, until there are none (5 at most).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
gomend=${GOMEND:-$root/target/release/gomend}
rounds=5
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export GOTOOLCHAIN=local GOPROXY=off GOFLAGS=
GOCACHE=$(go env GOCACHE)
export GOCACHE XDG_STATE_HOME="$scratch/state" XDG_CACHE_HOME="$scratch/cache"

# What build and vet say, without the lines and columns, which move.
said() {
    { go build ./... 2>&1 || true; go vet ./... 2>&1 || true; } |
        sed -E 's/:[0-9]+:[0-9]+:/:/; /^#/d; /^vet: /s/^vet: //' | sort -u
}
# The files and hunks that one more `go fix` would change.
left() {
    go fix -diff ./... 2>/dev/null >"$scratch/left" || true
    echo "$(grep -c '^--- ' "$scratch/left" || true)/$(grep -c '^@@' "$scratch/left" || true)"
}
# $1: how a round fixes. Prints the messages that are new, and what is left after each round.
count() {
    "$1"
    said >"$scratch/after"
    new=$(comm -13 "$scratch/before" "$scratch/after" | wc -l | tr -d ' ')
    [ "$new" = 0 ] || comm -13 "$scratch/before" "$scratch/after" | sed 's/^/    new: /' | head -20 >&2
    rests=$(left)
    round=1
    while [ "${rests##* }" != 0/0 ] && [ "$round" -lt "$rounds" ]; do
        "$1"
        rests="$rests $(left)"
        round=$((round + 1))
    done
    echo "$new | $rests"
}
by_go() { go fix ./... >/dev/null 2>&1 || true; }
by_gomend() { "$gomend" apply --run 'go fix -json ./...' >>"$scratch/gomend" 2>&1 || true; }
# $1: the work tree, $2: the folder in it.
fresh() {
    cd "$scratch"
    rm -rf "$scratch/tree" "$scratch/state"
    git clone --quiet "$1" "$scratch/tree"
    cd "$scratch/tree/$2"
}

echo "| folder | go fix: new messages | left after each run | gomend: new messages | left after each run | gomend's first run |"
echo "|---|--:|---|--:|---|---|"
for folder in "$@"; do
    top=$(git -C "$folder" rev-parse --show-toplevel)
    below=$(git -C "$folder" rev-parse --show-prefix)
    fresh "$top" "$below"
    said >"$scratch/before"
    first=$(left)
    alone=$(count by_go)
    fresh "$top" "$below"
    : >"$scratch/gomend"
    gated=$(count by_gomend)
    words=$(grep -m 1 -E '^(Applied|No fix|Nothing)' "$scratch/gomend" || true)
    refused=$(grep -m 1 -E 'refused by the proof' "$scratch/gomend" || true)
    echo "| $(basename "$top")/$below ($first at first) | $alone | $gated | $words $refused |"
    cp "$scratch/gomend" "${LOGS:-$scratch}/$(basename "$top")-$(echo "$below" | tr -d /).txt" 2>/dev/null || true
    cd "$root"
done
