//! The rule set as text that anyone can read: what the automated system holds to be law, for publication and for comparing versions.

use std::fmt::Write;

use crate::logic::Logic;
use crate::ruleset::{DecisionDef, RuleSet};

impl RuleSet {
    /// The whole rule set in Bokmål, as Markdown: law, facts with their purpose, every decision and row, every parameter with its values.
    pub fn readable(&self) -> String {
        let mut out = String::new();
        // Writing to a String does not fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "# {}, versjon {}\n", self.title, self.version)?;
        writeln!(out, "Regelsett `{}` etter {}. Gjelder fra {}", self.id, self.law, self.valid_from)?;
        if let Some(to) = self.valid_to {
            writeln!(out, "til {to}")?;
        }
        writeln!(out, "\nAutomatisering: {}.", self.automation.code())?;
        if let Some(weeks) = self.appeal_weeks {
            writeln!(out, "Klagefrist: {weeks} uker.")?;
        }
        if let Some(text) = &self.description {
            writeln!(out, "\n{text}")?;
        }
        writeln!(out, "\n## Opplysninger\n")?;
        for input in &self.inputs {
            let spec = &input.spec;
            write!(out, "- **{}** (`{}`, {})", spec.name, spec.key, spec.type_name)?;
            for (label, text) in
                [("fra", &spec.source), ("gjelder hvert", &spec.subject), ("verdier", &input.allowed_text)]
            {
                if let Some(text) = text {
                    write!(out, ", {label} {text}")?;
                }
            }
            write!(out, ". Formål: {}.", spec.purpose)?;
            if let Some(law) = &input.by_law {
                write!(out, " Vilkår etter {law}.")?;
            }
            if spec.shielded {
                write!(out, " Vises aldri.")?;
            }
            if let Some(default) = &input.default {
                write!(out, " Utgangspunkt når ikke annet er kjent: {}.", default.text())?;
            }
            writeln!(out)?;
        }
        writeln!(out, "\n## Regler")?;
        for d in &self.decisions {
            write_decision(out, d)?;
        }
        for f in &self.functions {
            writeln!(out, "\n### {}({})\n", f.name, f.params.join(", "))?;
            if let Some(law) = &f.law {
                writeln!(out, "Hjemmel: {law}\n")?;
            }
            if let Some(text) = &f.description {
                writeln!(out, "{text}\n")?;
            }
            write_logic(out, &f.logic)?;
        }
        writeln!(out, "\n## Satser og grenser")?;
        for p in &self.parameters {
            writeln!(out, "\n### {} (`{}`, {})\n", p.name, p.key, p.unit)?;
            for v in &p.values {
                write!(out, "- fra {}", v.valid_from)?;
                if let Some(to) = v.valid_to {
                    write!(out, " til {to}")?;
                }
                write!(out, ": {}, vedtatt {}, kilde {}", v.value, v.decided_at, v.source)?;
                if let Some(law) = &v.legal_ref {
                    write!(out, ", {law}")?;
                }
                if let Some(why) = &v.uncertain {
                    write!(out, ". Usikker: {why}")?;
                }
                writeln!(out)?;
            }
        }
        Ok(())
    }
}

fn write_decision(out: &mut String, d: &DecisionDef) -> std::fmt::Result {
    writeln!(out, "\n### {}\n", d.name)?;
    if let Some(law) = &d.law {
        let doubt = if law.uncertain { " (usikker henvisning)" } else { "" };
        writeln!(out, "Hjemmel: {law}{doubt}  ")?;
    }
    if let Some(code) = &d.code {
        writeln!(out, "Kode: {code}  ")?;
    }
    for text in [&d.description, &d.demand_text].into_iter().flatten() {
        writeln!(out, "{text}  ")?;
    }
    writeln!(out)?;
    write_logic(out, &d.logic)
}

fn write_logic(out: &mut String, logic: &Logic) -> std::fmt::Result {
    match logic {
        Logic::Literal { text, .. } => writeln!(out, "```feel\n{text}\n```"),
        Logic::Context { entries, .. } => {
            for (name, logic) in entries {
                writeln!(out, "{}:", if name.is_empty() { "resultat" } else { name })?;
                write_logic(out, logic)?;
            }
            Ok(())
        }
        Logic::Table(t) => {
            let cell = |s: &str| s.replace('|', "\\|").split_whitespace().collect::<Vec<_>>().join(" ");
            let labels =
                t.inputs.iter().map(|i| cell(&i.label)).chain(t.outputs.iter().map(|o| cell(&o.name)));
            let labels: Vec<String> = labels.chain(["hjemmel".to_owned()]).collect();
            writeln!(out, "| {} |\n|{}", labels.join(" | "), "---|".repeat(labels.len()))?;
            for row in &t.rows {
                let law = row.law.as_ref().map(ToString::to_string).unwrap_or_default();
                let cells = row.cell_texts.iter().chain(&row.output_texts).map(|c| cell(c)).chain([law]);
                writeln!(out, "| {} |", cells.collect::<Vec<_>>().join(" | "))?;
                if let Some(text) = &row.description {
                    writeln!(out, "\n{text}\n")?;
                }
            }
            Ok(())
        }
    }
}
