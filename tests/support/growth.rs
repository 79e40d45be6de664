//! Trees of Go that are legal, large and all alike: what grows in them is the number
//! of one thing. The benchmark `growth` and the test of the same name double it.

use std::fmt::Write;

/// A kind of tree.
pub struct Kind {
    /// What there is much of.
    pub name: &'static str,
    /// The files of a tree with so many of it: name and text.
    pub files: fn(usize) -> Vec<(String, String)>,
}

/// Every kind.
pub const KINDS: &[Kind] = &[
    Kind { name: "calls-in-one-function", files: calls },
    Kind { name: "calls-in-a-row", files: calls_in_a_row },
    Kind { name: "yields-in-one-loop", files: yields },
    Kind { name: "yields-on-one-line", files: yields_on_one_line },
    Kind { name: "loops-in-one-function", files: loops },
    Kind { name: "cases-of-one-select", files: cases },
    Kind { name: "waits-in-one-function", files: waits },
    Kind { name: "waits-in-functions", files: functions_that_wait },
    Kind { name: "functions-with-a-loop", files: functions },
    Kind { name: "defers-in-one-loop", files: defers },
    Kind { name: "loops-with-a-defer-in-one-loop", files: loops_with_a_defer },
    Kind { name: "loops-that-open-one-variable", files: loops_over_one_variable },
    Kind { name: "selects-in-one-function", files: selects },
    Kind { name: "literals-in-one-list", files: literals },
    Kind { name: "samples-in-functions", files: samples },
    Kind { name: "suppressed-calls", files: suppressed },
    Kind { name: "suppressions-of-nothing", files: suppressions },
    Kind { name: "imports", files: imports },
    Kind { name: "files-of-one-package", files },
];

fn one(text: String) -> Vec<(String, String)> {
    vec![("a.go".to_owned(), text)]
}

/// A file that imports `import`, with `count` times `part` between `head` and `tail`;
/// `#` stands for the number of the part.
fn repeated(import: &str, head: &str, part: &str, tail: &str, count: usize) -> Vec<(String, String)> {
    let mut text = format!("package main\n\nimport \"{import}\"\n\n{head}");
    for number in 0..count {
        text.push_str(&part.replace('#', &number.to_string()));
    }
    text.push_str(tail);
    one(text)
}

fn calls(count: usize) -> Vec<(String, String)> {
    repeated("runtime", "func main() {\n", "\tprintln(#)\n\truntime.GC()\n", "}\n", count)
}

fn calls_in_a_row(count: usize) -> Vec<(String, String)> {
    repeated("runtime", "func main() {\n", "\truntime.GC()\n", "}\n", count)
}

fn loops_over_one_variable(count: usize) -> Vec<(String, String)> {
    let head = "func main() {\n\tvar f *os.File\n\tvar err error\n";
    let part = "\tfor range os.Args {\n\t\tf, err = os.Open(\"#\")\n\t\tif err != nil {\n\t\t\treturn\n\t\t}\n\t\tdefer f.Close()\n\t}\n";
    repeated("os", head, part, "}\n", count)
}

/// Each is locked, unlocked by hand and by a `defer`, and leads back.
fn defers(count: usize) -> Vec<(String, String)> {
    let part = "\t\tm[#].Lock()\n\t\tdefer m[#].Unlock()\n\t\tif i == # {\n\t\t\tcontinue\n\t\t}\n\t\tm[#].Unlock()\n";
    let head = "var m [99999]sync.Mutex\n\nfunc main() {\n\tfor i := 0; i < 1000; i++ {\n";
    repeated("sync", head, part, "\t}\n}\n", count)
}

fn loops_with_a_defer(count: usize) -> Vec<(String, String)> {
    let part = "\t\tfor range i {\n\t\t\tf#, _ := os.Open(\"#\")\n\t\t\tdefer f#.Close()\n\t\t\tprintln(f#.Name())\n\t\t}\n";
    let head = "func main() {\n\tfor i := 0; i < 1000; i++ {\n";
    repeated("os", head, part, "\t}\n}\n", count)
}

fn yields(count: usize) -> Vec<(String, String)> {
    let part = "\t\tif i%9 == 0 {\n\t\t\truntime.Gosched()\n\t\t}\n";
    let head = "func main() {\n\tsum := 0\n\tfor i := 0; i < 1000; i++ {\n";
    repeated("runtime", head, part, "\t\tsum++\n\t}\n\tprintln(sum)\n}\n", count)
}

