//! Programs that compile: the triggers of the catalogue composed into loops,
//! functions, closures, labels, shadowed names and comments.

#[path = "statements.rs"]
mod statements;

use crate::random::Random;
use crate::tokens::{is_comment, is_space, pieces};

/// A program of one file, and how the file is called.
pub struct Program {
    pub name: &'static str,
    pub text: String,
}

/// A program that go vet accepts at the language version of `old` (Go 1.21) or
/// of today.
pub fn program(random: &mut Random, old: bool) -> Program {
    let test = random.once_in(8);
    let mut writer = Writer {
        old,
        time: Import::new("time", &["time", "time", "time", "clock", "."], random),
        runtime: Import::new("runtime", &["runtime", "runtime", "runtime", "rt", "."], random),
        others: Vec::new(),
        body: String::new(),
        indent: 0,
        labels: Vec::new(),
        loops: 0,
        names: 0,
        budget: 0,
        random,
    };
    for index in 0..1 + writer.random.below(3) {
        writer.budget = 14;
        writer.function(index, test);
    }
    let text = writer.finished();
    Program { name: if test { "p_test.go" } else { "p.go" }, text }
}

/// Puts comments where nobody expects them.
pub fn with_comments(text: &str, random: &mut Random) -> String {
    match random.below(8) {
        0 => crate::mutate::commented(text, 1, random),
        1 => crate::mutate::commented(text, 12, random),
        2 | 3 => at_line_ends(text, random),
        4 => on_lines_of_their_own(text, random),
        _ => text.to_owned(),
    }
}

fn at_line_ends(text: &str, random: &mut Random) -> String {
    let turns = 1 + random.below(4);
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let commented = pieces(line).into_iter().any(is_comment);
        match line.strip_suffix('\n') {
            Some(code) if !commented && !is_space(code) && random.once_in(turns) => {
                out.push_str(&format!("{code} // {}\n", random.pick(&REMARKS)));
            }
            _ => out.push_str(line),
        }
    }
    out
}

fn on_lines_of_their_own(text: &str, random: &mut Random) -> String {
    let mut out = String::new();
    for (index, line) in text.split_inclusive('\n').enumerate() {
        // Above the package clause it would be the package's documentation.
        if index > 0 && random.once_in(4) {
            let indent: String = line.chars().take_while(|c| *c == '\t').collect();
            out.push_str(&match random.below(4) {
                0 => format!("{indent}/* {} */\n", random.pick(&REMARKS)),
                1 => format!("{indent}/*\n{indent}{}\n{indent}*/\n", random.pick(&REMARKS)),
                2 => format!("{indent}// {}\n\n", random.pick(&REMARKS)),
                _ => format!("{indent}// {}\n", random.pick(&REMARKS)),
            });
        }
        out.push_str(line);
    }
    out
}

const REMARKS: [&str; 9] = [
    "why",
    "Let others run.",
    "collect now: the GC is late",
    "wait a moment {",
    "nolint is not meant here",
    "ätsch",
    "memory statistics",
    "time.After(d) would leak",
    "}",
];

/// How a program knows a package.
struct Import {
    path: &'static str,
    name: &'static str,
    used: bool,
}

impl Import {
    fn new(path: &'static str, names: &[&'static str], random: &mut Random) -> Import {
        Import { path, name: random.pick(names), used: false }
    }

    fn symbol(&mut self, symbol: &str) -> String {
        self.used = true;
        if self.name == "." { symbol.to_owned() } else { format!("{}.{symbol}", self.name) }
    }
}

struct Writer<'r> {
    random: &'r mut Random,
    old: bool,
    time: Import,
    runtime: Import,
    others: Vec<&'static str>,
    body: String,
    indent: usize,
    /// The labels that a jump may name, with whether one did.
    labels: Vec<(String, bool)>,
    /// How many loops of this function are around.
    loops: usize,
    names: usize,
    /// How many statements may still come.
    budget: usize,
}

