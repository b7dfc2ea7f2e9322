//! A DMN 1.5 model and its parameters, compiled to a rule set.
//!
//! The model is plain DMN that any editor opens. What DMN has no place for stands in attributes and `extensionElements` of the namespace
//! `urn:felles:dmn:1` (here `felles:`), which editors keep:
//!
//! | on | attribute or element | meaning |
//! |---|---|---|
//! | `definitions` | `versjon`, `lov`, `lovnavn`, `gyldigFra`, `gyldigTil` | version, law, days it applies |
//! | | `automatisering` | A, A+, P or H |
//! | | `gjelder` | the kind of subject that there may be several of |
//! | | `klagefristUker` | weeks to appeal |
//! | `inputData` | `faktum`, `register`, `formaal` | the fact's key, where it is, what it is for |
//! | | `gjelder`, `skjermet`, `standard`, `ferskhet`, `lovkrav` | per subject; shielded; FEEL default; how old it may be (ISO 8601); law that makes it a condition |
//! | | `rolle="manuell_kontroll"` | the person's request for a human |
//! | | or `parameter` | the parameter's key, instead of a fact |
//! | | or `dag` | `virkningsdato` (as of) or `kunnskapsdato` (known at), instead of a fact |
//! | `decision` | `rolle`, `kode`, `enhet`, `gjelder`, `skjermet`, `skjoenn` | see [`Role`]; a filter's code; a unit; per subject; shielded; discretion |
//! | | `paragraf`, `ledd`, `lov`, `lovnavn`, `usikker` | the place in the law |
//! | | `<krav>`, `<funn>`, `<grunn>` | what the law demands, what was found, why a human: texts with FEEL in braces |
//! | `rule` | `paragraf`, `ledd`, …, `skjoenn`, `<funn>` | the same, of one row |

mod logic;
mod order;
mod types;
mod xml;

use std::collections::HashMap;

use jiff::civil::Date;

use crate::feel::{Compiled, Expr, Scope, Test, Type, compile, compile_tests, eval};
use crate::guard;
use crate::law::LegalRef;
use crate::logic::Template;
use crate::parameters::{Parameter, Parameters};
use crate::ruleset::{Automation, DecisionDef, FunctionDef, Input, InputSpec, Ref, Role, RuleSet};
use crate::value::{Value, parse_duration};
use crate::{LoadError, feel};
use xml::{El, Law};

/// Requirements of one decision: which of them it used is kept in the bits of one word.
pub(crate) const MAX_REFS: usize = 64;

impl RuleSet {
    /// Compiles a model (DMN 1.5, XML) with its parameters (TOML).
    ///
    /// # Errors
    /// The model cannot be decided by; the error names the element and the line.
    pub fn load(dmn: &str, parameters_toml: &str) -> Result<Self, LoadError> {
        Self::load_with("dmn", dmn, &Parameters::parse("parameters", parameters_toml)?)
    }

    /// The same, with the file's name for errors, and parameters that may be shared with other rule sets.
    ///
    /// # Errors
    /// As [`RuleSet::load`].
    pub fn load_with(file: &str, dmn: &str, parameters: &Parameters) -> Result<Self, LoadError> {
        let document = roxmltree::Document::parse(dmn).map_err(|e| LoadError {
            file: file.to_owned(),
            line: Some(e.pos().row),
            place: String::new(),
            message: format!("not well-formed XML: {e}"),
        })?;
        let root = El::root(document.root_element(), file)?;
        Loader::new(root, parameters)?.load()
    }
}

/// A node of the model that FEEL may name.
#[derive(Clone, Debug)]
struct Named {
    name: String,
    ty: Type,
    per_subject: bool,
    what: Ref,
    shielded: bool,
}

struct Loader<'a> {
    root: El<'a>,
    law: Law<'a>,
    known: &'a Parameters,
    types: HashMap<&'a str, (Type, Option<&'a str>)>,
    nodes: HashMap<&'a str, Named>,
    inputs: Vec<Input>,
    parameters: Vec<Parameter>,
    functions: Vec<FunctionDef>,
    function_ids: HashMap<&'a str, usize>,
    function_types: Vec<(Vec<Type>, Type)>,
    decisions: Vec<DecisionDef>,
    subject: Option<&'a str>,
    manual: Option<usize>,
}

