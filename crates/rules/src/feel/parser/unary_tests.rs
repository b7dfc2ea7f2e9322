//! Unary tests: the cells of decision tables, and what stands after `in`.

use super::Parser;
use crate::feel::lexer::Token;
use crate::feel::{Cmp, FeelError, MAX_DEPTH, Test, Type};

impl Parser<'_> {
    pub(super) fn tests(&mut self, subject: &Type, until: &Token) -> Result<Vec<Test>, FeelError> {
        let mut tests = Vec::new();
        loop {
            tests.push(self.test(subject)?);
            if !self.sign(",") {
                break;
            }
        }
        if self.peek() == until { Ok(tests) } else { Err(self.unexpected("`,` or the end of the tests")) }
    }

    pub(super) fn test(&mut self, subject: &Type) -> Result<Test, FeelError> {
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
        if matches!(self.peek(), Token::Sign("-"))
            && matches!(self.token(1), Token::End | Token::Sign("," | ")"))
        {
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
            Self::comparable(op, subject, &e.t, at)?;
            self.test_depth = self.test_depth.max(e.depth);
            return Ok(Test::Cmp(op, e.e));
        }
        if self.range_ahead() {
            let low_closed = matches!(self.next(), Token::Sign("["));
            let low = self.sum()?;
            self.expect("..")?;
            let high = self.sum()?;
            Self::comparable(Cmp::Ge, subject, &low.t, at)?;
            Self::comparable(Cmp::Le, subject, &high.t, at)?;
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
    pub(super) fn range_ahead(&self) -> bool {
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
