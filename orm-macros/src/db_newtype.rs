//! `#[derive(DbNewtype)]`: a newtype is stored as what it wraps.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Type};

use crate::check::option_content;
use crate::errors::Errors;

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
    let column_type = quote_spanned!(inner.span()=> <#inner as __orm::ColumnType>);
    quote! {
        const _: () = {
            use ::orm_core::__private as __orm;
            impl __orm::ColumnType for #ident {
                const TYPE: __orm::SqlType = #column_type::TYPE;
                type Nullability = #column_type::Nullability;
                type Plain = Self;

                fn encode(self) -> __orm::Value {
                    #column_type::encode(self.0)
                }

                fn decode(cell: __orm::Cell<'_>) -> __orm::Result<Self, __orm::Mismatch> {
                    #column_type::decode(cell).map(#ident)
                }
            }
        };
    }
}