impl<'a> Loader<'a> {
    fn new(root: El<'a>, known: &'a Parameters) -> Result<Self, LoadError> {
        Ok(Self {
            root,
            law: Law { number: root.need_own("lov")?, title: root.own("lovnavn") },
            known,
            types: HashMap::new(),
            nodes: HashMap::new(),
            inputs: Vec::new(),
            parameters: Vec::new(),
            functions: Vec::new(),
            function_ids: HashMap::new(),
            function_types: Vec::new(),
            decisions: Vec::new(),
            subject: root.own("gjelder"),
            manual: None,
        })
    }

    fn load(mut self) -> Result<RuleSet, LoadError> {
        let root = self.root;
        root.only_own(&[
            "versjon",
            "lov",
            "lovnavn",
            "gyldigFra",
            "gyldigTil",
            "automatisering",
            "gjelder",
            "klagefristUker",
            "usikker",
        ])?;
        let automation = root.need_own("automatisering")?;
        let automation = Automation::named(automation).ok_or_else(|| {
            root.err(format!("`felles:automatisering` is `{automation}`, not A, A+, P or H"))
        })?;
        let valid_from = date(root, "gyldigFra")?.ok_or_else(|| root.err("`felles:gyldigFra` is missing"))?;
        let valid_to = date(root, "gyldigTil")?;
        if valid_to.is_some_and(|to| to <= valid_from) {
            return Err(root.err("`felles:gyldigTil` must be after `felles:gyldigFra`"));
        }
        let appeal_weeks = match root.own("klagefristUker") {
            None => None,
            Some(n) => Some(n.parse().map_err(|_| root.err("`felles:klagefristUker` is no whole number"))?),
        };

        order::check_ids(root)?;
        for el in root.all("itemDefinition") {
            self.item(el)?;
        }
        for el in root.all("inputData") {
            self.input(el)?;
        }
        for el in order::functions(root)? {
            self.function(el)?;
        }
        let decisions = order::decisions(root)?;
        if decisions.is_empty() {
            return Err(root.err("the model has no decision"));
        }
        for el in decisions {
            self.decision(el)?;
        }

        let only = |role: Role| -> Result<Option<usize>, LoadError> {
            let mut found = self.decisions.iter().enumerate().filter(|(_, d)| d.role == role);
            let first = found.next();
            if let Some((_, second)) = found.next() {
                return Err(root.err(format!("`{}` is a second decision with its role", second.id)));
            }
            match first {
                Some((_, d)) if d.per_subject => {
                    Err(root.err(format!("`{}` cannot be per subject in its role", d.id)))
                }
                Some((i, _)) => Ok(Some(i)),
                None => Ok(None),
            }
        };
        let outcome =
            only(Role::Utfall)?.ok_or_else(|| root.err("no decision has `felles:rolle=\"utfall\"`"))?;
        let (proposal, sum) = (only(Role::Resultat)?, only(Role::Sum)?);
        if self.manual.is_none() && matches!(automation, Automation::A | Automation::APlus) {
            return Err(root.err(
                "a rule set that decides alone needs an `inputData` with `felles:rolle=\"manuell_kontroll\"`: \
                 the person's request for a human",
            ));
        }
        let law = LegalRef {
            law: self.law.number.to_owned(),
            title: self.law.title.map(str::to_owned),
            section: None,
            paragraph: None,
            uncertain: root.flag("usikker")?,
        };
        let by_key = self.inputs.iter().enumerate().map(|(i, input)| (input.spec.key.clone(), i)).collect();
        let mut rules = RuleSet {
            id: root.need("id")?.to_owned(),
            version: version(root)?,
            title: root.need("name")?.to_owned(),
            description: root.description(),
            law,
            valid_from,
            valid_to,
            automation,
            appeal_weeks,
            subject: self.subject.map(str::to_owned),
            inputs: self.inputs,
            by_key,
            parameters: self.parameters,
            decisions: self.decisions,
            functions: self.functions,
            root: outcome,
            proposal,
            sum,
            manual: self.manual,
            for_sum: Vec::new(),
        };
        rules.for_sum = rules.needed_for(sum);
        Ok(rules)
    }

    fn per_subject(&self, el: El<'_>) -> Result<bool, LoadError> {
        match (el.own("gjelder"), self.subject) {
            (None, _) => Ok(false),
            (Some(kind), Some(subject)) if kind == subject => Ok(true),
            (Some(kind), _) => {
                Err(el.err(format!("`felles:gjelder` is `{kind}`, but the model says nothing of that kind")))
            }
        }
    }

