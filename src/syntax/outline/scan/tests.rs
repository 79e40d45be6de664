//! What the outline says of small files, whole and broken.

use crate::syntax::outline::{Decl, DeclKind, Outline};

/// `kind names receiver` of a declaration, `!` in front when it is broken.
fn kind_and_names(decl: &Decl) -> String {
    let names: Vec<_> = decl.names.iter().map(|name| name.text.as_str()).collect();
    let kind = match decl.kind {
        DeclKind::Func => "func",
        DeclKind::Method => "method",
        DeclKind::Var => "var",
        DeclKind::Const => "const",
        DeclKind::Type => "type",
    };
    let receiver = decl.receiver.as_ref().map_or(String::new(), |base| format!(" of {base}"));
    format!("{}{kind} {}{receiver}", if decl.broken { "!" } else { "" }, names.join(","))
}

fn decls(text: &str) -> Vec<String> {
    Outline::of(text).decls.iter().map(kind_and_names).collect()
}

fn spans(text: &str) -> Vec<&str> {
    Outline::of(text).decls.iter().map(|decl| decl.span.of(text)).collect()
}

#[test]
fn names_of_every_kind() {
    let text = "package p\n\
        var a, b = 1, 2\n\
        var (\n\tc int // c\n\td, e = f(\n1), `\n)`\n)\n\
        const (\n\tg = iota\n\t_\n\th; i = 1 << iota\n)\n\
        type ( A = B; C[T any] struct{ x int }\n D interface{ M() } )\n\
        type é []byte\n\
        func _() {}\n\
        func F[T any](x T) (y struct{ z int }) { return }\n";
    assert_eq!(
        decls(text),
        ["var a,b", "var c,d,e", "const g,_,h,i", "type A,C,D", "type é", "func _", "func F"]
    );
    assert!(Outline::of(text).broken.is_empty());
}

#[test]
fn receivers_name_their_base_type() {
    for receiver in [
        "t T",
        "T",
        "*T",
        "t *T",
        "(T)",
        "t ((*T))",
        "T[K]",
        "t *T[K, V]",
        "_ T[_]",
        "\n t *T,\n",
        "t /* u */ T",
    ] {
        assert_eq!(
            decls(&format!("package p\nfunc ({receiver}) m() {{}}\n")),
            ["method m of T"],
            "{receiver}"
        );
    }
    for receiver in ["", "t []T", "map[K]V", "t struct{ T }"] {
        assert_eq!(decls(&format!("package p\nfunc ({receiver}) m() {{}}\n")), ["method m"], "{receiver}");
    }
}

#[test]
fn a_declaration_ends_where_its_last_token_ends() {
    let text = "package p // c\n/* a */ var x = 1. // behind\n\nvar y = 1 +\n\t2 /* b\n*/ var z = a.\n\tb\n\
        func f() interface {\n\tM()\n} {\n\treturn\n} // end\nfunc g()\ntype t struct {\r\n\tx int\r\n}\r\nvar w = 3;var v = i++";
    assert_eq!(
        spans(text),
        [
            "var x = 1.",
            "var y = 1 +\n\t2",
            "var z = a.\n\tb",
            "func f() interface {\n\tM()\n} {\n\treturn\n}",
            "func g()",
            "type t struct {\r\n\tx int\r\n}",
            "var w = 3",
            "var v = i++",
        ]
    );
}

#[test]
fn imports_and_package_clause() {
    let text = "\u{feff}//go:build linux\n\n// Package p.\npackage p; import \"a\"\nimport ( b `x/b`; . \"c\"\n\t_ \"d\" // d\n\t/* e */ \"e\\u00e9\" )\n/*\n#include <x.h>\n*/\nimport \"C\"\nimport()\nvar x = 1\n";
    for outline in [Outline::of(text), Outline::header_of(text)] {
        assert_eq!(outline.bom, 3);
        assert_eq!(outline.header.of(text), "//go:build linux\n\n// Package p.\n");
        assert_eq!(outline.package.as_ref().unwrap().text, "p");
        let imports: Vec<_> = outline
            .imports
            .iter()
            .map(|import| (import.name.as_ref().map_or("", |name| &name.text), &*import.path, import.decl))
            .collect();
        assert_eq!(
            imports,
            [("", "a", 0), ("b", "x/b", 1), (".", "c", 1), ("_", "d", 1), ("", "eé", 1), ("", "C", 2)]
        );
        assert_eq!(outline.imports[1].span.of(text), "b `x/b`");
        let groups: Vec<_> = outline.import_decls.iter().map(|decl| decl.group.map(|g| g.of(text))).collect();
        assert_eq!(groups[0], None);
        assert!(groups[1].unwrap().ends_with("\"e\\u00e9\" "));
        assert_eq!((groups[2], groups[3]), (None, Some("")));
        assert_eq!(outline.import_decls[2].span.of(text), "import \"C\"");
        assert!(outline.broken.is_empty(), "{:?}", outline.broken);
    }
    assert!(Outline::header_of(text).decls.is_empty());
}

