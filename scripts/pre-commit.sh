#!/usr/bin/env bash
# Runs the hooks of this repository under the real pre-commit: as shipped, on 8 and on 200
# files, clean and with findings. Needs pre-commit, git, Go and cargo; pre-commit builds gomend.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PRE_COMMIT_HOME=$scratch/home GIT_CONFIG_GLOBAL=$scratch/gitconfig
git config --file "$scratch/gitconfig" user.name tester
git config --file "$scratch/gitconfig" user.email tester@example.com
git config --file "$scratch/gitconfig" protocol.file.allow always
revision=$(git -C "$root" rev-parse HEAD)
# How fast gomend is does not matter here, and pre-commit compiles it anew.
export CARGO_PROFILE_RELEASE_OPT_LEVEL=0

# A module of $1 packages, each with a benchmark that collects in its loop.
module() {
    mkdir -p "$scratch/$1" && cd "$scratch/$1"
    git init -q
    printf 'module example.com/m\n\ngo 1.24\n' >go.mod
    for number in $(seq "$1"); do
        mkdir -p "p$number"
        printf 'package p\n\nimport (\n\t"runtime"\n\t"testing"\n)\n\nfunc BenchmarkSum(b *testing.B) {\n\tsum := 0\n\tfor i := 0; i < b.N; i++ {\n\t\truntime.GC()\n\t\tsum += i\n\t}\n\tprintln(sum)\n}\n' >"p$number/p_test.go"
    done
    printf 'repos:\n  - repo: %s\n    rev: %s\n    hooks:\n      - id: gomend\n        args: [--include, tests]\n      - id: gomend-fix\n        args: [--include, tests]\n' "$root" "$revision" >.pre-commit-config.yaml
    git add .
}

fail() { echo "$1" >&2; exit 1; }

reports=gomend fixes=gomend-fix
for files in 8 200; do
    module "$files"
    pre-commit run "$reports" --all-files >report && fail "$files files: the findings did not stop the commit"
    found=$(grep -c '^warning' report)
    [ "$found" = "$files" ] || fail "$files files: $found findings"
    pre-commit run "$fixes" --all-files >fixed && fail "$files files: what was fixed did not stop the commit"
    git add .
    pre-commit run --all-files >again || fail "$files files: $(cat again)"
    grep -rq 'runtime.GC' --include='*.go' . && fail "$files files: not all is fixed"
    echo "pre-commit: $files files reported, fixed and clean"
done