    fn input(&mut self, el: El<'a>) -> Result<(), LoadError> {
        el.only_own(&[
            "faktum",
            "register",
            "formaal",
            "gjelder",
            "skjermet",
            "standard",
            "ferskhet",
            "lovkrav",
            "rolle",
            "parameter",
            "dag",
        ])?;
        let id = el.need("id")?;
        let (name, ty, allowed) = self.variable(el)?;
        let mut named =
            Named { name: name.to_owned(), ty, per_subject: false, what: Ref::AsOf, shielded: false };
        match (el.own("faktum"), el.own("parameter"), el.own("dag")) {
            (Some(key), None, None) => {
                let input = self.fact(el, key, name, named.ty.clone(), allowed)?;
                named.per_subject = input.per_subject;
                named.shielded = input.spec.shielded;
                named.what = Ref::Fact(self.inputs.len());
                self.inputs.push(input);
            }
            (None, Some(key), None) => {
                let parameter =
                    self.known.get(key).ok_or_else(|| el.err(format!("there is no parameter `{key}`")))?;
                if named.ty != Type::Number {
                    return Err(el.err("a parameter is a number"));
                }
                named.what = Ref::Parameter(self.parameters.len());
                self.parameters.push(parameter.clone());
            }
            (None, None, Some(day)) => {
                if named.ty != Type::Date {
                    return Err(el.err("a day is a date"));
                }
                named.what = match day {
                    "virkningsdato" => Ref::AsOf,
                    "kunnskapsdato" => Ref::KnownAt,
                    _ => {
                        return Err(
                            el.err(format!("`felles:dag` is `{day}`, not virkningsdato or kunnskapsdato"))
                        );
                    }
                };
            }
            _ => {
                return Err(
                    el.err("an inputData has one of `felles:faktum`, `felles:parameter` and `felles:dag`")
                );
            }
        }
        self.add(el, id, named)
    }

    fn add(&mut self, el: El<'a>, id: &'a str, named: Named) -> Result<(), LoadError> {
        if self.nodes.values().any(|n| n.name == named.name) {
            return Err(el.err(format!("the name `{}` is used twice", named.name)));
        }
        self.nodes.insert(id, named);
        Ok(())
    }

    fn fact(
        &mut self,
        el: El<'a>,
        key: &str,
        name: &str,
        ty: Type,
        allowed: Option<&str>,
    ) -> Result<Input, LoadError> {
        if self.inputs.iter().any(|i| i.spec.key == key) {
            return Err(el.err(format!("the fact `{key}` is an input twice")));
        }
        let by_law = el.own("lovkrav").map(str::to_owned);
        if let Some(problem) = guard::prohibited(key, name, by_law.is_some()) {
            return Err(el.err(problem));
        }
        let nothing = Scope::new();
        let default = match el.own("standard") {
            None => None,
            Some(text) => {
                let code = compile(text, &nothing).map_err(|e| el.err(format!("`felles:standard`: {e}")))?;
                fits(el, &ty, &code, "felles:standard")?;
                Some(eval(&code, &[], &mut feel::Nothing))
            }
        };
        let allowed_tests: Option<Compiled<Vec<Test>>> = match allowed {
            None => None,
            Some(text) => {
                compile_tests(text, &ty, &nothing, &[]).map_err(|e| el.err(format!("allowedValues: {e}")))?
            }
        };
        let fresh_for = match el.own("ferskhet").map(|text| (text, parse_duration(text))) {
            None => None,
            Some((_, Some(Value::Days(seconds)))) if seconds > 0 => Some(seconds),
            Some((text, _)) => {
                return Err(el.err(format!("`felles:ferskhet` is `{text}`, not days or hours such as P30D")));
            }
        };
        match el.own("rolle") {
            None => {}
            Some("manuell_kontroll") if ty == Type::Boolean && self.manual.is_none() => {
                self.manual = Some(self.inputs.len());
            }
            Some("manuell_kontroll") => return Err(el.err("the request for a human is one boolean")),
            Some(other) => return Err(el.err(format!("an inputData cannot have the role `{other}`"))),
        }
        let per_subject = self.per_subject(el)?;
        Ok(Input {
            spec: InputSpec {
                key: key.to_owned(),
                name: name.to_owned(),
                subject: el.own("gjelder").map(str::to_owned),
                purpose: el.need_own("formaal")?.to_owned(),
                source: el.own("register").map(str::to_owned),
                shielded: el.flag("skjermet")?,
                type_name: ty.to_string(),
                fresh_for,
            },
            ty,
            per_subject,
            default,
            allowed: allowed_tests,
            allowed_text: allowed.map(str::to_owned),
            by_law,
        })
    }

