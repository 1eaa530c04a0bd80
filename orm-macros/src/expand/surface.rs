//! What users write queries with: a constant for each column and relation, and the entry points.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

use super::Context;
use crate::model::{Column, Relation};

pub(super) fn expand(context: &Context<'_>) -> TokenStream {
    let ident = &context.model.ident;
    let columns = context.model.columns.iter().map(|column| column_constant(column, context));
    let relations = context.model.relations.iter().map(|relation| relation_constant(relation, context));
    let reading = reading(context);
    let writing = (!context.model.read_only).then(|| writing(context));
    quote! {
        #[allow(non_upper_case_globals, dead_code, unreachable_pub)]
        impl #ident {
            #(#columns)*
            #(#relations)*
            #reading
            #writing
        }
    }
}

fn column_constant(column: &Column, context: &Context<'_>) -> TokenStream {
    let (model, vis) = (&context.model.ident, &context.model.vis);
    let Column { index, constant, ty, .. } = column;
    let doc = format!("Column `{}`.", column.name.value());
    quote! {
        #[doc = #doc]
        #vis const #constant: ::orm_core::__private::Column<#model, #ty> = ::orm_core::__private::column(#index);
    }
}

fn relation_constant(relation: &Relation, context: &Context<'_>) -> TokenStream {
    let vis = &context.model.vis;
    let name = &relation.name;
    let marker = context.in_module(name);
    let doc = format!("Relation `{}`.", name.unraw());
    quote! {
        #[doc = #doc]
        #vis const #name: ::orm_core::__private::Rel<#marker> = ::orm_core::__private::Rel::new();
    }
}

fn reading(context: &Context<'_>) -> TokenStream {
    let (model, vis) = (&context.model.ident, &context.model.vis);
    let (key, filters) = key(context);
    quote! {
        /// Starts a query of all rows.
        #vis fn select() -> ::orm_core::__private::query::Select<::orm_core::__private::Whole<#model>> {
            ::orm_core::__private::query::select()
        }

        /// Starts a query of the row with this primary key.
        #vis fn find(key: #key) -> ::orm_core::__private::query::Select<::orm_core::__private::Whole<#model>> {
            ::orm_core::__private::query::find([#(#filters),*])
        }
    }
}

/// The type that `find` takes, and the filters that it makes of it.
fn key(context: &Context<'_>) -> (TokenStream, Vec<TokenStream>) {
    let model = &context.model.ident;
    let operand = |column: &Column| {
        let ty = &column.ty;
        quote_spanned!(column.place()=> impl ::orm_core::__private::Operand<#model, #ty>)
    };
    let filter = |column: &Column, value: TokenStream| {
        let constant = &column.constant;
        quote!(::orm_core::__private::equals(Self::#constant, #value))
    };
    let primary: Vec<_> = context.model.primary().collect();
    match primary.as_slice() {
        [column] => (operand(column), vec![filter(column, quote!(key))]),
        columns => {
            let types = columns.iter().map(|column| operand(column));
            let filters = columns.iter().enumerate().map(|(at, column)| {
                let at = syn::Index::from(at);
                filter(column, quote!(key.#at))
            });
            (quote!((#(#types),*)), filters.collect())
        }
    }
}

fn writing(context: &Context<'_>) -> TokenStream {
    let (model, vis) = (&context.model.ident, &context.model.vis);
    let (rows, columns) = (context.parameter("I"), context.parameter("C"));
    quote! {
        /// Starts an INSERT of one row.
        #vis fn insert<#rows: ::orm_core::__private::Insertable<Model = #model>>(row: #rows) -> ::orm_core::__private::query::Insert<#model> {
            ::orm_core::__private::query::insert(row)
        }

        /// Starts an INSERT of any number of rows.
        #vis fn insert_many<#rows: ::orm_core::__private::IntoIterator<Item: ::orm_core::__private::Insertable<Model = #model>>>(
            rows: #rows,
        ) -> ::orm_core::__private::query::InsertMany<#model> {
            ::orm_core::__private::query::insert_many(rows)
        }

        /// Starts an UPDATE of the rows that fulfil a filter.
        #vis fn update() -> ::orm_core::__private::query::Update<#model> {
            ::orm_core::__private::query::update()
        }

        /// Starts an UPDATE of rows in hand, each with the values of its own in these columns.
        #vis fn update_many<'a, #rows, #columns>(rows: #rows, columns: #columns) -> ::orm_core::__private::query::UpdateMany<#model>
        where
            #rows: ::orm_core::__private::IntoIterator<Item = &'a #model>,
            #columns: ::orm_core::__private::query::ColumnSet<#model>,
        {
            ::orm_core::__private::query::update_many(rows, columns)
        }

        /// Starts a DELETE of the rows that fulfil a filter.
        #vis fn delete() -> ::orm_core::__private::query::Delete<#model> {
            ::orm_core::__private::query::delete()
        }
    }
}
