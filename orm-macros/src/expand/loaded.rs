//! The loaded form: the model with its slots, and an accessor a relation.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use super::module::bound;
use super::{Context, at};
use crate::model::Relation;

pub(super) fn with_struct(context: &Context<'_>) -> TokenStream {
    let (model, vis, with) = (&context.model.ident, &context.model.vis, &context.with);
    let generic = context.parameter("S");
    let doc = format!("A [`{}`] with what its query loaded for each relation.", model.unraw());
    quote! {
        #[doc = #doc]
        #[allow(unreachable_pub)]
        #vis struct #with<#generic> {
            row: (#model, #generic),
        }
    }
}

/// The parts, and an accessor a relation.
pub(super) fn accessors(context: &Context<'_>) -> TokenStream {
    let (model, vis, with) = (&context.model.ident, &context.model.vis, &context.with);
    let s = context.parameter("S");
    let accessors = context.model.relations.iter().map(|relation| accessor(relation, context));
    quote! {
        #[allow(dead_code, unreachable_pub)]
        impl<#s> #with<#s> {
            /// The model and its slots, by value.
            #vis fn into_parts(self) -> (#model, #s) {
                self.row
            }
            #(#accessors)*
        }
    }
}

pub(super) fn impls(context: &Context<'_>) -> TokenStream {
    let (model, with, s) = (&context.model.ident, &context.with, context.parameter("S"));
    quote! {
        impl<#s> __orm::Deref for #with<#s> {
            type Target = #model;
            fn deref(&self) -> &#model {
                &self.row.0
            }
        }
        impl<#s> __orm::AsRef<#model> for #with<#s> {
            fn as_ref(&self) -> &#model {
                &self.row.0
            }
        }
        impl __orm::AsRef<#model> for #model {
            fn as_ref(&self) -> &#model {
                self
            }
        }
        impl<#s> __orm::Related<#model> for #with<#s> {
            fn models<'a>(&'a self) -> impl __orm::Iterator<Item = &'a #model> where #model: 'a {
                __orm::once(&self.row.0)
            }
        }
        impl __orm::Related<#model> for #model {
            fn models<'a>(&'a self) -> impl __orm::Iterator<Item = &'a #model> where #model: 'a {
                __orm::once(self)
            }
        }
        impl<#s> __orm::Clone for #with<#s> where (#model, #s): __orm::Clone {
            fn clone(&self) -> Self {
                #with { row: __orm::Clone::clone(&self.row) }
            }
        }
        impl<#s> __orm::PartialEq for #with<#s> where (#model, #s): __orm::PartialEq {
            fn eq(&self, other: &Self) -> __orm::bool {
                self.row == other.row
            }
        }
        impl<#s> __orm::fmt::Debug for #with<#s> where (#model, #s): __orm::fmt::Debug {
            fn fmt(&self, f: &mut __orm::fmt::Formatter<'_>) -> __orm::fmt::Result {
                __orm::fmt::Debug::fmt(&self.row, f)
            }
        }
    }
}

/// All of it at the relation's name, which is what an error about an unread relation then shows.
fn accessor(relation: &Relation, context: &Context<'_>) -> TokenStream {
    let (vis, s, name) = (&context.model.vis, context.parameter("S"), &relation.name);
    let (marker, bound) = (context.in_module(name), context.in_module(bound(relation)));
    let doc = format!("Relation `{}`, as the query loaded it.", name.unraw());
    let accessor = quote! {
        #[doc = #doc]
        #vis fn #name(&self) -> ::orm_core::__private::Access<'_, #s, #marker> where #s: #bound {
            ::orm_core::__private::Reads::<#marker>::read(&self.row.1)
        }
    };
    at(name.span(), accessor)
}
