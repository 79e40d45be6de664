//! Packs: rules that come as Go modules, which the real go downloads from a real repository.

use crate::ground::{Ground, Ran, finish};
use std::path::PathBuf;
use std::process::Command;

const PACK: &str = "example.com/acme/rules.git";
const MODULE: (&str, &str) = ("code/go.mod", "module example.com/m\n\ngo 1.24\n");
const CODE: (&str, &str) = (
    "code/a.go",
    "package m\n\nimport \"time\"\n\nfunc d(t time.Time) time.Duration { return time.Now().Sub(t) }\n",
);
const SINCE: &str = "title: ask for the time since\nlevel: safe\n\n-- rule.patch --\n@@\nimport \"time\"\nvar x expr\n@@\n-time.Now().Sub(x)\n+time.Since(x)\n-- a.in.go --\npackage p\n\nimport \"time\"\n\nvar d = time.Now().Sub(time.Time{})\n-- a.out.go --\npackage p\n\nimport \"time\"\n\nvar d = time.Since(time.Time{})\n";

/// Code, and beside it the repository of a pack and a module cache of its own.
struct PackGround(Ground);

impl PackGround {
    fn new() -> PackGround {
        let rule = ("remote/acme/rules.git/rules/since.txtar", SINCE);
        let module = ("remote/acme/rules.git/go.mod", "module example.com/acme/rules.git\n\ngo 1.20\n");
        let ground = PackGround(Ground::new(&[MODULE, CODE, rule, module]));
        let remote = format!("file://{}/", ground.0.path("remote").display());
        ground.0.put(
            "gitconfig",
            format!(
                "[url \"{remote}\"]\n\tinsteadOf = https://example.com/\n[user]\n\tname = a\n\temail = a@b\n"
            ),
        );
        for args in
            [&["init", "-q"] as &[&str], &["add", "-A"], &["commit", "-qm", "rules"], &["tag", "v1.2.0"]]
        {
            let mut git = Command::new("git");
            git.args(args).current_dir(ground.0.path("remote/acme/rules.git"));
            assert!(ground.surrounded(git).status().unwrap().success(), "git {args:?}");
        }
        let mut git = Command::new("git");
        git.args(["init", "-q"]).current_dir(ground.0.path("code"));
        assert!(ground.surrounded(git).status().unwrap().success());
        ground
    }

    fn cache(&self) -> PathBuf {
        self.0.path("cache")
    }

    fn surrounded(&self, mut command: Command) -> Command {
        command.env("GIT_CONFIG_GLOBAL", self.0.path("gitconfig")).env("GOMODCACHE", self.cache());
        command.env("GOPROXY", "direct").env("GONOSUMDB", "*").env("GOFLAGS", "-modcacherw");
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        let mut command = self.surrounded(self.0.command(args));
        command.current_dir(self.0.path("code")).env("HOME", self.0.path("home"));
        finish(command)
    }

    fn download(&self) {
        let mut go = Command::new("go");
        go.args(["mod", "download", &format!("{PACK}@v1.2.0")]).current_dir(self.0.path("code"));
        assert!(self.surrounded(go).status().unwrap().success());
    }

    fn added() -> PackGround {
        let ground = PackGround::new();
        ground.download();
        ground.run(&["packs", "add", &format!("{PACK}@v1.2.0")]).code(0).out(&["1 rule, h1:"]);
        ground
    }
}

#[test]
fn a_pack_is_added_from_the_module_cache_and_its_rules_run() {
    let ground = PackGround::new();
    ground.run(&["packs"]).code(0).out(&["No packs count here"]);
    let add = ["packs", "add", "example.com/acme/rules.git@v1.2.0"];
    ground.run(&add).code(2).err(&["go mod download example.com/acme/rules.git@v1.2.0"]);
    ground.download();
    // The hash is compared with the one that go wrote down.
    ground.run(&add).code(0).out(&["example.com/acme/rules.git v1.2.0: 1 rule, h1:"]);
    assert_eq!(ground.0.text("code/gomend.toml"), "[packs]\n\"example.com/acme/rules.git\" = \"v1.2.0\"\n");
    ground.run(&["packs"]).code(0).out(&["rules-git/…", "1 rule"]);
    ground.run(&["check"]).code(1).out(&["rules-git/since", "a.go:5:44", "unsafe fix"]);
    ground.run(&["check", "--ignore", "rules-git"]).code(0);
    ground.run(&["check", "--isolated"]).code(0);
    ground.run(&["rules", "rules-git"]).code(0).out(&["rules-git/since", "unsafe"]);
    ground.run(&["rules", "--isolated", "rules-git"]).code(2);
    ground.run(&["explain", "rules-git/since"]).code(0).out(&["+time.Since(x)"]);
    ground.0.put("code/a.go", CODE.1.replace("func d", "//gomend:ignore rules-git/since it is old\nfunc d"));
    ground.run(&["check"]).code(0);
}

