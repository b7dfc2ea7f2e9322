//! Evaluation of compiled FEEL. Total: every expression has a value, if only null or missing.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{Span, civil::Date};
use rust_decimal::{Decimal, MathematicalOps, prelude::ToPrimitive};

use super::{Arith, Cmp, Compiled, Expr, Loop, Test, builtins};
use crate::value::Value;

/// What an expression takes from outside.
pub(crate) trait Host {
    /// The value of the scope's name number `index`.
    fn var(&mut self, index: usize) -> Value;
    /// The value of the scope's own function number `function`.
    fn call(&mut self, function: usize, args: Vec<Value>) -> Value;
    /// From when (or until when) the fact behind a name is valid.
    fn validity(&mut self, index: usize, from: bool) -> Value;
}

/// Turns of loops that one evaluation may take before it gives up with null: a text from outside must not hold a thread.
const MAX_TURNS: u32 = 200_000;

/// Evaluates, with the first local slots filled from `locals`.
pub(crate) fn eval<H: Host>(code: &Compiled<Expr>, locals: &[Value], host: &mut H) -> Value {
    Run::new(host, code.slots, locals).expr(&code.code)
}

/// Whether `subject` (in the local slot after `locals`) passes one of the tests: true, false, null or missing.
pub(crate) fn eval_tests<H: Host>(
    code: &Compiled<Vec<Test>>,
    subject: &Value,
    locals: &[Value],
    host: &mut H,
) -> Value {
    let mut run = Run::new(host, code.slots, locals);
    // Few tests name `?`; for the others no room was made.
    if code.slots > locals.len() {
        run.set(locals.len(), subject.clone());
    }
    run.tests(&code.code, subject)
}

struct Run<'h, H: Host> {
    host: &'h mut H,
    locals: Vec<Value>,
    turns: u32,
}

impl<'h, H: Host> Run<'h, H> {
    fn new(host: &'h mut H, slots: usize, filled: &[Value]) -> Self {
        // An empty vector allocates nothing: most cells and literals have no locals.
        let mut locals = Vec::with_capacity(slots);
        locals.extend(filled.iter().take(slots).cloned());
        locals.resize(slots, Value::Null);
        Self { host, locals, turns: 0 }
    }

    fn set(&mut self, slot: usize, value: Value) {
        if let Some(place) = self.locals.get_mut(slot) {
            *place = value;
        }
    }

    fn turn(&mut self) -> bool {
        self.turns += 1;
        self.turns <= MAX_TURNS
    }

    fn expr(&mut self, e: &Expr) -> Value {
        match e {
            Expr::Const(v) => v.clone(),
            Expr::Var(i) => self.host.var(*i),
            Expr::Local(i) => self.locals.get(*i).cloned().unwrap_or_default(),
            Expr::Neg(e) => match self.expr(e) {
                Value::Number(n) => Value::Number(-n),
                Value::Days(s) => s.checked_neg().map_or(Value::Null, Value::Days),
                Value::Months(m) => m.checked_neg().map_or(Value::Null, Value::Months),
                missing @ Value::Missing(_) => missing,
                _ => Value::Null,
            },
            Expr::Arith(op, a, b) => {
                let a = self.expr(a);
                let b = self.expr(b);
                arithmetic(*op, a, b)
            }
            Expr::Cmp(op, a, b) => {
                let a = self.expr(a);
                let b = self.expr(b);
                comparison(*op, &a, &b)
            }
            Expr::And(all) => self.connect(all, false),
            Expr::Or(any) => self.connect(any, true),
            Expr::Between(e, low, high) => {
                let v = self.expr(e);
                let low = self.expr(low);
                let high = self.expr(high);
                both(comparison(Cmp::Ge, &v, &low), comparison(Cmp::Le, &v, &high))
            }
            Expr::In { slot, subject, tests } => {
                let v = self.expr(subject);
                self.set(*slot, v.clone());
                self.tests(tests, &v)
            }
            Expr::If(cond, yes, no) => match self.expr(cond) {
                Value::Bool(true) => self.expr(yes),
                Value::Missing(facts) => {
                    // Where both ways lead to the same, the missing fact does not matter.
                    let yes = self.expr(yes);
                    if !yes.is_missing() && yes == self.expr(no) { yes } else { Value::Missing(facts) }
                }
                _ => self.expr(no),
            },
            Expr::For(loops, body) => {
                let mut out = Vec::new();
                let ended = self.each(loops, &mut |run| {
                    let v = run.expr(body);
                    out.push(v);
                    true
                });
                ended.unwrap_or_else(|| Value::list(out))
            }
            Expr::Quantified { every, loops, body } => {
                let mut result = Value::Bool(*every);
                let ended = self.each(loops, &mut |run| {
                    let v = truth(run.expr(body));
                    let so_far = std::mem::take(&mut result);
                    result = if *every { both(so_far, v) } else { either(so_far, v) };
                    result != Value::Bool(!*every)
                });
                ended.unwrap_or(result)
            }
            Expr::List(items) => Value::list(items.iter().map(|e| self.expr(e)).collect()),
            Expr::Context(entries) => {
                let mut fields = BTreeMap::new();
                for (name, slot, e) in entries {
                    let v = self.expr(e);
                    self.set(*slot, v.clone());
                    fields.insert(name.clone(), v);
                }
                Value::Context(Arc::new(fields))
            }
            Expr::Path(e, name) => path(&self.expr(e), name),
            Expr::Filter { list, slot, by } => {
                let list = self.expr(list);
                self.filter(list, *slot, by)
            }
            Expr::Call(f, args) => {
                let args = args.iter().map(|e| self.expr(e)).collect();
                builtins::call(*f, args)
            }
            Expr::User(f, args) => {
                let args = args.iter().map(|e| self.expr(e)).collect();
                self.host.call(*f, args)
            }
            Expr::Validity(i, from) => self.host.validity(*i, *from),
        }
    }

