//! No input makes a derive panic: valid inputs with tokens taken out, doubled, swapped and replaced.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;

use crate::{db_enum, db_newtype, loaded, model};

/// A small generator of numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }
}

/// The tokens with one change, here or in a group.
fn changed(tokens: TokenStream, dice: &mut Dice) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    if tokens.is_empty() {
        return quote!(x = "\0");
    }
    let (at, other) = (dice.below(tokens.len()), dice.below(tokens.len()));
    match (&tokens[at], dice.below(6)) {
        (TokenTree::Group(group), 0..=3) => {
            tokens[at] = Group::new(group.delimiter(), changed(group.stream(), dice)).into();
        }
        (_, 0) => drop(tokens.remove(at)),
        (token, 1) => tokens.insert(other, token.clone()),
        (_, 2) => tokens.swap(at, other),
        (_, 3) => tokens[at] = TokenTree::Literal(proc_macro2::Literal::string("")),
        (_, 4) => tokens[at] = quote!(r#type).into_iter().next().unwrap(),
        _ => tokens.insert(at, quote!(,).into_iter().next().unwrap()),
    }
    tokens.into_iter().collect()
}

#[test]
fn no_input_makes_a_derive_panic() {
    let inputs = [
        quote! {
            #[model(table = "posts", schema = "s", rename_all = "camelCase", module = "m", index(a, b), unique(a))]
            #[belongs_to(author: m::User, key(a, b), on_delete = cascade, on_update = set_null)]
            #[has_many(comments: Comment, key = post_id)]
            #[has_one(profile: Profile, key = post_id)]
            #[many_to_many(tags: Tag, through = Tagging, from = x, to = y)]
            pub(in super::a) struct Post {
                #[model(primary_key, generated)] pub id: i64,
                #[model(unique, index, default = "0", column = "c", type = "T", name = "n")] a: Option<i64>,
                pub(self) b: String,
            }
        },
        quote! {
            #[db(integer, rename_all = "snake_case")] #[repr(i16)]
            enum State { #[db(rename = "x")] A = 1, B = 2, C }
        },
        quote!(
            pub struct Id(pub i64);
        ),
        quote!(m::User { posts { comments, author { x } }, profile }),
    ];
    let mut dice = Dice(7);
    let mut accepted = 0;
    for input in inputs {
        for _ in 0..3_000 {
            let mut tokens = input.clone();
            for _ in 0..=dice.below(4) {
                tokens = changed(tokens, &mut dice);
            }
            accepted += usize::from(loaded::expand(tokens.clone()).is_ok());
            let Ok(input) = syn::parse2(tokens) else { continue };
            for derive in [model, db_enum::derive, db_newtype::derive] {
                accepted += usize::from(derive(&input).is_ok());
            }
        }
    }
    assert!(accepted > 100, "only {accepted} inputs were valid: this tests little");
}
