//! How gofmt spaces a binary expression at a place: `a + b` where it stands by
//! itself, `a+b` among the arguments of a call.
//!
//! The rules are those of `go/printer` (nodes.go): an expression has a depth,
//! and below the first level only operators weaker than `+` keep their blanks.

use crate::syntax::{Field, File, Kind, Node};
use crate::text::{Edit, Edits, Span};

/// The text of a sum of `terms`, integers and none of them a binary expression,
/// in the place of the expression `at`: with parentheses where an operator beside it
/// binds more tightly, and spaced as gofmt spaces it there.
pub fn sum(terms: &[String], at: Node<'_>) -> String {
    let term = |text: &String| Term { subtracted: false, conversion: None, parts: vec![text.clone()] };
    total(&terms.iter().map(term).collect::<Vec<_>>(), at)
}

/// What is added to a total, or subtracted from it.
#[derive(Clone, Debug)]
pub struct Term {
    /// Whether it is subtracted.
    pub subtracted: bool,
    /// The type that the sum of the parts is converted to.
    pub conversion: Option<String>,
    /// Expressions that are added, none of them a binary expression.
    pub parts: Vec<String>,
}

/// Like [`sum`], of terms that may be subtracted or converted.
pub fn total(terms: &[Term], at: Node<'_>) -> String {
    // What is converted is one operand of the total, what is not is as many as it has parts.
    let mut operands: Vec<(bool, Option<&str>, Vec<&str>)> = Vec::new();
    for term in terms {
        let parts = || term.parts.iter().map(String::as_str);
        match &term.conversion {
            Some(conversion) => operands.push((term.subtracted, Some(conversion), parts().collect())),
            None => operands.extend(parts().map(|part| (term.subtracted, None, vec![part]))),
        }
    }
    // The first operand is one that is added, where there is any.
    if let Some(added) = operands.iter().position(|(subtracted, ..)| !subtracted) {
        let first = operands.remove(added);
        operands.insert(0, first);
    }
    let single = operands.len() == 1;
    let whole = |depth: usize| -> String {
        let blank = if depth == 1 { " " } else { "" };
        let mut text = String::new();
        for (index, (subtracted, conversion, parts)) in operands.iter().enumerate() {
            match (index, subtracted) {
                (0, false) => {}
                (0, true) => text.push('-'),
                (_, true) => text.push_str(&format!("{blank}-{blank}")),
                (_, false) => text.push_str(&format!("{blank}+{blank}")),
            }
            let inner = parts.join(if single && depth == 1 { " + " } else { "+" });
            text.push_str(&conversion.map_or(inner.clone(), |conversion| format!("{conversion}({inner})")));
        }
        text
    };
    let Some(parent) = at.parent() else { return whole(1) };
    if single {
        let negative = operands[0].0 && parent.kind() == Kind::UnaryExpression;
        let text = whole(depth(at));
        return if negative { format!("({text})") } else { text };
    }
    let bracketed = format!("({})", whole(depth(at).saturating_sub(1).max(1)));
    match parent.kind() {
        Kind::BinaryExpression => match (strength(parent), parent.operator().map(Node::kind)) {
            (..=3, _) => whole(depth(parent) + 1),
            (4, Some(Kind::Plus)) => whole(depth(parent)),
            (4, Some(Kind::Minus)) if at.field_name() == Some(Field::Left) => whole(depth(parent)),
            _ => bracketed,
        },
        Kind::UnaryExpression | Kind::SelectorExpression => bracketed,
        Kind::IndexExpression if at.field_name() == Some(Field::Operand) => bracketed,
        _ => whole(depth(at)),
    }
}

/// Whether the expression `new` needs parentheses in the place of the expression `at`,
/// because something beside it binds more tightly.
pub fn binds_tighter(new: Node<'_>, at: Node<'_>) -> bool {
    let Some(parent) = at.parent() else { return false };
    let binary = new.kind() == Kind::BinaryExpression;
    let unary = new.kind() == Kind::UnaryExpression;
    let operand = at.field_name() == Some(Field::Operand);
    match parent.kind() {
        Kind::BinaryExpression if binary => {
            let right = at.field_name() == Some(Field::Right);
            strength(new) < strength(parent) || (right && strength(new) == strength(parent))
        }
        Kind::UnaryExpression => binary,
        Kind::SelectorExpression | Kind::TypeAssertionExpression => binary || unary,
        Kind::IndexExpression | Kind::SliceExpression => operand && (binary || unary),
        Kind::CallExpression => at.field_name() == Some(Field::Function) && (binary || unary),
        _ => new.kind() == Kind::CompositeLiteral && opens_header(at),
    }
}

