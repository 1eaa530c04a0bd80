//! What no attribute can see alone: names that collide, and options that contradict each other.

use std::collections::HashMap;

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{GenericArgument, Ident, LitStr, PathArguments, Type};

use crate::case::pascal;
use crate::errors::Errors;
use crate::model::{Column, Kind, Model};

/// What the derive puts beside the columns, or what would hide behind them.
const ENTRY_POINTS: [&str; 9] =
    ["select", "find", "insert", "insert_many", "update", "update_many", "delete", "default", "from"];
/// What the loaded form has beside the relations.
const LOADED_METHODS: [&str; 3] = ["into_parts", "clone", "as_ref"];
/// Crates and primitive types that a module of this name would hide.
const TAKEN_MODULES: [&str; 34] = [
    "std",
    "core",
    "alloc",
    "self",
    "super",
    "crate",
    "orm_core",
    "sqlx",
    "tokio",
    "serde",
    "serde_json",
    "time",
    "chrono",
    "uuid",
    "rust_decimal",
    "bool",
    "char",
    "str",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "f32",
    "f64",
    "f16",
    "f128",
];
/// PostgreSQL cuts longer names, and MySQL refuses them from 65 on.
const LONGEST_NAME: usize = 63;

/// Gathers what is wrong with the model as a whole.
pub(crate) fn check(model: &Model, errors: &mut Errors) {
    check_module(model, errors);
    check_text(&model.table, "a table's name", errors);
    if let Some(schema) = &model.schema {
        check_text(schema, "a schema's name", errors);
    }
    for column in &model.columns {
        check_column(column, errors);
    }
    check_column_names(&model.columns, errors);
    check_primary_key(model, errors);
    check_indexes(model, errors);
    check_relations(model, errors);
}

fn check_module(model: &Model, errors: &mut Errors) {
    let module = model.module.unraw().to_string();
    let hidden = if TAKEN_MODULES.contains(&module.as_str()) {
        "would hide the crate or type of that name"
    } else if model.module == model.ident {
        "would be called like the struct"
    } else {
        return;
    };
    let message = format!(
        "the module `{module}` of this model's relations {hidden}; give it another name: `#[model(module = \"{module}_model\")]`"
    );
    errors.at(model.module.span(), message);
}

fn check_text(text: &LitStr, what: &str, errors: &mut Errors) {
    let name = text.value();
    if name.trim().is_empty() {
        errors.at(text.span(), format!("{what} is not empty"));
    } else if name.contains('\0') {
        errors.at(text.span(), format!("{what} holds no NUL: no database takes one"));
    } else if name.len() > LONGEST_NAME {
        let length = name.len();
        errors.at(
            text.span(),
            format!("{what} has at most {LONGEST_NAME} bytes, and this one has {length}; shorten it"),
        );
    }
}

fn check_sql(text: &LitStr, what: &str, example: &str, errors: &mut Errors) {
    let sql = text.value();
    if sql.trim().is_empty() || sql.contains('\0') {
        errors.at(text.span(), format!("{what} is SQL, such as `{example}`"));
    }
}

fn check_column(column: &Column, errors: &mut Errors) {
    check_text(&column.name, "a column's name", errors);
    if let Some(default) = &column.default {
        check_sql(default, "a default", "default = \"CURRENT_TIMESTAMP\"", errors);
    }
    if let Some(declared) = &column.declared {
        check_sql(declared, "a column's declared type", "type = \"CHAR(5)\"", errors);
    }
    if let (Some(_), Some(default)) = (column.generated, &column.default) {
        let message =
            "a generated column has no default: the database makes its values; keep `generated` or `default`";
        errors.at(default.span(), message);
    }
    if let (Some(span), None) = (column.generated, column.primary_key) {
        errors.at(span, "only a primary key is generated: add `primary_key`, or use `default = \"SQL\"`");
    }
    if let Some(outer) = option_content(&column.ty)
        && option_content(outer).is_some()
    {
        let message = "a column is NULL or not, there is no third state: write `Option` once";
        errors.at(column.ty.span(), message);
    }
    if let (Some(_), Some(_)) = (column.primary_key, option_content(&column.ty)) {
        let message = "a primary key is never NULL: write the type without `Option`";
        errors.at(column.ty.span(), message);
    }
}

