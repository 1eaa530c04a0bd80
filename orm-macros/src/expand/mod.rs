//! What a model's derive writes: one file a product.
//!
//! What users name stands beside the struct, so that rustc's messages show it by its own path: the module of the
//! relations, the `New…` struct, the loaded form and the inherent impls. Everything else is impls of traits, in an unnamed
//! constant where `__orm` is a short name that nothing of the user's can hide. The module names nothing of the struct's
//! scope, so that models work in function bodies, where `super` does not reach the function's items.

mod facts;
mod insert;
mod loaded;
mod module;
mod record;
mod relations;
#[cfg(feature = "serde")]
mod serialize;
mod slots;
mod surface;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Type;
use syn::ext::IdentExt;

use crate::model::Model;

/// A model with the names that several products share.
pub(crate) struct Context<'a> {
    pub(crate) model: &'a Model,
    /// The `New…` struct.
    pub(crate) new: Ident,
    /// The loaded form.
    pub(crate) with: Ident,
    /// One type parameter a relation.
    pub(crate) slots: Vec<Ident>,
}

impl<'a> Context<'a> {
    fn new(model: &'a Model) -> Self {
        let plain = model.ident.unraw();
        let parameter = |at| parameter(&format!("S{at}"), model);
        Context {
            model,
            new: format_ident!("New{plain}", span = model.ident.span()),
            with: format_ident!("{plain}With", span = model.ident.span()),
            slots: (0..model.relations.len()).map(parameter).collect(),
        }
    }

    /// A type parameter that is not called like the model.
    pub(crate) fn parameter(&self, name: &str) -> Ident {
        parameter(name, self.model)
    }

    /// The path of a marker, or of another item of the module.
    pub(crate) fn in_module(&self, item: impl ToTokens) -> TokenStream {
        let module = &self.model.module;
        quote!(#module::#item)
    }
}

fn parameter(name: &str, model: &Model) -> Ident {
    if model.ident == name { format_ident!("__{name}") } else { format_ident!("{name}") }
}

/// The tokens as if written at this place; what they mean stays. So an error shows this place and no other.
fn at(span: Span, tokens: impl ToTokens) -> TokenStream {
    let move_token = |token| match token {
        TokenTree::Group(group) => {
            let mut moved = Group::new(group.delimiter(), at(span, group.stream()));
            moved.set_span(span.resolved_at(group.span()));
            TokenTree::Group(moved)
        }
        mut token => {
            token.set_span(span.resolved_at(token.span()));
            token
        }
    };
    tokens.into_token_stream().into_iter().map(move_token).collect()
}

/// An item of `ColumnType` for the type of a field. Every such path spans the type as it was written, so that the compiler
/// takes all errors about a type that is no column type for one.
pub(crate) fn column_type(ty: &Type, item: &str) -> TokenStream {
    let mut tokens = ty.to_token_stream().into_iter().map(|token| token.span());
    let first = tokens.next().unwrap_or_else(Span::call_site);
    let item = Ident::new(item, tokens.last().unwrap_or(first));
    let orm = Ident::new("__orm", Span::call_site());
    quote_spanned!(first=> <#ty as #orm::ColumnType>::#item)
}

/// Everything that the derive writes for a model.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let context = Context::new(model);
    let module = module::expand(&context);
    let new = insert::new_struct(&context);
    let with = loaded::with_struct(&context);
    let surface = surface::expand(&context);
    let accessors = loaded::accessors(&context);
    let impls = [
        record::expand(&context),
        insert::impls(&context),
        loaded::impls(&context),
        relations::expand(&context),
        slots::expand(&context),
        #[cfg(feature = "serde")]
        serialize::expand(&context),
    ];
    quote! {
        #module
        #new
        #with
        #surface
        #accessors
        #[allow(unused_variables, unused_qualifications)]
        const _: () = {
            use ::orm_core::__private as __orm;
            #(#impls)*
        };
    }
}