    fn function(&mut self, el: El<'a>) -> Result<(), LoadError> {
        el.only_own(&["paragraf", "ledd", "lov", "lovnavn", "usikker"])?;
        let name = el.need("name")?;
        let body = el.need_child("encapsulatedLogic")?;
        if body.attr("kind").is_some_and(|k| k != "FEEL") {
            return Err(body.err("only functions in FEEL are taken"));
        }
        let mut params = Vec::new();
        for p in body.all("formalParameter") {
            params.push((p.need("name")?.to_owned(), self.type_named(p, p.need("typeRef")?)?.0));
        }
        let variable = el.need_child("variable")?;
        let returns = self.type_named(variable, variable.need("typeRef")?)?.0;
        let (scope, functions) = self.scope(el, false)?;
        let logic_el = logic::expression(body)?;
        let (logic, ty) = logic::compile(logic_el, &scope.names, &params, &self.law)?;
        if !returns.accepts(&ty) {
            return Err(variable.err(format!("the function is said to give a {returns}, but gives a {ty}")));
        }
        self.function_ids.insert(el.need("id")?, self.functions.len());
        self.function_types.push((params.iter().map(|(_, t)| t.clone()).collect(), returns));
        self.functions.push(FunctionDef {
            name: name.to_owned(),
            params: params.into_iter().map(|(n, _)| n).collect(),
            description: el.description(),
            law: el.law(&self.law)?,
            logic,
            functions,
        });
        Ok(())
    }

    /// The names that an element may use: what it requires, and nothing else.
    fn scope(&self, el: El<'a>, per_subject: bool) -> Result<(Required<'a>, Vec<usize>), LoadError> {
        let mut required = Required { names: Scope::new(), refs: Vec::new(), nodes: Vec::new() };
        required.names.facts = true;
        for req in el.all("informationRequirement") {
            let ids = (req.href("requiredInput")?, req.href("requiredDecision")?);
            let ((Some(id), None) | (None, Some(id))) = ids else {
                return Err(req.err("a requirement names one input or one decision"));
            };
            let named =
                self.nodes.get(id).ok_or_else(|| req.err(format!("`#{id}` is no input or decision here")))?;
            // Seen from outside the subjects, what is per subject is the list of all of them.
            let ty = if named.per_subject && !per_subject {
                Type::List(Box::new(named.ty.clone()))
            } else {
                named.ty.clone()
            };
            required.names.add(&named.name, ty);
            required.refs.push(named.what);
            required.nodes.push((req, named.clone()));
        }
        if required.refs.len() > MAX_REFS {
            return Err(el.err(format!("a decision takes at most {MAX_REFS} requirements")));
        }
        let mut functions = Vec::new();
        for req in el.all("knowledgeRequirement") {
            let id = req
                .href("requiredKnowledge")?
                .ok_or_else(|| req.err("the element `requiredKnowledge` is missing"))?;
            let index = *self
                .function_ids
                .get(id)
                .ok_or_else(|| req.err(format!("`#{id}` is no businessKnowledgeModel here")))?;
            if let (Some(f), Some((params, returns))) =
                (self.functions.get(index), self.function_types.get(index))
            {
                required.names.add_function(&f.name, params.clone(), returns.clone());
            }
            functions.push(index);
        }
        Ok((required, functions))
    }

