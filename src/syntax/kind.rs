//! The kinds of nodes and the fields of tree-sitter's grammar for Go, as types: what is
//! misspelt does not compile.
//!
//! Generated from the grammar's own `node-types.json`: `BLESS=1 cargo test kinds::` writes
//! this file, and the same test fails where it is not up to date.

use super::node::Node;

/// What a node is. A token is a kind of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `&`
    And,
    /// `&=`
    AndAssign,
    /// `&^`
    AndNot,
    /// `&^=`
    AndNotAssign,
    /// `argument_list`
    ArgumentList,
    /// `array_type`
    ArrayType,
    /// `<-`
    Arrow,
    /// `=`
    Assign,
    /// `assignment_statement`
    AssignmentStatement,
    /// The back quote.
    Backquote,
    /// `binary_expression`
    BinaryExpression,
    /// `blank_identifier`
    BlankIdentifier,
    /// `block`
    Block,
    /// `break`
    Break,
    /// `break_statement`
    BreakStatement,
    /// `call_expression`
    CallExpression,
    /// `case`
    Case,
    /// `chan`
    Chan,
    /// `channel_type`
    ChannelType,
    /// `:`
    Colon,
    /// `,`
    Comma,
    /// `comment`
    Comment,
    /// `communication_case`
    CommunicationCase,
    /// `composite_literal`
    CompositeLiteral,
    /// `const`
    Const,
    /// `const_declaration`
    ConstDeclaration,
    /// `const_spec`
    ConstSpec,
    /// `continue`
    Continue,
    /// `continue_statement`
    ContinueStatement,
    /// `dec_statement`
    DecStatement,
    /// `--`
    Decrement,
    /// `default`
    Default,
    /// `default_case`
    DefaultCase,
    /// `defer`
    Defer,
    /// `defer_statement`
    DeferStatement,
    /// `:=`
    Define,
    /// `dot`
    Dot,
    /// `...`
    Ellipsis,
    /// `else`
    Else,
    /// `empty_statement`
    EmptyStatement,
    /// `==`
    Equal,
    /// `escape_sequence`
    EscapeSequence,
    /// `expression_case`
    ExpressionCase,
    /// `expression_list`
    ExpressionList,
    /// `expression_statement`
    ExpressionStatement,
    /// `expression_switch_statement`
    ExpressionSwitchStatement,
    /// `fallthrough`
    Fallthrough,
    /// `fallthrough_statement`
    FallthroughStatement,
    /// `false`
    False,
    /// `field_declaration`
    FieldDeclaration,
    /// `field_declaration_list`
    FieldDeclarationList,
    /// `field_identifier`
    FieldIdentifier,
    /// `float_literal`
    FloatLiteral,
    /// `for`
    For,
    /// `for_clause`
    ForClause,
    /// `for_statement`
    ForStatement,
    /// `func`
    Func,
    /// `func_literal`
    FuncLiteral,
    /// `function_declaration`
    FunctionDeclaration,
    /// `function_type`
    FunctionType,
    /// `generic_type`
    GenericType,
    /// `go`
    Go,
    /// `go_statement`
    GoStatement,
    /// `goto`
    Goto,
    /// `goto_statement`
    GotoStatement,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `identifier`
    Identifier,
    /// `if`
    If,
    /// `if_statement`
    IfStatement,
    /// `imaginary_literal`
    ImaginaryLiteral,
    /// `implicit_length_array_type`
    ImplicitLengthArrayType,
    /// `import`
    Import,
    /// `import_declaration`
    ImportDeclaration,
    /// `import_spec`
    ImportSpec,
    /// `import_spec_list`
    ImportSpecList,
    /// `inc_statement`
    IncStatement,
    /// `++`
    Increment,
    /// `index_expression`
    IndexExpression,
    /// `int_literal`
    IntLiteral,
    /// `interface`
    Interface,
    /// `interface_type`
    InterfaceType,
    /// `interpreted_string_literal`
    InterpretedStringLiteral,
    /// `interpreted_string_literal_content`
    InterpretedStringLiteralContent,
    /// `iota`
    Iota,
    /// `keyed_element`
    KeyedElement,
    /// `label_name`
    LabelName,
    /// `labeled_statement`
    LabeledStatement,
    /// `{`
    LeftBrace,
    /// `[`
    LeftBracket,
    /// `(`
    LeftParen,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `literal_element`
    LiteralElement,
    /// `literal_value`
    LiteralValue,
    /// `&&`
    LogicalAnd,
    /// `||`
    LogicalOr,
    /// `map`
    Map,
    /// `map_type`
    MapType,
    /// `method_declaration`
    MethodDeclaration,
    /// `method_elem`
    MethodElem,
    /// `-`
    Minus,
    /// `-=`
    MinusAssign,
    /// `negated_type`
    NegatedType,
    /// `\n`
    Newline,
    /// `nil`
    Nil,
    /// `!`
    Not,
    /// `!=`
    NotEqual,
    /// `\0`
    Nul,
    /// `|`
    Or,
    /// `|=`
    OrAssign,
    /// `package`
    Package,
    /// `package_clause`
    PackageClause,
    /// `package_identifier`
    PackageIdentifier,
    /// `parameter_declaration`
    ParameterDeclaration,
    /// `parameter_list`
    ParameterList,
    /// `parenthesized_expression`
    ParenthesizedExpression,
    /// `parenthesized_type`
    ParenthesizedType,
    /// `.`
    Period,
    /// `+`
    Plus,
    /// `+=`
    PlusAssign,
    /// `pointer_type`
    PointerType,
    /// `qualified_type`
    QualifiedType,
    /// `\"`
    Quote,
    /// `range`
    Range,
    /// `range_clause`
    RangeClause,
    /// `raw_string_literal`
    RawStringLiteral,
    /// `raw_string_literal_content`
    RawStringLiteralContent,
    /// `receive_statement`
    ReceiveStatement,
    /// `%`
    Remainder,
    /// `%=`
    RemainderAssign,
    /// `return`
    Return,
    /// `return_statement`
    ReturnStatement,
    /// `}`
    RightBrace,
    /// `]`
    RightBracket,
    /// `)`
    RightParen,
    /// `rune_literal`
    RuneLiteral,
    /// `select`
    Select,
    /// `select_statement`
    SelectStatement,
    /// `selector_expression`
    SelectorExpression,
    /// `;`
    Semicolon,
    /// `send_statement`
    SendStatement,
    /// `<<`
    ShiftLeft,
    /// `<<=`
    ShiftLeftAssign,
    /// `>>`
    ShiftRight,
    /// `>>=`
    ShiftRightAssign,
    /// `short_var_declaration`
    ShortVarDeclaration,
    /// `/`
    Slash,
    /// `/=`
    SlashAssign,
    /// `slice_expression`
    SliceExpression,
    /// `slice_type`
    SliceType,
    /// `source_file`
    SourceFile,
    /// `*`
    Star,
    /// `*=`
    StarAssign,
    /// `statement_list`
    StatementList,
    /// `struct`
    Struct,
    /// `struct_type`
    StructType,
    /// `switch`
    Switch,
    /// `~`
    Tilde,
    /// `true`
    True,
    /// `type`
    Type,
    /// `type_alias`
    TypeAlias,
    /// `type_arguments`
    TypeArguments,
    /// `type_assertion_expression`
    TypeAssertionExpression,
    /// `type_case`
    TypeCase,
    /// `type_constraint`
    TypeConstraint,
    /// `type_conversion_expression`
    TypeConversionExpression,
    /// `type_declaration`
    TypeDeclaration,
    /// `type_elem`
    TypeElem,
    /// `type_identifier`
    TypeIdentifier,
    /// `type_instantiation_expression`
    TypeInstantiationExpression,
    /// `type_parameter_declaration`
    TypeParameterDeclaration,
    /// `type_parameter_list`
    TypeParameterList,
    /// `type_spec`
    TypeSpec,
    /// `type_switch_statement`
    TypeSwitchStatement,
    /// `unary_expression`
    UnaryExpression,
    /// `var`
    Var,
    /// `var_declaration`
    VarDeclaration,
    /// `var_spec`
    VarSpec,
    /// `var_spec_list`
    VarSpecList,
    /// `variadic_argument`
    VariadicArgument,
    /// `variadic_parameter_declaration`
    VariadicParameterDeclaration,
    /// `^`
    Xor,
    /// `^=`
    XorAssign,
    /// What the grammar does not take.
    Error,
}

