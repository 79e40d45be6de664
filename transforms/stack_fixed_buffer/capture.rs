//! One call of `runtime.Stack`: the buffer it fills, and where the text is used.

use crate::model::effects::{function_of, is_predeclared};
use crate::model::imports::{arguments, callee, parenthesized, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def, Local, LocalKind};
use crate::syntax::{COMPARISONS, Field, Kind, Node};

/// A call of `runtime.Stack` with `true` or `false` that fills a local buffer
/// whose declaration says its size.
pub struct Capture<'t> {
    /// `runtime.Stack(buf, false)`
    pub call: Node<'t>,
    /// Whether it is asked for all goroutines.
    pub all: bool,
    /// The buffer.
    pub buffer: Local<'t>,
    /// `buf := make([]byte, 4096)` or `var buf [4096]byte`
    pub made: Node<'t>,
    /// `4096`
    pub size: Node<'t>,
    /// Whether the buffer is an array.
    pub is_array: bool,
    /// How the result is used.
    pub form: BufferForm<'t>,
    /// `buf = buf[:n]` behind `n := runtime.Stack(buf, false)`.
    pub shortened: Option<Node<'t>>,
}

/// How the result of the call is used.
#[derive(Clone, Copy)]
pub enum BufferForm<'t> {
    /// `n := runtime.Stack(buf, false)`, a statement.
    Counted(Node<'t>, Local<'t>),
    /// `buf = buf[:runtime.Stack(buf, false)]`, a statement.
    Cut(Node<'t>),
    /// `buf[:runtime.Stack(buf, false)]` in an expression.
    Sliced(Node<'t>),
    /// `runtime.Stack(buf, false)` as a statement.
    Dropped(Node<'t>),
    /// In any other way.
    Other,
}

impl<'t> Capture<'t> {
    /// The capture whose callee is `mention`.
    pub fn at(mention: Node<'t>, package: &Package) -> Option<Capture<'t>> {
        let call = parenthesized(mention).parent().filter(|call| callee(*call) == Some(mention))?;
        let given: Vec<Node<'t>> = arguments(call).collect();
        let [buffer, all] = given[..] else { return None };
        let all = unparenthesized(all);
        if !is_predeclared(all.text(), package) {
            return None;
        }
        let all = match all.kind() {
            Kind::True => true,
            Kind::False => false,
            _ => return None,
        };
        let Def::Local(buffer) = scope::resolve(whole(buffer)?) else { return None };
        if buffer.kind != LocalKind::Var {
            return None;
        }
        let (made, size, is_array) = declaration(buffer, package)?;
        let form = form(call, buffer);
        let shortened = shortened(buffer, form);
        Some(Capture { call, all, buffer, made, size, is_array, form, shortened })
    }

    /// The statement that the call stands in, for the forms that are one.
    pub fn statement(&self) -> Option<Node<'t>> {
        match self.form {
            BufferForm::Counted(statement, _)
            | BufferForm::Cut(statement)
            | BufferForm::Dropped(statement) => Some(statement),
            BufferForm::Sliced(_) | BufferForm::Other => None,
        }
    }

    /// Every expression that is the text; `None` when the buffer or the number of
    /// bytes is used for something else too.
    pub fn texts(&self) -> Option<Vec<Node<'t>>> {
        let is_own = |node: &Node<'t>| {
            *node == self.buffer.name
                || self.call.holds(*node)
                || self.is_shortening(*node)
                || matches!(self.form, BufferForm::Sliced(text) if text.holds(*node))
        };
        let mut texts: Vec<Node<'t>> = Vec::new();
        for mention in scope::mentions(self.buffer).into_iter().filter(|mention| !is_own(mention)) {
            if mention.start() < self.call.end() {
                return None;
            }
            let after = self.shortened.is_some_and(|statement| mention.start() > statement.end());
            texts.push(match self.form {
                _ if after => mention,
                BufferForm::Counted(_, count) => up_to(mention, count)?,
                BufferForm::Cut(_) => mention,
                // An array that is a value, or pointed to, has a type of its own.
                BufferForm::Dropped(_) if self.is_array && entire(mention) == mention => return None,
                BufferForm::Dropped(_) => entire(mention),
                BufferForm::Sliced(_) | BufferForm::Other => return None,
            });
        }
        if let BufferForm::Counted(_, count) = self.form {
            let counted = |mention: Node<'t>| {
                let sliced = |text: &Node<'t>| text.kind() == Kind::SliceExpression && text.holds(mention);
                mention == count.name || self.is_shortening(mention) || texts.iter().any(sliced)
            };
            if !scope::mentions(count).into_iter().all(counted) {
                return None;
            }
        }
        if let BufferForm::Sliced(text) = self.form {
            texts.push(text);
        }
        (!texts.is_empty()).then_some(texts)
    }

    /// Whether `node` stands in the statement that cuts the buffer to the text.
    fn is_shortening(&self, node: Node<'t>) -> bool {
        let cut = matches!(self.form, BufferForm::Cut(statement) if statement.holds(node));
        cut || self.shortened.is_some_and(|statement| statement.holds(node))
    }

    /// What the function does with the number of bytes or the buffer that shows
    /// that it knows the buffer can be too small.
    pub fn checked(&self, package: &Package) -> Option<Node<'t>> {
        let measured = |mention: Node<'t>| {
            let call = parenthesized(mention)
                .parent()?
                .parent()
                .filter(|call| call.kind() == Kind::CallExpression)?;
            let measure = callee(call).is_some_and(|callee| {
                matches!(callee.text(), "len" | "cap") && is_predeclared(callee.text(), package)
            });
            measure.then_some(call)
        };
        let compared = |mention: Node<'t>| {
            let operations = parenthesized(mention).ancestors();
            let mut operations =
                operations.take_while(|up| up.is(&[Kind::BinaryExpression, Kind::ParenthesizedExpression]));
            operations.find(|up| {
                let zero = [Field::Left, Field::Right]
                    .into_iter()
                    .any(|side| up.child_by_field(side).is_some_and(|it| it.text() == "0"));
                !zero && up.operator().is_some_and(|operator| COMPARISONS.contains(&operator.kind()))
            })
        };
        let written = |mention: Node<'t>| {
            let list = mention.parent().filter(|list| list.kind() == Kind::ExpressionList)?;
            (list.field_name() == Some(Field::Left)
                && mention != self.buffer.name
                && !self.is_shortening(mention))
            .then_some(list)
        };
        let buffers = scope::mentions(self.buffer).into_iter();
        let buffer =
            buffers.filter(|mention| *mention != self.size).find_map(|it| measured(it).or(written(it)));
        buffer.or_else(|| {
            // `if runtime.Stack(buf, true) == len(buf)` as well.
            let count = match self.form {
                BufferForm::Counted(_, count) => scope::mentions(count),
                _ => assigned(self.call).map(scope::mentions).unwrap_or_default(),
            };
            count.into_iter().chain([self.call]).find_map(compared)
        })
    }

    /// Whether `made` and the call stand in one list of statements of which
    /// nothing is jumped over.
    pub fn is_together(&self) -> bool {
        let list = self.made.parent().filter(|list| list.kind() == Kind::StatementList);
        let here = match self.form {
            BufferForm::Sliced(text) => list.filter(|list| list.holds(text)),
            _ => list.filter(|list| self.statement().and_then(Node::parent) == Some(*list)),
        };
        here.is_some() && function_of(self.made) == function_of(self.call) && !self.jumps()
    }

    /// Whether the function jumps with `goto`, perhaps over a declaration that is
    /// moved or new.
    pub fn jumps(&self) -> bool {
        let function = function_of(self.call);
        function.is_none_or(|function| function.descendants().any(|node| node.kind() == Kind::GotoStatement))
    }
}