    fn decision(&mut self, el: El<'a>) -> Result<(), LoadError> {
        el.only_own(&[
            "rolle", "kode", "enhet", "gjelder", "skjermet", "skjoenn", "paragraf", "ledd", "lov", "lovnavn",
            "usikker",
        ])?;
        el.only_extensions(&["krav", "funn", "grunn"])?;
        let id = el.need("id")?;
        let (name, ty, _) = self.variable(el)?;
        let role = el.need_own("rolle")?;
        let role = Role::named(role).ok_or_else(|| el.err(format!("there is no role `{role}`")))?;
        let per_subject = self.per_subject(el)?;
        let shielded = el.flag("skjermet")?;
        let (required, functions) = self.scope(el, per_subject)?;
        let (logic, found) = logic::compile(logic::expression(el)?, &required.names, &[], &self.law)?;
        if !ty.accepts(&found) {
            return Err(el.err(format!("`{name}` is said to be a {ty}, but its logic gives a {found}")));
        }
        let wanted = match role {
            Role::Vilkaar | Role::Filter => Some(Type::Boolean),
            Role::Beloep | Role::Sum => Some(Type::Number),
            Role::FoersteMaaned | Role::SisteMaaned => Some(Type::Date),
            Role::Resultat | Role::Utfall => Some(Type::String),
            Role::Hjelp => None,
        };
        if let Some(wanted) = wanted.filter(|w| *w != ty) {
            return Err(el.err(format!("a decision in its role is a {wanted}, not a {ty}")));
        }
        let law = el.law(&self.law)?;
        if law.is_none()
            && matches!(
                role,
                Role::Vilkaar
                    | Role::Filter
                    | Role::Beloep
                    | Role::FoersteMaaned
                    | Role::SisteMaaned
                    | Role::Resultat
            )
        {
            return Err(el.err("`felles:paragraf` or `felles:lov` is missing: every decision names its law"));
        }
        let text = |tag: &str| -> Result<Option<(Template, String)>, LoadError> {
            let Some(text_el) = el.extension(tag) else { return Ok(None) };
            let text = text_el.own_text();
            let template = logic::template(text_el, text, &required.names)?;
            Ok(Some((template, text.split_whitespace().collect::<Vec<_>>().join(" "))))
        };
        let (demand, finding, reason) = (text("krav")?, text("funn")?, text("grunn")?);
        let code = el.own("kode").map(str::to_owned);
        match role {
            Role::Vilkaar if demand.is_none() => {
                return Err(el.err("a vilkår needs `felles:krav`: what the law demands"));
            }
            Role::Filter if code.is_none() || reason.is_none() => {
                return Err(el.err(
                    "a filter needs `felles:kode` and `felles:grunn`: why a human must decide when it fails",
                ));
            }
            _ => {}
        }
        let def = DecisionDef {
            id: id.to_owned(),
            name: name.to_owned(),
            description: el.description(),
            role,
            code,
            unit: el.own("enhet").map(str::to_owned),
            per_subject,
            shielded,
            discretion: el.flag("skjoenn")?,
            law,
            demand_text: demand.as_ref().map(|(_, t)| t.clone()),
            demand: demand.map(|(t, _)| t),
            finding: finding.map(|(t, _)| t),
            reason: reason.map(|(t, _)| t),
            logic,
            refs: required.refs.clone(),
            functions,
        };
        required.check(el, &def)?;
        self.add(
            el,
            id,
            Named {
                name: name.to_owned(),
                ty,
                per_subject,
                what: Ref::Decision(self.decisions.len()),
                shielded,
            },
        )?;
        self.decisions.push(def);
        Ok(())
    }
}

/// What a decision requires.
struct Required<'a> {
    names: Scope,
    refs: Vec<Ref>,
    nodes: Vec<(El<'a>, Named)>,
}

impl Required<'_> {
    /// What is required must be used (data that no rule needs is not to be fetched), and what is shielded must not come out in words.
    fn check(&self, el: El<'_>, def: &DecisionDef) -> Result<(), LoadError> {
        let in_texts: Vec<usize> = def.texts().flat_map(Template::uses).collect();
        let in_logic = def.logic.uses();
        for (i, (req, named)) in self.nodes.iter().enumerate() {
            if !in_logic.contains(&i) && !in_texts.contains(&i) {
                return Err(req.err(format!("`{}` is required, but not used", named.name)));
            }
            if named.shielded && in_texts.contains(&i) {
                return Err(req
                    .err(format!("`{}` is shielded, but a text of the decision would show it", named.name)));
            }
            if named.shielded && matches!(named.what, Ref::Fact(_)) && !def.shielded {
                return Err(el.err(format!(
                    "it reads the shielded `{}`, so it must be `felles:skjermet`",
                    named.name
                )));
            }
        }
        Ok(())
    }
}

fn date(el: El<'_>, name: &str) -> Result<Option<Date>, LoadError> {
    let parse =
        |text: &str| text.parse().map_err(|_| el.err(format!("`felles:{name}` is `{text}`, not a date")));
    el.own(name).map(parse).transpose()
}

fn version(root: El<'_>) -> Result<String, LoadError> {
    let text = root.need_own("versjon")?;
    let good =
        text.split_once('.').is_some_and(|(a, b)| a.parse::<u32>().is_ok() && b.parse::<u32>().is_ok());
    if good {
        Ok(text.to_owned())
    } else {
        Err(root.err(format!("`felles:versjon` is `{text}`, not major.minor")))
    }
}

fn fits(el: El<'_>, wanted: &Type, code: &Compiled<Expr>, what: &str) -> Result<(), LoadError> {
    if wanted.accepts(&code.ty) {
        Ok(())
    } else {
        Err(el.err(format!("`{what}` is a {}, not a {wanted}", code.ty)))
    }
}