impl Kind {
    /// Every kind of the grammar.
    pub const ALL: &[Kind] = &[
        Kind::And,
        Kind::AndAssign,
        Kind::AndNot,
        Kind::AndNotAssign,
        Kind::ArgumentList,
        Kind::ArrayType,
        Kind::Arrow,
        Kind::Assign,
        Kind::AssignmentStatement,
        Kind::Backquote,
        Kind::BinaryExpression,
        Kind::BlankIdentifier,
        Kind::Block,
        Kind::Break,
        Kind::BreakStatement,
        Kind::CallExpression,
        Kind::Case,
        Kind::Chan,
        Kind::ChannelType,
        Kind::Colon,
        Kind::Comma,
        Kind::Comment,
        Kind::CommunicationCase,
        Kind::CompositeLiteral,
        Kind::Const,
        Kind::ConstDeclaration,
        Kind::ConstSpec,
        Kind::Continue,
        Kind::ContinueStatement,
        Kind::DecStatement,
        Kind::Decrement,
        Kind::Default,
        Kind::DefaultCase,
        Kind::Defer,
        Kind::DeferStatement,
        Kind::Define,
        Kind::Dot,
        Kind::Ellipsis,
        Kind::Else,
        Kind::EmptyStatement,
        Kind::Equal,
        Kind::EscapeSequence,
        Kind::ExpressionCase,
        Kind::ExpressionList,
        Kind::ExpressionStatement,
        Kind::ExpressionSwitchStatement,
        Kind::Fallthrough,
        Kind::FallthroughStatement,
        Kind::False,
        Kind::FieldDeclaration,
        Kind::FieldDeclarationList,
        Kind::FieldIdentifier,
        Kind::FloatLiteral,
        Kind::For,
        Kind::ForClause,
        Kind::ForStatement,
        Kind::Func,
        Kind::FuncLiteral,
        Kind::FunctionDeclaration,
        Kind::FunctionType,
        Kind::GenericType,
        Kind::Go,
        Kind::GoStatement,
        Kind::Goto,
        Kind::GotoStatement,
        Kind::Greater,
        Kind::GreaterOrEqual,
        Kind::Identifier,
        Kind::If,
        Kind::IfStatement,
        Kind::ImaginaryLiteral,
        Kind::ImplicitLengthArrayType,
        Kind::Import,
        Kind::ImportDeclaration,
        Kind::ImportSpec,
        Kind::ImportSpecList,
        Kind::IncStatement,
        Kind::Increment,
        Kind::IndexExpression,
        Kind::IntLiteral,
        Kind::Interface,
        Kind::InterfaceType,
        Kind::InterpretedStringLiteral,
        Kind::InterpretedStringLiteralContent,
        Kind::Iota,
        Kind::KeyedElement,
        Kind::LabelName,
        Kind::LabeledStatement,
        Kind::LeftBrace,
        Kind::LeftBracket,
        Kind::LeftParen,
        Kind::Less,
        Kind::LessOrEqual,
        Kind::LiteralElement,
        Kind::LiteralValue,
        Kind::LogicalAnd,
        Kind::LogicalOr,
        Kind::Map,
        Kind::MapType,
        Kind::MethodDeclaration,
        Kind::MethodElem,
        Kind::Minus,
        Kind::MinusAssign,
        Kind::NegatedType,
        Kind::Newline,
        Kind::Nil,
        Kind::Not,
        Kind::NotEqual,
        Kind::Nul,
        Kind::Or,
        Kind::OrAssign,
        Kind::Package,
        Kind::PackageClause,
        Kind::PackageIdentifier,
        Kind::ParameterDeclaration,
        Kind::ParameterList,
        Kind::ParenthesizedExpression,
        Kind::ParenthesizedType,
        Kind::Period,
        Kind::Plus,
        Kind::PlusAssign,
        Kind::PointerType,
        Kind::QualifiedType,
        Kind::Quote,
        Kind::Range,
        Kind::RangeClause,
        Kind::RawStringLiteral,
        Kind::RawStringLiteralContent,
        Kind::ReceiveStatement,
        Kind::Remainder,
        Kind::RemainderAssign,
        Kind::Return,
        Kind::ReturnStatement,
        Kind::RightBrace,
        Kind::RightBracket,
        Kind::RightParen,
        Kind::RuneLiteral,
        Kind::Select,
        Kind::SelectStatement,
        Kind::SelectorExpression,
        Kind::Semicolon,
        Kind::SendStatement,
        Kind::ShiftLeft,
        Kind::ShiftLeftAssign,
        Kind::ShiftRight,
        Kind::ShiftRightAssign,
        Kind::ShortVarDeclaration,
        Kind::Slash,
        Kind::SlashAssign,
        Kind::SliceExpression,
        Kind::SliceType,
        Kind::SourceFile,
        Kind::Star,
        Kind::StarAssign,
        Kind::StatementList,
        Kind::Struct,
        Kind::StructType,
        Kind::Switch,
        Kind::Tilde,
        Kind::True,
        Kind::Type,
        Kind::TypeAlias,
        Kind::TypeArguments,
        Kind::TypeAssertionExpression,
        Kind::TypeCase,
        Kind::TypeConstraint,
        Kind::TypeConversionExpression,
        Kind::TypeDeclaration,
        Kind::TypeElem,
        Kind::TypeIdentifier,
        Kind::TypeInstantiationExpression,
        Kind::TypeParameterDeclaration,
        Kind::TypeParameterList,
        Kind::TypeSpec,
        Kind::TypeSwitchStatement,
        Kind::UnaryExpression,
        Kind::Var,
        Kind::VarDeclaration,
        Kind::VarSpec,
        Kind::VarSpecList,
        Kind::VariadicArgument,
        Kind::VariadicParameterDeclaration,
        Kind::Xor,
        Kind::XorAssign,
    ];

