//! `#[model(…)]` on the struct.

use proc_macro2::Span;
use syn::{Attribute, Ident, LitStr};

use super::{Known, options};
use crate::case::Case;
use crate::errors::Errors;

const KNOWN: &[Known] = &[
    ("table", "table = \"…\""),
    ("schema", "schema = \"…\""),
    ("rename_all", "rename_all = \"…\""),
    ("module", "module = \"…\""),
    ("read_only", "read_only"),
    ("index", "index(column, column)"),
    ("unique", "unique(column, column)"),
];

/// What `#[model(…)]` says about the table.
pub(crate) struct TableAttributes {
    pub(crate) table: Option<LitStr>,
    pub(crate) schema: Option<LitStr>,
    pub(crate) rename_all: Option<Case>,
    pub(crate) module: Option<LitStr>,
    pub(crate) read_only: Option<Span>,
    pub(crate) indexes: Vec<Vec<Ident>>,
    pub(crate) uniques: Vec<Vec<Ident>>,
}

impl TableAttributes {
    pub(crate) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut options = options("model", attributes, KNOWN, errors);
        let read = TableAttributes {
            table: options.text("table", errors),
            schema: options.text("schema", errors),
            rename_all: options.text("rename_all", errors).and_then(|text| errors.take(Case::parse(&text))),
            module: options.text("module", errors),
            read_only: options.flag("read_only", errors),
            indexes: options.lists("index", errors),
            uniques: options.lists("unique", errors),
        };
        options.finish("`#[model]` on a struct", errors);
        read
    }
}
