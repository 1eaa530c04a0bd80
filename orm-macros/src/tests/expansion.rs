//! The size and the form of what is written for a model.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

fn count(tokens: TokenStream) -> usize {
    let size = |token| match token {
        TokenTree::Group(group) => 2 + count(group.stream()),
        _ => 1,
    };
    tokens.into_iter().map(size).sum()
}

fn post() -> TokenStream {
    let model = quote! {
        #[model(table = "posts", index(author_id, title))]
        #[belongs_to(author: User, key = author_id, on_delete = cascade)]
        #[has_many(comments: Comment, key = post_id)]
        #[many_to_many(tags: Tag, through = Tagging)]
        pub struct Post {
            #[model(primary_key, generated)]
            pub id: i64,
            pub author_id: i64,
            pub title: String,
            pub body: Option<String>,
            pub views: i32,
            #[model(default = "0")]
            pub score: i32,
            pub draft: bool,
            pub picture: Vec<u8>,
            #[model(unique, type = "VARCHAR(40)")]
            pub slug: String,
            #[model(column = "made")]
            pub created_at: time::OffsetDateTime,
        }
    };
    crate::model(&syn::parse2(model).unwrap()).unwrap()
}

/// The derive writes thin impls, the library is generic: the compiler's front end is what a model costs.
#[test]
fn ten_columns_and_three_relations_stay_within_8000_tokens() {
    let tokens = count(post());
    assert!(tokens <= 8_000, "{tokens} tokens");
    // A tighter bound, with the feature `serde`, so that growth is noticed: raise it knowingly.
    assert!(tokens <= 5_900, "{tokens} tokens");
}

/// The expansion holds this piece of code.
#[track_caller]
fn holds(piece: TokenStream) {
    let (all, piece) = (post().to_string(), piece.to_string());
    assert!(all.contains(&piece), "`{piece}` is not in\n{all}");
}

#[test]
fn columns_are_constants_and_facts() {
    holds(quote!(
        pub const title: ::orm_core::__private::Column<Post, String> = ::orm_core::__private::column(2usize);
    ));
    holds(quote!(
        __orm::ColumnMeta::of(<String as __orm::ColumnType>::FACTS, "Post", "slug", "slug", 8usize)
            .declared("VARCHAR(40)")
            .uniquely()
    ));
    holds(quote!(
        __orm::ColumnMeta::of(<i64 as __orm::ColumnType>::FACTS, "Post", "id", "id", 0usize)
            .generated()
            .uniquely()
    ));
    holds(quote!(__orm::ColumnMeta::of(
        <time::OffsetDateTime as __orm::ColumnType>::FACTS,
        "Post",
        "created_at",
        "made",
        9usize
    )));
    holds(quote!(__orm::IndexMeta { columns: &["author_id", "title"], unique: false }));
}

#[test]
fn the_insertable_has_every_column_that_is_not_generated() {
    holds(quote!(#[doc = "Column `author_id`."] pub author_id: i64));
    holds(
        quote!(#[doc = "Column `score`; `None` is its default, `0`."] pub score: ::core::option::Option<i32>),
    );
}

#[test]
fn a_foreign_key_knows_its_target_and_actions() {
    holds(quote! {
        __orm::ForeignKey {
            columns: &["author_id"],
            target: __orm::meta::<User>,
            on_delete: __orm::Action::Cascade,
            on_update: __orm::Action::NoAction,
        }
    });
}

#[test]
fn the_module_names_nothing_of_the_structs_scope() {
    let all = post().to_string();
    let start = all.find("pub mod post").unwrap();
    let module = &all[start..all[start..].find("pub struct NewPost").unwrap() + start];
    for name in ["super", "User", "Comment", "Tagging"] {
        assert!(module.split_whitespace().all(|word| word != name), "`{name}` in\n{module}");
    }
}

#[test]
fn a_model_has_any_number_of_columns_and_relations() {
    for (columns, relations) in [(0, 0), (1, 0), (0, 1), (199, 30)] {
        let names = (0..columns).map(|at| quote::format_ident!("column{at}"));
        let relations = (0..relations).map(|at| quote::format_ident!("relation{at}"));
        let model = quote! {
            #[model(table = "t")]
            #(#[has_many(#relations: T, key = id)])*
            struct T { #[model(primary_key, generated)] id: i64, #(#names: i64),* }
        };
        let expansion = crate::model(&syn::parse2(model).unwrap()).unwrap();
        syn::parse2::<syn::File>(expansion).unwrap();
    }
}

#[test]
fn a_read_only_model_writes_nothing() {
    let model = quote!(
        #[model(table = "t", read_only)]
        struct View {
            #[model(primary_key)]
            id: i64,
        }
    );
    let all = crate::model(&syn::parse2(model).unwrap()).unwrap().to_string();
    assert!(all.contains("fn select") && all.contains("fn find"));
    for word in ["NewView", "Insertable", "fn insert", "fn update", "fn delete"] {
        assert!(!all.contains(word), "`{word}` in\n{all}");
    }
}