    /// The grammar's name for it; a token is its own name.
    pub fn name(self) -> &'static str {
        match self {
            Kind::And => "&",
            Kind::AndAssign => "&=",
            Kind::AndNot => "&^",
            Kind::AndNotAssign => "&^=",
            Kind::ArgumentList => "argument_list",
            Kind::ArrayType => "array_type",
            Kind::Arrow => "<-",
            Kind::Assign => "=",
            Kind::AssignmentStatement => "assignment_statement",
            Kind::Backquote => "`",
            Kind::BinaryExpression => "binary_expression",
            Kind::BlankIdentifier => "blank_identifier",
            Kind::Block => "block",
            Kind::Break => "break",
            Kind::BreakStatement => "break_statement",
            Kind::CallExpression => "call_expression",
            Kind::Case => "case",
            Kind::Chan => "chan",
            Kind::ChannelType => "channel_type",
            Kind::Colon => ":",
            Kind::Comma => ",",
            Kind::Comment => "comment",
            Kind::CommunicationCase => "communication_case",
            Kind::CompositeLiteral => "composite_literal",
            Kind::Const => "const",
            Kind::ConstDeclaration => "const_declaration",
            Kind::ConstSpec => "const_spec",
            Kind::Continue => "continue",
            Kind::ContinueStatement => "continue_statement",
            Kind::DecStatement => "dec_statement",
            Kind::Decrement => "--",
            Kind::Default => "default",
            Kind::DefaultCase => "default_case",
            Kind::Defer => "defer",
            Kind::DeferStatement => "defer_statement",
            Kind::Define => ":=",
            Kind::Dot => "dot",
            Kind::Ellipsis => "...",
            Kind::Else => "else",
            Kind::EmptyStatement => "empty_statement",
            Kind::Equal => "==",
            Kind::EscapeSequence => "escape_sequence",
            Kind::ExpressionCase => "expression_case",
            Kind::ExpressionList => "expression_list",
            Kind::ExpressionStatement => "expression_statement",
            Kind::ExpressionSwitchStatement => "expression_switch_statement",
            Kind::Fallthrough => "fallthrough",
            Kind::FallthroughStatement => "fallthrough_statement",
            Kind::False => "false",
            Kind::FieldDeclaration => "field_declaration",
            Kind::FieldDeclarationList => "field_declaration_list",
            Kind::FieldIdentifier => "field_identifier",
            Kind::FloatLiteral => "float_literal",
            Kind::For => "for",
            Kind::ForClause => "for_clause",
            Kind::ForStatement => "for_statement",
            Kind::Func => "func",
            Kind::FuncLiteral => "func_literal",
            Kind::FunctionDeclaration => "function_declaration",
            Kind::FunctionType => "function_type",
            Kind::GenericType => "generic_type",
            Kind::Go => "go",
            Kind::GoStatement => "go_statement",
            Kind::Goto => "goto",
            Kind::GotoStatement => "goto_statement",
            Kind::Greater => ">",
            Kind::GreaterOrEqual => ">=",
            Kind::Identifier => "identifier",
            Kind::If => "if",
            Kind::IfStatement => "if_statement",
            Kind::ImaginaryLiteral => "imaginary_literal",
            Kind::ImplicitLengthArrayType => "implicit_length_array_type",
            Kind::Import => "import",
            Kind::ImportDeclaration => "import_declaration",
            Kind::ImportSpec => "import_spec",
            Kind::ImportSpecList => "import_spec_list",
            Kind::IncStatement => "inc_statement",
            Kind::Increment => "++",
            Kind::IndexExpression => "index_expression",
            Kind::IntLiteral => "int_literal",
            Kind::Interface => "interface",
            Kind::InterfaceType => "interface_type",
            Kind::InterpretedStringLiteral => "interpreted_string_literal",
            Kind::InterpretedStringLiteralContent => "interpreted_string_literal_content",
            Kind::Iota => "iota",
            Kind::KeyedElement => "keyed_element",
            Kind::LabelName => "label_name",
            Kind::LabeledStatement => "labeled_statement",
            Kind::LeftBrace => "{",
            Kind::LeftBracket => "[",
            Kind::LeftParen => "(",
            Kind::Less => "<",
            Kind::LessOrEqual => "<=",
            Kind::LiteralElement => "literal_element",
            Kind::LiteralValue => "literal_value",
            Kind::LogicalAnd => "&&",
            Kind::LogicalOr => "||",
            Kind::Map => "map",
            Kind::MapType => "map_type",
            Kind::MethodDeclaration => "method_declaration",
            Kind::MethodElem => "method_elem",
            Kind::Minus => "-",
            Kind::MinusAssign => "-=",
            Kind::NegatedType => "negated_type",
            Kind::Newline => "\n",
            Kind::Nil => "nil",
            Kind::Not => "!",
            Kind::NotEqual => "!=",
            Kind::Nul => "\0",
            Kind::Or => "|",
            Kind::OrAssign => "|=",
            Kind::Package => "package",
            Kind::PackageClause => "package_clause",
            Kind::PackageIdentifier => "package_identifier",
            Kind::ParameterDeclaration => "parameter_declaration",
            Kind::ParameterList => "parameter_list",
            Kind::ParenthesizedExpression => "parenthesized_expression",
            Kind::ParenthesizedType => "parenthesized_type",
            Kind::Period => ".",
            Kind::Plus => "+",
            Kind::PlusAssign => "+=",
            Kind::PointerType => "pointer_type",
            Kind::QualifiedType => "qualified_type",
            Kind::Quote => "\"",
            Kind::Range => "range",
            Kind::RangeClause => "range_clause",
            Kind::RawStringLiteral => "raw_string_literal",
            Kind::RawStringLiteralContent => "raw_string_literal_content",
            Kind::ReceiveStatement => "receive_statement",
            Kind::Remainder => "%",
            Kind::RemainderAssign => "%=",
            Kind::Return => "return",
            Kind::ReturnStatement => "return_statement",
            Kind::RightBrace => "}",
            Kind::RightBracket => "]",
            Kind::RightParen => ")",
            Kind::RuneLiteral => "rune_literal",
            Kind::Select => "select",
            Kind::SelectStatement => "select_statement",
            Kind::SelectorExpression => "selector_expression",
            Kind::Semicolon => ";",
            Kind::SendStatement => "send_statement",
            Kind::ShiftLeft => "<<",
            Kind::ShiftLeftAssign => "<<=",
            Kind::ShiftRight => ">>",
            Kind::ShiftRightAssign => ">>=",
            Kind::ShortVarDeclaration => "short_var_declaration",
            Kind::Slash => "/",
            Kind::SlashAssign => "/=",
            Kind::SliceExpression => "slice_expression",
            Kind::SliceType => "slice_type",
            Kind::SourceFile => "source_file",
            Kind::Star => "*",
            Kind::StarAssign => "*=",
            Kind::StatementList => "statement_list",
            Kind::Struct => "struct",
            Kind::StructType => "struct_type",
            Kind::Switch => "switch",
            Kind::Tilde => "~",
            Kind::True => "true",
            Kind::Type => "type",
            Kind::TypeAlias => "type_alias",
            Kind::TypeArguments => "type_arguments",
            Kind::TypeAssertionExpression => "type_assertion_expression",
            Kind::TypeCase => "type_case",
            Kind::TypeConstraint => "type_constraint",
            Kind::TypeConversionExpression => "type_conversion_expression",
            Kind::TypeDeclaration => "type_declaration",
            Kind::TypeElem => "type_elem",
            Kind::TypeIdentifier => "type_identifier",
            Kind::TypeInstantiationExpression => "type_instantiation_expression",
            Kind::TypeParameterDeclaration => "type_parameter_declaration",
            Kind::TypeParameterList => "type_parameter_list",
            Kind::TypeSpec => "type_spec",
            Kind::TypeSwitchStatement => "type_switch_statement",
            Kind::UnaryExpression => "unary_expression",
            Kind::Var => "var",
            Kind::VarDeclaration => "var_declaration",
            Kind::VarSpec => "var_spec",
            Kind::VarSpecList => "var_spec_list",
            Kind::VariadicArgument => "variadic_argument",
            Kind::VariadicParameterDeclaration => "variadic_parameter_declaration",
            Kind::Xor => "^",
            Kind::XorAssign => "^=",
            Kind::Error => "ERROR",
        }
    }

    /// Whether the grammar calls it a statement; declarations and blocks it does not.
    pub fn is_statement(self) -> bool {
        matches!(
            self,
            Kind::AssignmentStatement
                | Kind::BreakStatement
                | Kind::ContinueStatement
                | Kind::DecStatement
                | Kind::DeferStatement
                | Kind::EmptyStatement
                | Kind::ExpressionStatement
                | Kind::ExpressionSwitchStatement
                | Kind::FallthroughStatement
                | Kind::ForStatement
                | Kind::GoStatement
                | Kind::GotoStatement
                | Kind::IfStatement
                | Kind::IncStatement
                | Kind::LabeledStatement
                | Kind::ReceiveStatement
                | Kind::ReturnStatement
                | Kind::SelectStatement
                | Kind::SendStatement
                | Kind::TypeSwitchStatement
        )
    }

    /// Whether it is a literal of a string.
    pub fn is_string(self) -> bool {
        matches!(self, Kind::InterpretedStringLiteral | Kind::RawStringLiteral)
    }

    /// Whether the grammar calls it a declaration, of the top level or in a function, field or parameter.
    pub fn is_declaration(self) -> bool {
        matches!(
            self,
            Kind::ConstDeclaration
                | Kind::FieldDeclaration
                | Kind::FunctionDeclaration
                | Kind::ImportDeclaration
                | Kind::MethodDeclaration
                | Kind::ParameterDeclaration
                | Kind::ShortVarDeclaration
                | Kind::TypeDeclaration
                | Kind::TypeParameterDeclaration
                | Kind::VarDeclaration
                | Kind::VariadicParameterDeclaration
        )
    }
}

