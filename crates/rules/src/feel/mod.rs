//! FEEL, the expression language of DMN, as far as public rules need it.
//!
//! A text is compiled once against a [`Scope`] (the names it may use, with their types) to a tree over numbered slots; unknown names and
//! functions, and operations that can never work, are errors then, with their place. Evaluation never fails and never panics: what has no
//! answer is `null`, and what cannot be answered without a missing fact is [`Value::Missing`].
//!
//! Covered: decimals, texts, booleans, null, dates, both kinds of duration, their arithmetic and parts, comparison, `between`, `in`, unary
//! tests with open and closed ranges, three-valued `and`/`or`/`not`, `if`, `for`, `some`/`every`, lists, filters, contexts, paths and the
//! functions of [`function_names`]. Left out: times of day, function values, external functions, regular expressions.

mod builtins;
mod eval;
mod lexer;
mod parser;

use std::fmt;
use std::sync::Arc;

pub use builtins::function_names;
pub(crate) use builtins::{Builtin, aggregate};
pub(crate) use eval::{Host, equal, eval, eval_tests, missing_of};
pub(crate) use lexer::{is_name_part, is_name_start};
pub(crate) use parser::{compile, compile_tests, compile_with};

use crate::value::Value;

/// The deepest nesting of an expression: no rule written for people comes near, and evaluation must not run out of stack.
pub(crate) const MAX_DEPTH: usize = 64;

/// Why a text is not FEEL, or not FEEL that can work in its scope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at character {at})")]
pub struct FeelError {
    /// Byte offset in the text.
    pub at: usize,
    /// What is wrong, in English, naming the name, function or types.
    pub message: String,
}

impl FeelError {
    pub(crate) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}

/// A FEEL type, as far as it is known when compiling.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Type {
    /// Not known before evaluation; accepted everywhere.
    #[default]
    Any,
    /// `boolean`
    Boolean,
    /// `number`
    Number,
    /// `string`
    String,
    /// `date`
    Date,
    /// `days and time duration`
    Days,
    /// `years and months duration`
    Months,
    /// A list of one type.
    List(Box<Type>),
    /// A context with known fields.
    Context(Arc<Vec<(String, Type)>>),
}

impl Type {
    /// The type of a DMN `typeRef`. `None` when it names no built-in type.
    pub fn named(name: &str) -> Option<Self> {
        let local = name.rsplit(':').next().unwrap_or(name);
        Some(match local {
            "Any" | "context" => Self::Any,
            "boolean" => Self::Boolean,
            "number" => Self::Number,
            "string" => Self::String,
            "date" => Self::Date,
            "dayTimeDuration" | "days and time duration" => Self::Days,
            "yearMonthDuration" | "years and months duration" => Self::Months,
            "list" => Self::List(Box::new(Self::Any)),
            _ => return None,
        })
    }

    /// Whether a value of type `other` may stand where this type is asked for.
    pub(crate) fn accepts(&self, other: &Type) -> bool {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) => true,
            (Self::List(a), Self::List(b)) => a.accepts(b),
            (Self::Context(a), Self::Context(b)) => {
                a.iter().all(|(name, t)| b.iter().any(|(n, u)| n == name && t.accepts(u)))
            }
            (a, b) => a == b,
        }
    }

    /// What is known of a value that has one type or the other.
    pub(crate) fn join(self, other: Type) -> Type {
        if self == other { self } else { Self::Any }
    }

    pub(crate) fn element(&self) -> Type {
        match self {
            Self::List(t) => (**t).clone(),
            _ => Self::Any,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("Any"),
            Self::Boolean => f.write_str("boolean"),
            Self::Number => f.write_str("number"),
            Self::String => f.write_str("string"),
            Self::Date => f.write_str("date"),
            Self::Days => f.write_str("days and time duration"),
            Self::Months => f.write_str("years and months duration"),
            Self::List(t) => write!(f, "list of {t}"),
            Self::Context(_) => f.write_str("context"),
        }
    }
}

/// The names that an expression may use, each with its type; their order is the order of the values given to [`Expression::eval`].
#[derive(Clone, Debug, Default)]
pub struct Scope {
    vars: Vec<Named>,
    functions: Vec<UserFunction>,
    /// Whether `gyldig fra` and `gyldig til` (which ask about a fact, not its value) may be used.
    pub(crate) facts: bool,
}

#[derive(Clone, Debug)]
struct Named {
    words: Vec<Box<str>>,
    ty: Type,
}

#[derive(Clone, Debug)]
struct UserFunction {
    words: Vec<Box<str>>,
    params: Vec<Type>,
    returns: Type,
}

/// A name as the words it is made of: names may have spaces in them, but no other signs.
pub(crate) fn words(name: &str) -> Vec<Box<str>> {
    name.split_whitespace().map(Into::into).collect()
}

impl Scope {
    /// A scope without names.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a name. Its words are letters, digits and `_`, separated by spaces.
    #[must_use]
    pub fn with(mut self, name: &str, ty: Type) -> Self {
        self.add(name, ty);
        self
    }

    pub(crate) fn add(&mut self, name: &str, ty: Type) {
        self.vars.push(Named { words: words(name), ty });
    }

