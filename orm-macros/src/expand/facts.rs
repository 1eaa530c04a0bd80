//! Facts about the table, as static data.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

use super::{Context, column_type};
use crate::attributes::Action;
use crate::model::{Column, Index, Kind, Model, Relation};

/// The value of `Model::META`. Statics, so that each fact has one address.
pub(super) fn meta(context: &Context<'_>) -> TokenStream {
    let model = context.model;
    let name = model.ident.unraw().to_string();
    let count = model.columns.len();
    let columns = model.columns.iter().map(|column| column_meta(column, &name));
    let schema = match &model.schema {
        Some(schema) => quote!(__orm::Some(#schema)),
        None => quote!(__orm::None),
    };
    let table = &model.table;
    let primary = model.primary().map(|column| column.index);
    let indexes = model.indexes.iter().map(|index| index_meta(index, model));
    let foreign_keys = model.relations.iter().filter_map(|relation| foreign_key(relation, model));
    let read_only = model.read_only;
    let checks = model.columns.iter().filter_map(generated_check);
    quote! {{
        #(#checks)*
        static COLUMNS: [__orm::ColumnMeta; #count] = [#(#columns),*];
        static META: __orm::ModelMeta = __orm::ModelMeta {
            name: #name,
            schema: #schema,
            table: #table,
            columns: &COLUMNS,
            primary: &[#(&COLUMNS[#primary]),*],
            indexes: &[#(#indexes),*],
            foreign_keys: &[#(#foreign_keys),*],
            read_only: #read_only,
        };
        &META
    }}
}

fn column_meta(column: &Column, model: &str) -> TokenStream {
    let Column { index, ty, name, .. } = column;
    let field = column.field.unraw().to_string();
    let facts = column_type(ty, "FACTS");
    let declared = column.declared.iter().map(|sql| quote!(.declared(#sql)));
    let defaulted = column.default.iter().map(|sql| quote!(.defaulted(#sql)));
    let generated = column.generated.iter().map(|_| quote!(.generated()));
    let unique = (column.unique || column.alone_in_key).then(|| quote!(.uniquely()));
    quote!(__orm::ColumnMeta::of(#facts, #model, #field, #name, #index) #(#declared)* #(#defaulted)* #(#generated)* #unique)
}

/// A constant of its own, so that its failure is the only error.
fn generated_check(column: &Column) -> Option<TokenStream> {
    let span = column.generated?;
    let ty = &column.ty;
    Some(quote_spanned!(span=> const _: () = __orm::check_generated::<#ty>();))
}

/// Names of these columns in the database.
fn names<'a>(columns: impl Iterator<Item = &'a usize>, model: &'a Model) -> TokenStream {
    let names = columns.filter_map(|index| model.columns.get(*index)).map(|column| &column.name);
    quote!(&[#(#names),*])
}

fn index_meta(index: &Index, model: &Model) -> TokenStream {
    let columns = names(index.columns.iter(), model);
    let unique = index.unique;
    quote!(__orm::IndexMeta { columns: #columns, unique: #unique })
}

fn foreign_key(relation: &Relation, model: &Model) -> Option<TokenStream> {
    let Kind::BelongsTo { key, on_delete, on_update } = &relation.kind else { return None };
    let target = &relation.target;
    let columns = names(key.iter().map(|(_, index)| index), model);
    let (on_delete, on_update) = (action(on_delete), action(on_update));
    Some(quote! {
        __orm::ForeignKey {
            columns: #columns,
            target: __orm::meta::<#target>,
            on_delete: #on_delete,
            on_update: #on_update,
        }
    })
}

fn action(action: &Option<Action>) -> TokenStream {
    let variant = format_ident!("{}", action.as_ref().map_or("NoAction", |action| action.variant));
    quote!(__orm::Action::#variant)
}
