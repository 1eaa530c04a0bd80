//! Mistakes are reported together, in words that say what to write; no input makes a derive panic; and what is written
//! stays small.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod enums;
mod expansion;
mod models;
mod noise;

use proc_macro2::TokenStream;
use syn::DeriveInput;

/// The messages of a derive for this input.
fn mistakes(derive: fn(&DeriveInput) -> syn::Result<TokenStream>, input: TokenStream) -> Vec<String> {
    match syn::parse2(input).and_then(|input| derive(&input)) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.into_iter().map(|error| error.to_string()).collect(),
    }
}

/// The derive reports exactly these mistakes, each with these words in it.
#[track_caller]
fn refuses(derive: fn(&DeriveInput) -> syn::Result<TokenStream>, input: TokenStream, words: &[&str]) {
    let messages = mistakes(derive, input);
    assert_eq!(messages.len(), words.len(), "{messages:#?}");
    for (message, words) in messages.iter().zip(words) {
        assert!(message.contains(words), "expected `{words}` in `{message}`");
    }
}
