//! Mistakes in enums, newtypes and `loaded!`.

use quote::quote;

use super::refuses;
use crate::{db_enum, db_newtype, loaded};

#[test]
fn an_enum_holds_one_value_a_variant() {
    refuses(
        db_enum::derive,
        quote!(
            enum E {
                A(i64),
                B { x: i64 },
                C,
            }
        ),
        &["a variant has no data", "a variant has no data"],
    );
    refuses(
        db_enum::derive,
        quote!(
            enum E {}
        ),
        &["add a variant"],
    );
    refuses(
        db_enum::derive,
        quote!(
            struct E(i64);
        ),
        &["use `#[derive(DbNewtype)]`"],
    );
    refuses(
        db_enum::derive,
        quote!(
            enum E {
                A,
                #[db(rename = "A")]
                B,
            }
        ),
        &["`A` is already stored as \"A\""],
    );
    refuses(
        db_enum::derive,
        quote!(
            #[db(renam_all = "lowercase")]
            enum E {
                A,
            }
        ),
        &["did you mean `rename_all = \"…\"`?"],
    );
    refuses(
        db_enum::derive,
        quote!(
            enum E {
                #[db(name = "a")]
                A,
            }
        ),
        &["`#[db]` on a variant has no option `name`"],
    );
}

#[test]
fn stored_integers_are_written_down() {
    refuses(
        db_enum::derive,
        quote!(
            #[db(integer)]
            enum E {
                A = 1,
                B,
                C,
            }
        ),
        &["`B = 2`", "`C = 3`"],
    );
    refuses(
        db_enum::derive,
        quote!(
            #[db(integer)]
            #[repr(i8)]
            enum E {
                A = 1,
            }
        ),
        &["no column type is `i8`"],
    );
    let both = quote!(
        #[db(integer, rename_all = "lowercase")]
        enum E {
            A = 1,
        }
    );
    refuses(db_enum::derive, both, &["keep `integer` or `rename_all`"]);
    refuses(
        db_enum::derive,
        quote!(
            #[db(integer)]
            enum E {
                #[db(rename = "x")]
                A = 1,
            }
        ),
        &["write the number"],
    );
}

#[test]
fn a_newtype_wraps_one_value() {
    refuses(
        db_newtype::derive,
        quote!(
            struct Id {
                value: i64,
            }
        ),
        &["`struct UserId(i64);`"],
    );
    refuses(
        db_newtype::derive,
        quote!(
            struct Id(i64, i64);
        ),
        &["a newtype has one field"],
    );
    refuses(
        db_newtype::derive,
        quote!(
            struct Id();
        ),
        &["a newtype wraps one value"],
    );
    refuses(
        db_newtype::derive,
        quote!(
            struct Id(Option<i64>);
        ),
        &["without `Option`"],
    );
    refuses(
        db_newtype::derive,
        quote!(
            enum Id {
                A,
            }
        ),
        &["use `#[derive(DbEnum)]`"],
    );
    refuses(
        db_newtype::derive,
        quote!(
            struct Id<T>(T);
        ),
        &["no generic parameters"],
    );
}

#[test]
fn loaded_names_a_model_and_each_relation_once() {
    let message = |input| loaded::expand(input).map(|_| ()).unwrap_err().to_string();
    assert!(message(quote!()).contains("`loaded!(User { posts { comments }, profile })`"));
    assert!(message(quote!(User { posts, posts })).contains("`posts` is named twice"));
    assert!(message(quote!(User { posts { a, a } })).contains("`a` is named twice"));
    for valid in [quote!(User), quote!(models::User {}), quote!(User { posts { comments }, profile, })] {
        loaded::expand(valid).unwrap();
    }
}
