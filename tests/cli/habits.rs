//! What people set up once: configuration, hooks, completions, the manual.

use crate::ground::{Ground, SLEPT};
use serde_json::Value;

#[test]
fn init_writes_a_configuration_that_changes_nothing() {
    let ground = Ground::sleepy();
    let before = ground.findings(&[]);
    ground.run(&["init"]).code(0).out(&["Wrote gomend.toml."]);
    assert_eq!(ground.findings(&[]), before);
    // Every line that is switched off is one that could be switched on.
    let text = ground.text("gomend.toml");
    let on: String = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.contains(" = ") || rest.starts_with('[') => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let on = on.replace("extend = \"../gomend.toml\"\n", "");
    let on = on.replace("[packs]\n\"example.com/acme/gomend-rules\" = \"v1.2.0\"\n", "");
    assert_ne!(on, text);
    ground.put("gomend.toml", &on);
    assert_eq!(ground.findings(&[]), before, "the rules of the example do not hold here");
    ground.run(&["init"]).code(2).err(&["gomend.toml is here already"]);
    assert_eq!(ground.text("gomend.toml"), on);
}

#[test]
fn the_schema_knows_every_key_and_rule() {
    let ground = Ground::sleepy();
    ground.run(&["init", "--schema"]).code(0).out(&["#:schema gomend.schema.json"]);
    let schema: Value = serde_json::from_str(&ground.text("gomend.schema.json")).unwrap();
    let keys = schema["properties"].as_object().unwrap();
    ground.put("gomend.toml", "nonsense = 1\n");
    ground.run(&["check"]).code(2).err(&["nonsense"]);
    for key in keys.keys() {
        // A value of the wrong type is an error of its own; an unknown key is another.
        ground.put("gomend.toml", format!("{key} = 1979-05-27\n"));
        let ran = ground.run(&["check"]).code(2);
        assert!(!ran.err.contains("unknown") && ran.err.contains("gomend.toml:1"), "{key}: {}", ran.err);
    }
    let rules: Vec<&Value> =
        schema["properties"]["promote"]["items"]["anyOf"][0]["enum"].as_array().unwrap().iter().collect();
    let listed = ground.run(&["rules", "--format", "json"]).json();
    let listed: Vec<&Value> = listed.as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    assert_eq!(rules, listed);
    assert_eq!(schema["additionalProperties"], false);
    let options = &schema["properties"]["rules"]["properties"];
    assert_eq!(options.as_object().unwrap().len(), listed.len());
    let seldom = &options["time-after-in-loop"]["properties"]["seldom"]["enum"];
    assert_eq!(*seldom, serde_json::json!(["report", "keep"]));
}

#[test]
fn the_hook_is_added_once_and_runs() {
    let ground = Ground::sleepy();
    ground.run(&["init", "--hook"]).code(0).out(&["Wrote .pre-commit-config.yaml."]);
    let text = ground.text(".pre-commit-config.yaml");
    assert!(
        text.starts_with("repos:\n  - repo: local\n")
            && text.contains("entry: gomend check --new-from-rev HEAD --fail-on warning"),
        "{text}"
    );
    assert!(text.contains("require_serial: true"), "{text}");
    ground.run(&["init", "--hook"]).code(2).err(&["has the hook already"]);
    let other = "repos:\n  - repo: local\n    hooks:\n      - id: x\n        entry: x";
    ground.put(".pre-commit-config.yaml", other);
    ground.run(&["init", "--hook"]).code(0).out(&["Added the hook"]);
    let both = ground.text(".pre-commit-config.yaml");
    assert!(both.starts_with(other) && both.matches("- repo: local\n").count() == 2, "{both}");
    ground.put(".pre-commit-config.yaml", "repos: []\n");
    ground.run(&["init", "--hook"]).code(2).err(&["add this under `repos:` by hand", "id: gomend"]);
    assert_eq!(ground.text(".pre-commit-config.yaml"), "repos: []\n");
    // As pre-commit calls it: with the files that are to be committed.
    ground.put("clean.go", SLEPT.replace("Pause", "Wait"));
    ground.run(&["check", "clean.go", "sleep.go"]).code(1);
    ground.run(&["check", "clean.go"]).code(0);
    // A note, or an old finding beside what changes, holds up no commit.
    let hook = ["check", "--new-from-rev", "HEAD", "--fail-on", "warning", "old/pump.go", "sleep.go"];
    let pump = "package old\n\nimport \"time\"\n\n// Pump waits.\nfunc Pump(in chan int, d time.Duration) {\n\tfor {\n\t\tselect {\n\t\tcase <-in:\n\t\tcase <-time.After(d):\n\t\t}\n\t}\n}\n";
    ground.put("old/go.mod", "module example.com/old\n\ngo 1.20\n");
    ground.put("old/pump.go", pump);
    ground.git(&["init", "-q"]);
    ground.run(&hook).code(1);
    ground.git(&["add", "."]);
    ground.git(&["commit", "-q", "-m", "one"]);
    ground.put("old/pump.go", format!("{pump}\n// More is new.\nvar More int\n"));
    ground.put("sleep.go", SLEPT.replace("time.Sleep(d)", "<-time.After(2 * d)"));
    ground.run(&hook).code(0);
}

#[test]
fn completions_and_the_manual_name_every_verb() {
    let ground = Ground::new(&[]);
    let verbs =
        ["check", "fix", "apply", "undo", "explain", "rules", "audit", "merge", "init", "completions", "man"];
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = ground.run(&["completions", shell]).code(0).out;
        for verb in verbs {
            assert!(script.contains(verb), "{shell}: {verb}");
        }
    }
    ground.run(&["completions", "cmd"]).code(2);
    let page = ground.run(&["man"]).code(0).out;
    for verb in verbs {
        assert!(page.contains(&format!(".SH \"GOMEND {}\"", verb.to_uppercase())), "{verb}: {page}");
    }
    assert!(page.contains("\\-\\-max\\-fixes"), "{page}");
}

/// Real shells read what is written for them.
#[cfg(unix)]
#[test]
fn bash_takes_its_completions() {
    let ground = Ground::new(&[]);
    ground.put("gomend.bash", ground.run(&["completions", "bash"]).out);
    let script = "source ./gomend.bash; COMP_WORDS=(gomend und); COMP_CWORD=1; _gomend gomend und gomend; echo ${COMPREPLY[*]}";
    let mut bash = std::process::Command::new("bash");
    let ran = bash.args(["-c", script]).current_dir(ground.dir()).output().expect("bash is on PATH");
    assert_eq!(
        String::from_utf8_lossy(&ran.stdout).trim(),
        "undo",
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}
