#!/usr/bin/env bash
# Times `gomend check` beside other ways to look for the same things, on the
# source of the standard library, all in one run, and prints a table.
#
#   scripts/bench.sh [RUNS [TREE [MODULE PACKAGE...]]]
#
# With TREE, the root of another module, also times the check of it with its tests beside
# `rg`. With MODULE and packages of it, whose dependencies are downloaded, also times
# `gomend fix --diff` beside `go vet` of the same packages, with an empty build cache of
# Go and with a full one; what gomend remembers of a proof is off.
#
# Needs ripgrep (`apt-get install ripgrep`) and ast-grep (`pip install
# ast-grep-cli`) on PATH. Runs are interleaved, so that a busy machine is busy
# for all of them; the table shows medians and the ratio to rg in the same run. The first
# run of gomend remembers what it saw, with `again` it finds that all is as it was. The rules
# of examples/rules run beside the built-in ones over the same tree.
set -euo pipefail
runs=${1:-7}
tree=${2:+$(realpath "$2")}
module=${3:+$(realpath "$3")}
shift $(($# < 3 ? $# : 3))
cd "$(dirname "$0")/.."
for tool in rg ast-grep go python3; do
    command -v "$tool" >/dev/null || { echo "$tool is not on PATH; see the head of $0" >&2; exit 1; }
done
cargo build --release --quiet
gomend=$PWD/target/release/gomend
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/once"
cp -r "$(go env GOROOT)/src" "$scratch/once/src"
# Outside of its GOROOT the tree is one module among others to all the tools.
for copy in 0 1 2 3 4 5 6 7 8 9; do mkdir -p "$scratch/ten/$copy" && cp -al "$scratch/once/src" "$scratch/ten/$copy/src"; done
mkdir -p "$scratch/own" && cp -al "$scratch/once/src" "$scratch/own/src" && mkdir -p "$scratch/own/src/.gomend/rules"
cp examples/rules/*.txtar "$scratch/own/src/.gomend/rules/"
# It names a type without its package, and the standard library has several of that name.
rm "$scratch/own/src/.gomend/rules/atomic-type.txtar"
names='After|ReadMemStats|Gosched|GC'
cat >"$scratch/rules.yml" <<'RULES'
id: time-after-in-loop
language: go
rule: {pattern: {context: "func f() { time.After($D) }", selector: call_expression}, inside: {kind: for_statement, stopBy: end}}
---
id: read-mem-stats
language: go
rule: {pattern: {context: "func f() { runtime.ReadMemStats($M) }", selector: call_expression}}
---
id: gosched
language: go
rule: {pattern: {context: "func f() { runtime.Gosched() }", selector: call_expression}}
---
id: manual-gc
language: go
rule: {pattern: {context: "func f() { runtime.GC() }", selector: call_expression}}
RULES
python3 - "$runs" "$scratch" "$gomend" "$names" "$tree" "$module" "$@" <<'PYTHON'
import os, shlex, shutil, statistics, subprocess, sys, time

runs, scratch, gomend, names, tree, module = int(sys.argv[1]), *sys.argv[2:7]
packages = " ".join(map(shlex.quote, sys.argv[7:]))
once, ten, rules = f"{scratch}/once/src", f"{scratch}/ten", f"{scratch}/rules.yml"
# Those that are about the four names.
seven = ",".join(["time-after-in-loop", "time-after-sleep", "read-mem-stats", "read-mem-stats-per-request",
                  "gosched", "manual-gc", "gc-in-benchmark"])
commands = {
    "rg (the names)": f"rg -c '{names}' -g '*.go' .",
    "gomend check, first": f"{gomend} check --quiet --format json .",
    "gomend check, seven rules": f"{gomend} check --no-cache --select {seven} --quiet --format json .",
    "gomend check, every rule": f"{gomend} check --no-cache --select all --quiet --format json .",
    "gomend check, with tests": f"{gomend} check --no-cache --include tests --quiet --format json .",
    "gomend check, again": f"{gomend} check --quiet --format json .",
    "rg --files": "rg --files -g '*.go' .",
    "rg -l | xargs ast-grep": f"rg -l '{names}' -g '*.go' . | xargs ast-grep scan -r {rules} --json=stream",
    "ast-grep (four rules)": f"ast-grep scan -r {rules} --json=stream .",
}
own = {
    "gomend check, built-in rules": f"{gomend} check --no-cache --isolated --quiet --format json .",
    "gomend check, with own rules": f"{gomend} check --no-cache --quiet --format json .",
}
# These take long enough to be timed three times only.
slow = [name for name in commands if "ast-grep" in name]
fix = f"{gomend} fix --diff --no-cache --include tests --unsafe --quiet {packages}"
proof = {
    "go vet, empty build cache": f"go vet {packages}",
    "go vet, full build cache": f"go vet {packages}",
    "gomend fix, empty build cache": fix,
    "gomend fix, full build cache": fix,
}


os.environ["XDG_CACHE_HOME"] = f"{scratch}/cache"


def measure(name, where, command=None):
    command = command or commands[name]
    if name.endswith("first"):
        shutil.rmtree(f"{scratch}/cache", ignore_errors=True)
    if name.endswith("empty build cache"):
        shutil.rmtree(f"{scratch}/build", ignore_errors=True)
    start = time.monotonic()
    with open(os.devnull, "w") as null:
        child = subprocess.Popen(["/bin/sh", "-c", f"exec {command}" if "|" not in command else command],
                                 cwd=where, stdout=null, stderr=null)
        _, _, usage = os.wait4(child.pid, 0)
        child.returncode = 0
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def median(rows, column):
    return statistics.median(row[column] for row in rows)


def show(name, found, beside):
    ratio = statistics.median(a[0] / b[0] for a, b in zip(found, beside))
    print(f"{name:34} {median(found, 0):8.3f} {median(found, 1):8.3f} {median(found, 2):8.1f} {ratio:10.2f}")


rows = {name: [] for name in commands}
rows_ten = []
for name in commands:
    measure(name, once)
for run in range(runs):
    for name in commands:
        if run < 3 or name not in slow:
            rows[name].append(measure(name, once))
for _ in range(1 + max(3, runs // 2)):
    rows_ten.append(measure("gomend check, first", ten))
# The first one reads the tree from the disk.
del rows_ten[0]
print(f"medians of {runs} interleaved runs on the standard library's source, {os.cpu_count()} processors")
print(f"{'':34} {'wall s':>8} {'cpu s':>8} {'MiB':>8} {'wall / rg':>10}")
for name, found in rows.items():
    show(name, found, rows["rg (the names)"])
once_wall = median(rows["gomend check, first"], 0)
print(f"{'gomend check, first, ten trees':34} {median(rows_ten, 0):8.3f} {median(rows_ten, 1):8.3f} "
      f"{median(rows_ten, 2):8.1f} {median(rows_ten, 0) / once_wall:9.1f}x one tree")
found = {name: [] for name in own}
for run in range(runs + 1):
    for name, command in own.items():
        found[name].append(measure(name, f"{scratch}/own/src", command))
rules = len([file for file in os.listdir(f"{scratch}/own/src/.gomend/rules") if file.endswith(".txtar")])
print(f"with {rules} rules of examples/rules; the ratio is that to the built-in ones")
for name in own:
    # The first one reads the tree from the disk.
    show(name, found[name][1:], found["gomend check, built-in rules"][1:])
if tree:
    pair = ["rg (the names)", "gomend check, with tests"]
    found = {name: [] for name in pair}
    for name in pair:
        measure(name, tree)
    for _ in range(runs):
        for name in pair:
            found[name].append(measure(name, tree))
    print(f"in {os.path.basename(os.path.abspath(tree))}")
    for name in pair:
        show(name, found[name], found[pair[0]])
if module:
    os.environ["GOCACHE"] = f"{scratch}/build"
    found = {name: [] for name in proof}
    for _ in range(max(1, runs // 5)):
        for name, command in proof.items():
            found[name].append(measure(name, module, command))
    print(f"in {os.path.basename(os.path.abspath(module))}; the ratio is that to go vet")
    for name in proof:
        show(name, found[name], found[name.replace("gomend fix", "go vet")])
PYTHON
