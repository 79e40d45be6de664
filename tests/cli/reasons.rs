//! What findings say of their site: the message, the reason, and what a guard saw.

use crate::ground::{Ground, MOD};

/// A body in a file that imports what it needs, and what the JSON must say of its one finding of a rule.
struct Case {
    rule: &'static str,
    imports: &'static [&'static str],
    body: &'static str,
    says: &'static [(&'static str, &'static str)],
}

const CASES: &[Case] = &[
    Case {
        rule: "time-after-in-loop",
        imports: &["time"],
        body: "func f(in chan int, d time.Duration) int {\n\tfor {\n\t\tselect {\n\t\tcase n := <-in:\n\t\t\tprintln(n)\n\t\tcase <-time.After(d):\n\t\t\treturn 0\n\t\t}\n\t}\n}",
        says: &[
            ("level", "safe"),
            ("message", "`time.After` in a loop makes a new timer in each iteration"),
            ("why", "each timer costs 248 B in 3 allocations"),
        ],
    },
    Case {
        rule: "time-after-in-loop",
        imports: &["time"],
        body: "func f(in, out chan int) {\n\tfor n := range in {\n\t\tif n > 0 {\n\t\t\tselect {\n\t\t\tcase out <- n:\n\t\t\tcase <-time.After(time.Second):\n\t\t\t}\n\t\t}\n\t}\n}",
        says: &[("message", "makes a new timer each time the loop comes here")],
    },
    // A local that holds a constant is one.
    Case {
        rule: "time-after-in-loop",
        imports: &["time"],
        body: "func f(stop chan int) {\n\tpause := 30 * time.Second\n\tfor {\n\t\tselect {\n\t\tcase <-stop:\n\t\t\treturn\n\t\tcase <-time.After(pause):\n\t\t\tprintln()\n\t\t}\n\t}\n}",
        says: &[("level", "safe"), ("why", "here that is at most once every 30 seconds, as each other case")],
    },
    Case {
        rule: "time-after-in-loop",
        imports: &["time"],
        body: "func f(stop chan int, d time.Duration) {\n\tfor {\n\t\tselect {\n\t\tcase <-stop:\n\t\t\treturn\n\t\tcase <-time.After(d):\n\t\t\tprintln()\n\t\t}\n\t}\n}",
        says: &[("level", "safe"), ("why", "here that is at most once in each `d`, as each other case")],
    },
    Case {
        rule: "time-after-in-loop",
        imports: &["time"],
        body: "type s struct{ period time.Duration }\n\nfunc (s *s) f(stop chan int) {\n\tfor {\n\t\tselect {\n\t\tcase <-stop:\n\t\t\treturn\n\t\tcase <-time.After(s.period):\n\t\t\tprintln()\n\t\t}\n\t}\n}",
        says: &[("guard", "set-elsewhere"), ("reason", "(`s.period` on line 14)")],
    },
    // The success, not the failure that stands above it.
    Case {
        rule: "time-after-in-loop",
        imports: &["errors", "time"],
        body: "func f(try func() (int, error), wake chan int) error {\n\tfor {\n\t\tn, err := try()\n\t\tif n < 0 {\n\t\t\treturn errors.New(\"negative\")\n\t\t}\n\t\tif err == nil {\n\t\t\treturn nil\n\t\t}\n\t\tselect {\n\t\tcase <-wake:\n\t\tcase <-time.After(time.Second):\n\t\t}\n\t}\n}",
        says: &[("guard", "leaves-first"), ("reason", "(`return nil` on line 15)")],
    },
    Case {
        rule: "time-after-in-loop",
        imports: &["time"],
        body: "func f(in chan int, end time.Time) {\n\tfor {\n\t\tselect {\n\t\tcase <-in:\n\t\tcase <-time.After(time.Until(end)):\n\t\t\treturn\n\t\t}\n\t}\n}",
        says: &[
            ("guard", "deadline"),
            ("reason", "one timer made before the loop"),
            ("reason", "(`time.Until(end)`)"),
        ],
    },
    Case {
        rule: "time-after-in-loop",
        imports: &["time"],
        body: "func f(stop chan int, tries int) {\n\tfor i := 0; i < tries; i++ {\n\t\tselect {\n\t\tcase <-stop:\n\t\t\treturn\n\t\tcase <-time.After(time.Second):\n\t\t}\n\t}\n}",
        says: &[("guard", "few-pauses"), ("reason", "so it may pause once or never")],
    },
    Case {
        rule: "read-mem-stats",
        imports: &["runtime", "time"],
        body: "func f(tell func(uint64)) {\n\tfor {\n\t\tvar m runtime.MemStats\n\t\truntime.ReadMemStats(&m)\n\t\ttell(m.HeapAlloc)\n\t\ttime.Sleep(10 * time.Second)\n\t}\n}",
        says: &[("level", "safe"), ("why", "; here that is at most once every 10 seconds")],
    },
    // A call in a thousand rounds costs next to nothing.
    Case {
        rule: "gosched",
        imports: &["runtime"],
        body: "func f(words []string, tell func(string)) {\n\tfor i, word := range words {\n\t\ttell(word)\n\t\tif i%1000 == 0 {\n\t\t\truntime.Gosched()\n\t\t}\n\t}\n}",
        says: &[
            ("level", "unsafe"),
            ("why", "a call takes about 110 ns, and is made once in 1000 times here"),
        ],
    },
    Case {
        rule: "stack-fixed-buffer",
        imports: &["runtime"],
        body: "func f() string {\n\tbuf := make([]byte, 2<<20)\n\tbuf = buf[:runtime.Stack(buf, true)]\n\treturn string(buf)\n}",
        says: &[
            ("message", "does not fit into 2 MiB is cut off"),
            ("why", "nothing says that goroutines are missing; double the buffer until the dump fits"),
        ],
    },
    Case {
        rule: "stack-fixed-buffer",
        imports: &["runtime"],
        body: "func f() string {\n\tbuf := make([]byte, 1000)\n\treturn string(buf[:runtime.Stack(buf, false)])\n}",
        says: &[("message", "does not fit into 1000 bytes is cut off")],
    },
    // The figure is that of one size.
    Case {
        rule: "buffer-per-call",
        imports: &["io"],
        body: "func f(r io.Reader) {\n\tbuf := make([]byte, 1024)\n\tr.Read(buf)\n}",
        says: &[("why", "one of 64 KiB on the heap took 13.3 µs and a smaller one less, one from a pool")],
    },
    Case {
        rule: "buffer-per-call",
        imports: &["io"],
        body: "func f(r io.Reader) {\n\tbuf := make([]byte, 64<<10)\n\tr.Read(buf)\n}",
        says: &[("why", "one of 64 KiB on the heap took 13.3 µs, one from a pool")],
    },
    Case {
        rule: "num-cpu-for-parallelism",
        imports: &["runtime"],
        body: "func f(work func()) {\n\tfor range runtime.NumCPU() {\n\t\tgo work()\n\t}\n}",
        says: &[("why", "knows nothing of a container's CPU limit")],
    },
    Case {
        rule: "defer-in-loop",
        imports: &["sync"],
        body: "func f(mu *sync.Mutex, in chan int) {\n\tlocked := false\n\tfor n := range in {\n\t\tif !locked {\n\t\t\tmu.Lock()\n\t\t\tdefer mu.Unlock()\n\t\t\tlocked = true\n\t\t}\n\t\tprintln(n)\n\t}\n}",
        says: &[("guard", "once"), ("reason", "(`locked` on line 10)")],
    },
];