/// What a node is in its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// `alias`
    Alias,
    /// `alternative`
    Alternative,
    /// `arguments`
    Arguments,
    /// `body`
    Body,
    /// `capacity`
    Capacity,
    /// `channel`
    Channel,
    /// `communication`
    Communication,
    /// `condition`
    Condition,
    /// `consequence`
    Consequence,
    /// `element`
    Element,
    /// `end`
    End,
    /// `field`
    Field,
    /// `function`
    Function,
    /// `index`
    Index,
    /// `initializer`
    Initializer,
    /// `key`
    Key,
    /// `label`
    Label,
    /// `left`
    Left,
    /// `length`
    Length,
    /// `name`
    Name,
    /// `operand`
    Operand,
    /// `operator`
    Operator,
    /// `package`
    Package,
    /// `parameters`
    Parameters,
    /// `path`
    Path,
    /// `receiver`
    Receiver,
    /// `result`
    Result,
    /// `right`
    Right,
    /// `start`
    Start,
    /// `tag`
    Tag,
    /// `type`
    Type,
    /// `type_arguments`
    TypeArguments,
    /// `type_parameters`
    TypeParameters,
    /// `update`
    Update,
    /// `value`
    Value,
}

impl Field {
    /// Every field of the grammar.
    pub const ALL: &[Field] = &[
        Field::Alias,
        Field::Alternative,
        Field::Arguments,
        Field::Body,
        Field::Capacity,
        Field::Channel,
        Field::Communication,
        Field::Condition,
        Field::Consequence,
        Field::Element,
        Field::End,
        Field::Field,
        Field::Function,
        Field::Index,
        Field::Initializer,
        Field::Key,
        Field::Label,
        Field::Left,
        Field::Length,
        Field::Name,
        Field::Operand,
        Field::Operator,
        Field::Package,
        Field::Parameters,
        Field::Path,
        Field::Receiver,
        Field::Result,
        Field::Right,
        Field::Start,
        Field::Tag,
        Field::Type,
        Field::TypeArguments,
        Field::TypeParameters,
        Field::Update,
        Field::Value,
    ];

