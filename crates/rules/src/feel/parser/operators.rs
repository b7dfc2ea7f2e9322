//! Operators, from the loosest to the tightest, and the types that they work on.

use super::{Parser, Typed};
use crate::feel::lexer::Token;
use crate::feel::{Arith, Cmp, Expr, FeelError, MAX_DEPTH, Type};
use crate::value::Value;

impl Parser<'_> {
    pub(super) fn or(&mut self) -> Result<Typed, FeelError> {
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
            Self::comparable(op, &left.t, &right.t, at)?;
            let depths = [left.depth, right.depth];
            return self.node(Expr::Cmp(op, Box::new(left.e), Box::new(right.e)), Type::Boolean, &depths);
        }
        if self.word("between") {
            let low = self.sum()?;
            self.expect("and")?;
            let high = self.sum()?;
            Self::comparable(Cmp::Ge, &left.t, &low.t, at)?;
            Self::comparable(Cmp::Le, &left.t, &high.t, at)?;
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

    pub(super) fn comparator(&mut self) -> Option<Cmp> {
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

    pub(super) fn comparable(op: Cmp, a: &Type, b: &Type, at: usize) -> Result<(), FeelError> {
        let ordered = |t: &Type| !matches!(t, Type::Boolean | Type::List(_) | Type::Context(_));
        if !a.accepts(b) && !b.accepts(a) {
            return Err(FeelError::new(at, format!("a {a} and a {b} can never be compared")));
        }
        let needs_order = !matches!(op, Cmp::Eq | Cmp::Ne);
        if needs_order && (!ordered(a) || !ordered(b)) {
            return Err(FeelError::new(at, format!("a {a} has no order")));
        }
        Ok(())
    }

    pub(super) fn sum(&mut self) -> Result<Typed, FeelError> {
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
            let t = arithmetic_type(*op, &left.t, &right.t).ok_or_else(|| {
                FeelError::new(at, format!("{op:?} does not work on a {} and a {}", left.t, right.t))
            })?;
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
}

/// The type of an operation's result. `None` when it can never work.
fn arithmetic_type(op: Arith, a: &Type, b: &Type) -> Option<Type> {
    use Type as T;
    let is_span = |t: &T| matches!(t, T::Days | T::Months);
    Some(match (op, a, b) {
        (_, T::Number, T::Number) | (Arith::Pow, T::Any | T::Number, T::Any | T::Number) => T::Number,
        (Arith::Add, T::String, T::String) => T::String,
        (Arith::Add | Arith::Sub, T::Date, t) if is_span(t) => T::Date,
        (Arith::Add, t, T::Date) if is_span(t) => T::Date,
        (Arith::Sub, T::Date, T::Date) => T::Days,
        (Arith::Add | Arith::Sub, a, b) if is_span(a) && a == b => a.clone(),
        (Arith::Mul | Arith::Div, a, T::Number) if is_span(a) => a.clone(),
        (Arith::Mul, T::Number, b) if is_span(b) => b.clone(),
        (Arith::Div, a, b) if is_span(a) && a == b => T::Number,
        (_, T::Any, t) | (_, t, T::Any) if !matches!(t, T::Boolean | T::List(_) | T::Context(_)) => T::Any,
        _ => return None,
    })
}