/// The only `buf = buf[:n]` beside the statement that counts.
fn shortened<'t>(buffer: Local<'t>, form: BufferForm<'t>) -> Option<Node<'t>> {
    let BufferForm::Counted(counting, count) = form else { return None };
    let found = scope::mentions(buffer).into_iter().filter(|mention| mention.start() > counting.end());
    let mut found = found.filter_map(|mention| {
        let list = up_to(mention, count)?.parent().filter(|list| list.field_name() == Some(Field::Right))?;
        let statement = list.parent().filter(|it| it.kind() == Kind::AssignmentStatement)?;
        let left = statement.left()?;
        let plain = statement.operator().is_some_and(|operator| operator.text() == "=");
        let back = left.text() == buffer.name.text() && list.named().count() == 1;
        (plain && back && statement.parent() == counting.parent()).then_some(statement)
    });
    found.next().filter(|_| found.next().is_none())
}

/// The variable that the result of `call` is assigned to: `n = runtime.Stack(…)`.
fn assigned(call: Node<'_>) -> Option<Local<'_>> {
    let list = parenthesized(call).parent().filter(|list| list.named().count() == 1)?;
    let statement =
        list.parent().filter(|it| it.is(&[Kind::AssignmentStatement, Kind::ShortVarDeclaration]))?;
    let name = statement.left()?.named().next().filter(|name| name.kind() == Kind::Identifier)?;
    match scope::resolve(name) {
        Def::Local(local) => Some(local),
        _ => None,
    }
}

/// The name of the buffer in `buf`, `buf[:]`, `buf[0:]`.
fn whole(argument: Node<'_>) -> Option<Node<'_>> {
    let argument = unparenthesized(argument);
    match argument.kind() {
        Kind::Identifier => Some(argument),
        Kind::SliceExpression => {
            let from_start = argument.start_index().is_none_or(|start| start.text() == "0");
            let to_end = argument.end_index().is_none() && argument.capacity().is_none();
            let operand = argument.operand().map(unparenthesized)?;
            (from_start && to_end && operand.kind() == Kind::Identifier).then_some(operand)
        }
        _ => None,
    }
}

/// `mention`, or the `buf[:]` around it.
fn entire(mention: Node<'_>) -> Node<'_> {
    let slice = mention.parent().filter(|slice| slice.kind() == Kind::SliceExpression);
    slice.filter(|slice| whole(*slice) == Some(mention)).unwrap_or(mention)
}

/// The `buf[:n]` around `mention`, the name of the buffer.
fn up_to<'t>(mention: Node<'t>, count: Local<'t>) -> Option<Node<'t>> {
    let slice = mention.parent().filter(|slice| slice.kind() == Kind::SliceExpression)?;
    let from_start = slice.start_index().is_none_or(|start| start.text() == "0");
    let end = slice.end_index().filter(|end| end.kind() == Kind::Identifier)?;
    let counted = matches!(scope::resolve(end), Def::Local(local) if local == count);
    (from_start && counted && slice.capacity().is_none() && slice.operand() == Some(mention)).then_some(slice)
}

/// The statement that declares the buffer with nothing else, its size, and
/// whether it is an array.
fn declaration<'t>(buffer: Local<'t>, package: &Package) -> Option<(Node<'t>, Node<'t>, bool)> {
    let one = |list: Node<'t>| list.named().next().filter(|_| list.named().count() == 1);
    let parent = buffer.name.parent()?;
    match parent.kind() {
        Kind::ExpressionList => {
            let statement = parent.parent().filter(|it| it.kind() == Kind::ShortVarDeclaration)?;
            one(parent)?;
            let value = unparenthesized(one(statement.right()?)?);
            if value.kind() == Kind::CompositeLiteral {
                let (size, empty) = (array(value.ty()?)?, value.body()?.named().next().is_none());
                return empty.then_some((statement, size, true));
            }
            Some((statement, slice(value, package)?, false))
        }
        Kind::VarSpec => {
            let statement = parent.parent()?;
            let alone = statement.kind() == Kind::VarDeclaration && parent.fields(Field::Name).count() == 1;
            if !alone {
                return None;
            }
            match parent.value() {
                Some(values) => Some((statement, slice(unparenthesized(one(values)?), package)?, false)),
                None => Some((statement, array(parent.ty()?)?, true)),
            }
        }
        _ => None,
    }
}

/// The size in `make([]byte, size)`.
fn slice<'t>(value: Node<'t>, package: &Package) -> Option<Node<'t>> {
    let makes = callee(value).filter(|callee| callee.text() == "make" && is_predeclared("make", package))?;
    if !matches!(scope::resolve(makes), Def::Outside) {
        return None;
    }
    let given: Vec<Node<'t>> = arguments(value).collect();
    let [of, size] = given[..] else { return None };
    (of.kind() == Kind::SliceType && of.element().is_some_and(is_byte)).then_some(size)
}

