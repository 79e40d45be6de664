//! Go that the grammar of tree-sitter does not know, and broken Go beside
//! sound Go: how it is parsed, and what the catalogue makes of it.

mod deep;
mod whole;

use crate::toolchain::{go_files, goroot};
use gomend::model::scope::{Def, LocalKind, resolve};
use gomend::syntax::{DeclKind, Fault, Field, File, Kind, Node};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

/// A file whose only function has `body`.
fn function(body: &str) -> File {
    File::new("a.go", format!("package a\n\nfunc f() {{\n{body}\n}}\n"))
}

/// The root of the only declaration, which has to be sound, in the parse and in
/// its places.
fn sound(file: &File) -> Node<'_> {
    assert_eq!(file.fault(0), None, "{}", file.text());
    let root = file.decl(0).expect("a declaration without an error");
    assert_true_places(root);
    root
}

/// That children stand in their parents, one behind the other, and that each
/// token of the text is that of a leaf: nothing is lost, moved or respelled.
fn assert_true_places(root: Node<'_>) {
    let file = root.file();
    let mut leaves = Vec::new();
    for node in root.descendants() {
        let mut end = node.start();
        for child in node.children() {
            assert!(end <= child.start() && child.end() <= node.end(), "{child:?} in {node:?}");
            end = child.end();
        }
        if node.children().next().is_none() || node.kind().is_string() {
            leaves.push(node.span());
        }
    }
    for (kind, span) in gomend::syntax::outline::tokens(file.text(), root.span()) {
        let is_leaf = kind.is_comment() || leaves.iter().any(|leaf| leaf.covers(span));
        assert!(is_leaf, "{:?} of {}", span.of(file.text()), file.text());
    }
}

/// The calls of `name` below `root`.
fn calls<'t>(root: Node<'t>, name: &str) -> Vec<Node<'t>> {
    let called = |node: &Node<'t>| {
        node.kind() == Kind::CallExpression && node.function().is_some_and(|callee| callee.text() == name)
    };
    root.descendants().filter(called).collect()
}

#[test]
fn new_takes_every_expression() {
    for call in [
        "new(16)",
        "new(-1)",
        "new(1.5e3)",
        "new('x')",
        "new(\"text\")",
        "new(`raw`)",
        "new(\")\")",
        "new(true)",
        "new(nil)",
        "new(1 * time.Second)",
        "new(time.Second * 2)",
        "new(2 * time.Duration(n))",
        "new(a + b)",
        "new(a < b && !c)",
        "new(f(x))",
        "new(f(x, y)(z))",
        "new(f[int](x))",
        "new(x.y(z))",
        "new(x.(T))",
        "new(xs[0])",
        "new(xs[1:])",
        "new(&x)",
        "new(<-ch)",
        "new(T{})",
        "new([]int{1, 2})",
        "new(map[string]int{\"a\": 1})",
        "new(struct{ n int }{1})",
        "new(func() int { return 1 }())",
        "new([]byte(\"text\"))",
        "new(\n\t\t16,\n\t)",
        "new /* why */ (16)",
        "new( // why\n\t\t16)",
        "new (16)",
        "new(new(16))",
        "new(new(new(f(new(1)))))",
        "new(min(new(1), new(2)))",
    ] {
        for body in [
            format!("\tv := {call}\n\tafter(v)"),
            format!("\tuse({call}, {call})\n\tafter({call})"),
            format!(
                "\tv := T{{a: {call}, b: []*int{{{call}, {call}}}, m: map[string]*int{{\"k\": {call}}}}}\n\tafter(v)"
            ),
            format!("\tif v := {call}; *v > 0 {{\n\t\tafter(func() *int {{ return {call} }}, *{call})\n\t}}"),
        ] {
            let file = function(&body);
            let root = sound(&file);
            let found = calls(root, "new");
            let wanted = file.text().matches(call).count();
            let whole = found.iter().filter(|found| found.text() == call).count();
            assert_eq!(whole, wanted, "{body}");
            assert_eq!(calls(root, "after").len(), 1, "{body}");
        }
    }
}

