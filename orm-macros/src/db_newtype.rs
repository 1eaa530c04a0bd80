//! `#[derive(DbNewtype)]`: a newtype is stored as what it wraps.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Type};

use crate::check::option_content;
use crate::errors::Errors;
use crate::expand::column_type;

pub(crate) fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let inner = inner(input, &mut errors);
    errors.finish()?;
    Ok(inner.map(|inner| expand(input, inner)).unwrap_or_default())
}

fn inner<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<&'a Type> {
    if let Some(parameter) = input.generics.params.first() {
        errors.at(parameter.span(), "a newtype in a column has no generic parameters; write the type out");
    }
    let fields = match &input.data {
        Data::Struct(data) => &data.fields,
        Data::Enum(_) => {
            errors.at(input.ident.span(), "a newtype is a struct; for an enum use `#[derive(DbEnum)]`");
            return None;
        }
        Data::Union(_) => {
            errors.at(input.ident.span(), "a newtype is a struct with one field: `struct UserId(i64);`");
            return None;
        }
    };
    let Fields::Unnamed(fields) = fields else {
        errors.at(
            input.ident.span(),
            "a newtype is a struct with one field without a name: `struct UserId(i64);`",
        );
        return None;
    };
    for more in fields.unnamed.iter().skip(1) {
        errors.at(more.span(), "a newtype has one field: a column holds one value");
    }
    let Some(first) = fields.unnamed.first() else {
        errors.at(input.ident.span(), "a newtype wraps one value: `struct UserId(i64);`");
        return None;
    };
    if option_content(&first.ty).is_some() {
        errors.at(
            first.ty.span(),
            "wrap the type without `Option`, and write `Option<…>` around the newtype in the model",
        );
    }
    Some(&first.ty)
}

fn expand(input: &DeriveInput, inner: &Type) -> TokenStream {
    let ident = &input.ident;
    let [facts, encode, decode] = ["FACTS", "encode", "decode"].map(|item| column_type(inner, item));
    quote! {
        const _: () = {
            use ::orm_core::__private as __orm;
            #[diagnostic::do_not_recommend]
            impl __orm::ColumnType for #ident {
                const TYPE: __orm::SqlType = __orm::never_null(#facts);
                type Nullability = __orm::NotNull;
                type Plain = Self;

                fn encode(self) -> __orm::Value {
                    #encode(self.0)
                }

                fn decode(cell: __orm::Cell<'_>) -> __orm::Result<Self, __orm::Mismatch> {
                    #decode(cell).map(#ident)
                }
            }
        };
    }
}