fn yields_on_one_line(count: usize) -> Vec<(String, String)> {
    let head = "func main() {\n\tsum := 0\n\tfor i := 0; i < 1000; i++ { ";
    let part = "if i%9 == 0 { runtime.Gosched() }; ";
    repeated("runtime", head, part, "sum++ }\n\tprintln(sum)\n}\n", count)
}

fn loops(count: usize) -> Vec<(String, String)> {
    let part =
        "\tfor i := 0; i < 1000; i++ {\n\t\tif i%9 == 0 {\n\t\t\truntime.Gosched()\n\t\t}\n\t\tsum++\n\t}\n";
    repeated("runtime", "func main() {\n\tsum := 0\n", part, "\tprintln(sum)\n}\n", count)
}

fn cases(count: usize) -> Vec<(String, String)> {
    let head = "func wait() {\n\tfor {\n\t\tselect {\n";
    repeated("time", head, "\t\tcase <-time.After(1):\n\t\t\tprintln(#)\n", "\t\t}\n\t}\n}\n", count)
}

fn waits(count: usize) -> Vec<(String, String)> {
    repeated("time", "func main() {\n", "\t<-time.After(1)\n", "}\n", count)
}

fn functions_that_wait(count: usize) -> Vec<(String, String)> {
    repeated("time", "", "func wait#() {\n\tprintln(#)\n\t<-time.After(#)\n}\n\n", "", count)
}

fn functions(count: usize) -> Vec<(String, String)> {
    let part = "func wait#(ready chan int) {\n\tfor {\n\t\tselect {\n\t\tcase v := <-ready:\n\t\t\tprintln(v)\n\t\tcase <-time.After(#):\n\t\t\tprintln(#)\n\t\t}\n\t}\n}\n\n";
    repeated("time", "", part, "", count)
}

fn selects(count: usize) -> Vec<(String, String)> {
    let part = "\tgo func() {\n\t\tfor {\n\t\t\tselect {\n\t\t\tcase v := <-ready:\n\t\t\t\tprintln(v)\n\t\t\tcase <-time.After(#):\n\t\t\t\tprintln(#)\n\t\t\t}\n\t\t}\n\t}()\n";
    repeated("time", "func wait(ready chan int) {\n", part, "}\n", count)
}

fn literals(count: usize) -> Vec<(String, String)> {
    repeated(
        "runtime",
        "var all = []func(){\n",
        "\tfunc() {\n\t\tprintln(#)\n\t\truntime.GC()\n\t},\n",
        "}\n",
        count,
    )
}

fn samples(count: usize) -> Vec<(String, String)> {
    let part = "func heap#() uint64 {\n\tvar stats runtime.MemStats\n\truntime.ReadMemStats(&stats)\n\treturn stats.HeapAlloc\n}\n\n";
    repeated("runtime", "", part, "", count)
}

fn suppressed(count: usize) -> Vec<(String, String)> {
    let part = "\tprintln(#)\n\t//gomend:ignore manual-gc measured here\n\truntime.GC()\n";
    repeated("runtime", "func main() {\n", part, "}\n", count)
}

fn suppressions(count: usize) -> Vec<(String, String)> {
    let head = "func main() {\n\truntime.GC()\n";
    repeated("runtime", head, "\t//gomend:ignore gosched nothing here\n", "}\n", count)
}

fn imports(count: usize) -> Vec<(String, String)> {
    let mut text = "package main\n\nimport (\n\t\"runtime\"\n".to_owned();
    for number in 0..count {
        let _ = writeln!(text, "\t_ \"example.com/p{number}\"");
    }
    text.push_str(")\n\nfunc main() {\n\tprintln(1)\n\truntime.GC()\n\tprintln(2)\n}\n");
    one(text)
}

fn files(count: usize) -> Vec<(String, String)> {
    let text = |number| {
        format!(
            "package main\n\nimport \"time\"\n\nfunc wait{number}() {{\n\tprintln({number})\n\t<-time.After({number})\n}}\n"
        )
    };
    (0..count).map(|number| (format!("a{number}.go"), text(number))).collect()
}
