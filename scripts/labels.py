#!/usr/bin/env python3
"""Holds what gomend finds against sites that were read by hand.

    scripts/labels.py [-a] [--gomend BINARY] LABELS.tsv REPOSITORY...

LABELS.tsv has the columns rule, repository, commit, path, line, verdict, reason;
lines that begin with # are passed over. A REPOSITORY is a checkout whose folder is
called like the repository (`etcd` for `etcd-io/etcd`), at the commit of the labels.

Verdicts: fix-safe, fix-unsafe, advice, keep (matched and kept, or no finding), none
(no finding, or a kept one), skip-KIND (no finding unless KIND is included). A line may
be off by two. Prints each disagreement and a summary per rule; exit status 1 when
there is any. -a prints what agrees too, and sites that nobody has labelled.
"""

import argparse
import collections
import csv
import json
import os
import subprocess
import sys

OFF = 2
# What is included to see the sites that are skipped by default.
EVERYTHING = "tests,generated,vendor,testdata,third_party,ignored"
# A label names the anti-pattern; where the catalogue has more than one rule for it,
# each may be the one that finds the site.
FAMILY = {
    "time-after-in-loop": ("time-after-in-loop", "time-after-sleep"),
    "read-mem-stats": ("read-mem-stats", "read-mem-stats-per-request"),
    "manual-gc": ("manual-gc", "gc-in-benchmark"),
}
# A safe fix that is offered as less than that is careful, not wrong, but it is a
# disagreement all the same. A kept site and one without finding are alike.
ALLOWED = {
    "fix-safe": {"safe"},
    "fix-unsafe": {"unsafe", "advice"},
    "advice": {"advice"},
    "keep": {"kept", "none"},
    "none": {"kept", "none"},
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("labels")
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--gomend", default=os.path.join(os.path.dirname(__file__), "../target/release/gomend"))
    parser.add_argument("-a", "--all", action="store_true", help="print what agrees too, and unlabelled sites")
    return parser.parse_args()


def run(gomend, args, directory):
    command = [os.path.abspath(gomend), *args]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} in {directory}: status {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)


def findings(gomend, directory, extra):
    document = run(gomend, ["check", "--format", "json", "--select", "all", *extra], directory)
    return [finding for finding in document["findings"] if not finding["suppressed"]]


def commit(directory):
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=directory, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def main():
    args = arguments()
    with open(args.labels, encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    rules = {rule["id"] for rule in run(args.gomend, ["rules", "--format", "json"], ".")}
    directories = {os.path.basename(os.path.abspath(path)): path for path in args.repositories}
    tally = collections.defaultdict(collections.Counter)
    unmatched, cache = {}, {}
    for row in rows:
        name = row["repository"].rsplit("/", 1)[-1]
        family = [rule for rule in FAMILY.get(row["rule"], (row["rule"],)) if rule in rules]
        if not family:
            tally[row["rule"]]["no such rule yet"] += 1
            continue
        if name not in directories:
            tally[row["rule"]]["repository not given"] += 1
            continue
        directory = directories[name]
        if name not in cache:
            if (at := commit(directory)) != row["commit"]:
                print(f"{directory} is at {at or 'no commit'}, the labels are for {row['commit']}", file=sys.stderr)
            default = findings(args.gomend, directory, [])
            whole = findings(args.gomend, directory, ["--include", EVERYTHING])
            cache[name] = default, whole
            unmatched[name] = {(one["rule"], one["path"], one["start"]["line"]): one for one in default}
        default, whole = cache[name]
        verdict, line = row["verdict"], int(row["line"])

        def near(found):
            return [
                one for one in found
                if one["rule"] in family and one["path"] == row["path"] and abs(one["start"]["line"] - line) <= OFF
            ]

        if verdict.startswith("skip-"):
            here, allowed = near(default), {"none"}
        else:
            # In a test the label says what the rule makes of it when it looks.
            test = row["path"].endswith("_test.go")
            here, allowed = near(whole if test else default), ALLOWED[verdict]
        for one in here:
            unmatched[name].pop((one["rule"], one["path"], one["start"]["line"]), None)
        levels = {one["level"] for one in here} or {"none"}
        agrees = bool(levels & allowed)
        tally[row["rule"]]["agree" if agrees else "differ"] += 1
        if not agrees or args.all:
            guards = " ".join(sorted({one["guard"] for one in here if one.get("guard")}))
            said = "/".join(sorted(levels)) + (f" ({guards})" if guards else "")
            sign = " " if agrees else "!"
            print(f"{sign} {row['rule']} {name}/{row['path']}:{line}: label {verdict}, gomend {said}: {row['reason']}")
    if args.all:
        for name, found in unmatched.items():
            for one in found.values():
                print(f"? {one['rule']} {name}/{one['path']}:{one['start']['line']}: no label, gomend {one['level']}")
    print()
    differ = 0
    for rule, counts in sorted(tally.items()):
        differ += counts["differ"]
        print(f"{rule:<34}" + ", ".join(f"{number} {what}" for what, number in sorted(counts.items())))
    agree = sum(counts["agree"] for counts in tally.values())
    print(f"{'all':<34}{agree} agree, {differ} differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
