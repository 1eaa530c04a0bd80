//! What users write queries with: a constant for each column and relation, and the entry points.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::Context;
use crate::model::{Column, Relation};

pub(super) fn expand(context: &Context<'_>) -> TokenStream {
    let ident = &context.model.ident;
    let columns = context.model.columns.iter().map(|column| column_constant(column, context));
    let relations = context.model.relations.iter().map(|relation| relation_constant(relation, context));
    let reading = reading(context);
    let writing = (!context.model.read_only).then(|| writing(context));
    quote! {
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
        #vis const #constant: __orm::Column<#model, #ty> = __orm::column(#index);
    }
}

fn relation_constant(relation: &Relation, context: &Context<'_>) -> TokenStream {
    let vis = &context.model.vis;
    let name = &relation.name;
    let marker = context.in_module(name);
    let doc = format!("Relation `{}`.", name.unraw());
    quote! {
        #[doc = #doc]
        #vis const #name: __orm::Rel<#marker> = __orm::Rel::new();
    }
}

fn reading(context: &Context<'_>) -> TokenStream {
    let (model, vis) = (&context.model.ident, &context.model.vis);
    let (key, filters) = key(context);
    quote! {
        /// Starts a query of all rows.
        #vis fn select() -> __orm::query::Select<__orm::Whole<#model>> {
            __orm::query::select()
        }

        /// Starts a query of the row with this primary key.
        #vis fn find(key: #key) -> __orm::query::Select<__orm::Whole<#model>> {
            __orm::query::find([#(#filters),*])
        }
    }
}

/// The type that `find` takes, and the filters that it makes of it.
fn key(context: &Context<'_>) -> (TokenStream, Vec<TokenStream>) {
    let model = &context.model.ident;
    let operand = |column: &Column| {
        let ty = &column.ty;
        quote_spanned!(ty.span()=> impl __orm::Operand<#model, #ty>)
    };
    let filter = |column: &Column, value: TokenStream| {
        let constant = &column.constant;
        quote!(__orm::equals(Self::#constant, #value))
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
        #vis fn insert<#rows: __orm::Insertable<Model = #model>>(row: #rows) -> __orm::query::Insert<#model> {
            __orm::query::insert(row)
        }

        /// Starts an INSERT of any number of rows.
        #vis fn insert_many<#rows: __orm::IntoIterator<Item: __orm::Insertable<Model = #model>>>(
            rows: #rows,
        ) -> __orm::query::InsertMany<#model> {
            __orm::query::insert_many(rows)
        }

        /// Starts an UPDATE of the rows that fulfil a filter.
        #vis fn update() -> __orm::query::Update<#model> {
            __orm::query::update()
        }

        /// Starts an UPDATE of rows in hand, each with the values of its own in these columns.
        #vis fn update_many<'a, #rows, #columns>(rows: #rows, columns: #columns) -> __orm::query::UpdateMany<#model>
        where
            #rows: __orm::IntoIterator<Item = &'a #model>,
            #columns: __orm::query::ColumnSet<#model>,
        {
            __orm::query::update_many(rows, columns)
        }

        /// Starts a DELETE of the rows that fulfil a filter.
        #vis fn delete() -> __orm::query::Delete<#model> {
            __orm::query::delete()
        }
    }
}
