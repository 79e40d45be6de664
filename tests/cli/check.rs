//! `gomend check`: findings, their selection, their JSON.

use crate::ground::{Ground, MOD, PUMP, SLEEP, YIELD};
use serde_json::Value;
use std::collections::BTreeSet;

fn mixed() -> Ground {
    Ground::new(&[("go.mod", MOD), ("a/sleep.go", SLEEP), ("b/pump.go", PUMP), ("c/yield.go", YIELD)])
}

fn rules(findings: &[Value]) -> Vec<(&str, &str)> {
    findings.iter().map(|one| (one["rule"].as_str().unwrap(), one["level"].as_str().unwrap())).collect()
}

#[test]
fn findings_make_the_status_one_and_nothing_is_changed() {
    let ground = mixed();
    let ran = ground.run(&["check"]).code(1);
    let ran = ran.out(&["note[time-after-sleep]", "--> a/sleep.go:7:2", "gomend explain time-after-sleep"]);
    ran.out(&["2 findings", "`gomend fix` applies 1 fix", "1 site kept by a guard"]);
    assert_eq!(ground.text("a/sleep.go"), SLEEP);
    assert!(!ground.state().join("gomend").exists(), "check wrote a journal");
}

#[test]
fn nothing_found_is_status_zero() {
    Ground::new(&[("x.go", "package p\n")]).run(&["check"]).code(0).out(&["No findings in 1 file."]);
}

#[test]
fn no_path_is_this_directory_and_patterns_are_directories() {
    let ground = mixed();
    let all = ground.findings(&[]);
    assert_eq!(all.len(), 3);
    for same in [&["."][..], &["./..."], &["a", "./b/...", "c/yield.go"], &["./...", "a/sleep.go", "b"]] {
        assert_eq!(ground.findings(same), all, "{same:?}");
    }
    assert_eq!(ground.findings(&["a/..."]).len(), 1);
    let below = ground.run_in("a", &["check", "--format", "json"]).json();
    assert_eq!(below["findings"][0]["path"], "sleep.go");
}

#[test]
fn severities_decide_the_status() {
    let ground = Ground::sleepy();
    ground.run(&["check", "--fail-on", "note"]).code(1);
    ground.run(&["check", "--fail-on", "warning"]).code(0);
    ground.run(&["check", "--fail-on", "never"]).code(0);
    ground.put("go.mod", "module example.com/m\n\ngo 1.22\n");
    let old = "package m\n\nimport \"time\"\n\nfunc f(c chan int) {\n\tfor {\n\t\tselect {\n\t\tcase <-c:\n\t\tcase <-time.After(time.Hour):\n\t\t\treturn\n\t\t}\n\t}\n}\n";
    ground.put("old.go", old);
    ground.run(&["check", "--fail-on", "warning"]).code(1).out(&["warning[time-after-in-loop]"]);
    ground.run(&["check", "--fail-on", "never"]).code(0);
    ground.run(&["check", "--fail-on", "never", "nosuchdir"]).code(2);
}

#[test]
fn rules_are_selected_by_name_by_group_and_by_all() {
    let ground = mixed();
    let select = |args: &[&str]| {
        let findings = ground.findings(args);
        rules(&findings).iter().map(|(rule, _)| (*rule).to_owned()).collect::<BTreeSet<_>>()
    };
    let only = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(select(&["--select", "gosched"]), only(&["gosched"]));
    assert_eq!(select(&["--select", "timers"]), only(&["time-after-sleep"]));
    assert_eq!(select(&["--select", "timers,gosched"]), only(&["time-after-sleep", "gosched"]));
    assert_eq!(select(&["--select", "all"]), only(&["time-after-sleep", "gosched"]));
    assert_eq!(select(&["--ignore", "gosched"]), only(&["time-after-sleep"]));
    assert_eq!(select(&["--ignore", "all"]), only(&[]));
    assert_eq!(
        select(&["--select", "timers", "--extend-select", "gosched"]),
        only(&["time-after-sleep", "gosched"])
    );
    let ran = ground.run(&["check", "--select", "goshed"]).code(2);
    ran.err(&["there is no rule or group `goshed`; did you mean `gosched`?"]);
}

#[test]
fn the_json_has_the_promised_keys_and_no_others() {
    let ground = mixed();
    let ran = ground.run(&["check", "--format", "json"]).code(1);
    let json = ran.json();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(keys(&json), "errors findings skipped summary tool version");
    assert_eq!(json["version"], 1);
    assert_eq!(json["tool"], serde_json::json!({"name": "gomend", "version": env!("CARGO_PKG_VERSION")}));
    assert_eq!(ran.out.lines().count(), 1, "one document on one line");

    let [sleep, pump, kept] = json["findings"].as_array().unwrap().as_slice() else { panic!("{json}") };
    let common = "end fingerprint fix go level message module pass path proof proof_reason rule severity \
                  start suppressed why";
    assert_eq!(keys(sleep), common);
    let guarded = common.replace("go level", "go guard level").replace("proof_reason", "proof_reason reason");
    assert_eq!(keys(pump), guarded);
    assert_eq!(keys(kept), guarded);
    assert_eq!(
        rules(json["findings"].as_array().unwrap()),
        [("time-after-sleep", "safe"), ("gosched", "unsafe"), ("gosched", "kept")]
    );
    assert_eq!(sleep["path"], "a/sleep.go");
    assert_eq!(sleep["severity"], "note");
    assert_eq!(sleep["module"], "example.com/m");
    assert_eq!(sleep["go"], "1.26");
    assert_eq!(sleep["start"], serde_json::json!({"line": 7, "column": 2, "byte": 73}));
    assert_eq!(sleep["end"]["byte"], 88);
    assert_eq!((&sleep["pass"], &sleep["proof"]), (&1.into(), &"none".into()));
    assert_eq!(sleep["suppressed"], false);
    assert_eq!(keys(&sleep["fix"]), "edits title");
    assert_eq!(
        sleep["fix"]["edits"],
        serde_json::json!([{"path": "a/sleep.go", "start_byte": 73, "end_byte": 88, "text": "time.Sleep(d)"}])
    );
    assert_eq!(kept["fix"], Value::Null);
    assert_eq!(kept["guard"], "hands-over");
    assert_eq!(json["summary"]["findings"], 2);
    assert_eq!(json["summary"]["levels"]["kept"], 1);
}

