//! What runs for the whole life of a program.

use crate::model::effects::function_of;
use crate::model::flow::exits;
use crate::model::recording::serving;
use crate::rewrite::Cx;
use crate::syntax::{Field, Kind, Node};

/// What runs for the whole life of the program that the trace `call` starts
/// with; `None` when it is started later, on somebody's wish, or when the program
/// does a piece of work and ends.
pub fn always_on<'t>(call: Node<'t>, cx: &Cx<'t>) -> Option<Node<'t>> {
    let function = function_of(call).filter(|function| function.kind() == Kind::FunctionDeclaration)?;
    let name = function.name()?;
    // On the way to the start nothing may depend on a condition; it may stand in
    // one itself, to look at its error.
    let in_branch = |up: Node<'t>| {
        let holds = |field: Field| up.child_by_field(field).is_some_and(|block| block.holds(call));
        holds(Field::Consequence) || holds(Field::Alternative)
    };
    let wished = call.ancestors().take_while(|up| *up != function).any(|up| match up.kind() {
        Kind::IfStatement => in_branch(up),
        Kind::ParenthesizedExpression
        | Kind::ExpressionStatement
        | Kind::ExpressionList
        | Kind::ShortVarDeclaration
        | Kind::AssignmentStatement
        | Kind::BinaryExpression
        | Kind::StatementList
        | Kind::Block => false,
        _ => true,
    });
    if wished {
        return None;
    }
    let program = cx.file.package() == "main";
    match name.text() {
        "main" if program => lives(function, call.end(), cx),
        "init" if program => {
            let mains = cx.package().declarations("main").into_iter();
            mains.filter(|main| main.kind() == Kind::FunctionDeclaration).find_map(|main| lives(main, 0, cx))
        }
        "init" => Some(name),
        _ => None,
    }
}

/// The statement of `main` behind `from` that goes on until the program is told
/// to end.
fn lives<'t>(main: Node<'t>, from: usize, cx: &Cx<'t>) -> Option<Node<'t>> {
    let served = serving(main, from);
    if served.is_some() {
        return served;
    }
    let body = main.body()?;
    let way_out = exits(body, cx.package());
    // `os.Exit(run())` ends too.
    let endless = |statement: &Node<'t>| {
        statement.is(&[Kind::ForStatement, Kind::SelectStatement]) && !exits(*statement, cx.package()).falls
    };
    let last = body.child(Kind::StatementList)?.named().last()?;
    (!way_out.falls && !way_out.returns).then_some(last).filter(endless)
}
