//! The impls of the struct of slots: how one slot is filled and read, and how all of them load.

use proc_macro2::TokenStream;
use quote::quote;

use super::Context;
use crate::model::Relation;

pub(super) fn expand(context: &Context<'_>) -> TokenStream {
    let each = context.model.relations.iter().enumerate().map(|(at, relation)| slot(at, relation, context));
    let loads = loads(context);
    quote!(#(#each)* #loads)
}

fn slot(at: usize, relation: &Relation, context: &Context<'_>) -> TokenStream {
    let (slots, content) = (&context.slots, context.parameter("L"));
    let name = &relation.name;
    let marker = context.in_module(name);
    let struct_of_slots = context.in_module(quote!(Slots));
    let own = slots.get(at);
    let filled = slots.iter().enumerate().map(|(index, slot)| if index == at { &content } else { slot });
    let others = context.model.relations.iter().map(|other| &other.name).filter(|other| *other != name);
    let bounds = slots.iter().enumerate().map(|(index, slot)| match index == at {
        true => quote!(#slot: __orm::State<#marker>),
        false => quote!(#slot),
    });
    quote! {
        #[diagnostic::do_not_recommend]
        impl<#(#slots,)* #content> __orm::Fill<#marker, #content> for #struct_of_slots<#(#slots),*> {
            type Before = #own;
            type Out = #struct_of_slots<#(#filled),*>;
            fn fill(self, content: #content) -> Self::Out {
                #struct_of_slots { #name: content, #(#others: self.#others),* }
            }
        }
        impl<#(#bounds),*> __orm::Slot<#marker> for #struct_of_slots<#(#slots),*> {
            type State = #own;
            fn slot(&self) -> &#own {
                &self.#name
            }
        }
    }
}

fn loads(context: &Context<'_>) -> TokenStream {
    let (model, slots) = (&context.model.ident, &context.slots);
    let names: Vec<_> = context.model.relations.iter().map(|relation| &relation.name).collect();
    let struct_of_slots = context.in_module(quote!(Slots));
    let at = 0..names.len();
    quote! {
        impl<#(#slots: __orm::SlotLoad<#model>),*> __orm::Loads<#model> for #struct_of_slots<#(#slots),*> {
            type Values = #struct_of_slots<#(#slots::Value),*>;
            type Batch = #struct_of_slots<#(#slots::Batch),*>;
            fn start(self, tree: &mut __orm::Tree<'_>) -> __orm::Result<Self::Batch> {
                __orm::Ok(#struct_of_slots { #(#names: __orm::SlotLoad::<#model>::start(self.#names, tree)?),* })
            }
            fn slot(batch: &mut Self::Batch, index: __orm::usize) -> __orm::Option<&mut dyn __orm::SlotBatch<#model>> {
                match index {
                    #(#at => __orm::Some(&mut batch.#names),)*
                    _ => __orm::None,
                }
            }
            fn next(batch: &mut Self::Batch) -> __orm::Option<Self::Values> {
                __orm::Some(#struct_of_slots { #(#names: __orm::Iterator::next(&mut batch.#names)?),* })
            }
        }
    }
}
