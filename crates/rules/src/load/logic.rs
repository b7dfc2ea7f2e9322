//! The boxed expressions of a model, compiled: literal expressions, contexts, decision tables.

use std::sync::Arc;

use super::xml::{El, Law};
use crate::LoadError;
use crate::feel::{Expr, FeelError, Nothing, Scope, Type, compile_tests, compile_with, eval};
use crate::logic::{
    Aggregator, HitPolicy, InputClause, Logic, MAX_INPUTS, OutputClause, Row, Table, Template,
};
use crate::value::Value;

const EXPRESSIONS: &[&str] = &[
    "literalExpression",
    "decisionTable",
    "context",
    "invocation",
    "functionDefinition",
    "relation",
    "list",
    "for",
    "every",
    "some",
    "conditional",
    "filter",
];

/// The one expression inside an element.
pub(super) fn expression(el: El<'_>) -> Result<El<'_>, LoadError> {
    let mut found = el.children().filter(|c| EXPRESSIONS.contains(&c.name()));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(el.err("it has no logic")),
        (_, Some(second)) => Err(second.err("it has two expressions")),
    }
}

/// Compiles an expression. `locals` are names whose values stand in the first local slots.
pub(super) fn compile(
    el: El<'_>,
    scope: &Scope,
    locals: &[(String, Type)],
    law: &Law<'_>,
) -> Result<(Logic, Type), LoadError> {
    if let Some(language) = el.attr("expressionLanguage").filter(|l| !l.ends_with("/FEEL/")) {
        return Err(el.err(format!("the language {language} is not FEEL")));
    }
    match el.name() {
        "literalExpression" => {
            let text = el.text()?;
            let code = compile_with(text, scope, locals).map_err(|e| feel(el, &e))?;
            let ty = code.ty.clone();
            Ok((Logic::Literal { code, text: text.to_owned() }, ty))
        }
        "context" => context(el, scope, locals, law),
        "decisionTable" => table(el, scope, locals, law),
        other => Err(el.err(format!("a boxed `{other}` is not taken; write it as a literal expression"))),
    }
}

/// Compiles a text with FEEL in braces.
pub(super) fn template(el: El<'_>, text: &str, scope: &Scope) -> Result<Template, LoadError> {
    if text.is_empty() {
        return Err(el.err("the text is empty"));
    }
    Template::parse(text, |code| crate::feel::compile(code, scope).map_err(|e| format!("`{code}`: {e}")))
        .map_err(|e| el.err(e))
}

fn feel(el: El<'_>, e: &FeelError) -> LoadError {
    el.err(e.to_string())
}

fn context(
    el: El<'_>,
    scope: &Scope,
    locals: &[(String, Type)],
    law: &Law<'_>,
) -> Result<(Logic, Type), LoadError> {
    let mut locals = locals.to_vec();
    let (mut entries, mut fields, mut result) = (Vec::new(), Vec::new(), None);
    for entry in el.all("contextEntry") {
        if result.is_some() {
            return Err(entry.err("an entry without a variable is the result, and the last"));
        }
        let (logic, ty) = compile(expression(entry)?, scope, &locals, law)?;
        if let Some(variable) = entry.child("variable") {
            let name = variable.need("name")?;
            if fields.iter().any(|(n, _)| n == name) {
                return Err(variable.err(format!("the context has `{name}` twice")));
            }
            locals.push((name.to_owned(), ty.clone()));
            fields.push((name.to_owned(), ty));
            entries.push((Arc::from(name), logic));
        } else {
            result = Some(ty);
            entries.push((Arc::from(""), logic));
        }
    }
    if entries.is_empty() {
        return Err(el.err("the context is empty"));
    }
    let with_result = result.is_some();
    let ty = result.unwrap_or_else(|| Type::Context(Arc::new(fields)));
    Ok((Logic::Context { entries, result: with_result }, ty))
}

fn policy(el: El<'_>) -> Result<HitPolicy, LoadError> {
    let aggregation = el.attr("aggregation");
    let policy = match el.attr("hitPolicy").unwrap_or("UNIQUE") {
        "UNIQUE" => HitPolicy::Unique,
        "FIRST" => HitPolicy::First,
        "ANY" => HitPolicy::Any,
        "PRIORITY" => HitPolicy::Priority,
        "RULE ORDER" => HitPolicy::RuleOrder,
        "COLLECT" => HitPolicy::Collect(match aggregation {
            None => None,
            Some("SUM") => Some(Aggregator::Sum),
            Some("MIN") => Some(Aggregator::Min),
            Some("MAX") => Some(Aggregator::Max),
            Some("COUNT") => Some(Aggregator::Count),
            Some(other) => return Err(el.err(format!("there is no aggregation `{other}`"))),
        }),
        other => return Err(el.err(format!("the hit policy `{other}` is not taken"))),
    };
    if aggregation.is_some() && !matches!(policy, HitPolicy::Collect(_)) {
        return Err(el.err("only COLLECT has an aggregation"));
    }
    Ok(policy)
}

