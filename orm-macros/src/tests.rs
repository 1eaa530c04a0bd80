//! Mistakes are reported together, in words that say what to write; and what is written stays small.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

/// The messages for this input.
fn mistakes(input: TokenStream) -> Vec<String> {
    match syn::parse2(input).and_then(|input| crate::model(&input)) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.into_iter().map(|error| error.to_string()).collect(),
    }
}

fn count(tokens: TokenStream) -> usize {
    let size = |token| match token {
        TokenTree::Group(group) => 2 + count(group.stream()),
        _ => 1,
    };
    tokens.into_iter().map(size).sum()
}

#[test]
fn ten_columns_and_three_relations_are_few_tokens() {
    let model = quote! {
        #[model(table = "posts", index(a, b))]
        #[belongs_to(author: User, key = a, on_delete = cascade)]
        #[has_many(comments: Comment, key = post_id)]
        #[many_to_many(tags: Tag, through = Tagging)]
        pub struct Post {
            #[model(primary_key, generated)] pub id: i64,
            pub a: i64,
            pub b: String,
            pub c: Option<String>,
            pub d: i32,
            #[model(default = "0")] pub e: i32,
            pub f: bool,
            pub g: Vec<u8>,
            #[model(unique)] pub h: f64,
            pub i: time::OffsetDateTime,
        }
    };
    let expansion = crate::model(&syn::parse2(model).unwrap()).unwrap();
    let tokens = count(expansion);
    assert!(tokens < 4_000, "{tokens} tokens");
    panic!("{tokens}");
}
