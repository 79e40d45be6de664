//! The answers of Go itself to what this module reads without it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::tests::tree;
use super::*;

fn go(dir: &Path, work: &str, args: &[&str]) -> String {
    let output = Command::new("go")
        .args(args)
        .current_dir(dir)
        .env("GOWORK", work)
        .output()
        .expect("these tests need go on PATH");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Whether the only program of the module has the old timers, as the go command
/// would set it when building inside and outside the workspace.
#[test]
fn agrees_with_go_about_timers() {
    let new = ("go.mod", "module m\ngo 1.23\n");
    let plain = ("main.go", "package main\nfunc main() {}\n");
    let main = |line: &'static str| ("main.go", line);
    for files in [
        vec![new, plain],
        vec![("go.mod", "module m\n"), plain],
        vec![("go.mod", "module m\ngo 1.22.3\n"), plain],
        vec![("go.mod", "module m\ngo 1.24\ngodebug default=go1.22\n"), plain],
        vec![
            ("go.mod", "module m\ngo 1.24\ngodebug (\n\tdefault=go1.22 // c\n\tasynctimerchan=0\n)\n"),
            plain,
        ],
        vec![("go.mod", "module m\ngo 1.24\ngodebug asynctimerchan=2\n"), plain],
        vec![new, main("//go:debug asynctimerchan=1\npackage main\nfunc main() {}\n")],
        vec![new, main("//go:debug asynctimerchan=0\npackage main\nfunc main() {}\n")],
        vec![
            new,
            main("//go:debug default=go1.21\n//go:debug asynctimerchan=0\npackage main\nfunc main() {}\n"),
        ],
        vec![new, main("//go:debug default=go1.21\n\npackage main\nfunc main() {}\n")],
        vec![new, main("// c\n//go:debug  asynctimerchan=1\t\n\n// Doc.\npackage main\nfunc main() {}\n")],
        vec![new, main("package main\n//go:debug asynctimerchan=1\nfunc main() {}\n")],
        vec![new, plain, ("go.work", "go 1.25\nuse .\ngodebug default=go1.22\n")],
        vec![new, plain, ("go.work", "go 1.25\nuse ./\ngodebug asynctimerchan=1\n")],
        vec![new, plain, ("go.work", "go 1.25\nuse .\n")],
        vec![
            ("go.mod", "module m\ngo 1.24\ngodebug default=go1.22\n"),
            plain,
            ("go.work", "go 1.25\nuse .\n"),
        ],
    ] {
        let dir = tree(&files);
        let old = ["off", "auto"].into_iter().any(|work| {
            let settings = go(dir.path(), work, &["list", "-f", "{{.DefaultGODEBUG}}", "."]);
            settings
                .trim()
                .split(',')
                .any(|setting| setting.starts_with("asynctimerchan=") && !setting.ends_with("=0"))
        });
        let ours = Modules::default().timers_of(&dir.path().join("main.go"));
        match ours {
            Timers::Synchronous => assert!(!old, "{files:?}"),
            Timers::Asynchronous(why) => assert!(old, "{why}: {files:?}"),
        }
    }
}

#[test]
fn agrees_with_go_about_go_mod() {
    let text = "// Deprecated: no.\r\nmodule \"example.com/m/v2\" // path\r\ngo 1.23.4//patch\r\ntoolchain go1.24.1\n\
        godebug default=go1.21\ngodebug (\n\t// why\n\tasynctimerchan=1 // old\n\n\tpanicnil=1\n)\n\
        require (\n\tgo.uber.org/x v1.0.0\n)\nretract [v2.0.0, v2.9.9] // bad\nretract (\n\tv2.0.0\n)\nexclude (\n)\n\
        replace a.b/c => \"../b\"\n";
    let dir = tree(&[("go.mod", text)]);
    let theirs: serde_json::Value =
        serde_json::from_str(&go(dir.path(), "off", &["mod", "edit", "-json"])).unwrap();
    let ours = GoMod::parse(text);
    assert_eq!(theirs["Module"]["Path"].as_str(), ours.path.as_deref());
    assert_eq!(theirs["Go"].as_str().and_then(GoVersion::parse), ours.go);
    assert_eq!(theirs["Toolchain"].as_str(), ours.toolchain.as_deref());
    let settings: Vec<_> = theirs["GoDebug"]
        .as_array()
        .unwrap()
        .iter()
        .map(|setting| {
            let text = |key: &str| setting[key].as_str().unwrap().to_owned();
            (text("Key"), text("Value"))
        })
        .collect();
    assert_eq!(settings, ours.godebug);
}

/// Prints for each file text on stdin, one quoted string a line: what the
/// compiler makes of its version in a module of go 1.20, what package
/// constraint makes of its `//go:build` line, and the oldest release with which
/// go/build takes the file under any of the tags x and y.
const GO_ANSWERS: &str = r#"
package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/build"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"strconv"
	"strings"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		text, err := strconv.Unquote(lines.Text())
		if err != nil {
			panic(err)
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "x.go", text, parser.ParseComments)
		if err != nil {
			panic(err)
		}
		info := &types.Info{FileVersions: map[*ast.File]string{}}
		(&types.Config{GoVersion: "go1.20"}).Check("p", fset, []*ast.File{file}, info)
		implied := "none"
		for _, line := range strings.Split(text, "\n") {
			if expr, err := constraint.Parse(line); err == nil && constraint.IsGoBuild(line) {
				if version := constraint.GoVersion(expr); version != "" {
					implied = version
				}
			}
		}
		fmt.Println(info.FileVersions[file], implied, oldest(text))
	}
}

