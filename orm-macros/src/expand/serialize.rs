//! The loaded form as serde sees it: the model's own fields, and one more for each relation that was loaded.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use super::Context;

pub(super) fn expand(context: &Context<'_>) -> TokenStream {
    let (model, with, slots) = (&context.model.ident, &context.with, &context.slots);
    let (s, writer) = (context.parameter("S"), context.parameter("W"));
    let struct_of_slots = context.in_module(quote!(Slots));
    let fields: Vec<_> = context.model.relations.iter().map(|relation| &relation.name).collect();
    let names = fields.iter().map(|field| field.unraw().to_string());
    quote! {
        impl<#s> __orm::serde::Serialize for #with<#s> where (#model, #s): __orm::SerializeRow {
            fn serialize<#writer: __orm::serde::Serializer>(
                &self,
                serializer: #writer,
            ) -> __orm::Result<#writer::Ok, #writer::Error> {
                __orm::SerializeRow::serialize(&self.row, serializer)
            }
        }
        impl<#(#slots: __orm::SerializeSlot),*> __orm::SerializeSlots for #struct_of_slots<#(#slots),*> {
            fn entries<#writer: __orm::serde::ser::SerializeMap>(
                &self,
                map: &mut #writer,
            ) -> __orm::Result<(), #writer::Error> {
                #(__orm::SerializeSlot::entry(&self.#fields, #names, map)?;)*
                __orm::Ok(())
            }
        }
    }
}
