//! `impl Model`: the struct as a row.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, column_type, facts};
use crate::model::Column;

pub(super) fn expand(context: &Context<'_>) -> TokenStream {
    let model = context.model;
    let (ident, with, slots) = (&model.ident, &context.with, context.in_module(quote!(Slots)));
    let meta = facts::meta(context);
    let types: Vec<_> = model.primary().map(|column| &column.ty).collect();
    let key = match types.as_slice() {
        [ty] => quote!(#ty),
        types => quote!((#(#types),*)),
    };
    let generic = context.parameter("S");
    let takes = model.columns.iter().map(|column| {
        let Column { field, index, ty, .. } = column;
        let decode = column_type(ty, "decode");
        // A direct call: a type that is no column type is then one error, at the field.
        quote!(#field: __orm::fit(meta, #index, #decode(cells.cell(meta, #index)?))?)
    });
    let encodes = model.columns.iter().map(|column| {
        let Column { field, index, ty, .. } = column;
        let bind = column_type(ty, "bind");
        quote!(#index => #bind(&self.#field))
    });
    quote! {
        impl __orm::Model for #ident {
            const META: &'static __orm::ModelMeta = #meta;
            type Key = #key;
            type Vacant = #slots;
            type With<#generic: __orm::Send + 'static> = #with<#generic>;

            fn decode(cells: &mut __orm::Cells<'_>) -> __orm::Result<Self> {
                let meta = <Self as __orm::Model>::META;
                __orm::Ok(Self { #(#takes),* })
            }

            fn value(&self, index: __orm::usize) -> __orm::Value {
                match index {
                    #(#encodes,)*
                    _ => __orm::Value::Null,
                }
            }

            fn with<#generic: __orm::Send + 'static>(self, slots: #generic) -> #with<#generic> {
                #with { row: (self, slots) }
            }
        }
    }
}
