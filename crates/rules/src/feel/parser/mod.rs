//! FEEL tokens to a compiled expression. Names are resolved and types checked while parsing, since in FEEL only the names in scope tell
//! where a name ends (`sats for barnet` is one name when the scope has it).

mod operators;
mod terms;
mod unary_tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::builtins::SIGNATURES;
use super::lexer::{Lexeme, Token, tokens};
use super::{Compiled, Expr, FeelError, MAX_DEPTH, Scope, Test, Type, words};

/// Compiles a text as one expression.
pub(crate) fn compile(text: &str, scope: &Scope) -> Result<Compiled<Expr>, FeelError> {
    compile_with(text, scope, &[])
}

/// Compiles with values that stand in the first local slots: a function's parameters, a boxed context's earlier entries.
pub(crate) fn compile_with(
    text: &str,
    scope: &Scope,
    params: &[(String, Type)],
) -> Result<Compiled<Expr>, FeelError> {
    let mut p = Parser::new(text, scope, params)?;
    let typed = p.expression()?;
    p.end()?;
    Ok(p.done(typed.e, typed.t))
}

/// Compiles a cell of a decision table: unary tests of a value of type `subject`, which is the local slot after `locals`.
/// `None` is the cell `-`.
pub(crate) fn compile_tests(
    text: &str,
    subject: &Type,
    scope: &Scope,
    locals: &[(String, Type)],
) -> Result<Option<Compiled<Vec<Test>>>, FeelError> {
    let mut p = Parser::new(text, scope, locals)?;
    if p.only_dash() {
        return Ok(None);
    }
    p.reserve_subject(subject);
    let tests = p.tests(subject, &Token::End)?;
    p.end()?;
    // A test that neither names `?` nor binds anything needs no room: the common cell then allocates nothing.
    if locals.is_empty() && p.slots == 1 && !p.subjects.iter().any(|s| s.2) {
        p.slots = 0;
    }
    Ok(Some(p.done(tests, Type::Boolean)))
}

struct Typed {
    e: Expr,
    t: Type,
    depth: usize,
}

#[derive(Clone)]
struct Local {
    words: Vec<Box<str>>,
    ty: Type,
    slot: usize,
    /// A field of the value in the slot rather than the value itself: inside a filter, the fields of `item` are names.
    field: Option<Arc<str>>,
}

struct Parser<'s> {
    lexemes: Vec<Lexeme>,
    pos: usize,
    scope: &'s Scope,
    locals: Vec<Local>,
    next_slot: usize,
    slots: usize,
    depth: usize,
    uses: BTreeSet<usize>,
    /// The deepest expression inside the tests read since this was last set to 0.
    test_depth: usize,
    /// The slots that `?` means, innermost last, and whether each was used.
    subjects: Vec<(usize, Type, bool)>,
}

const KEYWORDS: &[&str] = &[
    "and",
    "or",
    "between",
    "in",
    "then",
    "else",
    "return",
    "satisfies",
    "if",
    "for",
    "some",
    "every",
    "true",
    "false",
    "null",
    "not",
    "function",
];

/// What a run of words in the text stands for.
enum Name {
    Local(Local),
    Var(usize),
    Function(usize),
    Builtin(usize),
    Validity(bool),
}

impl<'s> Parser<'s> {
    fn new(text: &str, scope: &'s Scope, params: &[(String, Type)]) -> Result<Self, FeelError> {
        let mut p = Self {
            lexemes: tokens(text)?,
            pos: 0,
            scope,
            locals: Vec::new(),
            next_slot: 0,
            slots: 0,
            depth: 0,
            uses: BTreeSet::new(),
            test_depth: 0,
            subjects: Vec::new(),
        };
        for (name, ty) in params {
            p.bind(words(name), ty.clone());
        }
        Ok(p)
    }

    fn done<T>(self, code: T, ty: Type) -> Compiled<T> {
        Compiled { code, ty, slots: self.slots, uses: self.uses.into_iter().collect() }
    }

    // --- tokens ---

    fn peek(&self) -> &Token {
        self.token(0)
    }

    fn token(&self, ahead: usize) -> &Token {
        self.lexemes.get(self.pos + ahead).map_or(&Token::End, |l| &l.token)
    }

    fn at(&self) -> usize {
        self.lexemes.get(self.pos).or(self.lexemes.last()).map_or(0, |l| l.at)
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.pos = (self.pos + 1).min(self.lexemes.len());
        token
    }

