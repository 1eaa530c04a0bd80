//! `loaded!(User { posts { comments }, profile })`: the type of a model with these relations plainly, fully loaded.
//!
//! The macro knows no module of any model: a relation's marker is found by the hash of its name, through `Named`.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Path, Token, braced};

use crate::errors::Errors;
use crate::hash::hash;

/// A model and what is loaded for it.
struct Tree {
    model: Path,
    relations: Vec<Relation>,
}

/// A relation and what is loaded beneath it.
struct Relation {
    name: Ident,
    relations: Option<Vec<Relation>>,
}

impl Parse for Tree {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let model = input.call(Path::parse_mod_style).map_err(|error| {
            syn::Error::new(
                error.span(),
                "name a model and its loaded relations: `loaded!(User { posts { comments }, profile })`",
            )
        })?;
        let relations = if input.is_empty() { Vec::new() } else { parse_relations(input)? };
        Ok(Tree { model, relations })
    }
}

impl Parse for Relation {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.parse()?;
        let relations = input.peek(syn::token::Brace).then(|| parse_relations(input)).transpose()?;
        Ok(Relation { name, relations })
    }
}

fn parse_relations(input: ParseStream<'_>) -> syn::Result<Vec<Relation>> {
    let list;
    braced!(list in input);
    Ok(Punctuated::<Relation, Token![,]>::parse_terminated(&list)?.into_iter().collect())
}

pub(crate) fn expand(input: TokenStream) -> syn::Result<TokenStream> {
    let tree: Tree = syn::parse2(input)?;
    let mut errors = Errors::default();
    check(&tree.relations, &mut errors);
    errors.finish()?;
    let model = tree.model;
    Ok(with(&quote!(#model), &tree.relations))
}

fn check(relations: &[Relation], errors: &mut Errors) {
    let mut names = HashSet::new();
    for relation in relations {
        if !names.insert(&relation.name) {
            let name = &relation.name;
            errors.at(
                name.span(),
                format!("`{name}` is named twice; put what is loaded beneath it into one pair of braces"),
            );
        }
        check(relation.relations.as_deref().unwrap_or_default(), errors);
    }
}

/// The loaded form of the model.
fn with(model: &TokenStream, relations: &[Relation]) -> TokenStream {
    let vacant = quote!(::orm_core::__private::Vacant<#model>);
    let slots = relations.iter().fold(vacant, |slots, Relation { name, relations }| {
        let hash = hash(&name.unraw().to_string());
        // Names the constant too, so that an unknown relation is one error at this word, with the nearest name.
        let hash = quote_spanned!(name.span()=> { let _: ::orm_core::Rel<_> = <#model>::#name; #hash });
        let target = quote_spanned!(name.span()=> ::orm_core::__private::Target<#model, #hash>);
        let row = relations.as_ref().map_or(target.clone(), |relations| with(&target, relations));
        quote_spanned!(name.span()=> ::orm_core::__private::Filled<#model, #slots, #hash, #row>)
    });
    quote!(::orm_core::__private::With<#model, #slots>)
}