fn table(
    el: El<'_>,
    scope: &Scope,
    locals: &[(String, Type)],
    law: &Law<'_>,
) -> Result<(Logic, Type), LoadError> {
    let policy = policy(el)?;
    let mut inputs = Vec::new();
    for input in el.all("input") {
        let expression = input.need_child("inputExpression")?;
        let text = expression.text()?;
        let code = compile_with(text, scope, locals).map_err(|e| feel(expression, &e))?;
        inputs.push(InputClause { label: input.attr("label").unwrap_or(text).to_owned(), code });
    }
    if inputs.len() > MAX_INPUTS {
        return Err(el.err(format!("a table takes at most {MAX_INPUTS} inputs")));
    }
    let mut outputs: Vec<OutputClause> = Vec::new();
    let several = el.all("output").count() > 1;
    for output in el.all("output") {
        let name = output.attr("name").or(output.attr("label")).unwrap_or_default();
        if several && (name.is_empty() || outputs.iter().any(|o| &*o.name == name)) {
            return Err(output.err("several outputs need a name each"));
        }
        let default = match output.child("defaultOutputEntry") {
            None => None,
            Some(d) => Some(compile_with(d.text()?, scope, locals).map_err(|e| feel(d, &e))?),
        };
        let priority = match output.child("outputValues") {
            None => Vec::new(),
            Some(values) => constants(values)?,
        };
        if policy == HitPolicy::Priority && priority.is_empty() {
            return Err(output.err("the hit policy PRIORITY needs `outputValues`, the weightiest first"));
        }
        outputs.push(OutputClause { name: Arc::from(name), default, priority });
    }
    if outputs.is_empty() {
        return Err(el.err("the table has no output"));
    }
    if several && matches!(policy, HitPolicy::Collect(Some(_))) {
        return Err(el.err("an aggregation is of one output"));
    }
    let mut rows = Vec::new();
    for rule in el.all("rule") {
        rows.push(row(rule, scope, locals, law, &inputs, &outputs)?);
    }
    if rows.is_empty() {
        return Err(el.err("the table has no rule"));
    }
    let ty = table_type(policy, &outputs, &rows);
    Ok((Logic::Table(Box::new(Table { policy, inputs, outputs, rows })), ty))
}

/// The values of `outputValues`: constants with commas between.
fn constants(el: El<'_>) -> Result<Vec<Value>, LoadError> {
    let code = compile_with(&format!("[{}]", el.text()?), &Scope::new(), &[]).map_err(|e| feel(el, &e))?;
    match eval(&code, &[], &mut Nothing) {
        Value::List(items) => Ok(items.to_vec()),
        _ => Err(el.err("these are no values")),
    }
}

fn row(
    rule: El<'_>,
    scope: &Scope,
    locals: &[(String, Type)],
    law: &Law<'_>,
    inputs: &[InputClause],
    outputs: &[OutputClause],
) -> Result<Row, LoadError> {
    rule.only_own(&["paragraf", "ledd", "lov", "lovnavn", "usikker", "skjoenn"])?;
    rule.only_extensions(&["funn"])?;
    let in_cells: Vec<El<'_>> = rule.all("inputEntry").collect();
    let out_cells: Vec<El<'_>> = rule.all("outputEntry").collect();
    if in_cells.len() != inputs.len() || out_cells.len() != outputs.len() {
        let (found, wanted) = ((in_cells.len(), out_cells.len()), (inputs.len(), outputs.len()));
        return Err(rule.err(format!(
            "the rule has {} input and {} output cells, the table {} and {}",
            found.0, found.1, wanted.0, wanted.1
        )));
    }
    let (mut cells, mut cell_texts) = (Vec::new(), Vec::new());
    for (cell, input) in in_cells.iter().zip(inputs) {
        let text = cell.text()?;
        cells.push(compile_tests(text, &input.code.ty, scope, locals).map_err(|e| feel(*cell, &e))?);
        cell_texts.push(text.to_owned());
    }
    let (mut results, mut output_texts) = (Vec::new(), Vec::new());
    for cell in &out_cells {
        let text = cell.text()?;
        results.push(compile_with(text, scope, locals).map_err(|e| feel(*cell, &e))?);
        output_texts.push(text.to_owned());
    }
    let finding = rule.extension("funn").map(|t| template(t, t.own_text(), scope)).transpose()?;
    Ok(Row {
        id: rule.need("id")?.to_owned(),
        cells,
        cell_texts,
        outputs: results,
        output_texts,
        finding,
        law: rule.law(law)?,
        discretion: rule.flag("skjoenn")?,
        description: rule.description(),
    })
}

fn table_type(policy: HitPolicy, outputs: &[OutputClause], rows: &[Row]) -> Type {
    let column = |i: usize| {
        let is_null = |e: &Expr| matches!(e, Expr::Const(Value::Null));
        let cells = rows.iter().filter_map(|r| r.outputs.get(i));
        let default = outputs.get(i).and_then(|o| o.default.as_ref());
        let types = cells.chain(default).filter(|c| !is_null(&c.code)).map(|c| c.ty.clone());
        types.reduce(Type::join).unwrap_or_default()
    };
    let one = if outputs.len() == 1 {
        column(0)
    } else {
        Type::Context(Arc::new(
            outputs.iter().enumerate().map(|(i, o)| (o.name.to_string(), column(i))).collect(),
        ))
    };
    match policy {
        HitPolicy::RuleOrder | HitPolicy::Collect(None) => Type::List(Box::new(one)),
        HitPolicy::Collect(Some(Aggregator::Count)) => Type::Number,
        _ => one,
    }
}
