//! `gomend.toml` as the verbs see it.

use crate::ground::{Ground, MOD, PUMP, SLEEP, SLEPT};

fn tree(config: &str) -> Ground {
    let ground = Ground::new(&[("go.mod", MOD), ("a/sleep.go", SLEEP), ("b/pump.go", PUMP)]);
    ground.put("gomend.toml", config);
    ground
}

fn found(ground: &Ground, args: &[&str]) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    ground.findings(args).iter().map(|one| (text(&one["rule"]), text(&one["level"]))).collect()
}

#[test]
fn it_selects_and_ignores_and_the_command_line_replaces() {
    let of = |config: &str, args: &[&str]| {
        found(&tree(config), args).into_iter().map(|(rule, _)| rule).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of("", &[]), "time-after-sleep gosched");
    assert_eq!(of("select = [\"gosched\"]", &[]), "gosched");
    assert_eq!(of("select = [\"gosched\"]", &["--select", "timers"]), "time-after-sleep");
    assert_eq!(of("select = [\"gosched\"]", &["--extend-select", "timers"]), "time-after-sleep gosched");
    assert_eq!(of("ignore = [\"scheduler\"]", &[]), "time-after-sleep");
    assert_eq!(of("exclude = [\"/a\"]", &[]), "gosched");
    assert_eq!(of("[[override]]\npaths = [\"b/**\"]\nignore = [\"all\"]", &[]), "time-after-sleep");
}

#[test]
fn it_promotes_and_demotes() {
    let promoted = tree("promote = [\"gosched\"]\n");
    let level = |ground: &Ground, index: usize| found(ground, &[])[index].1.clone();
    assert_eq!(level(&promoted, 1), "safe");
    promoted.run(&["fix", "--verify", "none"]).code(0).out(&["Applied 2 fixes"]);
    assert!(!promoted.text("b/pump.go").contains("runtime"));
    let demoted = tree("demote = [\"time-after-sleep\"]\n");
    assert_eq!(level(&demoted, 0), "unsafe");
    demoted.run(&["fix", "--verify", "none"]).code(0).out(&["Nothing to fix."]);
    assert_eq!(demoted.text("a/sleep.go"), SLEEP);
    demoted.run(&["fix", "--unsafe", "--verify", "none"]).code(0);
    assert_eq!(demoted.text("a/sleep.go"), SLEPT);
}

#[test]
fn it_says_the_go_version_where_no_go_mod_does() {
    let ground = Ground::new(&[("x.go", SLEEP), ("gomend.toml", "go = \"1.22\"\n")]);
    assert_eq!(ground.findings(&[])[0]["go"], "1.22");
    assert_eq!(ground.findings(&["--go", "1.24"])[0]["go"], "1.24");
    ground.put("go.mod", MOD);
    assert_eq!(ground.findings(&[])[0]["go"], "1.26");
}

#[test]
fn a_fault_is_an_error_with_its_place() {
    let ground = tree("select = [\"gosched\"]\nignor = [\"timers\"]\n");
    for verb in [&["check"][..], &["fix", "--verify", "none"], &["fix", "--diff"]] {
        let ran = ground.run(verb).code(2);
        ran.err(&["gomend.toml:2:1: ", "`ignor`", "`ignore`"]);
    }
    ground.put("gomend.toml", "select = [\"goshed\"]\n");
    ground.run(&["check"]).code(2).err(&["gomend.toml:1:11: ", "did you mean `gosched`?"]);
    ground.put("gomend.toml", "required-version = \">=99\"\n");
    ground.run(&["check"]).code(2).err(&["gomend.toml:1:", "99"]);
}

#[test]
fn a_fault_further_down_skips_what_it_is_for_and_no_more() {
    let ground = tree("");
    ground.put("b/gomend.toml", "selekt = []\n");
    let ran = ground.run(&["check", "--format", "json"]).code(2);
    assert_eq!(ran.json()["findings"].as_array().unwrap().len(), 1);
    assert_eq!(ran.errors()[0].0, "b/gomend.toml");
    ran.err(&["b/gomend.toml", "line 1, column 1", "`selekt`"]);
    ground.run(&["fix", "--unsafe", "--verify", "none"]).code(2);
    assert_eq!((ground.text("a/sleep.go").as_str(), ground.text("b/pump.go").as_str()), (SLEPT, PUMP));
}

#[test]
fn the_nearest_file_counts_for_each_directory() {
    let ground = tree("ignore = [\"all\"]\n");
    assert_eq!(found(&ground, &[]).len(), 0);
    ground.put("a/gomend.toml", "root = true\n");
    assert_eq!(found(&ground, &[]).len(), 1);
    let ran = ground.run_in("a", &["check"]).code(1);
    assert!(ran.out.contains("time-after-sleep"));
}

const EACH_MINUTE: &str = "package m\n\nimport \"time\"\n\nfunc f(stop chan int, poll func()) {\n\tfor {\n\t\tselect {\n\t\tcase <-stop:\n\t\t\treturn\n\t\tcase <-time.After(time.Minute):\n\t\t\tpoll()\n\t\t}\n\t}\n}\n";

#[test]
fn an_option_of_a_rule_decides_what_becomes_of_a_site() {
    let ground = Ground::new(&[("go.mod", MOD), ("a.go", EACH_MINUTE)]);
    ground.run(&["check"]).code(1).out(&["at most once a minute", "safe fix"]);
    ground.put("gomend.toml", "[rules.time-after-in-loop]\nseldom = \"keep\"\n");
    ground.run(&["check"]).code(0).out(&["1 site kept by a guard"]);
    ground.run(&["check", "--show-kept"]).code(0).out(&["(once a minute) (seldom)"]);
    ground.put("gomend.toml", "[rules.time-after-in-loop]\nseldom = \"report\"\n");
    ground.run(&["check"]).code(1);
    ground.put("gomend.toml", "[rules.time-after-in-loop]\nseldom = \"kep\"\n");
    let ran = ground.run(&["check"]).code(2);
    ran.err(&["gomend.toml:2:10: `seldom` does not know `kep`; did you mean `keep`?"]);
    ground.put("gomend.toml", "[rules.time-after-in-loop]\nsedom = \"keep\"\n");
    ground
        .run(&["check"])
        .code(2)
        .err(&["unknown key `sedom` in [rules.time-after-in-loop]; did you mean `seldom`?"]);
}

#[test]
fn a_linter_that_forbids_to_sleep_is_asked() {
    let ground = Ground::sleepy();
    let levels = || -> Vec<String> {
        ground.findings(&[]).iter().map(|one| one["level"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(levels(), ["safe"]);
    let config = "linters-settings:\n  forbidigo:\n    forbid:\n      - ^time\\.Sleep$\n";
    ground.put(".golangci.yml", config);
    assert_eq!(levels(), ["unsafe"]);
    ground.run(&["check"]).code(1).out(&["`^time\\.Sleep$` in .golangci.yml"]);
    ground.put(".golangci.yml", config.replace("Sleep", "Tick"));
    assert_eq!(levels(), ["safe"]);
}