/// Whether the expression `text` needs parentheses in the place of the expression `at`, because
/// the brace of a literal in it would be taken for that of a block.
pub fn opens_block(text: &str, at: Node<'_>) -> bool {
    if !text.contains('{') || !opens_header(at) {
        return false;
    }
    let file = File::new("header.go", format!("package p\n\nvar _ = {text}\n"));
    let value = file.decl(0).and_then(|root| root.descendants().find(|node| node.kind() == Kind::VarSpec));
    let value = value.and_then(Node::value).and_then(|values| values.named().next());
    value.is_some_and(has_open_literal)
}

/// Whether a literal with its type stands in the expression, and no bracket around it.
fn has_open_literal(expression: Node<'_>) -> bool {
    match expression.kind() {
        Kind::CompositeLiteral => true,
        Kind::BinaryExpression => {
            [expression.left(), expression.right()].into_iter().flatten().any(has_open_literal)
        }
        Kind::CallExpression => expression.function().is_some_and(has_open_literal),
        Kind::UnaryExpression
        | Kind::SelectorExpression
        | Kind::IndexExpression
        | Kind::SliceExpression
        | Kind::TypeAssertionExpression => expression.operand().is_some_and(has_open_literal),
        _ => false,
    }
}

/// Whether a brace behind the expression `at` would be taken for that of a block.
fn opens_header(at: Node<'_>) -> bool {
    let brackets = [
        Kind::ParenthesizedExpression,
        Kind::ArgumentList,
        Kind::IndexExpression,
        Kind::LiteralValue,
        Kind::Block,
        Kind::FuncLiteral,
        Kind::StatementList,
    ];
    let headers =
        [Kind::IfStatement, Kind::ForStatement, Kind::ExpressionSwitchStatement, Kind::TypeSwitchStatement];
    let around = at.ancestors().take_while(|node| !node.is(&brackets));
    around.into_iter().any(|node| node.is(&headers))
}

/// The expression `text`, written on one line, as gofmt spaces it in the place of the
/// expression `at`. What does not parse stays as it is.
pub fn respaced(text: &str, at: Node<'_>) -> String {
    const HEAD: &str = "package p\n\nvar _ = ";
    let file = File::new("spacing.go", format!("{HEAD}{text}\n"));
    let Some(root) = file.decl(0) else { return text.to_owned() };
    let value =
        root.descendants().find(|node| node.start() == HEAD.len() && node.end() == HEAD.len() + text.len());
    let Some(value) = value else { return text.to_owned() };
    let value = value.named().next().filter(|_| value.kind() == Kind::ExpressionList).unwrap_or(value);
    let level = match at.parent() {
        Some(parent)
            if parent.kind() == Kind::BinaryExpression
                && at.field_name() == Some(Field::Left)
                && value.kind() == Kind::BinaryExpression
                && strength(value) == strength(parent) =>
        {
            depth(parent)
        }
        _ => depth(at),
    };
    let mut edits = Edits::new();
    for binary in value.descendants().filter(|node| node.kind() == Kind::BinaryExpression) {
        let (Some(left), Some(sign), Some(right)) = (binary.left(), binary.operator(), binary.right()) else {
            continue;
        };
        let blank = if strength(binary) < cutoff(binary, depth_below(binary, Some((value, level)))) {
            " "
        } else {
            ""
        };
        for gap in [Span::new(left.end(), sign.start()), Span::new(sign.end(), right.start())] {
            if gap.of(file.text()).chars().all(|c| c == ' ') {
                let _ = edits.push(Edit { span: gap, text: blank.to_owned() });
            }
        }
    }
    let spaced = edits.apply(file.text());
    spaced[HEAD.len()..].trim_end().to_owned()
}

/// The operators of a binary expression with less strength than this have blanks around
/// them, where gofmt prints it at `depth`.
fn cutoff(binary: Node<'_>, depth: usize) -> u8 {
    let mut seen = (false, false, 0);
    walk(binary, &mut seen);
    match seen {
        (.., problem) if problem > 0 => problem + 1,
        (true, true, _) if depth == 1 => 5,
        (true, true, _) => 4,
        _ if depth == 1 => 6,
        _ => 4,
    }
}

