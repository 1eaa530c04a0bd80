//! The module of a model's relations: a marker and a bound each, and the struct of slots.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use super::Context;
use crate::case::pascal;
use crate::model::{Relation, seen_from_within};

pub(super) fn expand(context: &Context<'_>) -> TokenStream {
    let model = context.model;
    let (vis, module, slots) = (&model.vis, &model.module, &context.slots);
    let within = seen_from_within(vis);
    let names: Vec<_> = model.relations.iter().map(|relation| &relation.name).collect();
    let markers = model.relations.iter().map(|relation| marker(relation, context));
    let doc = format!("The relations of [`{}`].", model.ident.unraw());
    let docs = names.iter().map(|name| format!("Relation `{}`.", name.unraw()));
    quote! {
        #[doc = #doc]
        #[allow(
            non_camel_case_types, dead_code, unreachable_pub, missing_debug_implementations, missing_copy_implementations
        )]
        #vis mod #module {
            #(#markers)*
            /// What is known of each relation: `Unloaded`, `Loaded` or `Guarded`. By value from `into_parts`.
            #[derive(
                ::core::fmt::Debug, ::core::clone::Clone, ::core::cmp::PartialEq, ::core::default::Default
            )]
            #within struct Slots<#(#slots = ::orm_core::__private::Unloaded<#names>),*> {
                #(#[doc = #docs] #within #names: #slots,)*
            }
        }
    }
}

/// The marker has braces, so that it is a type and no value: `use user::*` takes no variable's name.
fn marker(relation: &Relation, context: &Context<'_>) -> TokenStream {
    let within = seen_from_within(&context.model.vis);
    let marker = &relation.name;
    let bound = bound(relation);
    let (model, name) = (context.model.ident.unraw(), marker.unraw());
    let doc = format!("Relation `{name}`.");
    let doc_bound = format!("Slots of which `{name}` can be read.");
    let message = format!("relation `{name}` of `{model}` was not loaded by this query");
    let label = format!("`{name}` is not loaded");
    let note = format!(
        "add `.with({model}::{name}.selectin())` or `.with({model}::{name}.joined())` to the query that made this value"
    );
    quote! {
        #[doc = #doc]
        #within struct #marker {}
        #[doc = #doc_bound]
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        #within trait #bound: ::orm_core::__private::Reads<#marker> {}
        #[diagnostic::do_not_recommend]
        impl<S: ::orm_core::__private::Reads<#marker>> #bound for S {}
    }
}

/// The trait behind a relation's accessor, which has an error message of its own.
pub(super) fn bound(relation: &Relation) -> syn::Ident {
    let name = relation.name.unraw();
    format_ident!("Reads{}", pascal(&name.to_string()), span = relation.name.span())
}