    pub(crate) fn add_function(&mut self, name: &str, params: Vec<Type>, returns: Type) {
        self.functions.push(UserFunction { words: words(name), params, returns });
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = String> + '_ {
        self.vars.iter().map(|v| v.words.join(" "))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arith {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cmp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// A compiled expression: names are numbers of slots.
#[derive(Clone, Debug)]
pub(crate) enum Expr {
    Const(Value),
    /// A name of the scope.
    Var(usize),
    /// A value bound inside the expression (`for`, `some`, a context's entry, a filter's `item`, a test's `?`).
    Local(usize),
    Neg(Box<Expr>),
    Arith(Arith, Box<Expr>, Box<Expr>),
    Cmp(Cmp, Box<Expr>, Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    In {
        slot: usize,
        subject: Box<Expr>,
        tests: Vec<Test>,
    },
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    For(Vec<Loop>, Box<Expr>),
    Quantified {
        every: bool,
        loops: Vec<Loop>,
        body: Box<Expr>,
    },
    List(Vec<Expr>),
    Context(Vec<(Arc<str>, usize, Expr)>),
    Path(Box<Expr>, Arc<str>),
    Filter {
        list: Box<Expr>,
        slot: usize,
        by: Box<Expr>,
    },
    Call(Builtin, Vec<Expr>),
    User(usize, Vec<Expr>),
    /// `gyldig fra(fact)` (true) and `gyldig til(fact)` (false).
    Validity(usize, bool),
}

#[derive(Clone, Debug)]
pub(crate) struct Loop {
    pub slot: usize,
    pub from: Expr,
    /// `Some` for a range of whole numbers, `from..to`.
    pub to: Option<Expr>,
}

/// One unary test, asked of the value in a local slot.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Any,
    Cmp(Cmp, Expr),
    Range {
        low: Expr,
        low_closed: bool,
        high: Expr,
        high_closed: bool,
    },
    Not(Vec<Test>),
    /// Equal to the value, or in it when it is a list.
    Is(Expr),
    /// An expression that uses `?` and says itself whether it holds.
    Holds(Expr),
}

/// A compiled text and what it needs.
#[derive(Clone, Debug)]
pub(crate) struct Compiled<T> {
    pub code: T,
    pub ty: Type,
    pub slots: usize,
    /// The scope's names that are used, sorted.
    pub uses: Vec<usize>,
}

/// One FEEL expression by itself, e.g. the condition on a gateway.
#[derive(Clone, Debug)]
pub struct Expression {
    compiled: Compiled<Expr>,
    names: Vec<String>,
    text: Box<str>,
}

impl Expression {
    /// Compiles a text.
    ///
    /// # Errors
    /// The text is not FEEL, uses a name or function that the scope does not have, or can never work by its types.
    pub fn compile(text: &str, scope: &Scope) -> Result<Self, FeelError> {
        let compiled = compile(text, scope)?;
        Ok(Self { compiled, names: scope.names().collect(), text: text.into() })
    }

    /// Evaluates with the scope's values in the scope's order. A value that is not given is null.
    pub fn eval(&self, values: &[Value]) -> Value {
        eval(&self.compiled, &[], &mut Values(|i: usize| values.get(i).cloned().unwrap_or_default()))
    }

    /// Evaluates with the values by name; only names that the text uses and that are needed are asked for.
    pub fn eval_with(&self, mut value_of: impl FnMut(&str) -> Value) -> Value {
        let names = &self.names;
        eval(
            &self.compiled,
            &[],
            &mut Values(|i: usize| names.get(i).map(|n| value_of(n)).unwrap_or_default()),
        )
    }

    /// Evaluates as a condition: `None` when it is neither true nor false (a fact is missing, or the value is no boolean).
    pub fn test(&self, values: &[Value]) -> Option<bool> {
        self.eval(values).as_bool()
    }

    /// The names of the scope that the text uses.
    pub fn variables(&self) -> Vec<&str> {
        self.compiled.uses.iter().filter_map(|i| self.names.get(*i).map(String::as_str)).collect()
    }

    /// The type of the result, as far as it is known.
    pub fn result_type(&self) -> &Type {
        &self.compiled.ty
    }

    /// The text it was compiled from.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// No values at all: for constants.
pub(crate) struct Nothing;

impl Host for Nothing {
    fn var(&mut self, _index: usize) -> Value {
        Value::Null
    }
    fn call(&mut self, _function: usize, _args: Vec<Value>) -> Value {
        Value::Null
    }
    fn validity(&mut self, _index: usize, _from: bool) -> Value {
        Value::Null
    }
}

/// Values for a lone expression, which has neither functions of its own nor facts.
struct Values<F: FnMut(usize) -> Value>(F);

impl<F: FnMut(usize) -> Value> Host for Values<F> {
    fn var(&mut self, index: usize) -> Value {
        (self.0)(index)
    }
    fn call(&mut self, _function: usize, _args: Vec<Value>) -> Value {
        Value::Null
    }
    fn validity(&mut self, _index: usize, _from: bool) -> Value {
        Value::Null
    }
}