/// Whether operators of the strengths 4 and 5 stand in a binary expression, and the
/// strength at which two signs would run into each other.
fn walk(binary: Node<'_>, seen: &mut (bool, bool, u8)) {
    match strength(binary) {
        4 => seen.0 = true,
        5 => seen.1 = true,
        _ => {}
    }
    let is_binary = |node: &Node<'_>| node.kind() == Kind::BinaryExpression;
    if let Some(left) = binary.left().filter(is_binary).filter(|left| strength(*left) >= strength(binary)) {
        walk(left, seen);
    }
    let Some(right) = binary.right() else { return };
    if is_binary(&right) && strength(right) > strength(binary) {
        walk(right, seen);
    }
    if right.kind() == Kind::UnaryExpression {
        let (outer, inner) = (binary.operator().map(Node::text), right.operator().map(Node::text));
        match (outer.unwrap_or_default(), inner.unwrap_or_default()) {
            ("/", "*") | ("&", "&" | "^") => seen.2 = 5,
            ("+", "+") | ("-", "-") => seen.2 = seen.2.max(4),
            _ => {}
        }
    }
}

/// The depth at which gofmt prints the expression `node`, from 1.
fn depth(node: Node<'_>) -> usize {
    depth_below(node, None)
}

/// The same where the node `top.0` around it is printed at the depth `top.1`. What is indexed or
/// sliced begins anew, wherever it stands.
fn depth_below(node: Node<'_>, top: Option<(Node<'_>, usize)>) -> usize {
    if let Some((_, known)) = top.filter(|(top, _)| *top == node) {
        return known;
    }
    let depth = |node: Node<'_>| depth_below(node, top);
    let Some(parent) = node.parent() else { return 1 };
    match parent.kind() {
        Kind::BinaryExpression => {
            let left = node.field_name() == Some(Field::Left);
            let same = left && node.kind() == Kind::BinaryExpression && strength(node) == strength(parent);
            depth(parent) + usize::from(!same)
        }
        Kind::ParenthesizedExpression => match parent.parent() {
            // Of doubled parentheses gofmt looks at the inner ones.
            Some(outer) if outer.kind() == Kind::ParenthesizedExpression => depth(parent),
            // `if (x)` is printed as `if x`, `go (f)()` as it stands.
            _ => depth(parent).saturating_sub(1).max(1),
        },
        Kind::UnaryExpression | Kind::SelectorExpression | Kind::TypeAssertionExpression => depth(parent),
        Kind::IndexExpression if node.field_name() == Some(Field::Index) => depth(parent) + 1,
        Kind::SliceExpression if node.field_name() != Some(Field::Operand) => depth(parent) + 1,
        Kind::CallExpression => depth(parent) + usize::from(argument_count(parent) > 1),
        Kind::ArgumentList => {
            parent.parent().map_or(1, |call| depth(call) + usize::from(argument_count(call) > 1))
        }
        Kind::TypeConversionExpression => depth(parent),
        Kind::IncStatement | Kind::DecStatement => 2,
        Kind::ExpressionList => match parent.parent() {
            Some(owner) if owner.is(&[Kind::AssignmentStatement, Kind::ShortVarDeclaration]) => {
                let several =
                    |field| owner.child_by_field(field).is_some_and(|list| list.named().count() > 1);
                1 + usize::from(several(Field::Left) && several(Field::Right))
            }
            _ => 1,
        },
        _ => 1,
    }
}

fn argument_count(call: Node<'_>) -> usize {
    call.arguments().map_or(0, |list| list.named().count())
}

