//! FEEL's functions: names, types, and what they do.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};

use super::eval::{both, compare, either, equal};
use super::{Type, words};
use crate::value::{MissingFact, Value, parse_duration, parse_number};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builtin {
    Date,
    Duration,
    MonthsBetween,
    Number,
    Text,
    Not,
    IsDefined,
    Length,
    Upper,
    Lower,
    Substring,
    SubstringBefore,
    SubstringAfter,
    Contains,
    StartsWith,
    EndsWith,
    Split,
    Join,
    ListContains,
    Count,
    Min,
    Max,
    Sum,
    Mean,
    All,
    Any,
    Sublist,
    Append,
    Concatenate,
    Reverse,
    IndexOf,
    Union,
    Distinct,
    Flatten,
    Sort,
    Decimal,
    Floor,
    Ceiling,
    RoundUp,
    RoundDown,
    RoundHalfUp,
    RoundHalfDown,
    RoundHalfEven,
    Abs,
    Modulo,
    Odd,
    Even,
    GetValue,
}

/// What a function asks of one argument.
#[derive(Clone, Copy, PartialEq, Eq)]
enum P {
    Any,
    N,
    S,
    B,
    L,
}

pub(crate) struct Signature {
    pub name: &'static str,
    pub function: Builtin,
    params: &'static [P],
    /// How many arguments must be there.
    required: usize,
    /// Whether more arguments like the last one may follow.
    variadic: bool,
    returns: fn(&[Type]) -> Type,
}

fn number(_: &[Type]) -> Type {
    Type::Number
}
fn text(_: &[Type]) -> Type {
    Type::String
}
fn boolean(_: &[Type]) -> Type {
    Type::Boolean
}
fn date(_: &[Type]) -> Type {
    Type::Date
}
fn months(_: &[Type]) -> Type {
    Type::Months
}
fn any(_: &[Type]) -> Type {
    Type::Any
}
fn texts(_: &[Type]) -> Type {
    Type::List(Box::new(Type::String))
}
fn numbers(_: &[Type]) -> Type {
    Type::List(Box::new(Type::Number))
}
fn first(args: &[Type]) -> Type {
    match args.first() {
        Some(t @ Type::List(_)) => t.clone(),
        _ => Type::List(Box::new(Type::Any)),
    }
}
/// The least or greatest: an element of the only list, or one of the arguments.
fn one_of(args: &[Type]) -> Type {
    match args {
        [Type::List(t)] => (**t).clone(),
        [first, rest @ ..] if rest.iter().all(|t| t == first) => first.clone(),
        _ => Type::Any,
    }
}

macro_rules! signatures {
    ($($name:literal $function:ident [$($p:ident),*] $required:literal $variadic:literal $returns:ident;)*) => {
        pub(crate) const SIGNATURES: &[Signature] = &[$(Signature {
            name: $name, function: Builtin::$function, params: &[$(P::$p),*], required: $required,
            variadic: $variadic, returns: $returns,
        }),*];
    };
}

signatures! {
    "date" Date [Any, N, N] 1 false date;
    "duration" Duration [S] 1 false any;
    "years and months duration" MonthsBetween [Any, Any] 2 false months;
    "number" Number [Any] 1 false number;
    "string" Text [Any] 1 false text;
    "not" Not [B] 1 false boolean;
    "is defined" IsDefined [Any] 1 false boolean;
    "string length" Length [S] 1 false number;
    "upper case" Upper [S] 1 false text;
    "lower case" Lower [S] 1 false text;
    "substring" Substring [S, N, N] 2 false text;
    "substring before" SubstringBefore [S, S] 2 false text;
    "substring after" SubstringAfter [S, S] 2 false text;
    "contains" Contains [S, S] 2 false boolean;
    "starts with" StartsWith [S, S] 2 false boolean;
    "ends with" EndsWith [S, S] 2 false boolean;
    "split" Split [S, S] 2 false texts;
    "string join" Join [L, S] 1 false text;
    "list contains" ListContains [L, Any] 2 false boolean;
    "count" Count [L] 1 false number;
    "min" Min [Any] 1 true one_of;
    "max" Max [Any] 1 true one_of;
    "sum" Sum [Any] 1 true number;
    "mean" Mean [Any] 1 true number;
    "all" All [Any] 1 true boolean;
    "any" Any [Any] 1 true boolean;
    "sublist" Sublist [L, N, N] 2 false first;
    "append" Append [L, Any] 2 true first;
    "concatenate" Concatenate [L] 1 true first;
    "reverse" Reverse [L] 1 false first;
    "index of" IndexOf [L, Any] 2 false numbers;
    "union" Union [L] 1 true first;
    "distinct values" Distinct [L] 1 false first;
    "flatten" Flatten [L] 1 false any;
    "sort" Sort [L] 1 false first;
    "decimal" Decimal [N, N] 2 false number;
    "floor" Floor [N, N] 1 false number;
    "ceiling" Ceiling [N, N] 1 false number;
    "round up" RoundUp [N, N] 1 false number;
    "round down" RoundDown [N, N] 1 false number;
    "round half up" RoundHalfUp [N, N] 1 false number;
    "round half down" RoundHalfDown [N, N] 1 false number;
    "round half even" RoundHalfEven [N, N] 1 false number;
    "abs" Abs [Any] 1 false one_of;
    "modulo" Modulo [N, N] 2 false number;
    "odd" Odd [N] 1 false boolean;
    "even" Even [N] 1 false boolean;
    "get value" GetValue [Any, S] 2 false any;
}

