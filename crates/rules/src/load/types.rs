//! The types of a model, and the names and types of its variables.

use std::sync::Arc;

use super::Loader;
use super::xml::El;
use crate::LoadError;
use crate::feel::{Type, is_name_part, is_name_start};

impl<'a> Loader<'a> {
    /// A type of the model's own: a built-in one, perhaps a list of it, perhaps with the values it may have.
    pub(super) fn item(&mut self, el: El<'a>) -> Result<(), LoadError> {
        let name = el.need("name")?;
        let (ty, allowed) = self.item_type(el)?;
        if Type::named(name).is_some() || self.types.insert(name, (ty, allowed)).is_some() {
            return Err(el.err(format!("there is another type `{name}`")));
        }
        Ok(())
    }

    fn item_type(&self, el: El<'a>) -> Result<(Type, Option<&'a str>), LoadError> {
        let fields: Vec<El<'a>> = el.all("itemComponent").collect();
        let base = match (el.child("typeRef"), fields.is_empty()) {
            (Some(type_ref), true) => self.type_named(el, type_ref.own_text())?.0,
            (None, false) => {
                let fields =
                    fields.into_iter().map(|f| Ok((f.need("name")?.to_owned(), self.item_type(f)?.0)));
                Type::Context(Arc::new(fields.collect::<Result<_, LoadError>>()?))
            }
            _ => return Err(el.err("a type has either a `typeRef` or `itemComponent`s")),
        };
        let allowed = el.child("allowedValues").map(|a| a.text()).transpose()?;
        let list = el.attr("isCollection") == Some("true");
        Ok((if list { Type::List(Box::new(base)) } else { base }, allowed))
    }

    pub(super) fn type_named(&self, el: El<'_>, name: &str) -> Result<(Type, Option<&'a str>), LoadError> {
        if let Some((ty, allowed)) = self.types.get(name) {
            return Ok((ty.clone(), *allowed));
        }
        Type::named(name)
            .map(|ty| (ty, None))
            .ok_or_else(|| el.err(format!("there is no type `{name}` above this")))
    }

    /// The name and type of an element's variable.
    pub(super) fn variable(&self, el: El<'a>) -> Result<(&'a str, Type, Option<&'a str>), LoadError> {
        let name = el.need("name")?;
        let variable = el.need_child("variable")?;
        if variable.need("name")? != name {
            return Err(variable.err(format!("the variable must have the element's name, `{name}`")));
        }
        let plain = name.split(' ').all(|w| w.starts_with(is_name_start) && w.chars().all(is_name_part));
        if !plain {
            return Err(el.err(format!(
                "`{name}` cannot be written in FEEL: words of letters and digits, one space between"
            )));
        }
        let (ty, allowed) = self.type_named(variable, variable.need("typeRef")?)?;
        Ok((name, ty, allowed))
    }
}
