#!/bin/sh
# Measures the before and after of every rule and writes transforms/evidence.tsv,
# which `gomend explain` and the README show. Needs Go; best on a quiet machine.
#
#   scripts/evidence.sh [COUNT] [BENCHTIME]    defaults: 5 runs of 200ms
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root/benches/go"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# Built first, so that what the runtime says on standard error of a profile that
# is recorded at a wrong rate on purpose stays out of the figures.
GOWORK=off GOFLAGS= go test -c -o "$scratch/evidence" .
"$scratch/evidence" -test.run '^$' -test.bench . -test.count "${1:-5}" -test.benchtime "${2:-200ms}" >"$scratch/raw"
GOWORK=off GOFLAGS= go run ./table seeds.tsv <"$scratch/raw" >"$scratch/table"
mv "$scratch/table" "$root/transforms/evidence.tsv"
cat "$root/transforms/evidence.tsv"