    /// Kleene's `or` (`decisive` true) and `and` (`decisive` false): one decisive value settles it whatever else is missing.
    fn connect(&mut self, parts: &[Expr], decisive: bool) -> Value {
        let mut result = Value::Bool(!decisive);
        for part in parts {
            let v = truth(self.expr(part));
            result = if decisive { either(result, v) } else { both(result, v) };
            if result == Value::Bool(decisive) {
                break;
            }
        }
        result
    }

    /// Runs nested loops; `turn` answers whether to go on. `Some` when the loops themselves have no answer.
    fn each(&mut self, loops: &[Loop], turn: &mut dyn FnMut(&mut Self) -> bool) -> Option<Value> {
        let mut go_on = true;
        self.each_from(loops, turn, &mut go_on)
    }

    fn each_from(
        &mut self,
        loops: &[Loop],
        turn: &mut dyn FnMut(&mut Self) -> bool,
        go_on: &mut bool,
    ) -> Option<Value> {
        let Some((first, inner)) = loops.split_first() else {
            *go_on = turn(self);
            return None;
        };
        let mut step = |run: &mut Self, v: Value, go_on: &mut bool| -> Option<Value> {
            if !run.turn() {
                return Some(Value::Null);
            }
            run.set(first.slot, v);
            run.each_from(inner, turn, go_on)
        };
        let from = self.expr(&first.from);
        if let Some(to) = &first.to {
            let to = self.expr(to);
            let (a, b) = match (&from, &to) {
                (Value::Missing(_), _) | (_, Value::Missing(_)) => return Some(missing_of(&from, &to)),
                (Value::Number(a), Value::Number(b)) => (a.to_i64()?, b.to_i64()?),
                _ => return Some(Value::Null),
            };
            let mut i = a;
            loop {
                if let Some(ended) = step(self, Value::from(i), go_on) {
                    return Some(ended);
                }
                if i == b || !*go_on {
                    return None;
                }
                i += if a < b { 1 } else { -1 };
            }
        }
        match from {
            Value::List(items) => {
                for item in items.iter() {
                    if let Some(ended) = step(self, item.clone(), go_on) {
                        return Some(ended);
                    }
                    if !*go_on {
                        break;
                    }
                }
                None
            }
            missing @ Value::Missing(_) => Some(missing),
            Value::Null => Some(Value::Null),
            single => step(self, single, go_on),
        }
    }

    fn filter(&mut self, list: Value, slot: usize, by: &Expr) -> Value {
        let items = match list {
            Value::List(items) => items,
            Value::Null => return Value::Null,
            missing @ Value::Missing(_) => return missing,
            single => Arc::new(vec![single]),
        };
        // A number is a place in the list (from 1, or from the end when negative); it cannot depend on the item.
        if let Expr::Const(Value::Number(_)) | Expr::Neg(_) | Expr::Arith(..) = by {
            return match self.expr(by) {
                Value::Number(n) => at(&items, n),
                missing @ Value::Missing(_) => missing,
                _ => Value::Null,
            };
        }
        let mut kept = Vec::new();
        for item in items.iter() {
            if !self.turn() {
                return Value::Null;
            }
            self.set(slot, item.clone());
            match self.expr(by) {
                Value::Bool(true) => kept.push(item.clone()),
                Value::Number(n) => return at(&items, n),
                missing @ Value::Missing(_) => return missing,
                _ => {}
            }
        }
        Value::list(kept)
    }

    fn tests(&mut self, tests: &[Test], subject: &Value) -> Value {
        let mut result = Value::Bool(false);
        for test in tests {
            result = either(result, self.test(test, subject));
            if result == Value::Bool(true) {
                break;
            }
        }
        result
    }

