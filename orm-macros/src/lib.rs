//! The derives of orm-core. Users take them from there, where they are documented (`orm_core::Model` and so on).
//!
//! A derive goes through four steps: `attributes` reads what was written, `model` resolves it, `check` looks for what
//! contradicts itself, and `expand` writes the code. All mistakes of one input are gathered on the way and reported
//! together, each at its own place.

mod attributes;
mod case;
mod check;
mod db_enum;
mod db_newtype;
mod errors;
mod expand;
mod hash;
mod loaded;
mod model;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use errors::Errors;

/// The code that it writes names `::orm_core`, which must be a dependency under that name.
#[proc_macro_derive(Model, attributes(model, belongs_to, has_many, has_one, many_to_many))]
pub fn derive_model(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    run(input, model)
}

/// The code that it writes names `::orm_core`, which must be a dependency under that name.
#[proc_macro_derive(DbEnum, attributes(db))]
pub fn derive_db_enum(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    run(input, db_enum::derive)
}

/// The code that it writes names `::orm_core`, which must be a dependency under that name.
#[proc_macro_derive(DbNewtype)]
pub fn derive_db_newtype(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    run(input, db_newtype::derive)
}

/// The type that it writes names `::orm_core`, which must be a dependency under that name.
#[proc_macro]
pub fn loaded(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    or_errors(loaded::expand(input.into())).into()
}

fn run(
    input: proc_macro::TokenStream,
    derive: fn(&DeriveInput) -> syn::Result<TokenStream>,
) -> proc_macro::TokenStream {
    or_errors(syn::parse(input).and_then(|input| derive(&input))).into()
}

fn or_errors(result: syn::Result<TokenStream>) -> TokenStream {
    result.unwrap_or_else(|errors| errors.to_compile_error())
}

fn model(input: &DeriveInput) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let model = model::Model::read(input, &mut errors);
    if let Some(model) = &model {
        check::check(model, &mut errors);
    }
    errors.finish()?;
    Ok(model.as_ref().map(expand::expand).unwrap_or_default())
}