/// What stands in an `Option<…>`, as far as its tokens tell.
pub(crate) fn option_content(ty: &Type) -> Option<&Type> {
    let path = match ty {
        Type::Group(group) => return option_content(&group.elem),
        Type::Paren(paren) => return option_content(&paren.elem),
        Type::Path(path) => path,
        _ => return None,
    };
    let last = path.path.segments.last().filter(|segment| segment.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(content) => Some(content),
        _ => None,
    }
}

fn check_column_names(columns: &[Column], errors: &mut Errors) {
    let mut names = HashMap::new();
    let mut constants = HashMap::new();
    for column in columns {
        let constant = column.constant.unraw().to_string();
        if ENTRY_POINTS.contains(&constant.as_str()) {
            let message = format!(
                "`{constant}` is an entry point of every model; give the column's constant another name: `#[model(name = \"{constant}_\")]`"
            );
            errors.at(column.constant.span(), message);
        }
        if let Some(first) = names.insert(column.name.value().to_lowercase(), &column.field) {
            let message = format!(
                "the field `{first}` already has the column `{}` (letters of either case are one name); give this one another: `#[model(column = \"…\")]`",
                column.name.value()
            );
            errors.at(column.name.span(), message);
        }
        if let Some(first) = constants.insert(constant, &column.field) {
            let message = format!(
                "the column of the field `{first}` has the same constant; give this one another `name`"
            );
            errors.at(column.constant.span(), message);
        }
    }
}

fn check_primary_key(model: &Model, errors: &mut Errors) {
    if model.primary().next().is_none() {
        let reason =
            if model.read_only { "; a view needs one too, because loaders match its rows by it" } else { "" };
        let message = format!(
            "say which field is the primary key: `#[model(primary_key)]`, on several fields for a composite one{reason}"
        );
        errors.at(model.ident.span(), message);
    }
    let generated = model.columns.iter().filter_map(|column| column.generated);
    for span in generated.skip(1) {
        errors.at(span, "a table has at most one generated column; use `default = \"SQL\"` for the others");
    }
}

fn check_indexes(model: &Model, errors: &mut Errors) {
    for (at, index) in model.indexes.iter().enumerate() {
        if model
            .indexes
            .iter()
            .take(at)
            .any(|before| before.columns == index.columns && before.unique == index.unique)
        {
            errors.at(index.span, "this index is declared twice; keep one");
        }
    }
}

fn check_relations(model: &Model, errors: &mut Errors) {
    let mut markers = HashMap::new();
    for relation in &model.relations {
        let name = relation.name.unraw().to_string();
        let span = relation.name.span();
        if let Some(reason) = taken(&name, model) {
            let of_column = if reason == COLUMN {
                format!(", or the column's constant: `#[model(name = \"{name}_\")]` on the field")
            } else {
                String::new()
            };
            errors.at(span, format!("`{name}` is {reason}; give the relation another name{of_column}"));
        }
        if let Some(first) = markers.insert(pascal(&name), name.clone()) {
            errors
                .at(span, format!("the relation `{first}` is already declared; give this one another name"));
        }
        check_key_repeats(relation_key(&relation.kind), errors);
    }
}

const COLUMN: &str = "already a column of this model";

/// Why no relation can have this name.
fn taken(name: &str, model: &Model) -> Option<&'static str> {
    let is_column = |column: &Column| column.constant.unraw() == name;
    if ENTRY_POINTS.contains(&name) {
        Some("an entry point of every model")
    } else if LOADED_METHODS.contains(&name) {
        Some("a method of every loaded model")
    } else if name.starts_with(char::is_uppercase) {
        Some("a type's name")
    } else {
        model.columns.iter().any(is_column).then_some(COLUMN)
    }
}

fn relation_key(kind: &Kind) -> Vec<(&Ident, Span)> {
    match kind {
        Kind::BelongsTo { key, .. } => key.iter().map(|(name, _)| (name, name.span())).collect(),
        Kind::Has { key, .. } => key.iter().map(|name| (name, name.span())).collect(),
        Kind::ManyToMany { .. } => Vec::new(),
    }
}

fn check_key_repeats(key: Vec<(&Ident, Span)>, errors: &mut Errors) {
    for (at, (name, span)) in key.iter().enumerate() {
        if key.iter().take(at).any(|(before, _)| before == name) {
            errors.at(*span, format!("`{name}` is named twice; keep one"));
        }
    }
}