func oldest(text string) int {
	for minor := 1; minor < 60; minor++ {
		for _, tags := range [][]string{nil, {"x"}, {"y"}, {"x", "y"}} {
			context := build.Default
			context.BuildTags, context.ReleaseTags = tags, nil
			for n := 1; n <= minor; n++ {
				context.ReleaseTags = append(context.ReleaseTags, "go1."+strconv.Itoa(n))
			}
			context.OpenFile = func(string) (io.ReadCloser, error) {
				return io.NopCloser(strings.NewReader(text)), nil
			}
			if match, err := context.MatchFile(".", "x.go"); err == nil && match {
				return minor
			}
		}
	}
	return 0
}
"#;

#[test]
fn agrees_with_go_about_constraints() {
    let lines = [
        "//go:build go1.23",
        "//go:build go1.18",
        "//go:build go1",
        "//go:build go1.23 && x",
        "//go:build go1.23 || x",
        "//go:build go1.23 || (go1.22 && x)",
        "//go:build !go1.23",
        "//go:build !(!go1.23)",
        "//go:build !(!go1.23 && !go1.25)",
        "//go:build !(!go1.23 || !(x && go1.25))",
        "//go:build (go1.24)",
        "//go:build go1.24&&(x||y)",
        "//go:build go1.21.3 || go1.22",
        "//go:build !!go1.22",
        "//go:build go1.22 go1.23",
        "//go:build",
        "//go:build go1.22\r",
        "//go:build\tgo1.22",
        "//go:buildgo1.22",
        "// go:build go1.22",
        "// +build go1.22",
        "//+build go1.22 go1.24",
        "// +build go1.22,x go1.24,!x",
        "// +build go1.22\n// +build go1.24",
        "// +build !!go1.22",
        "// +build go1.22-3",
        "// +build",
        "//go:build x || go1.19\n// +build go1.22",
        "// a\n\n// b\n//go:build go1.24",
        "/* a */\n//go:build go1.24",
        "/*\n//go:build go1.24\n*/",
    ];
    let texts: Vec<String> = lines
        .iter()
        .flat_map(|line| [format!("{line}\n\npackage p\n"), format!("{line}\npackage p\n")])
        .collect();
    let mut input = String::new();
    for text in &texts {
        writeln!(input, "{text:?}").unwrap();
    }
    let dir = tree(&[("main.go", GO_ANSWERS), ("go.mod", "module answers\ngo 1.23\n")]);
    let mut go = Command::new("go")
        .args(["run", "."])
        .current_dir(dir.path())
        .env("GOWORK", "off")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test needs go on PATH");
    go.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = go.wait_with_output().unwrap();
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).unwrap();
    assert_eq!(answers.lines().count(), texts.len());
    for (text, answer) in texts.iter().zip(answers.lines()) {
        let [language, implied, oldest] = answer.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{answer}");
        };
        let ours = language_version(text).unwrap_or(GoVersion(1, 20));
        assert_eq!(format!("go{ours}"), language, "language of {text:?}");
        if implied != "none" && !text.starts_with("/*\n") {
            assert_eq!(implied_version(text), GoVersion::parse(implied), "implied by {text:?}");
        }
        // What go/build never takes (0) says nothing about a release.
        let oldest: u16 = oldest.parse().unwrap();
        if oldest > 0 {
            let ours = implied_version(text).unwrap_or(GoVersion(1, 1));
            // Never newer than the truth; as Go's own package does, it may be
            // older where a tag that looks like a release is none.
            let exact = !text.contains("go1.21.3");
            assert!(ours <= GoVersion(1, oldest), "oldest release for {text:?}");
            assert!(!exact || ours == GoVersion(1, oldest), "oldest release for {text:?}");
        }
    }
}