/// The size in `[size]byte`.
fn array(of: Node<'_>) -> Option<Node<'_>> {
    of.length().filter(|_| of.kind() == Kind::ArrayType && of.element().is_some_and(is_byte))
}

fn is_byte(element: Node<'_>) -> bool {
    matches!(element.text(), "byte" | "uint8")
}

fn form<'t>(call: Node<'t>, buffer: Local<'t>) -> BufferForm<'t> {
    find_form(call, buffer).unwrap_or(BufferForm::Other)
}

fn find_form<'t>(call: Node<'t>, buffer: Local<'t>) -> Option<BufferForm<'t>> {
    let outer = parenthesized(call);
    let parent = outer.parent()?;
    let names_buffer = |node: Node<'t>| {
        node.kind() == Kind::Identifier
            && matches!(scope::resolve(node), Def::Local(local) if local == buffer)
    };
    let alone = |list: Node<'t>| list.named().count() == 1;
    let listed =
        |statement: Node<'t>| statement.parent().is_some_and(|list| list.kind() == Kind::StatementList);
    match parent.kind() {
        Kind::ExpressionStatement if listed(parent) => Some(BufferForm::Dropped(parent)),
        Kind::ExpressionList if alone(parent) => {
            let statement =
                parent.parent().filter(|it| it.kind() == Kind::ShortVarDeclaration && listed(*it))?;
            let name = statement.left().filter(|left| alone(*left))?.named().next()?;
            match scope::resolve(name) {
                Def::Local(local) if local.name == name => Some(BufferForm::Counted(statement, local)),
                _ => None,
            }
        }
        Kind::SliceExpression if outer.field_name() == Some(Field::End) => {
            let from_start = parent.start_index().is_none_or(|start| start.text() == "0");
            let operand = parent.operand()?;
            if !from_start || parent.capacity().is_some() || !names_buffer(operand) {
                return None;
            }
            let list = parent.parent()?;
            let assigns = list.parent().filter(|statement| {
                let back = |left: Node<'t>| alone(left) && left.named().next().is_some_and(names_buffer);
                list.kind() == Kind::ExpressionList
                    && alone(list)
                    && statement.kind() == Kind::AssignmentStatement
                    && statement.operator().is_some_and(|operator| operator.text() == "=")
                    && statement.left().is_some_and(back)
                    && list.field_name() == Some(Field::Right)
                    && listed(*statement)
            });
            Some(assigns.map_or(BufferForm::Sliced(parent), BufferForm::Cut))
        }
        _ => None,
    }
}
