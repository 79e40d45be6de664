#!/usr/bin/env bash
# Mends a repository in parts on several hosts, then commits the fixes owner by owner, each
# step built before the next.
#
#   scripts/migrate.sh CLONE WORK PARTS HOST...
#
# CLONE is a git clone with a CODEOWNERS file: here, where the commits go, and on each HOST, an
# ssh destination with gomend, Go and a clone at the same commit, whose path there is THERE
# where it is another (~/name). WORK is a directory for plans, patches and logs, FIX holds
# further arguments of `gomend fix`, BUILD the command that each touched module must pass after
# each step.
set -euo pipefail

if [ $# -lt 4 ]; then
    sed -n '5,11s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
clone=$1 work=$2 parts=$3 there=${THERE:-$1}
shift 3
hosts=$(IFS=, && echo "$*")
gomend=${GOMEND:-gomend} fix=${FIX:-} build=${BUILD:-go build ./...}
mkdir -p "$work/plans"
work=$(cd "$work" && pwd)

# 1. GNU parallel hands the parts to the hosts, one at a time each. Exit status 1 says that a
#    fix was refused; the plan holds the others. (Parallel gives names in .json a meaning of
#    its own.)
parallel --will-cite --sshlogin "$hosts" --jobs 1 --joblog "$work/jobs" \
    --results "$work/plans/{}.plan" \
    "cd $there && $gomend fix --quiet --shard {}/$parts --plan-out - $fix; test \$? -le 1" \
    ::: $(seq "$parts") >/dev/null

# 2. A plan that is missing, comes twice, was cut off or is of another run ends it here.
$gomend merge "$work"/plans/*.plan -o "$work/plan.json"

# 3. One patch for each owner, of what is proved here too. Those with a number follow each
#    other, the others stand alone. Exit status 1 says that a fix stays out, and which.
cd "$clone"
$gomend apply "$work/plan.json" --split-by owner --out "$work/patches" || test $? -eq 1

# 4. Step by step: apply, build each module that the patch touches, commit.
module() {
    local dir
    dir=$(dirname "$1")
    while [ "$dir" != . ] && [ ! -e "$dir/go.mod" ]; do dir=$(dirname "$dir"); done
    echo "$dir"
}
for patch in "$work"/patches/*.patch; do
    owner=$(basename "$patch" .patch)
    git apply --index "$patch"
    git diff --cached --name-only | while read -r file; do module "$file"; done | sort -u |
        while read -r dir; do
            (cd "$dir" && $build) || { echo "$owner: $dir does not build" >&2 && exit 1; }
        done
    git commit --quiet --message "Mend runtime anti-patterns of $owner"
    echo "$owner: built and committed"
done