#[test]
fn bytes_count_the_byte_order_mark_and_columns_count_bytes() {
    let ground = Ground::new(&[("go.mod", MOD)]);
    let text = "\u{feff}package m\n\nimport \"time\"\n\nfunc f() {\n\t/* é */ <-time.After(1)\n}\n";
    ground.put("x.go", text);
    let one = &ground.findings(&[])[0];
    let byte = text.find("<-time").unwrap();
    assert_eq!(one["start"], serde_json::json!({"line": 6, "column": 11, "byte": byte}));
}

#[test]
fn each_fix_of_the_json_stands_alone() {
    let ground = Ground::new(&[("go.mod", MOD)]);
    let both = "package m\n\nimport \"runtime\"\n\nfunc a(c chan int) {\n\tfor range c {\n\t\truntime.Gosched()\n\t\tprintln()\n\t}\n}\n\nfunc b(c chan int) {\n\tfor range c {\n\t\truntime.Gosched()\n\t\tprintln()\n\t}\n}\n";
    ground.put("x.go", both);
    let findings = ground.findings(&[]);
    assert_eq!(findings.len(), 2);
    for finding in &findings {
        let edits = finding["fix"]["edits"].as_array().unwrap();
        let mut text = both.to_owned();
        for edit in edits.iter().rev() {
            let at = |key: &str| edit[key].as_u64().unwrap() as usize;
            text.replace_range(at("start_byte")..at("end_byte"), edit["text"].as_str().unwrap());
        }
        assert_eq!(text.matches("Gosched").count(), 1);
        assert!(text.contains("import \"runtime\""), "the other function still needs the import:\n{text}");
    }
}

#[test]
fn kept_sites_are_shown_on_demand() {
    let ground = Ground::new(&[("go.mod", MOD), ("yield.go", YIELD)]);
    let ran = ground.run(&["check"]).code(0);
    assert!(!ran.out.contains("hands-over"), "{}", ran.out);
    ground.run(&["check", "--show-kept"]).code(0).out(&["kept[gosched]", "(hands-over)"]);
}

#[test]
fn comments_suppress_and_idle_ones_are_reported() {
    let with = |above: &str| SLEEP.replace("\t<-time", &format!("\t{above}\n\t<-time"));
    let ground = Ground::new(&[("go.mod", MOD)]);
    for comment in [
        "//nolint",
        "//nolint:gomend",
        "//lint:ignore gomend/time-after-sleep known",
        "//gomend:ignore time-after-sleep it is known",
    ] {
        ground.put("x.go", with(comment));
        let ran = ground.run(&["check", "--format", "json"]).code(0);
        let json = ran.json();
        assert_eq!(json["findings"][0]["suppressed"], true, "{comment}");
        ground.run(&["fix", "-l", "--verify", "none"]).code(0);
    }
    ground.put("x.go", format!("//gomend:ignore-file time-after-sleep all known\n\n{SLEEP}"));
    ground.run(&["check"]).code(0).out(&["1 finding suppressed"]);
    ground.put("x.go", with("//gomend:ignore gosched it is known"));
    let findings = ground.findings(&[]);
    assert_eq!(rules(&findings), [("unused-suppression", "advice"), ("time-after-sleep", "safe")]);
    ground.put("x.go", with("//gomend:ignore time-after-sleep"));
    let ran = ground.run(&["check"]).code(1);
    ran.out(&["unused-suppression", "time-after-sleep"]);
    // A comment for a rule that was not asked for may be of use another time.
    ground.put("x.go", with("//gomend:ignore gosched it is known"));
    assert_eq!(rules(&ground.findings(&["--select", "timers"])), [("time-after-sleep", "safe")]);
}

#[test]
fn the_go_version_comes_from_go_mod_else_from_the_command_line() {
    let old = "package m\n\nimport \"time\"\n\nfunc f() { <-time.After(1) }\n";
    let ground = Ground::new(&[("x.go", old)]);
    assert_eq!(ground.findings(&[])[0]["go"], Value::Null);
    assert_eq!(ground.findings(&["--go", "1.21"])[0]["go"], "1.21");
    ground.put("go.mod", MOD);
    assert_eq!(ground.findings(&["--go", "1.21"])[0]["go"], "1.26");
    ground.run(&["check", "--go", "one"]).code(2).err(&["--go", "1.23"]);
}

#[test]
fn threads_do_not_change_the_report() {
    let ground = mixed();
    for number in 0..50 {
        ground.put(&format!("d{number}/x.go"), SLEEP);
    }
    let one = ground.run(&["check", "-j", "1"]).code(1).out;
    assert_eq!(ground.run(&["check", "-j", "7"]).code(1).out, one);
    assert_eq!(ground.run(&["check"]).code(1).out, one);
}
