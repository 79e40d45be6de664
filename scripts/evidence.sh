#!/bin/sh
# Measures the before and after of every rule and writes transforms/evidence.tsv,
# which `gomend explain` and docs/measurements.md show. Needs Go; best on a quiet machine.
#
#   scripts/evidence.sh [COUNT] [BENCHTIME]    defaults: 5 runs of 200ms
#   scripts/evidence.sh RULE [COUNT] [BENCHTIME]    only that rule's row is measured again
set -eu
rule=
case "${1:-}" in
    *[!0-9]*) rule=$1 && shift ;;
esac
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root/benches/go"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# Built first, so that what the runtime says on standard error of a profile that
# is recorded at a wrong rate on purpose stays out of the figures.
GOWORK=off GOFLAGS= go test -c -o "$scratch/evidence" .
grep "^${rule:-[a-z]}${rule:+	}" seeds.tsv >"$scratch/seeds.tsv" || {
    echo "benches/go/seeds.tsv has no line for \`$rule\`: add one, and a pair of benchmarks of that name" >&2
    exit 2
}
"$scratch/evidence" -test.run '^$' -test.bench "./^${rule:-.*}\$" -test.count "${1:-5}" \
    -test.benchtime "${2:-200ms}" >"$scratch/raw"
GOWORK=off GOFLAGS= go run ./table "$scratch/seeds.tsv" <"$scratch/raw" >"$scratch/table"
if [ -n "$rule" ]; then
    # The other rows stay, and the order is that of seeds.tsv.
    awk -F '\t' -v rule="$rule" '
        FILENAME == ARGV[1] { if ($1 == rule) fresh = $0; next }
        FILENAME == ARGV[2] { if (/^#/) print; else rows[$1] = $0; next }
        !/^#/ && $1 == rule { print fresh; next }
        ($1 in rows) { print rows[$1] }
    ' "$scratch/table" "$root/transforms/evidence.tsv" seeds.tsv >"$scratch/all"
    mv "$scratch/all" "$scratch/table"
fi
mv "$scratch/table" "$root/transforms/evidence.tsv"
cat "$root/transforms/evidence.tsv"
