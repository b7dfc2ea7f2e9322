//! The logic of a decision: a literal expression, a boxed context or a decision table, compiled.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::bokmaal;
use crate::feel::{
    Builtin, Compiled, Expr, Host, Test, Type, aggregate, equal, eval, eval_tests, missing_of,
};
use crate::law::LegalRef;
use crate::value::Value;

#[derive(Clone, Debug)]
pub(crate) enum Logic {
    Literal {
        code: Compiled<Expr>,
        text: String,
    },
    Context {
        entries: Vec<(Arc<str>, Logic)>,
        /// Whether the last entry, which has no name, is the result.
        result: bool,
    },
    Table(Box<Table>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HitPolicy {
    Unique,
    First,
    Any,
    Priority,
    RuleOrder,
    Collect(Option<Aggregator>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aggregator {
    Sum,
    Min,
    Max,
    Count,
}

#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub policy: HitPolicy,
    pub inputs: Vec<InputClause>,
    pub outputs: Vec<OutputClause>,
    pub rows: Vec<Row>,
}

#[derive(Clone, Debug)]
pub(crate) struct InputClause {
    pub label: String,
    pub code: Compiled<Expr>,
}

#[derive(Clone, Debug)]
pub(crate) struct OutputClause {
    pub name: Arc<str>,
    pub default: Option<Compiled<Expr>>,
    /// `outputValues`, highest priority first.
    pub priority: Vec<Value>,
}

#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub id: String,
    /// One per input; `None` is the cell `-`.
    pub cells: Vec<Option<Compiled<Vec<Test>>>>,
    pub cell_texts: Vec<String>,
    pub outputs: Vec<Compiled<Expr>>,
    pub output_texts: Vec<String>,
    pub finding: Option<Template>,
    pub law: Option<LegalRef>,
    pub discretion: bool,
    pub description: Option<String>,
}

/// More inputs than a table that people read will have; they fit on the stack.
pub(crate) const MAX_INPUTS: usize = 16;

impl Logic {
    /// The value, and which row of a table gave it (when one did).
    pub fn eval<H: Host>(&self, locals: &[Value], host: &mut H) -> (Value, Option<usize>) {
        match self {
            Self::Literal { code, .. } => (eval(code, locals, host), None),
            Self::Table(table) => table.eval(locals, host),
            Self::Context { entries, result } => {
                let mut locals = locals.to_vec();
                let before = locals.len();
                for (_, logic) in entries {
                    let (v, _) = logic.eval(&locals, host);
                    locals.push(v);
                }
                if *result {
                    return (locals.pop().unwrap_or_default(), None);
                }
                let names = entries.iter().map(|(name, _)| name.clone());
                let fields: BTreeMap<_, _> = names.zip(locals.into_iter().skip(before)).collect();
                (Value::Context(Arc::new(fields)), None)
            }
        }
    }

    /// The scope's names that the logic uses anywhere.
    pub fn uses(&self) -> Vec<usize> {
        let mut all = match self {
            Self::Literal { code, .. } => code.uses.clone(),
            Self::Context { entries, .. } => entries.iter().flat_map(|(_, l)| l.uses()).collect(),
            Self::Table(t) => (0..t.rows.len())
                .flat_map(|i| t.row_uses(i))
                .chain(t.inputs.iter().flat_map(|i| i.code.uses.clone()))
                .chain(t.outputs.iter().filter_map(|o| o.default.as_ref()).flat_map(|d| d.uses.clone()))
                .collect(),
        };
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// What one row says to the inputs.
enum Hit {
    Yes,
    No,
    /// It cannot be said, for want of these facts.
    Unknown(Value),
}

impl Table {
    /// The names of the scope that a row reads: in its cells and what they test, its outputs and its text.
    pub fn row_uses(&self, row: usize) -> Vec<usize> {
        let Some(row) = self.rows.get(row) else { return Vec::new() };
        let tested = self.inputs.iter().zip(&row.cells).filter(|(_, cell)| cell.is_some());
        let mut all: Vec<usize> = tested.flat_map(|(input, _)| input.code.uses.iter().copied()).collect();
        all.extend(row.cells.iter().flatten().flat_map(|c| c.uses.iter().copied()));
        all.extend(row.outputs.iter().flat_map(|o| o.uses.iter().copied()));
        all.extend(row.finding.iter().flat_map(Template::uses));
        all.sort_unstable();
        all.dedup();
        all
    }

    fn eval<H: Host>(&self, locals: &[Value], host: &mut H) -> (Value, Option<usize>) {
        let mut seen: [Option<Value>; MAX_INPUTS] = [const { None }; MAX_INPUTS];
        match self.policy {
            HitPolicy::First => self.first(locals, &mut seen, host),
            HitPolicy::Unique | HitPolicy::Any | HitPolicy::Priority => self.single(locals, &mut seen, host),
            HitPolicy::RuleOrder | HitPolicy::Collect(_) => self.many(locals, &mut seen, host),
        }
    }

    fn hit<H: Host>(&self, row: &Row, locals: &[Value], seen: &mut [Option<Value>], host: &mut H) -> Hit {
        let mut unknown = Value::Null;
        for ((cell, input), seen) in row.cells.iter().zip(&self.inputs).zip(seen) {
            let Some(cell) = cell else { continue };
            let subject = seen.get_or_insert_with(|| eval(&input.code, locals, host));
            match eval_tests(cell, subject, locals, host) {
                Value::Bool(true) => {}
                missing @ Value::Missing(_) => unknown = missing_of(&unknown, &missing),
                _ => return Hit::No,
            }
        }
        if unknown.is_missing() { Hit::Unknown(unknown) } else { Hit::Yes }
    }

    fn output<H: Host>(&self, row: &Row, locals: &[Value], host: &mut H) -> Value {
        self.bundle(row.outputs.iter().map(|code| eval(code, locals, host)).collect())
    }

    fn bundle(&self, values: Vec<Value>) -> Value {
        if self.outputs.len() == 1 {
            return values.into_iter().next().unwrap_or_default();
        }
        Value::Context(Arc::new(self.outputs.iter().map(|o| o.name.clone()).zip(values).collect()))
    }

    /// What holds when no row does: the default outputs, or null.
    fn default<H: Host>(&self, locals: &[Value], host: &mut H) -> Value {
        if self.outputs.iter().all(|o| o.default.is_none()) {
            return Value::Null;
        }
        let values =
            self.outputs.iter().map(|o| o.default.as_ref().map_or(Value::Null, |c| eval(c, locals, host)));
        self.bundle(values.collect())
    }

    /// The first row that holds. A row before it that might hold leaves the answer open, unless it would say the same.
    fn first<H: Host>(
        &self,
        locals: &[Value],
        seen: &mut [Option<Value>],
        host: &mut H,
    ) -> (Value, Option<usize>) {
        let mut open: Vec<(usize, Value)> = Vec::new();
        let mut found = None;
        for (i, row) in self.rows.iter().enumerate() {
            match self.hit(row, locals, seen, host) {
                Hit::Yes => {
                    found = Some(i);
                    break;
                }
                Hit::No => {}
                Hit::Unknown(facts) => open.push((i, facts)),
            }
        }
        let value = match found.and_then(|i| self.rows.get(i)) {
            Some(row) => self.output(row, locals, host),
            None => self.default(locals, host),
        };
        let mut missing = Value::Null;
        for (i, facts) in open {
            let other = self.rows.get(i).map(|row| self.output(row, locals, host)).unwrap_or_default();
            if equal(&other, &value) != Value::Bool(true) {
                missing = missing_of(&missing, &facts);
            }
        }
        if missing.is_missing() { (missing, None) } else { (value, found) }
    }

    /// One answer out of the rows that hold: they must be one (unique), or agree (any), or the weightiest counts (priority).
    fn single<H: Host>(
        &self,
        locals: &[Value],
        seen: &mut [Option<Value>],
        host: &mut H,
    ) -> (Value, Option<usize>) {
        let mut hits: Vec<(usize, Value)> = Vec::new();
        let mut missing = Value::Null;
        for (i, row) in self.rows.iter().enumerate() {
            match self.hit(row, locals, seen, host) {
                Hit::Yes => {
                    let v = self.output(row, locals, host);
                    hits.push((i, v));
                }
                Hit::No => {}
                Hit::Unknown(facts) => missing = missing_of(&missing, &facts),
            }
        }
        match self.policy {
            HitPolicy::Priority if missing.is_missing() => return (missing, None),
            HitPolicy::Priority => hits.sort_by_key(|(i, v)| (self.rank(v), *i)),
            // Two rows of a unique table, or rows of an 'any' table that disagree, are a fault in the model: no answer.
            HitPolicy::Unique if hits.len() > 1 => return (Value::Null, None),
            HitPolicy::Any
                if hits
                    .windows(2)
                    .any(|w| matches!(w, [(_, a), (_, b)] if equal(a, b) != Value::Bool(true))) =>
            {
                return (Value::Null, None);
            }
            _ => {}
        }
        match hits.into_iter().next() {
            Some((i, v)) => (v, Some(i)),
            None if missing.is_missing() => (missing, None),
            None => (self.default(locals, host), None),
        }
    }

    /// The place of an output among the table's output values: the first is the weightiest.
    fn rank(&self, v: &Value) -> Vec<usize> {
        let place =
            |o: &OutputClause, v: &Value| o.priority.iter().position(|p| p == v).unwrap_or(usize::MAX);
        match (v, self.outputs.as_slice()) {
            (v, [only]) => vec![place(only, v)],
            (Value::Context(fields), outputs) => {
                outputs.iter().map(|o| fields.get(&o.name).map_or(usize::MAX, |v| place(o, v))).collect()
            }
            _ => Vec::new(),
        }
    }

    fn many<H: Host>(
        &self,
        locals: &[Value],
        seen: &mut [Option<Value>],
        host: &mut H,
    ) -> (Value, Option<usize>) {
        let mut values = Vec::new();
        let mut missing = Value::Null;
        for row in &self.rows {
            match self.hit(row, locals, seen, host) {
                Hit::Yes => values.push(self.output(row, locals, host)),
                Hit::No => {}
                Hit::Unknown(facts) => missing = missing_of(&missing, &facts),
            }
        }
        if missing.is_missing() {
            return (missing, None);
        }
        let HitPolicy::Collect(Some(how)) = self.policy else { return (Value::list(values), None) };
        let how = match how {
            Aggregator::Sum => Builtin::Sum,
            Aggregator::Min => Builtin::Min,
            Aggregator::Max => Builtin::Max,
            Aggregator::Count => Builtin::Count,
        };
        (aggregate(how, values), None)
    }
}

/// A text with FEEL in braces: `Barnet er født {barnets fødselsdato}.` A format may follow: `{første måned | måned}`, `{beløp | kr}`.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(Box<str>),
    Value(Box<Compiled<Expr>>, Format),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Plain,
    Kroner,
    Month,
}

impl Template {
    /// Compiles a text; `compile` compiles the FEEL in braces.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(
        text: &str,
        mut compile: impl FnMut(&str) -> Result<Compiled<Expr>, String>,
    ) -> Result<Self, String> {
        // Lines in the XML are for those who write it.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (mut parts, mut rest) = (Vec::new(), text.as_str());
        while let Some((before, after)) = rest.split_once('{') {
            let (inside, after) = after.split_once('}').ok_or("a `{` in the text is not closed by `}`")?;
            let (code, format) = match inside.rsplit_once('|') {
                None => (inside, Format::Plain),
                Some((code, format)) => match format.trim() {
                    "kr" => (code, Format::Kroner),
                    "måned" => (code, Format::Month),
                    other => return Err(format!("unknown format `{other}` in the text")),
                },
            };
            let compiled = compile(code.trim())?;
            let fits = match format {
                Format::Plain => true,
                Format::Kroner => Type::Number.accepts(&compiled.ty),
                Format::Month => Type::Date.accepts(&compiled.ty),
            };
            if !fits {
                return Err(format!("the format of `{}` does not fit a {}", code.trim(), compiled.ty));
            }
            if !before.is_empty() {
                parts.push(Part::Text(before.into()));
            }
            parts.push(Part::Value(Box::new(compiled), format));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.into()));
        }
        Ok(Self { parts })
    }

    pub fn uses(&self) -> Vec<usize> {
        let values = self.parts.iter().filter_map(|p| match p {
            Part::Value(code, _) => Some(&code.uses),
            Part::Text(_) => None,
        });
        values.flatten().copied().collect()
    }

    pub fn render<H: Host>(&self, locals: &[Value], host: &mut H) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(t) => out.push_str(t),
                Part::Value(code, format) => {
                    let v = eval(code, locals, host);
                    out.push_str(&match (format, &v) {
                        (Format::Kroner, Value::Number(n)) => bokmaal::kroner(*n),
                        (Format::Month, Value::Date(d)) => bokmaal::month_text(*d),
                        _ => v.text(),
                    });
                }
            }
        }
        out
    }
}