    fn test(&mut self, test: &Test, subject: &Value) -> Value {
        match test {
            Test::Any => Value::Bool(true),
            Test::Cmp(op, e) => {
                let bound = self.expr(e);
                comparison(*op, subject, &bound)
            }
            Test::Range { low, low_closed, high, high_closed } => {
                let low = self.expr(low);
                let high = self.expr(high);
                let above = comparison(if *low_closed { Cmp::Ge } else { Cmp::Gt }, subject, &low);
                let below = comparison(if *high_closed { Cmp::Le } else { Cmp::Lt }, subject, &high);
                both(above, below)
            }
            Test::Not(tests) => match self.tests(tests, subject) {
                Value::Bool(b) => Value::Bool(!b),
                other => other,
            },
            Test::Is(e) => match self.expr(e) {
                Value::List(items) if !matches!(subject, Value::List(_)) => {
                    builtins::contains(&items, subject)
                }
                v => comparison(Cmp::Eq, subject, &v),
            },
            Test::Holds(e) => truth(self.expr(e)),
        }
    }
}

fn at(items: &[Value], place: Decimal) -> Value {
    let i = place.to_i64().unwrap_or(0);
    let index =
        if i > 0 { usize::try_from(i - 1).ok() } else { items.len().checked_sub(i.unsigned_abs() as usize) };
    index.filter(|_| i != 0).and_then(|i| items.get(i)).cloned().unwrap_or_default()
}

/// A value as a condition: what is neither true, false nor missing is null.
fn truth(v: Value) -> Value {
    match v {
        v @ (Value::Bool(_) | Value::Missing(_)) => v,
        _ => Value::Null,
    }
}

/// Kleene's and. What is missing counts more than what is null: a question can be asked about it.
pub(crate) fn both(a: Value, b: Value) -> Value {
    match (a, b) {
        (Value::Bool(false), _) | (_, Value::Bool(false)) => Value::Bool(false),
        (Value::Bool(true), v) | (v, Value::Bool(true)) => v,
        (a, b) => missing_of(&a, &b),
    }
}

/// Kleene's or.
pub(crate) fn either(a: Value, b: Value) -> Value {
    match (a, b) {
        (Value::Bool(true), _) | (_, Value::Bool(true)) => Value::Bool(true),
        (Value::Bool(false), v) | (v, Value::Bool(false)) => v,
        (a, b) => missing_of(&a, &b),
    }
}

/// The missing facts of both, or null when nothing is missing.
pub(crate) fn missing_of(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Missing(a), Value::Missing(b)) => Value::Missing(Arc::new(a.union(b).cloned().collect())),
        (m @ Value::Missing(_), _) | (_, m @ Value::Missing(_)) => m.clone(),
        _ => Value::Null,
    }
}

/// The order of two values of one type; `None` when they have none.
pub(crate) fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Some(a.cmp(b)),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Days(a), Value::Days(b)) | (Value::Months(a), Value::Months(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// FEEL's equality: true, false, null for values of different types, or missing.
pub(crate) fn equal(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Missing(_), _) | (_, Value::Missing(_)) => missing_of(a, b),
        (Value::Null, Value::Null) => Value::Bool(true),
        (Value::Null, _) | (_, Value::Null) => Value::Bool(false),
        (Value::List(a), Value::List(b)) => {
            if a.len() != b.len() {
                return Value::Bool(false);
            }
            a.iter().zip(b.iter()).fold(Value::Bool(true), |so_far, (a, b)| both(so_far, equal(a, b)))
        }
        (Value::Context(a), Value::Context(b)) => {
            if a.len() != b.len() || a.keys().ne(b.keys()) {
                return Value::Bool(false);
            }
            a.values().zip(b.values()).fold(Value::Bool(true), |so_far, (a, b)| both(so_far, equal(a, b)))
        }
        (a, b) if a.type_name() == b.type_name() => Value::Bool(a == b),
        _ => Value::Null,
    }
}

fn comparison(op: Cmp, a: &Value, b: &Value) -> Value {
    match op {
        Cmp::Eq => equal(a, b),
        Cmp::Ne => match equal(a, b) {
            Value::Bool(same) => Value::Bool(!same),
            other => other,
        },
        _ => match compare(a, b) {
            None => missing_of(a, b),
            Some(order) => Value::Bool(match op {
                Cmp::Lt => order.is_lt(),
                Cmp::Le => order.is_le(),
                Cmp::Gt => order.is_gt(),
                _ => order.is_ge(),
            }),
        },
    }
}

