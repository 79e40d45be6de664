#!/usr/bin/env python3
"""Compares what gomend says of real sites with what people said who read them.

    scripts/labels.py LABELS.tsv DIRECTORY

LABELS.tsv has the columns rule, repository (owner/name), commit, path, line,
verdict and reason; DIRECTORY holds a checkout of each repository under its
name, at the commit that the table gives. A line may be off by two. Prints each
disagreement and a summary; the exit status is 1 when there is one.
"""

import csv
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOMEND = ROOT / "target/release/gomend"

# One label of the table can be the business of several rules.
FAMILY = {
    "(finalizer rules)": [
        "finalizer-to-cleanup",
        "finalizer-close",
        "finalizer-leak-counter",
        "close-keeps-finalizer",
    ],
    "time-after-in-loop": ["time-after-in-loop", "time-after-sleep"],
    "read-mem-stats": ["read-mem-stats"],
    "manual-gc": ["manual-gc", "gc-in-benchmark"],
    "(profile rate rules)": ["cpu-profile-rate", "block-profile-rate"],
    "(stack rules)": ["stack-all-polled", "stack-fixed-buffer"],
    "(trace and CPU profile without stop)": [
        "trace-without-stop",
        "cpu-profile-without-stop",
        "trace-always-on",
        "unbounded-profile-file",
    ],
}
# What each verdict allows. A site to keep may be named as kept or not matched at
# all; where a person said that an unsafe edit is possible, advice is enough.
ALLOWED = {
    "fix-safe": {"safe"},
    "fix-unsafe": {"unsafe", "advice"},
    "advice": {"advice"},
    "keep": {"kept", "none"},
    "none": {"none", "kept"},
    "skip-vendor": {"none"},
}


def findings(directory, tests):
    command = [str(GOMEND), "check", "--format", "json", "--select", "all"]
    command += ["--include", "tests"] if tests else []
    output = subprocess.run(command, cwd=directory, capture_output=True, text=True)
    if output.returncode > 1:
        sys.exit(f"{directory}: {output.stderr}")
    return json.loads(output.stdout)["findings"]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    known = json.loads(subprocess.check_output([str(GOMEND), "rules", "--format", "json"]))
    known = {rule["id"] for rule in known}
    with open(sys.argv[1], encoding="utf-8") as table:
        rows = list(csv.DictReader((line for line in table if not line.startswith("#")), delimiter="\t"))
    seen = {}
    agree = differ = without_rule = 0
    for row in rows:
        rules = [rule for rule in FAMILY.get(row["rule"], [row["rule"]]) if rule in known]
        if not rules:
            without_rule += 1
            continue
        # Tests are looked at only where the reader judged a fix of one.
        tests = row["path"].endswith("_test.go") and row["verdict"].startswith("fix")
        name = row["repository"].split("/")[1]
        key = (name, tests)
        if key not in seen:
            seen[key] = findings(pathlib.Path(sys.argv[2]) / name, tests)
        here = [
            found
            for found in seen[key]
            if found["rule"] in rules
            and found["path"] == row["path"]
            and abs(found["start"]["line"] - int(row["line"])) <= 2
        ]
        levels = {found["level"] for found in here} or {"none"}
        if levels & ALLOWED[row["verdict"]]:
            agree += 1
            continue
        differ += 1
        print(f"{name}/{row['path']}:{row['line']}: {row['rule']}: "
              f"the reader says {row['verdict']}, gomend {', '.join(sorted(levels))} ({row['reason']})")
    print(f"{agree} agree, {differ} differ, {without_rule} are of rules that do not exist yet")
    sys.exit(1 if differ else 0)


main()
