//! `#[model(…)]` on a field.

use proc_macro2::Span;
use syn::{Attribute, LitStr};

use super::{Known, options};
use crate::errors::Errors;

const KNOWN: &[Known] = &[
    ("primary_key", "primary_key"),
    ("generated", "generated"),
    ("unique", "unique"),
    ("index", "index"),
    ("default", "default = \"SQL\""),
    ("column", "column = \"…\""),
    ("type", "type = \"SQL type\""),
    ("name", "name = \"…\""),
];

/// What `#[model(…)]` says about a column.
pub(crate) struct FieldAttributes {
    pub(crate) primary_key: Option<Span>,
    pub(crate) generated: Option<Span>,
    pub(crate) unique: Option<Span>,
    pub(crate) index: Option<Span>,
    pub(crate) default: Option<LitStr>,
    pub(crate) column: Option<LitStr>,
    pub(crate) declared: Option<LitStr>,
    pub(crate) name: Option<LitStr>,
}

impl FieldAttributes {
    pub(crate) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut options = options("model", attributes, KNOWN, errors);
        let read = FieldAttributes {
            primary_key: options.flag("primary_key", errors),
            generated: options.flag("generated", errors),
            unique: options.flag("unique", errors),
            index: options.flag("index", errors),
            default: options.text("default", errors),
            column: options.text("column", errors),
            declared: options.text("type", errors),
            name: options.text("name", errors),
        };
        options.finish("`#[model]` on a field", errors);
        read
    }
}