fn arithmetic(op: Arith, a: Value, b: Value) -> Value {
    use Value::{Date as D, Days, Months, Number as N, String as S};
    let found = match (op, &a, &b) {
        (_, Value::Missing(_), _) | (_, _, Value::Missing(_)) => return missing_of(&a, &b),
        (Arith::Add, N(x), N(y)) => x.checked_add(*y).map(N),
        (Arith::Sub, N(x), N(y)) => x.checked_sub(*y).map(N),
        (Arith::Mul, N(x), N(y)) => x.checked_mul(*y).map(N),
        (Arith::Div, N(x), N(y)) => x.checked_div(*y).map(N),
        (Arith::Pow, N(x), N(y)) => power(*x, *y).map(N),
        (Arith::Add, S(x), S(y)) => Some(Value::from(format!("{x}{y}"))),
        (Arith::Add, D(d), Days(s)) | (Arith::Add, Days(s), D(d)) => plus_days(*d, *s),
        (Arith::Sub, D(d), Days(s)) => s.checked_neg().and_then(|s| plus_days(*d, s)),
        (Arith::Add, D(d), Months(m)) | (Arith::Add, Months(m), D(d)) => plus_months(*d, *m),
        (Arith::Sub, D(d), Months(m)) => m.checked_neg().and_then(|m| plus_months(*d, m)),
        (Arith::Sub, D(x), D(y)) => x.since(*y).ok().map(|span| Days(i64::from(span.get_days()) * 86_400)),
        (Arith::Add, Days(x), Days(y)) => x.checked_add(*y).map(Days),
        (Arith::Sub, Days(x), Days(y)) => x.checked_sub(*y).map(Days),
        (Arith::Add, Months(x), Months(y)) => x.checked_add(*y).map(Months),
        (Arith::Sub, Months(x), Months(y)) => x.checked_sub(*y).map(Months),
        (Arith::Mul, Days(x), N(n)) | (Arith::Mul, N(n), Days(x)) => {
            Decimal::from(*x).checked_mul(*n).and_then(|v| v.trunc().to_i64()).map(Days)
        }
        (Arith::Mul, Months(x), N(n)) | (Arith::Mul, N(n), Months(x)) => {
            Decimal::from(*x).checked_mul(*n).and_then(|v| v.trunc().to_i64()).map(Months)
        }
        (Arith::Div, Days(x), N(n)) => {
            Decimal::from(*x).checked_div(*n).and_then(|v| v.trunc().to_i64()).map(Days)
        }
        (Arith::Div, Months(x), N(n)) => {
            Decimal::from(*x).checked_div(*n).and_then(|v| v.trunc().to_i64()).map(Months)
        }
        (Arith::Div, Days(x), Days(y)) | (Arith::Div, Months(x), Months(y)) => {
            Decimal::from(*x).checked_div(Decimal::from(*y)).map(N)
        }
        _ => None,
    };
    found.unwrap_or_default()
}

/// Powers with whole exponents only: a root of a decimal is not a decimal.
fn power(x: Decimal, y: Decimal) -> Option<Decimal> {
    let exponent = y.to_i64().filter(|n| y.fract().is_zero() && n.abs() <= 1_000)?;
    if x.is_zero() && exponent < 0 {
        return None;
    }
    x.checked_powi(exponent)
}

/// A date has no time of day, so only whole days count.
fn plus_days(d: Date, seconds: i64) -> Option<Value> {
    let span = Span::new().try_days(seconds.div_euclid(86_400)).ok()?;
    d.checked_add(span).ok().map(Value::Date)
}

/// A month added to a day that the new month lacks gives its last day (31 January + P1M is 28 or 29 February).
pub(crate) fn plus_months(d: Date, months: i64) -> Option<Value> {
    d.checked_add(Span::new().try_months(months).ok()?).ok().map(Value::Date)
}

fn path(v: &Value, name: &str) -> Value {
    let number = |n: i64| Value::from(n);
    match (v, name) {
        (Value::Missing(_), _) => v.clone(),
        (Value::Context(fields), _) => fields.get(name).cloned().unwrap_or_default(),
        (Value::List(items), _) => Value::list(items.iter().map(|v| path(v, name)).collect()),
        (Value::Date(d), "year") => number(d.year().into()),
        (Value::Date(d), "month") => number(d.month().into()),
        (Value::Date(d), "day") => number(d.day().into()),
        (Value::Date(d), "weekday") => number(d.weekday().to_monday_one_offset().into()),
        (Value::Days(s), "days") => number(s / 86_400),
        (Value::Days(s), "hours") => number(s / 3_600 % 24),
        (Value::Days(s), "minutes") => number(s / 60 % 60),
        (Value::Days(s), "seconds") => number(s % 60),
        (Value::Months(m), "years") => number(m / 12),
        (Value::Months(m), "months") => number(m % 12),
        _ => Value::Null,
    }
}