/// The names of all functions, in no particular order. `gyldig fra(fakta)` and `gyldig til(fakta)` come on top in rule sets.
pub fn function_names() -> impl Iterator<Item = &'static str> {
    SIGNATURES.iter().map(|s| s.name)
}

impl Signature {
    pub fn words(&self) -> Vec<Box<str>> {
        words(self.name)
    }

    /// The type of the result.
    ///
    /// # Errors
    /// What is wrong with the arguments, in words.
    pub fn check(&self, args: &[Type]) -> Result<Type, String> {
        let most = if self.variadic { usize::MAX } else { self.params.len() };
        if args.len() < self.required || args.len() > most {
            return Err(format!("`{}` does not take {} arguments", self.name, args.len()));
        }
        for (i, arg) in args.iter().enumerate() {
            let wanted = match self.params.get(i).or(self.params.last()) {
                Some(P::N) => Type::Number,
                Some(P::S) => Type::String,
                Some(P::B) => Type::Boolean,
                Some(P::L) => Type::List(Box::new(Type::Any)),
                Some(P::Any) | None => Type::Any,
            };
            if !wanted.accepts(arg) {
                return Err(format!("argument {} of `{}` is a {arg}, not a {wanted}", i + 1, self.name));
            }
        }
        Ok((self.returns)(args))
    }
}

/// Calls a function. What it cannot do is null; what it cannot do for want of a fact is missing.
pub(crate) fn call(f: Builtin, args: Vec<Value>) -> Value {
    // These look at missing values themselves.
    match f {
        Builtin::IsDefined => {
            return Value::Bool(!matches!(args.first(), None | Some(Value::Null | Value::Missing(_))));
        }
        Builtin::Count => {
            return match args.into_iter().next() {
                Some(Value::List(items)) => Value::from(items.len() as i64),
                Some(m @ Value::Missing(_)) => m,
                _ => Value::Null,
            };
        }
        Builtin::All => return spread(args).iter().fold(Value::Bool(true), |a, v| both(a, as_truth(v))),
        Builtin::Any => return spread(args).iter().fold(Value::Bool(false), |a, v| either(a, as_truth(v))),
        Builtin::ListContains => {
            return match (args.first(), args.get(1)) {
                (Some(Value::List(items)), Some(v)) => contains(items, v),
                (Some(m @ Value::Missing(_)), _) => m.clone(),
                _ => Value::Null,
            };
        }
        _ => {}
    }
    let mut missing: BTreeSet<MissingFact> = BTreeSet::new();
    let whole = !matches!(
        f,
        Builtin::Append | Builtin::Concatenate | Builtin::Reverse | Builtin::Flatten | Builtin::Sublist
    );
    for arg in &args {
        match arg {
            Value::Missing(facts) => missing.extend(facts.iter().cloned()),
            Value::List(_) if whole => missing.extend(arg.missing_facts()),
            _ => {}
        }
    }
    if !missing.is_empty() {
        return Value::Missing(Arc::new(missing));
    }
    known(f, &args).unwrap_or_default()
}

/// Three-valued membership: a match settles it, otherwise a missing element leaves it open.
pub(crate) fn contains(items: &[Value], wanted: &Value) -> Value {
    items.iter().fold(Value::Bool(false), |found, item| {
        let same = match equal(item, wanted) {
            Value::Null => Value::Bool(false),
            v => v,
        };
        either(found, same)
    })
}

fn as_truth(v: &Value) -> Value {
    match v {
        Value::Bool(_) | Value::Missing(_) => v.clone(),
        _ => Value::Null,
    }
}

/// Functions on a list also take its elements as arguments: `min(1, 2)` is `min([1, 2])`.
fn spread(args: Vec<Value>) -> Vec<Value> {
    match args.as_slice() {
        [Value::List(items)] => items.to_vec(),
        [m @ Value::Missing(_)] => vec![m.clone()],
        _ => args,
    }
}

