//! The relations' markers: where each leads, and by which columns. Keys are checked here, by the compiler, at the words
//! of the attribute.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::{Context, at};
use crate::attributes::Action;
use crate::hash::hash;
use crate::model::{Column, Kind, Relation};

pub(super) fn expand(context: &Context<'_>) -> TokenStream {
    let relations = context.model.relations.iter().map(|relation| relation_impls(relation, context));
    quote!(#(#relations)*)
}

fn relation_impls(relation: &Relation, context: &Context<'_>) -> TokenStream {
    let model = &context.model.ident;
    let (target, marker) = (&relation.target, context.in_module(&relation.name));
    let name = relation.name.unraw().to_string();
    let hash = hash(&name);
    let type_target = quote_spanned!(target.span()=> type Target = #target;);
    let LinkParts { cardinality, checks, source_key, target_key, through, to_many, also } =
        match &relation.kind {
            Kind::BelongsTo { key, on_delete, on_update } => {
                belongs_to(key, on_delete.iter().chain(on_update), target, &marker, context)
            }
            Kind::Has { key, one } => has(key, *one, target, context),
            Kind::ManyToMany { through, from, to } => many_to_many(through, from, to, target, context),
        };
    quote! {
        impl __orm::Relation for #marker {
            type Source = #model;
            #type_target
            type Cardinality = #cardinality;
            const LINK: &'static __orm::Link = {
                const _: () = { #checks };
                static LINK: __orm::Link = __orm::Link {
                    name: #name,
                    source: __orm::meta::<#model>(),
                    source_key: #source_key,
                    target: __orm::meta::<#target>(),
                    target_key: #target_key,
                    through: #through,
                    to_many: #to_many,
                };
                &LINK
            };
        }
        impl __orm::Named<#hash> for #model {
            type Marker = #marker;
        }
        #also
    }
}

/// What differs between the kinds of relation.
struct LinkParts {
    cardinality: TokenStream,
    checks: TokenStream,
    source_key: TokenStream,
    target_key: TokenStream,
    through: TokenStream,
    to_many: bool,
    also: TokenStream,
}

fn belongs_to<'a>(
    key: &[(Ident, usize)],
    actions: impl Iterator<Item = &'a Action>,
    target: &Path,
    marker: &TokenStream,
    context: &Context<'_>,
) -> LinkParts {
    let model = &context.model.ident;
    let columns =
        key.iter().filter_map(|(word, index)| Some((word.span(), context.model.columns.get(*index)?)));
    let path = |span, column: &Column| {
        let constant = &column.constant;
        at(span, quote!(#model::#constant))
    };
    let paths: Vec<_> = columns.clone().map(|(span, column)| path(span, column)).collect();
    let types = columns.clone().map(|(_, column)| &column.ty);
    let span = span_of(key.iter().map(|(word, _)| word));
    let check = check_key(at(span, model), quote!(#target), &paths, span);
    let set_null = actions.filter(|action| action.variant == "SetNull").flat_map(|action| {
        let paths = columns.clone().map(|(_, column)| path(action.span, column));
        paths.map(|path| quote_spanned!(action.span=> __orm::check_set_null(&#path);))
    });
    LinkParts {
        cardinality: quote!(__orm::ByKey<#model, (#(__orm::Column<#model, #types>,)*)>),
        checks: quote!(#check #(#set_null)*),
        source_key: quote!(<#model as __orm::BelongsTo<#target, #marker>>::KEY),
        target_key: quote!(__orm::meta::<#target>().primary),
        through: quote!(__orm::None),
        to_many: false,
        also: quote! {
            impl __orm::BelongsTo<#target, #marker> for #model {
                const KEY: &'static [&'static __orm::ColumnMeta] = &[#(#paths.meta()),*];
            }
        },
    }
}

fn has(key: &[Ident], one: bool, target: &Path, context: &Context<'_>) -> LinkParts {
    let model = &context.model.ident;
    let span = span_of(key.iter());
    let paths: Vec<_> = key.iter().map(|word| quote_spanned!(word.span()=> <#target>::#word)).collect();
    let check = check_key(quote!(#target), at(span, model), &paths, span);
    let metas = quote!(&[#(#paths.meta()),*]);
    let unique = one.then(|| quote_spanned!(span=> __orm::check_unique(__orm::meta::<#target>(), #metas);));
    let cardinality = if one { quote!(__orm::Maybe) } else { quote!(__orm::Many) };
    LinkParts {
        cardinality,
        checks: quote!(#check #unique),
        source_key: quote!(__orm::meta::<#model>().primary),
        target_key: metas,
        through: quote!(__orm::None),
        to_many: !one,
        also: TokenStream::new(),
    }
}

fn many_to_many(
    through: &Path,
    from: &Option<Ident>,
    to: &Option<Ident>,
    target: &Path,
    context: &Context<'_>,
) -> LinkParts {
    let model = &context.model.ident;
    let end = |end: &Option<Ident>| match end {
        Some(relation) => quote_spanned!(relation.span()=> __orm::Some(<#through>::#relation)),
        None => quote!(__orm::None),
    };
    let (from, to) = (end(from), end(to));
    LinkParts {
        cardinality: quote!(__orm::Many),
        checks: TokenStream::new(),
        source_key: quote!(__orm::meta::<#model>().primary),
        target_key: quote!(__orm::meta::<#target>().primary),
        through: quote_spanned! {through.span()=>
            __orm::Some(__orm::choose_by_from_and_to::<#model, #through, #target, _, _>(#from, #to))
        },
        to_many: true,
        also: TokenStream::new(),
    }
}

/// The check that these columns of `holder` can refer to the primary key of `target`. The other model keeps its place, so
/// that where there is none of that name, this is said once.
fn check_key(holder: TokenStream, target: TokenStream, columns: &[TokenStream], span: Span) -> TokenStream {
    quote_spanned!(span=> __orm::check_key::<#holder, <#target as __orm::Model>::Key, _>(&(#(#columns,)*));)
}

/// The place of the key in the attribute.
fn span_of<'a>(mut words: impl Iterator<Item = &'a Ident>) -> Span {
    words.next().map_or_else(Span::call_site, Ident::span)
}