#[test]
fn new_and_make_still_take_types() {
    for call in [
        "new(T)",
        "new(*T)",
        "new(p.T)",
        "new(T[int])",
        "new(p.T[K, V])",
        "new([]int)",
        "new([4]T)",
        "new(map[K]V)",
        "new(chan<- T)",
        "new(func(int) T)",
        "new(struct{ n int })",
        "new(interface{ M() })",
        "new((T))",
        "make([]T, 1, 2)",
        "make(map[K][]V)",
        "make(chan struct{})",
        "make(List[T], n)",
    ] {
        // By itself, and where an error has the declaration parsed again.
        for body in [
            format!("\tv := {call}"),
            format!("\tv, w, x := new(1), {call}, new(f(1))"),
            format!("\tv := g(new(1*2), {call}, new(\"text\"))"),
        ] {
            let file = function(&body);
            let root = sound(&file);
            let name = &call[..call.find('(').unwrap()];
            let found: Vec<_> = calls(root, name).into_iter().filter(|found| found.text() == call).collect();
            assert_eq!(found.len(), 1, "{body}");
            let argument = found[0].arguments().and_then(|list| list.named().next()).unwrap();
            let is_type =
                argument.kind().name().ends_with("_type") || argument.kind() == Kind::TypeIdentifier;
            assert!(is_type, "{argument:?} of {body}");
        }
    }
}

#[test]
fn new_and_make_can_be_declared_anew() {
    let file = function(concat!(
        "\tnew := func(n int, s ...string) int { return n }\n",
        "\tmake := func(s string) string { return s }\n",
        "\tuse(new(1, \"a\"), new(2), make(\"a\"), make(\"b\"+make(\"c\")))\n",
        "\tv.new(1)\n\tv.make(2)",
    ));
    let root = sound(&file);
    for (name, count) in [("new", 2), ("make", 3)] {
        let found = calls(root, name);
        assert_eq!(found.len(), count);
        for call in found {
            let meaning = resolve(call.function().unwrap());
            assert!(matches!(meaning, Def::Local(local) if local.kind == LocalKind::Var), "{meaning:?}");
        }
    }
    let file = File::new("a.go", "package a\n\nfunc (t T) new(n int) T { return t.new(make(n, 1)) }\n");
    sound(&file);
    let file = File::new("a.go", "package a\n\nfunc new(n int) *int { return &n }\n\nvar x = new(1)\n");
    sound(&file);
    let call = calls(file.decl(1).unwrap(), "new")[0];
    assert_eq!(resolve(call.function().unwrap()), Def::TopLevel(0));
}

#[test]
fn names_behind_new_keep_their_meaning() {
    let file = function(
        "\tx, p := 1, T{}\n\tuse(new(x), new(p.x), new(*x), new(x+1), new(f(x)), new(x[x]), new((x)))",
    );
    let root = sound(&file);
    let is_name = |node: &Node<'_>| {
        node.is(&[Kind::Identifier, Kind::TypeIdentifier, Kind::PackageIdentifier])
            && matches!(node.text(), "x" | "p")
    };
    let mut seen = 0;
    for name in root.descendants().filter(is_name) {
        let field = name.parent().is_some_and(|above| above.kind() == Kind::QualifiedType)
            && name.field_name() == Some(Field::Name);
        if !field {
            assert!(matches!(resolve(name), Def::Local(_)), "{name:?}");
            seen += 1;
        }
    }
    assert_eq!(seen, 2 + 8);
}

#[test]
fn many_of_them_are_no_more_difficult() {
    for call in ["new(16)", "new(f(new(1), 2))", "new(1 * time.Second)", "new(\"text\")"] {
        let lines: Vec<_> = (0..300).map(|n| format!("\tv{n} := {call}")).collect();
        let root_of = |file: &File| calls(sound(file), "new").len();
        let each = call.matches("new(").count();
        assert_eq!(root_of(&function(&lines.join("\n"))), 300 * each);
        assert_eq!(root_of(&function(&format!("\tuse({})", vec![call; 300].join(", ")))), 300 * each);
        let elements =
            format!("\tv := []T{{\n{}\t}}", format!("\t\t{{a: {call}, b: make([]T, 1)}},\n").repeat(300));
        assert_eq!(root_of(&function(&elements)), 300 * each);
        let nested = format!("\tv := {}16{}", "new(".repeat(40), ")".repeat(40));
        assert_eq!(root_of(&function(&nested)), 40);
    }
}

