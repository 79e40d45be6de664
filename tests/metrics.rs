//! The table of metrics beside what the installed Go has.

use crate::toolchain;

use std::collections::BTreeMap;
use std::path::Path;

const PROGRAM: &str = r#"package main

import (
	"fmt"
	"runtime/metrics"
)

func main() {
	kinds := map[metrics.ValueKind]string{
		metrics.KindUint64:           "uint64",
		metrics.KindFloat64:          "float64",
		metrics.KindFloat64Histogram: "float64-histogram",
	}
	for _, description := range metrics.All() {
		fmt.Println(description.Name, kinds[description.Kind])
	}
}
"#;

/// The last Go that the table knows.
const LAST: u32 = 26;

fn minor(version: &str) -> u32 {
    version.split('.').nth(1).and_then(|minor| minor.parse().ok()).unwrap()
}

#[test]
fn the_table_has_the_metrics_of_the_installed_go() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("main.go"), PROGRAM).unwrap();
    let run = toolchain::go(dir.path()).args(["run", "main.go"]).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let printed = String::from_utf8(run.stdout).unwrap();
    let installed: BTreeMap<&str, &str> = printed
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(name, _)| !name.starts_with("/godebug/"))
        .collect();
    let version = toolchain::go(dir.path()).args(["env", "GOVERSION"]).output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let go = minor(version.trim().trim_start_matches("go")).min(LAST);
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("transforms/unknown_runtime_metric/metrics.tsv");
    let text = std::fs::read_to_string(table).unwrap();
    let mut known: BTreeMap<&str, &str> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let gone = columns.get(3).is_some_and(|until| minor(until) <= go);
        if minor(columns[2]) <= go && !gone {
            known.insert(columns[0], columns[1]);
        }
    }
    if go == LAST {
        assert_eq!(known, installed, "the table on the left, {} on the right", version.trim());
    }
}
