//! `--statistics`: numbers by rule, module and owner.

use super::formats::{TRICKY, rich};
use crate::ground::{Ground, MOD, PUMP, SLEEP};

fn owned() -> Ground {
    let ground = Ground::new(&[("go.mod", MOD), ("a/tricky.go", TRICKY), ("b/pump.go", PUMP)]);
    ground.put("b/nested/go.mod", "module example.com/nested\n\ngo 1.26\n");
    ground.put("b/nested/sleep.go", SLEEP);
    ground.put(".github/CODEOWNERS", "/a/ @tricks\n/b/ @pumps @all # both\n");
    ground.git(&["init", "-q"]);
    ground
}

#[test]
fn the_numbers_stand_in_tables() {
    let ground = owned();
    let ran = ground.run(&["check", "--statistics"]).code(1);
    let rows: Vec<Vec<&str>> = ran.out.lines().map(|line| line.split_whitespace().collect()).collect();
    for want in [
        &["rule", "findings", "warnings", "notes", "safe", "unsafe", "advice"][..],
        &["time-after-sleep", "3", "0", "3", "3", "0", "0"],
        &["gosched", "1", "0", "1", "0", "1", "0"],
        &["example.com/m", "3", "0", "3", "2", "1", "0"],
        &["example.com/nested", "1", "0", "1", "1", "0", "0"],
        &["@pumps", "@all", "2", "0", "2", "1", "1", "0"],
        &["@tricks", "2", "0", "2", "2", "0", "0"],
    ] {
        assert!(rows.iter().any(|row| row == want), "{want:?} in\n{}", ran.out);
    }
    let ran = ran.out(&["4 findings"]);
    assert!(!ran.out.contains("-->"), "the findings are counted, not listed: {}", ran.out);
    // From below the root, for what lies there.
    ground.run_in("a", &["check", "--statistics", "-q"]).code(1).out(&["@tricks"]);
    let quiet = ground.run(&["check", "--statistics", "--quiet"]).code(1);
    assert!(!quiet.out.contains("4 findings") && quiet.err.is_empty(), "{}{}", quiet.out, quiet.err);
}

#[test]
fn the_numbers_stand_in_every_format() {
    let ground = owned();
    let json = ground.run(&["check", "--statistics", "--format", "json"]).code(1).json();
    assert_eq!(json["findings"].as_array().unwrap().len(), 4);
    let first = &json["statistics"]["owners"][0];
    assert_eq!((&first["name"], &first["findings"]), (&"@pumps @all".into(), &2.into()));
    assert_eq!(json["statistics"]["rules"][0]["name"], "time-after-sleep");
    assert!(ground.run(&["check", "--format", "json"]).code(1).json().get("statistics").is_none());
    let page = ground.run(&["check", "--statistics", "--format", "markdown"]).code(1).out;
    // In code, so that nobody is called.
    assert!(page.contains("### By owner\n") && page.contains("| `@pumps @all` | 2 |"), "{page}");
    let ran = ground.run(&["check", "--statistics", "--format", "gitlab"]).code(1);
    assert!(serde_json::from_str::<serde_json::Value>(&ran.out).is_ok());
    ran.err(&["example.com/nested"]);
    let ran = ground.run(&["fix", "--statistics", "--verify", "none"]).code(0);
    ran.out(&["example.com/nested", "Applied"]);
}

#[test]
fn without_a_file_of_owners_nobody_is_named() {
    let ground = rich();
    let ran = ground.run(&["check", "--statistics"]).code(1);
    assert!(!ran.out.contains("owner"), "{}", ran.out);
    ground.put("CODEOWNERS", "*.md @writers\n");
    ground.run(&["check", "--statistics"]).code(1).out(&["(no owner)"]);
}