impl Writer<'_> {
    fn line(&mut self, text: &str) {
        self.body.push_str(&"\t".repeat(self.indent));
        self.body.push_str(text);
        self.body.push('\n');
    }

    fn other(&mut self, path: &'static str) {
        if !self.others.contains(&path) {
            self.others.push(path);
        }
    }

    fn name(&mut self, stem: &str) -> String {
        self.names += 1;
        format!("{stem}{}", self.names)
    }

    fn finished(self) -> String {
        let mut imports: Vec<(&str, String)> =
            self.others.iter().map(|path| (*path, format!("\"{path}\""))).collect();
        for import in [&self.time, &self.runtime] {
            let alias = if import.name == import.path { String::new() } else { format!("{} ", import.name) };
            if import.used {
                imports.push((import.path, format!("{alias}\"{}\"", import.path)));
            }
        }
        imports.sort();
        let head = match self.random.below(3) {
            0 => imports.iter().map(|(_, spec)| format!("import {spec}\n")).collect::<String>(),
            _ if imports.is_empty() => String::new(),
            1 => {
                let (first, rest) = imports.split_at(imports.len() / 2);
                let lines = |list: &[(&str, String)]| -> String {
                    list.iter().map(|(_, spec)| format!("\t{spec}\n")).collect()
                };
                let gap = if first.is_empty() { "" } else { "\n" };
                format!("import (\n{}{gap}{})\n", lines(first), lines(rest))
            }
            _ => {
                let lines: String = imports.iter().map(|(_, spec)| format!("\t{spec}\n")).collect();
                format!("import (\n{lines})\n")
            }
        };
        format!("package p\n\n{head}\n{SURROUNDINGS}\n{}", self.body)
    }

    fn function(&mut self, index: usize, test: bool) {
        let duration = self.time.symbol("Duration");
        (self.labels, self.loops) = (Vec::new(), 0);
        if test && self.random.once_in(2) {
            self.other("testing");
            self.line(&format!("func BenchmarkF{index}(b *testing.B) {{"));
            self.indent += 1;
            self.line(&format!("n, c, d, xs, ch := b.N, busy(), {duration}(1), []int{{1}}, make(chan int)"));
            let head = self.random.pick(&["for i := 0; i < b.N; i++ {", "for b.Loop() {"]);
            let head = if self.old { "for i := 0; i < b.N; i++ {" } else { head };
            self.block(head, 3);
            self.line("use(n, c, d, xs, ch)");
        } else if self.random.once_in(6) {
            self.other("net/http");
            self.other("fmt");
            self.line(&format!("func f{index}(w http.ResponseWriter, r *http.Request) {{"));
            self.indent += 1;
            self.line(&format!("n, c, d, xs, ch := 1, busy(), {duration}(1), []int{{1}}, make(chan int)"));
            self.block_body(3);
            self.line("fmt.Fprintln(w, r.URL, n, c, d, xs, ch)");
        } else {
            let head = match self.random.below(4) {
                0 => format!("func (t thing) f{index}"),
                1 => format!("func f{index}[T any]"),
                _ => format!("func f{index}"),
            };
            let parameters = format!("(n int, c bool, d {duration}, xs []int, ch chan int)");
            self.line(&format!("{head}{parameters} {{"));
            self.indent += 1;
            self.block_body(4);
        }
        self.indent -= 1;
        self.line("}\n");
    }

    fn block(&mut self, head: &str, depth: usize) {
        self.line(head);
        self.indent += 1;
        self.block_body(depth);
        self.indent -= 1;
        self.line("}");
    }

    fn block_body(&mut self, depth: usize) {
        for _ in 0..self.random.below(4) + usize::from(depth > 2) {
            if self.random.once_in(5) {
                self.body.push('\n');
            }
            self.statement(depth);
        }
    }

    fn statement(&mut self, depth: usize) {
        let Some(left) = self.budget.checked_sub(1) else { return };
        self.budget = left;
        match self.random.below(if depth == 0 { 12 } else { 24 }) {
            0 | 1 => self.plain(),
            2 | 3 => self.waits(),
            4 | 5 => self.yields(),
            6 | 7 => self.collects(),
            8 | 9 => self.measures(),
            10 => self.counts(depth),
            11 => self.jumps(),
            12..15 => self.selects(depth - 1),
            15..18 => self.loops(depth - 1),
            18 => {
                self.line("if c {");
                self.indent += 1;
                self.block_body(depth - 1);
                self.indent -= 1;
                let head = self.random.pick(&["} else {", "} else if busy() {", "} else if n > 3 {"]);
                self.block(head, depth - 1);
            }
            19 => {
                let head = self.random.pick(&[
                    "if c {",
                    "if busy() {",
                    "if n > 3 && c {",
                    "if v := n; v > 2 {",
                    "{",
                ]);
                self.block(head, depth - 1);
            }
            20 | 21 => self.closure(depth - 1),
            22 => {
                self.line("switch n {");
                for head in ["case 1:", "case 2, 3:", "default:"] {
                    self.line(head);
                    self.indent += 1;
                    self.block_body(depth - 1);
                    self.indent -= 1;
                }
                self.line("}");
            }
            _ => self.shadows(depth - 1),
        }
    }
}

/// What the functions call.
const SURROUNDINGS: &str = "\
type thing struct{}

var (
	sink   int
	total  uint64
)

func work() { sink++ }

func busy() bool { return sink > 3 }

func pause() int { return sink }

func use(...any) { total++ }

func run(f func()) { f() }
";