    /// The grammar's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Field::Alias => "alias",
            Field::Alternative => "alternative",
            Field::Arguments => "arguments",
            Field::Body => "body",
            Field::Capacity => "capacity",
            Field::Channel => "channel",
            Field::Communication => "communication",
            Field::Condition => "condition",
            Field::Consequence => "consequence",
            Field::Element => "element",
            Field::End => "end",
            Field::Field => "field",
            Field::Function => "function",
            Field::Index => "index",
            Field::Initializer => "initializer",
            Field::Key => "key",
            Field::Label => "label",
            Field::Left => "left",
            Field::Length => "length",
            Field::Name => "name",
            Field::Operand => "operand",
            Field::Operator => "operator",
            Field::Package => "package",
            Field::Parameters => "parameters",
            Field::Path => "path",
            Field::Receiver => "receiver",
            Field::Result => "result",
            Field::Right => "right",
            Field::Start => "start",
            Field::Tag => "tag",
            Field::Type => "type",
            Field::TypeArguments => "type_arguments",
            Field::TypeParameters => "type_parameters",
            Field::Update => "update",
            Field::Value => "value",
        }
    }
}

impl<'t> Node<'t> {
    /// `alias` of `type_switch_statement`.
    pub fn alias(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Alias)
    }

    /// `alternative` of `if_statement`.
    pub fn alternative(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Alternative)
    }

    /// `arguments` of `call_expression`.
    pub fn arguments(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Arguments)
    }

    /// `body` of `composite_literal`, `for_statement`, `func_literal`, `function_declaration`, `method_declaration`.
    pub fn body(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Body)
    }

    /// `capacity` of `slice_expression`.
    pub fn capacity(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Capacity)
    }

    /// `channel` of `send_statement`.
    pub fn channel(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Channel)
    }

    /// `communication` of `communication_case`.
    pub fn communication(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Communication)
    }

    /// `condition` of `for_clause`, `if_statement`.
    pub fn condition(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Condition)
    }

    /// `consequence` of `if_statement`.
    pub fn consequence(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Consequence)
    }

    /// `element` of `array_type`, `implicit_length_array_type`, `slice_type`.
    pub fn element(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Element)
    }

    /// `end` of `slice_expression`.
    pub fn end_index(self) -> Option<Node<'t>> {
        self.child_by_field(Field::End)
    }

    /// `field` of `selector_expression`.
    pub fn field(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Field)
    }

    /// `function` of `call_expression`.
    pub fn function(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Function)
    }

    /// `index` of `index_expression`.
    pub fn index(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Index)
    }

    /// `initializer` of `expression_switch_statement`, `for_clause`, `if_statement`, `type_switch_statement`.
    pub fn initializer(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Initializer)
    }

    /// `key` of `keyed_element`, `map_type`.
    pub fn key(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Key)
    }

    /// `label` of `labeled_statement`.
    pub fn label(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Label)
    }

    /// `left` of `assignment_statement`, `binary_expression`, `range_clause`, `receive_statement`, `short_var_declaration`.
    pub fn left(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Left)
    }

    /// `length` of `array_type`.
    pub fn length(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Length)
    }

    /// `name` of `const_spec`, `field_declaration`, `function_declaration`, `import_spec`, `method_declaration`, `method_elem`, `parameter_declaration`, `qualified_type`, `type_alias`, `type_parameter_declaration`, `type_spec`, `var_spec`, `variadic_parameter_declaration`.
    pub fn name(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Name)
    }

    /// `operand` of `index_expression`, `selector_expression`, `slice_expression`, `type_assertion_expression`, `type_conversion_expression`, `unary_expression`.
    pub fn operand(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Operand)
    }

    /// `operator` of `assignment_statement`, `binary_expression`, `unary_expression`.
    pub fn operator(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Operator)
    }

    /// `package` of `qualified_type`.
    pub fn package(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Package)
    }

    /// `parameters` of `func_literal`, `function_declaration`, `function_type`, `method_declaration`, `method_elem`.
    pub fn parameters(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Parameters)
    }

    /// `path` of `import_spec`.
    pub fn path(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Path)
    }

    /// `receiver` of `method_declaration`.
    pub fn receiver(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Receiver)
    }

    /// `result` of `func_literal`, `function_declaration`, `function_type`, `method_declaration`, `method_elem`.
    pub fn result(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Result)
    }

    /// `right` of `assignment_statement`, `binary_expression`, `range_clause`, `receive_statement`, `short_var_declaration`.
    pub fn right(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Right)
    }

    /// `start` of `slice_expression`.
    pub fn start_index(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Start)
    }

    /// `tag` of `field_declaration`.
    pub fn tag(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Tag)
    }

    /// `type` of `composite_literal`, `const_spec`, `field_declaration`, `generic_type`, `parameter_declaration`, `type_alias`, `type_assertion_expression`, `type_case`, `type_conversion_expression`, `type_instantiation_expression`, `type_parameter_declaration`, `type_spec`, `var_spec`, `variadic_parameter_declaration`.
    pub fn ty(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Type)
    }

    /// `type_arguments` of `call_expression`, `generic_type`.
    pub fn type_arguments(self) -> Option<Node<'t>> {
        self.child_by_field(Field::TypeArguments)
    }

    /// `type_parameters` of `function_declaration`, `type_alias`, `type_spec`.
    pub fn type_parameters(self) -> Option<Node<'t>> {
        self.child_by_field(Field::TypeParameters)
    }

    /// `update` of `for_clause`.
    pub fn update(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Update)
    }

    /// `value` of `channel_type`, `const_spec`, `expression_case`, `expression_switch_statement`, `keyed_element`, `map_type`, `send_statement`, `type_switch_statement`, `var_spec`.
    pub fn value(self) -> Option<Node<'t>> {
        self.child_by_field(Field::Value)
    }
}
