#!/usr/bin/env python3
"""Runs the archives of gopatch's own tests through `gomend rewrite --patch FILE` and counts.

Usage: scripts/gopatch.py FOLDER [GOMEND [NAME...]]

FOLDER is a checkout of gopatch: its `testdata` holds the archives, and one of them names a
file of `examples`. Results are compared without empty lines, behind gofmt.
"""

import difflib
import pathlib
import re
import subprocess
import sys
import tempfile


def sections(text):
    found, current = {}, None
    for line in text.split("\n"):
        head = re.match(r"^-- (.*) --\s*$", line)
        if head:
            current = found.setdefault(head[1], [])
        elif current is not None:
            current.append(line)
    return {name: "\n".join(lines) + "\n" for name, lines in found.items()}


def plain(text):
    text = "\n".join(line for line in text.split("\n") if line.strip())
    return subprocess.run(["gofmt"], input=text, capture_output=True, text=True).stdout


def differences(archive, root, gomend):
    parts = sections(archive.read_text())
    inputs = [name for name in parts if name.endswith(".in.go")]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "go.mod").write_text("module m\n\ngo 1.24\n")
        place = {name: folder / name[: -len(".in.go")].replace("/", "_") / "f.go" for name in inputs}
        for name, path in place.items():
            path.parent.mkdir()
            path.write_text(parts[name])
        for name in parts:
            if not name.endswith(".patch"):
                continue
            text = parts[name]
            if text.startswith("=> "):
                text = (root / text.split()[1]).read_text()
            (folder / "x.patch").write_text(text)
            options = ["--verify", "none", "--allow-unproved", "--include", "tests,generated", "--no-cache"]
            ran = subprocess.run(
                [gomend, "rewrite", "--patch", "x.patch", *options], cwd=folder, capture_output=True, text=True
            )
            if ran.returncode == 2:
                return ran.stderr.strip()
        for name, path in place.items():
            wanted = plain(parts.get(name[: -len(".in.go")] + ".out.go", parts[name]))
            got = plain(path.read_text())
            if got != wanted:
                lines = difflib.unified_diff(wanted.split("\n"), got.split("\n"), name, "gomend", lineterm="", n=1)
                return "\n".join(lines)
    return None


def main():
    root = pathlib.Path(sys.argv[1])
    gomend = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "target/debug/gomend").resolve()
    archives = sorted(path for path in (root / "testdata").iterdir() if path.is_file() and path.suffix != ".md")
    if len(sys.argv) > 3:
        archives = [path for path in archives if path.name in sys.argv[3:]]
    equal = 0
    for archive in archives:
        found = differences(archive, root, gomend)
        if found is None:
            equal += 1
        else:
            print(f"{archive.name}:\n{found}")
    print(f"{equal} of {len(archives)} archives are equal")


main()