#[test]
fn a_finding_says_what_is_true_of_its_site() {
    for case in CASES {
        let imports: String = case.imports.iter().map(|path| format!("\t\"{path}\"\n")).collect();
        let ground = Ground::new(&[("go.mod", MOD)]);
        ground.put("a.go", format!("package m\n\nimport (\n{imports})\n\n{}\n", case.body));
        let findings = ground.findings(&["--select", case.rule]);
        let [finding] = &findings[..] else { panic!("{} findings in {}", findings.len(), case.body) };
        for (key, text) in case.says {
            let said = finding[key].as_str().unwrap_or_default();
            assert!(said.contains(text), "{key} of {}\nis {said:?}, without {text:?}:\n{finding}", case.body);
        }
    }
}

#[test]
fn a_yield_is_called_seldom_only_where_the_test_says_so() {
    for (test, seldom) in [
        ("i%1000 == 0", true),
        ("999 == (i % 1000)", true),
        ("i%1000 != 0", false),
        ("i%1000 < 900", false),
        ("i%1000 == 0 || word == \"\"", false),
        ("i%1 == 0", false),
    ] {
        let ground = Ground::new(&[("go.mod", MOD)]);
        ground.put(
            "a.go",
            format!(
                "package m\n\nimport \"runtime\"\n\nfunc f(words []string, tell func(string)) {{\n\t\
                 for i, word := range words {{\n\t\ttell(word)\n\t\tif {test} {{\n\t\t\t\
                 runtime.Gosched()\n\t\t}}\n\t}}\n}}\n"
            ),
        );
        let findings = ground.findings(&["--select", "gosched"]);
        let [finding] = &findings[..] else { panic!("{} findings for {test}", findings.len()) };
        let why = finding["why"].as_str().unwrap();
        assert_eq!(why.contains("once in 1000 times here"), seldom, "{test}: {why}");
    }
}
