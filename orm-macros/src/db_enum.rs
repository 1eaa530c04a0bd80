//! `#[derive(DbEnum)]`: an enum without data is stored as text or as an integer.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Fields, LitStr, Variant};

use crate::attributes::{Known, options};
use crate::case::Case;
use crate::errors::Errors;

const ON_ENUM: &[Known] = &[("rename_all", "rename_all = \"…\""), ("integer", "integer")];
const ON_VARIANT: &[Known] = &[("rename", "rename = \"…\"")];
const INTEGERS: [&str; 7] = ["i16", "i32", "i64", "u8", "u16", "u32", "u64"];

pub(crate) fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let mut options = options("db", &input.attrs, ON_ENUM, &mut errors);
    let rename_all = options.text("rename_all", &mut errors);
    let integer = options.flag("integer", &mut errors);
    options.finish("`#[db]` on an enum", &mut errors);

    let variants = unit_variants(input, &mut errors);
    let body = match (integer, rename_all) {
        (Some(_), Some(text)) => {
            errors.at(text.span(), "an enum stored as integers has no names to write in another case; keep `integer` or `rename_all`");
            TokenStream::new()
        }
        (Some(_), None) => integers(&variants, &input.attrs, &mut errors),
        (None, text) => {
            let case = text.and_then(|text| errors.take(Case::parse(&text)));
            texts(&variants, case, &mut errors)
        }
    };
    errors.finish()?;
    let ident = &input.ident;
    Ok(quote! {
        const _: () = {
            use ::orm_core::__private as __orm;
            #[diagnostic::do_not_recommend]
            impl __orm::ColumnType for #ident {
                type Nullability = __orm::NotNull;
                type Plain = Self;
                #body
            }
            impl __orm::ArrayElement for #ident {
                const ELEMENT: &'static __orm::SqlType = &<#ident as __orm::ColumnType>::TYPE;
            }
        };
    })
}

fn unit_variants<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Vec<&'a Variant> {
    if let Some(parameter) = input.generics.params.first() {
        errors.at(parameter.span(), "an enum in a column has no generic parameters; write the types out");
    }
    let Data::Enum(data) = &input.data else {
        errors.at(input.ident.span(), "`DbEnum` is for enums; for a newtype use `#[derive(DbNewtype)]`");
        return Vec::new();
    };
    if data.variants.is_empty() {
        errors.at(input.ident.span(), "an enum without variants has no value to store; add a variant");
    }
    for variant in data.variants.iter().filter(|variant| !matches!(variant.fields, Fields::Unit)) {
        let message =
            "a column holds one value: a variant has no data; keep what belongs to it in columns of its own";
        errors.at(variant.fields.span(), message);
    }
    data.variants.iter().collect()
}

/// Stored as text: the variant's name, in another case or another name where the attributes say so.
fn texts(variants: &[&Variant], case: Option<Case>, errors: &mut Errors) -> TokenStream {
    let texts: Vec<_> = variants.iter().map(|variant| text(variant, case, errors)).collect();
    let mut first = HashMap::new();
    for (text, variant) in texts.iter().zip(variants) {
        if let Some(first) = first.insert(text.value(), &variant.ident) {
            let message = format!(
                "`{first}` is already stored as \"{}\"; give this variant another `rename`",
                text.value()
            );
            errors.at(text.span(), message);
        }
    }
    let names: Vec<_> = variants.iter().map(|variant| &variant.ident).collect();
    quote! {
        const TYPE: __orm::SqlType = __orm::SqlType::Text;

        fn encode(self) -> __orm::Value {
            __orm::Value::Text(__orm::Into::into(match self {
                #(Self::#names => #texts,)*
            }))
        }

        fn decode(cell: __orm::Cell<'_>) -> __orm::Result<Self, __orm::Mismatch> {
            match cell {
                #(__orm::Cell::Text(#texts) => __orm::Ok(Self::#names),)*
                __orm::Cell::Text(_) => __orm::Err(__orm::Mismatch::new::<Self>("text that names no variant")),
                other => __orm::Err(__orm::Mismatch::cell::<Self>(other)),
            }
        }
    }
}

fn text(variant: &Variant, case: Option<Case>, errors: &mut Errors) -> LitStr {
    let mut options = options("db", &variant.attrs, ON_VARIANT, errors);
    let rename = options.text("rename", errors);
    options.finish("`#[db]` on a variant", errors);
    if let Some(text) = rename.as_ref().filter(|text| text.value().contains('\0')) {
        errors.at(text.span(), "a stored text holds no NUL: no database takes one");
    }
    let name = variant.ident.unraw().to_string();
    rename.unwrap_or_else(|| {
        LitStr::new(&case.map_or(name.clone(), |case| case.of_variant(&name)), variant.ident.span())
    })
}

/// Stored as integers: the discriminants, in the enum's `repr`, else `i32`.
fn integers(variants: &[&Variant], attributes: &[Attribute], errors: &mut Errors) -> TokenStream {
    for (at, variant) in (1..).zip(variants) {
        for attribute in variant.attrs.iter().filter(|attribute| attribute.path().is_ident("db")) {
            errors.at(
                attribute.span(),
                "an enum stored as integers has no names; write the number: `Variant = 1`",
            );
        }
        if variant.discriminant.is_none() {
            let message = format!(
                "write the number that is stored, so that no later variant changes it: `{} = {at}`",
                variant.ident
            );
            errors.at(variant.ident.span(), message);
        }
    }
    let repr = repr(attributes, errors);
    let names: Vec<_> = variants.iter().map(|variant| &variant.ident).collect();
    quote! {
        const TYPE: __orm::SqlType = <__orm::#repr as __orm::ColumnType>::TYPE;

        fn encode(self) -> __orm::Value {
            <__orm::#repr as __orm::ColumnType>::encode(self as __orm::#repr)
        }

        fn decode(cell: __orm::Cell<'_>) -> __orm::Result<Self, __orm::Mismatch> {
            match <__orm::#repr as __orm::ColumnType>::decode(cell) {
                #(__orm::Ok(number) if number == Self::#names as __orm::#repr => __orm::Ok(Self::#names),)*
                __orm::Ok(_) => __orm::Err(__orm::Mismatch::new::<Self>("an integer that no variant has")),
                __orm::Err(mismatch) => __orm::Err(__orm::Mismatch::new::<Self>(mismatch.found)),
            }
        }
    }
}

/// The integer type in `#[repr(…)]`.
fn repr(attributes: &[Attribute], errors: &mut Errors) -> Ident {
    let mut found = format_ident!("i32", span = Span::call_site());
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("repr")) {
        // What is wrong with a `repr` is rustc's to say.
        let _ = attribute.parse_nested_meta(|meta| {
            let Some(word) = meta.path.get_ident() else { return Ok(()) };
            let name = word.to_string();
            if INTEGERS.contains(&name.as_str()) {
                found = word.clone();
            } else if ["i8", "i128", "isize", "u128", "usize"].contains(&name.as_str()) {
                errors.at(
                    word.span(),
                    format!("no column type is `{name}`; use one of {}", INTEGERS.join(", ")),
                );
            }
            Ok(())
        });
    }
    found
}