#[test]
fn an_open_bracket_ends_at_the_next_declaration() {
    for (text, want) in [
        ("func f() { if x {\n}\n\nfunc g() {}\n", ["!func f", "func g"].as_slice()),
        ("func f() { g(\n\n// doc\nfunc (t T) g() {}\n", &["!func f", "method g of T"]),
        ("var x = []int{1,\n\ntype T struct {\n}\nfunc g() {}\n", &["!var x", "type T", "func g"]),
        ("var (\n\tx = 1\n\nfunc g() {}\n", &["!var x", "func g"]),
        ("var x =\n\nfunc g() {}\n", &["!var x", "func g"]),
        ("func f(\n\nvar x = 1\nconst y = 2\n", &["!func f", "var x", "const y"]),
        ("func f() { g(a, }\n\nfunc g() {}\n", &["!func f", "func g"]),
        ("func f() { g(a)) }\n\nfunc g() {}\n", &["!func f", "func g"]),
        ("func f() { g(\"a) }\n\nfunc g() {}\n", &["!func f", "func g"]),
        ("func f() {}}\nfunc g() {}\n", &["!func f", "func g"]),
        ("func f() {} func g() {}\n", &["!func f", "func g"]),
        ("var 1 = 2\nfunc g() {}\n", &["!var ", "func g"]),
        ("func (t T) {}\nfunc g() {}\n", &["func g"]),
        ("var x = 'a\nfunc g() {}\n", &["!var x", "func g"]),
    ] {
        assert_eq!(decls(&format!("package p\n{text}")), want, "{text}");
    }
}

#[test]
fn an_end_inside_a_literal_or_a_comment_is_none() {
    let text = "package p\nfunc f() {\n\t_ = `\nfunc g() {}\n` /*\nfunc h() {}\n*/ + '}' + \"}\\\"}\" // }\n}\nvar x = 1\n";
    assert_eq!(decls(text), ["func f", "var x"]);
}

#[test]
fn code_that_nobody_indented_is_whole() {
    let text = "package p\nfunc f() {\nvar x = 1\ntype t int\nfunc() {}()\nfunc (a int) string { return \"\" }(1)\nconst c = 1\n}\nvar y =\nfunc(a int) {}\n";
    assert_eq!(decls(text), ["func f", "var y"]);
}

#[test]
fn what_is_no_declaration_is_told_apart() {
    let text = "package p\nfoo(1)\n)\nif x {\n}\nvar x = 1\n";
    let outline = Outline::of(text);
    assert_eq!(
        outline.broken.iter().map(|span| span.of(text)).collect::<Vec<_>>(),
        ["foo(1)", ")", "if x {\n}"]
    );
    assert_eq!(outline.decls.len(), 1);

    for empty in ["", "\u{feff}", "// only\n", "var x = 1"] {
        assert!(Outline::of(empty).package.is_none(), "{empty:?}");
    }
    let text = "package p\nimport 3\nimport (\n\t\"a\" b\n\nfunc f() {}\n";
    let outline = Outline::of(text);
    assert_eq!(outline.broken.len(), 2);
    assert_eq!(outline.imports.len(), 1);
    assert_eq!(decls(text), ["func f"]);
}

/// Each text made one reader of brackets or another quadratic.
#[test]
fn hostile_texts_take_linear_time() {
    let n = 200_000;
    for text in [
        "func f() {\n".repeat(n),
        "var x = f(\n".repeat(n),
        "(".repeat(n) + &"]".repeat(n),
        "var (".repeat(n),
        "import (\n".repeat(n),
        "func (".repeat(n),
        "\nfunc ((((((((((((((((((((((((((((((((((((".repeat(n / 10),
        format!("{}{}", "func f() {\nvar x = 1\n".repeat(n / 2), ")".repeat(n)),
        "/*".repeat(n),
        "`a".repeat(n),
        "func f() { '\n".repeat(n),
    ] {
        let start = std::time::Instant::now();
        let outline = Outline::of(&text);
        let took = start.elapsed();
        assert!(took.as_secs() < 5, "{took:?} for {:?}: {}", &text[..20], outline.decls.len());
    }
}