/// The precedence of a binary expression's operator, as the language numbers
/// them.
fn strength(binary: Node<'_>) -> u8 {
    match binary.operator().map(Node::kind) {
        Some(
            Kind::Star
            | Kind::Slash
            | Kind::Remainder
            | Kind::ShiftLeft
            | Kind::ShiftRight
            | Kind::And
            | Kind::AndNot,
        ) => 5,
        Some(Kind::Plus | Kind::Minus | Kind::Or | Kind::Xor) => 4,
        Some(
            Kind::Equal
            | Kind::NotEqual
            | Kind::Less
            | Kind::LessOrEqual
            | Kind::Greater
            | Kind::GreaterOrEqual,
        ) => 3,
        Some(Kind::LogicalAnd) => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::File;
    use std::io::Write;
    use std::process::{Command, Stdio};

    /// Places for an expression `HERE`, as gofmt leaves them.
    const PLACES: &str = "package p

func places() (uint64, uint64) {
	x := HERE
	x, y := HERE, HERE
	x = HERE / 1024
	x = HERE/1024 + 1
	x += HERE
	f(HERE)
	f(x, HERE)
	f(x, HERE/1024)
	f(x, 1+HERE/1024)
	f(x, (HERE-1)/1024)
	f(x, ((HERE-1)*HERE)/1024)
	x = HERE - y + HERE
	x = 1 + HERE
	x = HERE + 2*y
	x = 2*y + HERE
	x = HERE*2 + HERE
	x = HERE | y
	f(x, HERE+2*y, HERE+1)
	f(x, HERE == 2*y && HERE+1 > 3)
	f(HERE > 2*y, HERE+1 > HERE)
	x = x<<HERE + HERE
	f(float64(HERE)/1024, g(HERE, 1), g(HERE), x)
	f((HERE), x)
	_ = a[HERE]
	_ = a[HERE/2]
	_ = a[HERE:]
	_ = f(x, a[HERE-1])
	_ = T{HERE, HERE}
	_ = T{a: HERE, b: 2 * HERE}
	f(x, T{a: HERE, b: 2 * HERE})
	_ = []any{
		HERE, f(HERE, 1),
		\"a\", HERE * HERE,
	}
	if HERE > 1<<30 && x < HERE {
		ch <- HERE
	}
	if f(x, HERE) && (HERE > 3 || HERE < x) {
		x++
	}
	switch HERE {
	case HERE:
	}
	go func() {
		f(x, int(HERE), -HERE, ^HERE&x)
	}()
	for i := HERE; i < HERE; i += HERE {
		a[HERE]++
	}
	var z, w = HERE, HERE
	f(x, func() uint64 { return HERE })
	f(x).g(HERE).h(x, HERE)
	return HERE, HERE
}
";

    fn gofmt(text: &str) -> String {
        let mut child = Command::new("gofmt")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("gofmt is needed: install Go 1.26 or later and put it on PATH");
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn sums_are_spaced_and_bracketed_as_gofmt_wants_them() {
        let terms = ["a.Uint64()".to_owned(), "b.Uint64()".to_owned(), "c".to_owned()];
        let text = tidy(|at| sum(&terms, at));
        assert!(text.contains("(a.Uint64() + b.Uint64() + c) / 1024"), "an operand keeps its parentheses");
    }

    #[test]
    fn what_is_sliced_is_spaced_as_if_it_stood_alone() {
        for code in ["(a + b)[1:]", "f((a + b)[c:], d)", "f(x, (a+b)[c] + d)"] {
            tidy(|at| respaced(code, at));
        }
    }

    /// The places with what `write` gives for each, which gofmt must leave as it is.
    fn tidy(write: impl Fn(Node<'_>) -> String) -> String {
        assert_eq!(gofmt(PLACES), PLACES, "the places must be tidy to begin with");
        let file = File::new("places.go", PLACES);
        let root = file.decl(0).unwrap();
        let mut text = String::new();
        let mut at = 0;
        for node in root.descendants().filter(|node| node.kind() == Kind::Identifier && node.text() == "HERE")
        {
            text.push_str(&PLACES[at..node.start()]);
            text.push_str(&write(node));
            at = node.end();
        }
        text.push_str(&PLACES[at..]);
        assert!(!text.contains("HERE"));
        assert_eq!(gofmt(&text), text);
        text
    }

    #[test]
    fn totals_put_what_is_added_first_and_convert_each_term() {
        let term = |subtracted, conversion: Option<&str>, parts: &[&str]| Term {
            subtracted,
            conversion: conversion.map(str::to_owned),
            parts: parts.iter().map(|part| (*part).to_owned()).collect(),
        };
        let text = tidy(|at| total(&[term(true, None, &["a", "b"]), term(false, None, &["c"])], at));
        assert!(text.contains("x := c - a - b\n"), "{text}");
        let text = tidy(|at| total(&[term(false, Some("float64"), &["a", "b"])], at));
        assert!(text.contains("x := float64(a + b)\n") && text.contains("x = float64(a+b) / 1024"), "{text}");
        let converted = [term(false, Some("int64"), &["a", "b"]), term(true, Some("int64"), &["c"])];
        let text = tidy(|at| total(&converted, at));
        assert!(text.contains("x := int64(a+b) - int64(c)\n"), "{text}");
        let text = tidy(|at| total(&[term(true, None, &["a"])], at));
        assert!(text.contains("x := -a\n"), "{text}");
    }
}