#[test]
fn empty_statements_and_labels_that_the_grammar_forgot() {
    for body in [
        "\tif ; ready {\n\t\tgo_on()\n\t}",
        "\tif /* a */ ; /* b */ ready {\n\t}",
        "\tswitch ; {\n\tcase ready:\n\t\tgo_on()\n\t}",
        "\tswitch ; x {\n\t}",
        "\tswitch ; x := y.(type) {\n\tcase int:\n\t\tuse(x)\n\t}",
        "\tgoto L\nL:\nM:",
        "\tgoto L\nL: M: N:",
        "\tgoto L\nL:\nM: // why",
        "\tswitch {\n\tcase a:\n\tL:\n\tM:\n\tcase b:\n\tN:\n\tO:\n\tdefault:\n\tP:\n\tQ:\n\t}",
        "\tif ; ready {\n\t\tuse(new(1))\n\t}\nL:\nM:",
    ] {
        let file = function(body);
        assert_eq!(file.fault(0), None, "{body}");
        let root = file.decl(0).unwrap();
        let text = root.span().of(file.text());
        assert!(root.descendants().all(|node| text.contains(node.text())));
    }
}

#[test]
fn an_error_is_contained_in_its_declaration() {
    let sound = "func good() { <-time.After(*new(1 * time.Second)) }";
    for broken in [
        "func bad() { x := }",
        "func bad() { v := new(1; after(v) }",
        "func bad() { v := new(16) + ; after(v) }",
        "func bad() { v, w := new(16), make([]int 3) }",
        "func bad() { v := new() new(1) }",
        "var bad = new(1",
        "type bad struct { x new(1) }",
        "func bad() { _ = interface{ M() }.M; v := new(1) }",
    ] {
        let text = format!("package a\n\n{sound}\n\n{broken}\n\n{}\n", sound.replace("good", "fine"));
        let file = File::new("a.go", text);
        for (index, decl) in file.outline().decls.iter().enumerate() {
            let name = &decl.names[0].text;
            assert_eq!(file.decl(index).is_none(), name == "bad", "{name}: {broken}");
            assert_eq!(file.fault(index).is_some(), name == "bad", "{name}: {broken}");
            if let Some(error) = file.fault(index) {
                assert!(decl.span.covers(error.span()), "{broken}");
            }
        }
        let names: Vec<_> = file.outline().decls.iter().map(|decl| decl.names[0].text.as_str()).collect();
        // An open parenthesis may swallow what follows, but never what precedes.
        assert_eq!(&names[..2], ["good", "bad"], "{broken}");
    }
}

/// Sound Go for which there is no spelling of the same length that the grammar
/// knows: methods of type literals. Their declarations are skipped, by name.
const UNREADABLE: [&str; 4] =
    ["method4.dir/prog.go", "method7.go", "fixedbugs/issue38125.go", "typeparam/issue51521.go"];

/// The places of errors in a file that go/parser accepts, except where the file
/// says itself that the compiler will not.
fn refused(path: &Path) -> Vec<String> {
    let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
    if text.contains("ERROR") {
        return Vec::new();
    }
    let file = File::new(path, text);
    let errors = file.outline().decls.iter().enumerate().filter_map(|(index, decl)| {
        // Sums of a thousand strings are deep, in tables; no function is but one
        // that tests the compiler by its depth.
        let table = !matches!(decl.kind, DeclKind::Func | DeclKind::Method);
        match file.fault(index)? {
            Fault::Nested(_) | Fault::Large(_) if table || path.ends_with("fixedbugs/issue29312.go") => None,
            fault => Some(fault.span()),
        }
    });
    let spans: Vec<_> = errors.chain(file.outline().broken.iter().copied()).collect();
    if spans.is_empty() {
        return Vec::new();
    }
    let accepts = Command::new("gofmt").arg("-l").arg(path).output().expect("gofmt is on the PATH");
    if !accepts.status.success() {
        return Vec::new();
    }
    let place = |at: usize| format!("{}:{}", path.display(), file.lines().line(at));
    spans.iter().map(|span| format!("{}: {:?}", place(span.start), span.of(file.text()))).collect()
}

#[test]
fn what_go_parser_accepts_is_not_broken() {
    let root = goroot();
    let mut files = Vec::new();
    go_files(&root.join("src"), &mut files);
    // Go's own tests are no part of every distribution.
    if root.join("test").is_dir() {
        go_files(&root.join("test"), &mut files);
    }
    files.retain(|file| !UNREADABLE.iter().any(|known| file.ends_with(known)));
    assert!(files.len() > 5_000, "{}", files.len());
    let queue = Mutex::new(files);
    let found = Mutex::new(Vec::new());
    let work = || {
        loop {
            let Some(path) = queue.lock().unwrap().pop() else { return };
            let refused = refused(&path);
            found.lock().unwrap().extend(refused);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    let mut found = found.into_inner().unwrap();
    found.sort();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
