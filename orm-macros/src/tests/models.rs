//! Mistakes in a model.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

#[track_caller]
fn refuses(input: TokenStream, words: &[&str]) {
    super::refuses(crate::model, input, words);
}

/// A model with these attributes and fields beside a table and a key.
fn with(attributes: TokenStream, fields: TokenStream) -> TokenStream {
    quote! {
        #[model(table = "users")]
        #attributes
        struct User { #[model(primary_key)] id: i64, #fields }
    }
}

#[track_caller]
fn refuses_attributes(attributes: TokenStream, words: &[&str]) {
    refuses(with(attributes, quote!(boss_id: Option<i64>, name: String)), words);
}

#[track_caller]
fn refuses_fields(fields: TokenStream, words: &[&str]) {
    refuses(with(quote!(), fields), words);
}

#[test]
fn all_mistakes_are_reported_together() {
    refuses(
        quote! {
            #[model(tabel = "users", index(nme))]
            #[belongs_to(boss: User, key = bos_id, on_delete = cascad)]
            #[has_many(select: Post)]
            struct User {
                #[model(generated)]
                id: i64,
                boss_id: Option<Option<i64>>,
                #[model(default = "0", indx)]
                name: String,
            }
        },
        &[
            "no option `tabel`; did you mean `table = \"…\"`?",
            "no option `indx`; did you mean `index`?",
            "no field `nme`; did you mean `name`?",
            "did you mean `cascade`?",
            "which column of `Post` refers to this model: `key = column`",
            "no field `bos_id`; did you mean `boss_id`?",
            "`#[model(table = \"users\")]`",
            "only a primary key is generated",
            "write `Option` once",
            "`#[model(primary_key)]`",
        ],
    );
}

#[test]
fn a_model_is_a_struct_with_named_fields() {
    refuses(
        quote!(
            struct User(i64);
        ),
        &["write `struct Name { id: i64, … }`"],
    );
    refuses(
        quote!(
            struct User;
        ),
        &["write `struct Name { id: i64, … }`"],
    );
    refuses(
        quote!(
            enum User {
                A,
            }
        ),
        &["use `#[derive(DbEnum)]`"],
    );
    refuses(quote!(union User { a: i64 }), &["a model is a struct"]);
    let generic = quote!(
        #[model(table = "users")]
        struct User<'a, T>
        where
            T: Copy,
        {
            #[model(primary_key)]
            id: &'a T,
        }
    );
    refuses(generic, &["no generic parameters", "no `where` clause"]);
}

#[test]
fn a_model_has_a_table_and_a_key() {
    refuses(
        quote!(
            struct HTTPRequest {
                #[model(primary_key)]
                id: i64,
            }
        ),
        &["`#[model(table = \"http_requests\")]`"],
    );
    refuses(
        quote!(
            #[model(table = "users")]
            struct User {
                id: i64,
            }
        ),
        &["`#[model(primary_key)]`, on several fields"],
    );
    refuses(
        quote!(
            #[model(table = "users", read_only)]
            struct User {
                id: i64,
            }
        ),
        &["a view needs one too"],
    );
    refuses(
        quote!(
            #[model(table = "users")]
            struct User {}
        ),
        &["which field is the primary key"],
    );
}

#[test]
fn options_have_one_form() {
    refuses_attributes(quote!(#[model(table = "other")]), &["`table` is given twice"]);
    refuses_attributes(quote!(#[model(schema)]), &["write `schema = \"…\"`"]);
    refuses_attributes(quote!(#[model(schema = 1)]), &["write `schema = \"…\"`"]);
    refuses_attributes(quote!(#[model(read_only = "yes")]), &["write `read_only`"]);
    refuses_attributes(quote!(#[model(index)]), &["write `index(column, column)`"]);
    refuses_attributes(quote!(#[model(wibble)]), &["no option `wibble`; it takes `table = \"…\"`, `schema"]);
    refuses_attributes(quote!(#[model(rename_all = "camel_case")]), &["did you mean \"camelCase\"?"]);
    refuses_attributes(quote!(#[model]), &["expected attribute arguments"]);
    refuses_attributes(quote!(#[model(schema "x")]), &["expected `,`", "write `schema = "]);
    refuses_fields(
        quote!(#[model(primary)] name: String),
        &["`#[model]` on a field has no option `primary`"],
    );
}

#[test]
fn names_fit_every_database() {
    let long = "x".repeat(64);
    refuses_fields(quote!(#[model(column = #long)] name: String), &["at most 63 bytes, and this one has 64"]);
    refuses_fields(quote!(#[model(column = "")] name: String), &["a column's name is not empty"]);
    refuses_fields(quote!(#[model(column = "a\0b")] name: String), &["a column's name holds no NUL"]);
    refuses_attributes(quote!(#[model(schema = " ")]), &["a schema's name is not empty"]);
    refuses_fields(quote!(#[model(column = "ID")] name: String), &["`id` already has the column `ID`"]);
    refuses_fields(quote!(#[model(default = "")] name: String), &["a default is SQL"]);
    refuses_fields(quote!(#[model(type = "\0")] name: String), &["declared type is SQL"]);
}

#[test]
fn names_that_the_derive_needs_are_refused() {
    for name in
        ["select", "find", "insert", "insert_many", "update", "update_many", "delete", "default", "from"]
    {
        let field = format_ident!("{name}");
        refuses_fields(quote!(#field: i64), &[&format!("another name: `#[model(name = \"{name}_\")]`")]);
        refuses_attributes(quote!(#[has_many(#field: Post, key = id)]), &["give the relation another name"]);
    }
    refuses_attributes(
        quote!(#[has_many(name: Post, key = id)]),
        &["`#[model(name = \"name_\")]` on the field"],
    );
    refuses_attributes(quote!(#[has_many(into_parts: Post, key = id)]), &["a method of every loaded model"]);
    refuses_attributes(quote!(#[has_many(Posts: Post, key = id)]), &["a type's name"]);
    refuses_fields(quote!(#[model(name = "1st")] name: String), &["a Rust name"]);
    refuses_fields(quote!(#[model(name = "id")] name: String), &["the field `id` has the same constant"]);
    assert!(
        super::mistakes(crate::model, with(quote!(), quote!(#[model(name = "find_")] find: i64))).is_empty()
    );
}

#[test]
fn modules_hide_no_crate() {
    for (model, module) in
        [("Std", "std"), ("Core", "core"), ("Alloc", "alloc"), ("Str", "str"), ("Time", "time")]
    {
        let model = format_ident!("{model}");
        let input = quote!(#[model(table = "t")] struct #model { #[model(primary_key)] id: i64 });
        refuses(input, &[&format!("`#[model(module = \"{module}_model\")]`")]);
    }
    for model in ["Crate", "Super"] {
        let model = format_ident!("{model}");
        let input = quote!(#[model(table = "t")] struct #model { #[model(primary_key)] id: i64 });
        refuses(input, &["`#[model(module = "]);
    }
    let lower = quote!(
        #[model(table = "t")]
        struct user {
            #[model(primary_key)]
            id: i64,
        }
    );
    refuses(lower, &["called like the struct"]);
    let given = quote!(
        #[model(table = "t", module = "std_model")]
        struct Std {
            #[model(primary_key)]
            id: i64,
        }
    );
    assert!(super::mistakes(crate::model, given).is_empty());
}

#[test]
fn columns_do_not_contradict_themselves() {
    let both = quote!(
        #[model(table = "t")]
        struct T {
            #[model(primary_key, generated, default = "1")]
            id: i64,
        }
    );
    refuses(both, &["keep `generated` or `default`"]);
    refuses_fields(quote!(#[model(generated)] nr: i64), &["only a primary key is generated"]);
    let two = quote! {
        #[model(table = "t")]
        struct T { #[model(primary_key, generated)] a: i64, #[model(primary_key, generated)] b: i64 }
    };
    refuses(two, &["at most one generated column"]);
    let nullable = quote!(
        #[model(table = "t")]
        struct T {
            #[model(primary_key)]
            id: std::option::Option<i64>,
        }
    );
    refuses(nullable, &["a primary key is never NULL"]);
}

#[test]
fn indexes_name_fields_once() {
    refuses_attributes(quote!(#[model(unique(name, nam))]), &["did you mean `name`?"]);
    refuses_attributes(quote!(#[model(unique(name, name))]), &["`name` is named twice"]);
    refuses_attributes(quote!(#[model(index(name, id), index(name, id))]), &["declared twice"]);
    refuses_fields(quote!(), &[]);
}

#[test]
fn relations_say_what_they_need() {
    refuses_attributes(quote!(#[belongs_to(boss: User)]), &["`key = boss_id`"]);
    refuses_attributes(
        quote!(#[belongs_to(boss: User, key = xyz)]),
        &["its fields are `id`, `boss_id`, `name`"],
    );
    refuses_attributes(quote!(#[belongs_to(boss)]), &["`#[belongs_to(name: Model, key = column)]`"]);
    refuses_attributes(quote!(#[has_one(boss: User, key = "id")]), &["write `key = column`"]);
    refuses_attributes(
        quote!(#[has_many(boss: User, key = id, on_delete = cascade)]),
        &["no option `on_delete`"],
    );
    refuses_attributes(quote!(#[many_to_many(tags: Tag)]), &["`through = Model`"]);
    refuses_attributes(
        quote!(#[many_to_many(tags: Tag, key = id)]),
        &["`through = Model`", "no option `key`"],
    );
    refuses_attributes(quote!(#[has_many(a: User, key(a, b, c, d))]), &["at most three columns"]);
    refuses_attributes(quote!(#[has_many(a: User, key(a, a))]), &["`a` is named twice"]);
    refuses_attributes(
        quote!(#[has_many(posts: Post, key = a)] #[has_many(posts: Post, key = b)]),
        &["the relation `posts` is already declared"],
    );
    refuses_attributes(
        quote!(#[belongs_to(boss: User, key = boss_id, on_update = nothing)]),
        &["one of `no_action`"],
    );
}