fn known(f: Builtin, args: &[Value]) -> Option<Value> {
    use Builtin as B;
    let text = |i: usize| args.get(i).and_then(Value::as_str);
    let num = |i: usize| args.get(i).and_then(Value::as_number);
    let list = |i: usize| args.get(i).and_then(Value::as_list);
    Some(match f {
        B::Date => match args {
            [Value::String(s)] => Value::Date(s.parse().ok()?),
            [d @ Value::Date(_)] => d.clone(),
            [Value::Number(y), Value::Number(m), Value::Number(d)] => {
                Value::Date(Date::new(y.to_i16()?, m.to_i8()?, d.to_i8()?).ok()?)
            }
            _ => return None,
        },
        B::Duration => parse_duration(text(0)?)?,
        B::MonthsBetween => {
            let (from, to) = (args.first()?.as_date()?, args.get(1)?.as_date()?);
            Value::Months(whole_months(from, to))
        }
        B::Number => match args.first()? {
            Value::String(s) => Value::Number(parse_number(s.trim())?),
            n @ Value::Number(_) => n.clone(),
            _ => return None,
        },
        B::Text => match args.first()? {
            Value::Null => return None,
            v => Value::from(v.to_string()),
        },
        B::Not => Value::Bool(!args.first()?.as_bool()?),
        B::Length => Value::from(text(0)?.chars().count() as i64),
        B::Upper => Value::from(text(0)?.to_uppercase()),
        B::Lower => Value::from(text(0)?.to_lowercase()),
        B::Substring => {
            let chars: Vec<char> = text(0)?.chars().collect();
            let (from, to) = window(chars.len(), num(1)?, num(2))?;
            Value::from(chars.get(from..to)?.iter().collect::<String>())
        }
        B::SubstringBefore => Value::text_of(text(0)?.split_once(text(1)?).map_or("", |(before, _)| before)),
        B::SubstringAfter => Value::text_of(text(0)?.split_once(text(1)?).map_or("", |(_, after)| after)),
        B::Contains => Value::Bool(text(0)?.contains(text(1)?)),
        B::StartsWith => Value::Bool(text(0)?.starts_with(text(1)?)),
        B::EndsWith => Value::Bool(text(0)?.ends_with(text(1)?)),
        B::Split => Value::from(text(0)?.split(text(1)?).map(Value::text_of).collect::<Vec<_>>()),
        B::Join => {
            let parts: Option<Vec<&str>> = list(0)?.iter().map(Value::as_str).collect();
            Value::from(parts?.join(text(1).unwrap_or_default()))
        }
        B::Min => extreme(args, Ordering::Less)?,
        B::Max => extreme(args, Ordering::Greater)?,
        B::Sum => Value::Number(total(args)?.0),
        B::Mean => {
            let (sum, n) = total(args)?;
            Value::Number(sum.checked_div(Decimal::from(n))?)
        }
        B::Sublist => {
            let items = list(0)?;
            let (from, to) = window(items.len(), num(1)?, num(2))?;
            Value::list(items.get(from..to)?.to_vec())
        }
        B::Append => {
            let mut items = list(0)?.to_vec();
            items.extend_from_slice(args.get(1..)?);
            Value::list(items)
        }
        B::Concatenate => Value::list(joined(args)?),
        B::Reverse => Value::list(list(0)?.iter().rev().cloned().collect()),
        B::IndexOf => {
            let wanted = args.get(1)?;
            let places = list(0)?.iter().enumerate().filter(|(_, v)| equal(v, wanted) == Value::Bool(true));
            Value::list(places.map(|(i, _)| Value::from(i as i64 + 1)).collect())
        }
        B::Union => Value::list(distinct(joined(args)?)),
        B::Distinct => Value::list(distinct(list(0)?.to_vec())),
        B::Flatten => {
            let mut flat = Vec::new();
            flatten(list(0)?, &mut flat);
            Value::list(flat)
        }
        B::Sort => {
            let mut items = list(0)?.to_vec();
            if items.windows(2).any(|w| matches!(w, [a, b] if compare(a, b).is_none())) {
                return None;
            }
            items.sort_by(|a, b| compare(a, b).unwrap_or(Ordering::Equal));
            Value::list(items)
        }
        B::Floor => round(num(0)?, num(1), RoundingStrategy::ToNegativeInfinity)?,
        B::Ceiling => round(num(0)?, num(1), RoundingStrategy::ToPositiveInfinity)?,
        B::RoundUp => round(num(0)?, num(1), RoundingStrategy::AwayFromZero)?,
        B::RoundDown => round(num(0)?, num(1), RoundingStrategy::ToZero)?,
        B::RoundHalfUp => round(num(0)?, num(1), RoundingStrategy::MidpointAwayFromZero)?,
        B::RoundHalfDown => round(num(0)?, num(1), RoundingStrategy::MidpointTowardZero)?,
        B::Decimal | B::RoundHalfEven => round(num(0)?, num(1), RoundingStrategy::MidpointNearestEven)?,
        B::Abs => match args.first()? {
            Value::Number(n) => Value::Number(n.abs()),
            Value::Days(s) => Value::Days(s.checked_abs()?),
            Value::Months(m) => Value::Months(m.checked_abs()?),
            _ => return None,
        },
        // FEEL's modulo has the sign of the divisor.
        B::Modulo => {
            let (n, by) = (num(0)?, num(1)?);
            let rest = n.checked_rem(by)?;
            Value::Number(if rest.is_zero() || rest.is_sign_negative() == by.is_sign_negative() {
                rest
            } else {
                rest.checked_add(by)?
            })
        }
        B::Odd => Value::Bool(!num(0)?.checked_rem(Decimal::TWO)?.is_zero()),
        B::Even => Value::Bool(num(0)?.checked_rem(Decimal::TWO)?.is_zero()),
        B::GetValue => match args.first()? {
            Value::Context(fields) => fields.get(text(1)?)?.clone(),
            _ => return None,
        },
        B::IsDefined | B::Count | B::All | B::Any | B::ListContains => return None,
    })
}

