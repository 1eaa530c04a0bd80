use orm_core::prelude::*;

macro_rules! model {
    ($name:ident, $table:literal, $key:ty, $($field:ident: $type:ty),*) => {
        #[derive(Model, Debug, Clone, PartialEq)]
        #[model(table = $table)]
        pub struct $name {
            #[model(primary_key)]
            pub id: $key,
            $(pub $field: $type,)*
        }
    };
}

model!(First, "firsts", i64, name: String, size: Option<i32>);
model!(Second, "seconds", String, bytes: Vec<u8>, list: Option<Vec<u8>>);

fn main() {
    let _ = First::find(1);
    let _ = Second::find("x").filter(Second::bytes.eq(&[1_u8][..]));
}
