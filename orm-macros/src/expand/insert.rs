//! The `New…` struct, and what can be inserted: it, and the model itself.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use super::{Context, column_type};
use crate::model::Column;

/// The struct with every column that is not generated.
pub(super) fn new_struct(context: &Context<'_>) -> Option<TokenStream> {
    let model = context.model;
    if model.read_only {
        return None;
    }
    let (vis, new) = (&model.vis, &context.new);
    let name = model.ident.unraw();
    let doc = format!("A row of [`{name}`] to insert.");
    let fields = model.columns.iter().filter(|column| column.generated.is_none()).map(new_field);
    Some(quote! {
        #[doc = #doc]
        #[derive(::core::clone::Clone)]
        #[allow(dead_code, unreachable_pub, missing_debug_implementations, missing_copy_implementations)]
        #vis struct #new {
            #(#fields,)*
        }
    })
}

fn new_field(column: &Column) -> TokenStream {
    let Column { vis, field, ty, name, default, .. } = column;
    let name = name.value();
    match default {
        None => {
            let doc = format!("Column `{name}`.");
            quote!(#[doc = #doc] #vis #field: #ty)
        }
        Some(default) => {
            let doc = format!("Column `{name}`; `None` is its default, `{}`.", default.value());
            quote!(#[doc = #doc] #vis #field: ::core::option::Option<#ty>)
        }
    }
}

pub(super) fn impls(context: &Context<'_>) -> TokenStream {
    let model = context.model;
    if model.read_only {
        return TokenStream::new();
    }
    let (ident, new) = (&model.ident, &context.new);
    let new_values = model.columns.iter().map(|column| {
        let Column { field, ty, generated, default, .. } = column;
        match (generated, default) {
            (Some(_), _) => quote!(row.unset()),
            (None, Some(_)) => {
                let encode = column_type(ty, "encode");
                quote!(row.defaulted(self.#field.map(|value| #encode(value))))
            }
            (None, None) => value(column),
        }
    });
    let values = model.columns.iter().map(value);
    quote! {
        impl __orm::Insertable for #new {
            type Model = #ident;
            fn write(self, row: &mut __orm::NewRows) {
                #(#new_values;)*
            }
        }
        impl __orm::Insertable for #ident {
            type Model = #ident;
            fn write(self, row: &mut __orm::NewRows) {
                #(#values;)*
            }
        }
    }
}

fn value(column: &Column) -> TokenStream {
    let Column { field, ty, .. } = column;
    let encode = column_type(ty, "encode");
    quote!(row.value(#encode(self.#field)))
}
