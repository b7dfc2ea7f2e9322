//! FEEL tokens to a compiled expression. Names are resolved and types checked while parsing, since in FEEL only the names in scope tell
//! where a name ends (`sats for barnet` is one name when the scope has it).

use std::collections::BTreeSet;
use std::sync::Arc;

use super::builtins::{Builtin, SIGNATURES};
use super::lexer::{Lexeme, Token, tokens};
use super::{Arith, Cmp, Compiled, Expr, FeelError, Loop, MAX_DEPTH, Scope, Test, Type, words};
use crate::value::{Value, parse_duration};

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
    "and", "or", "between", "in", "then", "else", "return", "satisfies", "if", "for", "some", "every", "true",
    "false", "null", "not", "function",
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
        if self.sign(wanted) || self.word(wanted) { Ok(()) } else { Err(self.unexpected(&format!("`{wanted}`"))) }
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
        !words.is_empty() && words.iter().enumerate().all(|(i, w)| matches!(self.token(i), Token::Word(t) if t == w))
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
            self.matches(words) && matches!(self.token(words.len()), Token::Sign("(")) && longer(&best, words.len())
        };
        let own = self.scope.functions.iter().position(|f| call_of(&f.words)).map(|i| {
            let len = self.scope.functions.get(i).map_or(0, |f| f.words.len());
            (Name::Function(i), len)
        });
        let built_in = || {
            SIGNATURES.iter().enumerate().find(|(_, s)| call_of(&s.words())).map(|(i, s)| (Name::Builtin(i), s.words().len()))
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

    fn or(&mut self) -> Result<Typed, FeelError> {
        self.connected("or", Self::and, Expr::Or)
    }

    fn and(&mut self) -> Result<Typed, FeelError> {
        self.connected("and", Self::comparison, Expr::And)
    }

    fn connected(
        &mut self,
        word: &str,
        inner: fn(&mut Self) -> Result<Typed, FeelError>,
        make: fn(Vec<Expr>) -> Expr,
    ) -> Result<Typed, FeelError> {
        let at = self.at();
        let first = inner(self)?;
        if !self.is_word(word) {
            return Ok(first);
        }
        self.want(&first, &Type::Boolean, &format!("what stands before `{word}`"), at)?;
        let mut depths = vec![first.depth];
        let mut parts = vec![first.e];
        while self.word(word) {
            let at = self.at();
            let part = inner(self)?;
            self.want(&part, &Type::Boolean, &format!("what stands after `{word}`"), at)?;
            depths.push(part.depth);
            parts.push(part.e);
        }
        self.node(make(parts), Type::Boolean, &depths)
    }

    fn comparison(&mut self) -> Result<Typed, FeelError> {
        let at = self.at();
        let left = self.sum()?;
        if let Some(op) = self.comparator() {
            let right = self.sum()?;
            self.comparable(op, &left.t, &right.t, at)?;
            let depths = [left.depth, right.depth];
            return self.node(Expr::Cmp(op, Box::new(left.e), Box::new(right.e)), Type::Boolean, &depths);
        }
        if self.word("between") {
            let low = self.sum()?;
            self.expect("and")?;
            let high = self.sum()?;
            self.comparable(Cmp::Ge, &left.t, &low.t, at)?;
            self.comparable(Cmp::Le, &left.t, &high.t, at)?;
            let depths = [left.depth, low.depth, high.depth];
            let e = Expr::Between(Box::new(left.e), Box::new(low.e), Box::new(high.e));
            return self.node(e, Type::Boolean, &depths);
        }
        if self.word("in") {
            let outer = self.locals.len();
            let slot = self.reserve_subject(&left.t);
            let subject_type = left.t.clone();
            let outer_depth = std::mem::take(&mut self.test_depth);
            let tests = if matches!(self.peek(), Token::Sign("(")) && !self.range_ahead() {
                self.pos += 1;
                let tests = self.tests(&subject_type, &Token::Sign(")"))?;
                self.expect(")")?;
                tests
            } else {
                vec![self.test(&subject_type)?]
            };
            self.subjects.pop();
            self.unbind(outer);
            let depths = [left.depth, std::mem::replace(&mut self.test_depth, outer_depth) + 1];
            return self.node(Expr::In { slot, subject: Box::new(left.e), tests }, Type::Boolean, &depths);
        }
        Ok(left)
    }

    fn comparator(&mut self) -> Option<Cmp> {
        let op = match self.peek() {
            Token::Sign("=") => Cmp::Eq,
            Token::Sign("!=") => Cmp::Ne,
            Token::Sign("<") => Cmp::Lt,
            Token::Sign("<=") => Cmp::Le,
            Token::Sign(">") => Cmp::Gt,
            Token::Sign(">=") => Cmp::Ge,
            _ => return None,
        };
        self.pos += 1;
        Some(op)
    }

    fn comparable(&self, op: Cmp, a: &Type, b: &Type, at: usize) -> Result<(), FeelError> {
        let ordered = |t: &Type| !matches!(t, Type::Boolean | Type::List(_) | Type::Context(_));
        if !a.accepts(b) && !b.accepts(a) {
            return Err(FeelError::new(at, format!("a {a} and a {b} can never be compared")));
        }
        if !matches!(op, Cmp::Eq | Cmp::Ne) && !(ordered(a) && ordered(b)) {
            return Err(FeelError::new(at, format!("a {a} has no order")));
        }
        Ok(())
    }

    fn sum(&mut self) -> Result<Typed, FeelError> {
        self.left_to_right(Self::product, &[("+", Arith::Add), ("-", Arith::Sub)])
    }

    fn product(&mut self) -> Result<Typed, FeelError> {
        self.left_to_right(Self::power, &[("*", Arith::Mul), ("/", Arith::Div)])
    }

    fn power(&mut self) -> Result<Typed, FeelError> {
        self.left_to_right(Self::unary, &[("**", Arith::Pow)])
    }

    fn left_to_right(
        &mut self,
        inner: fn(&mut Self) -> Result<Typed, FeelError>,
        ops: &[(&str, Arith)],
    ) -> Result<Typed, FeelError> {
        let at = self.at();
        let mut left = inner(self)?;
        while let Some((_, op)) = ops.iter().find(|(s, _)| matches!(self.peek(), Token::Sign(t) if t == s)) {
            self.pos += 1;
            let right = inner(self)?;
            let t = arithmetic_type(*op, &left.t, &right.t)
                .ok_or_else(|| FeelError::new(at, format!("{op:?} does not work on a {} and a {}", left.t, right.t)))?;
            let depths = [left.depth, right.depth];
            left = self.node(Expr::Arith(*op, Box::new(left.e), Box::new(right.e)), t, &depths)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Typed, FeelError> {
        let at = self.at();
        if !self.sign("-") {
            return self.postfix();
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.error("the expression is nested too deeply");
        }
        let inner = self.unary()?;
        self.depth -= 1;
        if !matches!(inner.t, Type::Any | Type::Number | Type::Days | Type::Months) {
            return Err(FeelError::new(at, format!("a {} has no negative", inner.t)));
        }
        if let Expr::Const(Value::Number(n)) = inner.e {
            return self.node(Expr::Const(Value::Number(-n)), Type::Number, &[]);
        }
        let (t, depths) = (inner.t, [inner.depth]);
        self.node(Expr::Neg(Box::new(inner.e)), t, &depths)
    }

    fn postfix(&mut self) -> Result<Typed, FeelError> {
        let mut left = self.primary()?;
        loop {
            if self.sign(".") {
                let (name, t) = self.field(&left.t)?;
                let depths = [left.depth];
                left = self.node(Expr::Path(Box::new(left.e), name), t, &depths)?;
            } else if matches!(self.peek(), Token::Sign("[")) && !self.range_ahead() {
                self.pos += 1;
                left = self.filter(left)?;
            } else {
                return Ok(left);
            }
        }
    }

    /// The field named here, of a value of type `of`.
    fn field(&mut self, of: &Type) -> Result<(Arc<str>, Type), FeelError> {
        let (fields, is_list) = match of {
            Type::Context(fields) => (Some(fields.clone()), false),
            Type::List(t) => match &**t {
                Type::Context(fields) => (Some(fields.clone()), true),
                _ => (None, true),
            },
            _ => (None, false),
        };
        let wrap = |t: Type| if is_list { Type::List(Box::new(t)) } else { t };
        if let Some(fields) = fields {
            let longest = fields
                .iter()
                .map(|(name, t)| (name, t, words(name)))
                .filter(|(_, _, w)| self.matches(w))
                .max_by_key(|(_, _, w)| w.len());
            let Some((name, t, w)) = longest else {
                return self.error("the context has no such field");
            };
            self.pos += w.len();
            return Ok((Arc::from(name.as_str()), wrap(t.clone())));
        }
        let at = self.at();
        let Token::Word(name) = self.next() else {
            self.pos = self.pos.saturating_sub(1);
            return Err(self.unexpected("a name"));
        };
        let parts: &[&str] = match of {
            Type::Date => &["year", "month", "day", "weekday"],
            Type::Days => &["days", "hours", "minutes", "seconds"],
            Type::Months => &["years", "months"],
            Type::Any | Type::List(_) => return Ok((Arc::from(&*name), wrap(Type::Any))),
            _ => &[],
        };
        if parts.contains(&&*name) {
            Ok((Arc::from(&*name), Type::Number))
        } else {
            Err(FeelError::new(at, format!("a {of} has no part `{name}`")))
        }
    }

    fn filter(&mut self, list: Typed) -> Result<Typed, FeelError> {
        let outer = self.locals.len();
        let element = if matches!(list.t, Type::List(_)) { list.t.element() } else { list.t.clone() };
        let slot = self.bind(words("item"), element.clone());
        if let Type::Context(fields) = &element {
            for (name, ty) in fields.iter() {
                let field = Some(Arc::from(name.as_str()));
                self.locals.push(Local { words: words(name), ty: ty.clone(), slot, field });
            }
        }
        let at = self.at();
        let by = self.expression()?;
        self.expect("]")?;
        self.unbind(outer);
        let t = match &by.t {
            Type::Number => element,
            Type::Boolean => match list.t {
                Type::List(_) => list.t.clone(),
                _ => Type::List(Box::new(element)),
            },
            Type::Any => Type::Any,
            other => return Err(FeelError::new(at, format!("a list is filtered by a condition or a place, not a {other}"))),
        };
        let depths = [list.depth, by.depth];
        self.node(Expr::Filter { list: Box::new(list.e), slot, by: Box::new(by.e) }, t, &depths)
    }

    fn primary(&mut self) -> Result<Typed, FeelError> {
        let at = self.at();
        let constant = |p: &Self, v: Value, t: Type| p.node(Expr::Const(v), t, &[]);
        match self.peek().clone() {
            Token::Number(n) => {
                self.pos += 1;
                constant(self, Value::Number(n), Type::Number)
            }
            Token::Text(s) => {
                self.pos += 1;
                constant(self, Value::text_of(&s), Type::String)
            }
            Token::At(s) => {
                self.pos += 1;
                let literal = s.parse().ok().map(Value::Date).or_else(|| parse_duration(&s));
                match literal {
                    Some(v) => {
                        let t = type_of(&v);
                        constant(self, v, t)
                    }
                    None => Err(FeelError::new(at, format!("`@\"{s}\"` is neither a date nor a duration"))),
                }
            }
            Token::Sign("(") => {
                self.pos += 1;
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(inner)
            }
            Token::Sign("[") => {
                self.pos += 1;
                self.list()
            }
            Token::Sign("{") => {
                self.pos += 1;
                self.context()
            }
            Token::Sign("?") => {
                self.pos += 1;
                let Some((slot, t, used)) = self.subjects.last_mut() else {
                    return Err(FeelError::new(at, "`?` has a meaning only in a test"));
                };
                *used = true;
                let (slot, t) = (*slot, t.clone());
                self.node(Expr::Local(slot), t, &[])
            }
            Token::Word(word) => match self.name() {
                Some((name, len)) => self.named(name, len),
                None => self.keyword(&word),
            },
            _ => Err(self.unexpected("a value")),
        }
    }

    fn named(&mut self, name: Name, len: usize) -> Result<Typed, FeelError> {
        let at = self.at();
        self.pos += len;
        match name {
            Name::Local(local) => {
                let whole = Expr::Local(local.slot);
                match local.field {
                    None => self.node(whole, local.ty, &[]),
                    Some(field) => self.node(Expr::Path(Box::new(whole), field), local.ty, &[1]),
                }
            }
            Name::Var(i) => {
                self.uses.insert(i);
                let t = self.scope.vars.get(i).map(|v| v.ty.clone()).unwrap_or_default();
                self.node(Expr::Var(i), t, &[])
            }
            Name::Function(i) => {
                let (args, types, depths) = self.arguments()?;
                let Some(function) = self.scope.functions.get(i) else {
                    return self.error("unknown function");
                };
                if args.len() != function.params.len() {
                    let (name, wants) = (function.words.join(" "), function.params.len());
                    return Err(FeelError::new(at, format!("`{name}` takes {wants} arguments, not {}", args.len())));
                }
                for (i, (t, wanted)) in types.iter().zip(&function.params).enumerate() {
                    if !wanted.accepts(t) {
                        let name = function.words.join(" ");
                        return Err(FeelError::new(at, format!("argument {} of `{name}` is a {t}, not a {wanted}", i + 1)));
                    }
                }
                let t = function.returns.clone();
                self.node(Expr::User(i, args), t, &depths)
            }
            Name::Builtin(i) => {
                let (args, types, depths) = self.arguments()?;
                let Some(signature) = SIGNATURES.get(i) else {
                    return self.error("unknown function");
                };
                let mut t = signature.check(&types).map_err(|m| FeelError::new(at, m))?;
                // Literals are read now, so that a wrong date is an error here and not null later.
                if let (Builtin::Date | Builtin::Duration, [Expr::Const(Value::String(s))]) =
                    (signature.function, args.as_slice())
                {
                    let v = super::builtins::call(signature.function, vec![Value::String(s.clone())]);
                    if v == Value::Null {
                        return Err(FeelError::new(at, format!("`{s}` is not a {}", signature.name)));
                    }
                    t = type_of(&v);
                    return self.node(Expr::Const(v), t, &[]);
                }
                self.node(Expr::Call(signature.function, args), t, &depths)
            }
            Name::Validity(from) => {
                self.expect("(")?;
                let Some((Name::Var(i), len)) = self.name() else {
                    return self.error("the name of an opplysning (inputData) was expected here");
                };
                self.pos += len;
                self.uses.insert(i);
                self.expect(")")?;
                let list = matches!(self.scope.vars.get(i).map(|v| &v.ty), Some(Type::List(_)));
                let t = if list { Type::Any } else { Type::Date };
                self.node(Expr::Validity(i, from), t, &[])
            }
        }
    }

    fn arguments(&mut self) -> Result<(Vec<Expr>, Vec<Type>, Vec<usize>), FeelError> {
        self.expect("(")?;
        let (mut args, mut types, mut depths) = (Vec::new(), Vec::new(), Vec::new());
        if self.sign(")") {
            return Ok((args, types, depths));
        }
        loop {
            let arg = self.expression()?;
            args.push(arg.e);
            types.push(arg.t);
            depths.push(arg.depth);
            if !self.sign(",") {
                self.expect(")")?;
                return Ok((args, types, depths));
            }
        }
    }

    fn keyword(&mut self, word: &str) -> Result<Typed, FeelError> {
        let at = self.at();
        match word {
            "true" | "false" => {
                self.pos += 1;
                self.node(Expr::Const(Value::Bool(word == "true")), Type::Boolean, &[])
            }
            "null" => {
                self.pos += 1;
                self.node(Expr::Const(Value::Null), Type::Any, &[])
            }
            "if" => {
                self.pos += 1;
                let cond_at = self.at();
                let cond = self.expression()?;
                self.want(&cond, &Type::Boolean, "the condition", cond_at)?;
                self.expect("then")?;
                let yes = self.expression()?;
                self.expect("else")?;
                let no = self.expression()?;
                let depths = [cond.depth, yes.depth, no.depth];
                let t = if matches!(no.e, Expr::Const(Value::Null)) { yes.t } else { yes.t.join(no.t) };
                self.node(Expr::If(Box::new(cond.e), Box::new(yes.e), Box::new(no.e)), t, &depths)
            }
            "for" => self.looped("return"),
            "some" | "every" => self.looped("satisfies"),
            _ => {
                let mut name = Vec::new();
                while let Token::Word(w) = self.token(name.len()) {
                    if !name.is_empty() && KEYWORDS.contains(&&**w) {
                        break;
                    }
                    name.push(w.to_string());
                }
                let what = if matches!(self.token(name.len()), Token::Sign("(")) { "function" } else { "name" };
                Err(FeelError::new(at, format!("unknown {what} `{}`", name.join(" "))))
            }
        }
    }

    fn looped(&mut self, then: &str) -> Result<Typed, FeelError> {
        let every = self.is_word("every");
        self.pos += 1;
        let outer = self.locals.len();
        let (mut loops, mut depths) = (Vec::new(), Vec::new());
        loop {
            let mut name = Vec::new();
            while let Token::Word(w) = self.peek().clone() {
                if &*w == "in" {
                    break;
                }
                name.push(w);
                self.pos += 1;
            }
            if name.is_empty() {
                return Err(self.unexpected("a name"));
            }
            self.expect("in")?;
            let at = self.at();
            let from = self.expression()?;
            depths.push(from.depth);
            let (to, element) = if self.sign("..") {
                let to = self.expression()?;
                self.want(&from, &Type::Number, "the start", at)?;
                self.want(&to, &Type::Number, "the end", at)?;
                depths.push(to.depth);
                (Some(to.e), Type::Number)
            } else {
                if !matches!(from.t, Type::Any | Type::List(_)) {
                    return Err(FeelError::new(at, format!("a {} is no list", from.t)));
                }
                (None, from.t.element())
            };
            let slot = self.bind(name, element);
            loops.push(Loop { slot, from: from.e, to });
            if !self.sign(",") {
                break;
            }
        }
        self.expect(then)?;
        let at = self.at();
        let body = self.expression()?;
        self.unbind(outer);
        depths.push(body.depth);
        if then == "return" {
            let t = Type::List(Box::new(body.t));
            return self.node(Expr::For(loops, Box::new(body.e)), t, &depths);
        }
        self.want(&body, &Type::Boolean, "what must be satisfied", at)?;
        self.node(Expr::Quantified { every, loops, body: Box::new(body.e) }, Type::Boolean, &depths)
    }

    fn list(&mut self) -> Result<Typed, FeelError> {
        let (mut items, mut depths, mut t) = (Vec::new(), Vec::new(), None);
        if !self.sign("]") {
            loop {
                let item = self.expression()?;
                t = Some(match t {
                    None => item.t,
                    Some(so_far) => Type::join(so_far, item.t),
                });
                items.push(item.e);
                depths.push(item.depth);
                if !self.sign(",") {
                    break;
                }
            }
            self.expect("]")?;
        }
        self.node(Expr::List(items), Type::List(Box::new(t.unwrap_or_default())), &depths)
    }

    fn context(&mut self) -> Result<Typed, FeelError> {
        let outer = self.locals.len();
        let (mut entries, mut types, mut depths): (Vec<(Arc<str>, usize, Expr)>, Vec<(String, Type)>, _) =
            (Vec::new(), Vec::new(), Vec::new());
        while !self.sign("}") {
            if !entries.is_empty() {
                self.expect(",")?;
            }
            let name = match self.next() {
                Token::Text(s) => s.to_string(),
                Token::Word(first) => {
                    let mut name = first.to_string();
                    while let Token::Word(w) = self.peek().clone() {
                        name.push(' ');
                        name.push_str(&w);
                        self.pos += 1;
                    }
                    name
                }
                _ => {
                    self.pos = self.pos.saturating_sub(1);
                    return Err(self.unexpected("the name of an entry"));
                }
            };
            if types.iter().any(|(n, _)| *n == name) {
                return self.error(format!("the context has `{name}` twice"));
            }
            self.expect(":")?;
            let value = self.expression()?;
            let slot = self.bind(words(&name), value.t.clone());
            depths.push(value.depth);
            entries.push((Arc::from(name.as_str()), slot, value.e));
            types.push((name, value.t));
        }
        self.unbind(outer);
        self.node(Expr::Context(entries), Type::Context(Arc::new(types)), &depths)
    }

    // --- unary tests ---

    fn tests(&mut self, subject: &Type, until: &Token) -> Result<Vec<Test>, FeelError> {
        let mut tests = Vec::new();
        loop {
            tests.push(self.test(subject)?);
            if !self.sign(",") {
                break;
            }
        }
        if self.peek() == until { Ok(tests) } else { Err(self.unexpected("`,` or the end of the tests")) }
    }

    fn test(&mut self, subject: &Type) -> Result<Test, FeelError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.error("the test is nested too deeply");
        }
        let result = self.one_test(subject);
        self.depth -= 1;
        result
    }

    fn one_test(&mut self, subject: &Type) -> Result<Test, FeelError> {
        let at = self.at();
        if matches!(self.peek(), Token::Sign("-")) && matches!(self.token(1), Token::End | Token::Sign("," | ")")) {
            self.pos += 1;
            return Ok(Test::Any);
        }
        if self.is_word("not") && matches!(self.token(1), Token::Sign("(")) {
            self.pos += 2;
            let inner = self.tests(subject, &Token::Sign(")"))?;
            self.expect(")")?;
            self.test_depth += 1;
            return Ok(Test::Not(inner));
        }
        if let Some(op) = self.comparator() {
            let e = self.sum()?;
            self.comparable(op, subject, &e.t, at)?;
            self.test_depth = self.test_depth.max(e.depth);
            return Ok(Test::Cmp(op, e.e));
        }
        if self.range_ahead() {
            let low_closed = matches!(self.next(), Token::Sign("["));
            let low = self.sum()?;
            self.expect("..")?;
            let high = self.sum()?;
            self.comparable(Cmp::Ge, subject, &low.t, at)?;
            self.comparable(Cmp::Le, subject, &high.t, at)?;
            self.test_depth = self.test_depth.max(low.depth).max(high.depth);
            let high_closed = match self.next() {
                Token::Sign("]") => true,
                Token::Sign(")" | "[") => false,
                _ => {
                    self.pos = self.pos.saturating_sub(1);
                    return Err(self.unexpected("the end of the range"));
                }
            };
            return Ok(Test::Range { low: low.e, low_closed, high: high.e, high_closed });
        }
        let used_before = self.subjects.last().is_some_and(|s| s.2);
        if let Some(s) = self.subjects.last_mut() {
            s.2 = false;
        }
        let e = self.expression()?;
        self.test_depth = self.test_depth.max(e.depth);
        let holds = self.subjects.last().is_some_and(|s| s.2);
        if let Some(s) = self.subjects.last_mut() {
            s.2 |= used_before;
        }
        if holds {
            self.want(&e, &Type::Boolean, "a test with `?`", at)?;
            return Ok(Test::Holds(e.e));
        }
        let element = if matches!(subject, Type::List(_)) { e.t.clone() } else { e.t.element() };
        let may_equal = subject.accepts(&e.t) || (matches!(e.t, Type::List(_)) && subject.accepts(&element));
        if !may_equal {
            return Err(FeelError::new(at, format!("a {subject} can never be equal to a {}", e.t)));
        }
        Ok(Test::Is(e.e))
    }

    /// Whether the bracket that stands here begins a range: `..` comes before it is closed.
    fn range_ahead(&self) -> bool {
        if !matches!(self.peek(), Token::Sign("[" | "(" | "]")) {
            return false;
        }
        let mut nested = 0usize;
        for ahead in 1.. {
            match self.token(ahead) {
                Token::Sign("..") if nested == 0 => return true,
                Token::Sign(",") if nested == 0 => return false,
                Token::Sign("(" | "[" | "{") => nested += 1,
                Token::Sign(")" | "]" | "}") => match nested.checked_sub(1) {
                    Some(n) => nested = n,
                    None => return false,
                },
                // A loop's own `..` is no range of this bracket.
                Token::Word(w) if nested == 0 && matches!(&**w, "for" | "some" | "every") => return false,
                Token::End => return false,
                _ => {}
            }
        }
        false
    }
}

