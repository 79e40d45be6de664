#!/usr/bin/env bash
# Installs gomend from a clean clone, as the README says, and prints the time and the size.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
git clone -q "$root" "$scratch/clone"
cd "$scratch/clone"
began=$SECONDS
cargo install --locked --path . --root "$scratch/root"
echo "install: $((SECONDS - began)) s on $(nproc) processors, $(du -h "$scratch/root/bin/gomend" | cut -f1)"
"$scratch/root/bin/gomend" --version
