#!/bin/sh
# Runs the examples of a folder of rules, one after the other, and counts.
# Usage: scripts/own-rules.sh FOLDER [GOMEND]
set -u
folder=${1:?name the folder of the rules}
gomend=${2:-target/debug/gomend}
passed=0
failed=0
for file in "$folder"/*.txtar; do
	id=$(basename "$file" .txtar)
	if "$gomend" test --rules "$folder" "$id"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
done
echo "$passed pass, $failed fail"
[ "$failed" -eq 0 ]