fn type_of(v: &Value) -> Type {
    match v {
        Value::Bool(_) => Type::Boolean,
        Value::Number(_) => Type::Number,
        Value::String(_) => Type::String,
        Value::Date(_) => Type::Date,
        Value::Days(_) => Type::Days,
        Value::Months(_) => Type::Months,
        _ => Type::Any,
    }
}

/// The type of an operation's result. `None` when it can never work.
fn arithmetic_type(op: Arith, a: &Type, b: &Type) -> Option<Type> {
    use Type as T;
    let is_span = |t: &T| matches!(t, T::Days | T::Months);
    Some(match (op, a, b) {
        (_, T::Number, T::Number) => T::Number,
        (Arith::Add, T::String, T::String) => T::String,
        (Arith::Add | Arith::Sub, T::Date, t) if is_span(t) => T::Date,
        (Arith::Add, t, T::Date) if is_span(t) => T::Date,
        (Arith::Sub, T::Date, T::Date) => T::Days,
        (Arith::Add | Arith::Sub, a, b) if is_span(a) && a == b => a.clone(),
        (Arith::Mul | Arith::Div, a, T::Number) if is_span(a) => a.clone(),
        (Arith::Mul, T::Number, b) if is_span(b) => b.clone(),
        (Arith::Div, a, b) if is_span(a) && a == b => T::Number,
        (Arith::Pow, T::Any | T::Number, T::Any | T::Number) => T::Number,
        (_, T::Any, t) | (_, t, T::Any) if !matches!(t, T::Boolean | T::List(_) | T::Context(_)) => T::Any,
        _ => return None,
    })
}
