//! Literals, names, calls, loops, lists and contexts, with the paths and filters that follow them.

use std::sync::Arc;

use super::{KEYWORDS, Local, Name, Parser, Typed};
use crate::feel::builtins::{Builtin, SIGNATURES, call};
use crate::feel::lexer::Token;
use crate::feel::{Expr, FeelError, Loop, Type, words};
use crate::value::{Value, parse_duration};

/// A call's arguments, with their types and depths.
type Arguments = (Vec<Expr>, Vec<Type>, Vec<usize>);
/// A context's entry: its name, its local slot, its value.
type Entry = (Arc<str>, usize, Expr);

impl Parser<'_> {
    pub(super) fn postfix(&mut self) -> Result<Typed, FeelError> {
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
            other => {
                return Err(FeelError::new(
                    at,
                    format!("a list is filtered by a condition or a place, not a {other}"),
                ));
            }
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
                    return Err(FeelError::new(
                        at,
                        format!("`{name}` takes {wants} arguments, not {}", args.len()),
                    ));
                }
                for (i, (t, wanted)) in types.iter().zip(&function.params).enumerate() {
                    if !wanted.accepts(t) {
                        let name = function.words.join(" ");
                        return Err(FeelError::new(
                            at,
                            format!("argument {} of `{name}` is a {t}, not a {wanted}", i + 1),
                        ));
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
                    let v = call(signature.function, vec![Value::String(s.clone())]);
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

    fn arguments(&mut self) -> Result<Arguments, FeelError> {
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
                let what =
                    if matches!(self.token(name.len()), Token::Sign("(")) { "function" } else { "name" };
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
        let (mut entries, mut types, mut depths): (Vec<Entry>, Vec<(String, Type)>, _) =
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