/// The whole months from one date to another (to zero; negative when `to` is before `from`).
pub(crate) fn whole_months(from: Date, to: Date) -> i64 {
    let months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month()) - i64::from(from.month());
    if months > 0 && to.day() < from.day() {
        months - 1
    } else if months < 0 && to.day() > from.day() {
        months + 1
    } else {
        months
    }
}

/// A start (from 1, or from the end when negative) and a length, as a range of indexes.
fn window(len: usize, start: Decimal, length: Option<Decimal>) -> Option<(usize, usize)> {
    let start = start.to_i64()?;
    let from = match start {
        0 => return None,
        s if s > 0 => usize::try_from(s - 1).ok()?,
        s => len.checked_sub(usize::try_from(s.unsigned_abs()).ok()?)?,
    };
    let to = match length {
        None => len,
        Some(n) => from.saturating_add(n.to_usize()?).min(len),
    };
    (from <= to).then_some((from, to))
}

fn items_of(args: &[Value]) -> &[Value] {
    match args {
        [Value::List(items)] => items,
        _ => args,
    }
}

fn extreme(args: &[Value], wanted: Ordering) -> Option<Value> {
    let mut items = items_of(args).iter();
    let mut best = items.next()?;
    compare(best, best)?;
    for item in items {
        if compare(item, best)? == wanted {
            best = item;
        }
    }
    Some(best.clone())
}

fn total(args: &[Value]) -> Option<(Decimal, i64)> {
    let items = items_of(args);
    let mut sum = Decimal::ZERO;
    for item in items {
        sum = sum.checked_add(item.as_number()?)?;
    }
    Some((sum, items.len() as i64)).filter(|(_, n)| *n > 0)
}

fn joined(args: &[Value]) -> Option<Vec<Value>> {
    let mut all = Vec::new();
    for arg in args {
        all.extend_from_slice(arg.as_list()?);
    }
    Some(all)
}

fn distinct(items: Vec<Value>) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for item in items {
        if !kept.iter().any(|k| equal(k, &item) == Value::Bool(true)) {
            kept.push(item);
        }
    }
    kept
}

fn flatten(items: &[Value], into: &mut Vec<Value>) {
    for item in items {
        match item {
            Value::List(inner) => flatten(inner, into),
            v => into.push(v.clone()),
        }
    }
}

/// Rounds to a number of decimals (0 unless said). More decimals than a decimal can have change nothing; negative ones round to tens.
fn round(n: Decimal, places: Option<Decimal>, how: RoundingStrategy) -> Option<Value> {
    let places = places.unwrap_or_default().to_i64()?;
    if places >= 0 {
        return Some(Value::Number(n.round_dp_with_strategy(u32::try_from(places).ok()?.min(28), how)));
    }
    let unit = Decimal::TEN.checked_mul(ten_to(places.unsigned_abs().checked_sub(1)?)?)?;
    let scaled = n.checked_div(unit)?.round_dp_with_strategy(0, how);
    scaled.checked_mul(unit).map(Value::Number)
}

fn ten_to(n: u64) -> Option<Decimal> {
    (0..n.min(29)).try_fold(Decimal::ONE, |acc, _| acc.checked_mul(Decimal::TEN))
}

/// Of an aggregation in a decision table.
pub(crate) fn aggregate(how: Builtin, items: Vec<Value>) -> Value {
    call(how, vec![Value::list(items)])
}
