#!/usr/bin/env bash
# Doubles what a tree holds much of, of every kind and for every verb, and prints how the
# time grew. Ends with 1 when it grew more than 2.3 times anywhere.
#
#   scripts/linear.sh [KIND...] [--verb VERB] [SIZE]
#
# The kinds are those of tests/support/growth.rs, the verbs those of benches/growth.rs;
# SIZE is the smaller of the two sizes, 2000 unless given.
set -euo pipefail
cd "$(dirname "$0")/.."
exec cargo bench --quiet --bench growth -- "$@"