    fn sign(&mut self, wanted: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(s) if *s == wanted);
        if found {
            self.pos += 1;
        }
        found
    }

    fn is_word(&self, wanted: &str) -> bool {
        matches!(self.peek(), Token::Word(w) if **w == *wanted)
    }

    fn word(&mut self, wanted: &str) -> bool {
        let found = self.is_word(wanted);
        if found {
            self.pos += 1;
        }
        found
    }

    fn expect(&mut self, wanted: &str) -> Result<(), FeelError> {
        if self.sign(wanted) || self.word(wanted) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("`{wanted}`")))
        }
    }

    fn end(&mut self) -> Result<(), FeelError> {
        if *self.peek() == Token::End { Ok(()) } else { Err(self.unexpected("the end")) }
    }

    fn error<T>(&self, message: impl Into<String>) -> Result<T, FeelError> {
        Err(FeelError::new(self.at(), message))
    }

    fn unexpected(&self, wanted: &str) -> FeelError {
        let found = match self.peek() {
            Token::End => "the end of the text".to_owned(),
            Token::Word(w) => format!("`{w}`"),
            Token::Number(n) => format!("the number {n}"),
            Token::Text(_) | Token::At(_) => "a text".to_owned(),
            Token::Sign(s) => format!("`{s}`"),
        };
        FeelError::new(self.at(), format!("{wanted} was expected here, not {found}"))
    }

    fn only_dash(&self) -> bool {
        matches!(self.peek(), Token::Sign("-")) && *self.token(1) == Token::End
    }

    // --- names ---

    fn bind(&mut self, words: Vec<Box<str>>, ty: Type) -> usize {
        let slot = self.next_slot;
        self.next_slot += 1;
        self.slots = self.slots.max(self.next_slot);
        self.locals.push(Local { words, ty, slot, field: None });
        slot
    }

    fn reserve_subject(&mut self, ty: &Type) -> usize {
        let slot = self.bind(Vec::new(), ty.clone());
        self.subjects.push((slot, ty.clone(), false));
        slot
    }

    fn unbind(&mut self, to: usize) {
        self.locals.truncate(to);
        // Slots of ended scopes are free again; those below stay taken.
        self.next_slot = self.locals.iter().map(|l| l.slot + 1).max().unwrap_or(0);
    }

    fn matches(&self, words: &[Box<str>]) -> bool {
        !words.is_empty()
            && words.iter().enumerate().all(|(i, w)| matches!(self.token(i), Token::Word(t) if t == w))
    }

    /// The longest name in scope that stands here. An inner name hides an outer one; a function counts only before `(`.
    fn name(&self) -> Option<(Name, usize)> {
        let mut best: Option<(Name, usize)> = None;
        let longer = |best: &Option<(Name, usize)>, len: usize| best.as_ref().is_none_or(|(_, l)| len > *l);
        for local in self.locals.iter().rev() {
            if self.matches(&local.words) && longer(&best, local.words.len()) {
                best = Some((Name::Local(local.clone()), local.words.len()));
            }
        }
        for (i, var) in self.scope.vars.iter().enumerate() {
            if self.matches(&var.words) && longer(&best, var.words.len()) {
                best = Some((Name::Var(i), var.words.len()));
            }
        }
        let call_of = |words: &[Box<str>]| {
            self.matches(words)
                && matches!(self.token(words.len()), Token::Sign("("))
                && longer(&best, words.len())
        };
        let own = self.scope.functions.iter().position(|f| call_of(&f.words)).map(|i| {
            let len = self.scope.functions.get(i).map_or(0, |f| f.words.len());
            (Name::Function(i), len)
        });
        let built_in = || {
            SIGNATURES
                .iter()
                .enumerate()
                .find(|(_, s)| call_of(&s.words()))
                .map(|(i, s)| (Name::Builtin(i), s.words().len()))
        };
        let validity = || {
            let from = [("gyldig fra", true), ("gyldig til", false)].into_iter().filter(|_| self.scope.facts);
            from.into_iter().find(|(n, _)| call_of(&words(n))).map(|(_, from)| (Name::Validity(from), 2))
        };
        own.or_else(validity).or_else(built_in).or(best)
    }

    // --- nodes ---

    fn node(&self, e: Expr, t: Type, parts: &[usize]) -> Result<Typed, FeelError> {
        let depth = 1 + parts.iter().max().copied().unwrap_or(0);
        if depth > MAX_DEPTH {
            return self.error("the expression is nested too deeply");
        }
        Ok(Typed { e, t, depth })
    }

    fn want(&self, typed: &Typed, wanted: &Type, what: &str, at: usize) -> Result<(), FeelError> {
        if wanted.accepts(&typed.t) {
            Ok(())
        } else {
            Err(FeelError::new(at.min(self.at()), format!("{what} is a {}, not a {wanted}", typed.t)))
        }
    }

    // --- grammar ---

    fn expression(&mut self) -> Result<Typed, FeelError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.error("the expression is nested too deeply");
        }
        let result = self.or();
        self.depth -= 1;
        result
    }
}