#[test]
fn no_fix_of_a_pack_is_safe_unless_whoever_runs_it_says_so() {
    let ground = PackGround::added();
    ground.run(&["fix", "-l"]).code(0).err(&["Nothing to fix"]);
    // The tree alone cannot say it.
    let entry = "\"example.com/acme/rules.git\" = ";
    let trusting = format!(
        "promote = [\"rules-git/since\"]\n[packs]\n{entry}{{ version = \"v1.2.0\", trust = true }}\n"
    );
    ground.0.put("code/gomend.toml", &trusting);
    ground.run(&["fix", "-l"]).code(0).err(&["Nothing to fix"]);
    ground.run(&["packs"]).code(0).out(&["not trusted"]);
    ground.run(&["fix", "-l", "--trust", PACK]).code(1).out(&["a.go"]);
    ground
        .run(&["fix", "-l", "--trust", "example.com/other"])
        .code(2)
        .err(&["no gomend.toml names that pack"]);
    // A file above the repository is the user's own.
    ground.0.put("gomend.toml", format!("[packs]\n{entry}{{ trust = true }}\n"));
    ground.run(&["packs"]).code(0).out(&[", trusted"]);
    ground.run(&["fix", "-l"]).code(1).out(&["a.go"]);
}

#[test]
fn what_is_not_as_it_was_added_stops_the_run() {
    let ground = PackGround::added();
    let rule = "cache/example.com/acme/rules.git@v1.2.0/rules/since.txtar";
    ground.0.put(rule, SINCE.replace("+time.Since(x)", "+time.Until(x)"));
    ground
        .run(&["check"])
        .code(2)
        .err(&["gomend.toml:2: the files of example.com/acme/rules.git v1.2.0 are not those"]);
    ground.run(&["packs", "add", &format!("{PACK}@v1.2.0")]).code(2).err(&["not those that go downloaded"]);
    std::fs::remove_dir_all(ground.cache()).unwrap();
    ground.run(&["check"]).code(2).err(&["not in the module cache; run `go mod download"]);
    ground.download();
    ground.run(&["check"]).code(1);
    std::fs::remove_file(ground.0.path("code/gomend.sum")).unwrap();
    ground
        .run(&["check"])
        .code(2)
        .err(&["gomend.sum has no hash of example.com/acme/rules.git v1.2.0; run `gomend packs add"]);
}

#[test]
#[cfg(unix)]
fn what_a_tree_puts_in_the_place_of_the_hashes_holds_nothing_up() {
    let ground = PackGround::added();
    let sums = ground.0.path("code/gomend.sum");
    std::fs::remove_file(&sums).unwrap();
    assert!(Command::new("mkfifo").arg(&sums).status().unwrap().success());
    ground.run(&["check"]).code(2).err(&["gomend.sum", "no regular file"]);
    std::fs::remove_file(&sums).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &sums).unwrap();
    ground.run(&["check"]).code(2).err(&["gomend.sum", "no regular file"]);
}

#[test]
fn a_pack_in_a_folder_of_the_tree_needs_no_cache() {
    let ground = PackGround::new();
    ground.0.put("code/tools/pack/since.txtar", SINCE);
    ground.0.put("code/gomend.toml", "[packs]\n\"example.com/acme/tools\" = \"./tools/pack\"\n");
    ground.run(&["check"]).code(1).out(&["tools/since"]);
    ground.run(&["packs"]).code(0).out(&["example.com/acme/tools in the tree"]);
    // Its findings are planned and stand in baselines as those of other rules do.
    ground.run(&["fix", "--unsafe", "--plan-out", "../plan.json"]).code(0);
    ground.run(&["apply", "../plan.json", "--diff"]).code(1).out(&["time.Since("]);
    ground.run(&["check", "--write-baseline", "--baseline", "../base.json"]).code(0);
    ground.run(&["check", "--baseline", "../base.json"]).code(0);
    // Of a rule that says something else by now nothing is applied.
    ground.0.put("code/tools/pack/since.txtar", SINCE.replace("title: ", "title: now "));
    ground.run(&["apply", "../plan.json", "--diff"]).code(1).err(&["the rule tools/since has changed"]);
    ground.run(&["check", "--baseline", "../base.json"]).code(0);
    ground.0.put("code/gomend.toml", "[packs]\n\"example.com/acme/tools\" = \"../../x\"\n");
    ground.run(&["check"]).code(2).err(&["gomend.toml:2", "outside of the repository"]);
    ground.0.put("code/gomend.toml", "[packs]\n\"example.com/acme/tools\" = { branch = \"x\" }\n");
    ground.run(&["check"]).code(2).err(&["gomend.toml:2"]);
}
