//! What the attributes of a model say, as it was written.

mod field;
mod options;
mod relation;
mod table;

pub(crate) use field::FieldAttributes;
pub(crate) use options::{Known, Options};
pub(crate) use relation::{Action, RelationAttribute, RelationKind};
pub(crate) use table::TableAttributes;

use syn::Attribute;

use crate::errors::Errors;

/// The options of all attributes of this name.
pub(crate) fn options(
    attribute: &str,
    attributes: &[Attribute],
    known: &'static [Known],
    errors: &mut Errors,
) -> Options {
    let mut options = Options::new(known);
    for found in attributes.iter().filter(|found| found.path().is_ident(attribute)) {
        errors.take(found.parse_args_with(|input: syn::parse::ParseStream<'_>| options.parse(input)));
    }
    options
}
