use orm_core::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "types")]
#[has_many(r#impl: r#Struct, key = r#match)]
struct Type {
    #[model(primary_key, generated)]
    id: i64,
    r#type: String,
    #[model(unique)]
    r#fn: Option<i32>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "structs")]
#[belongs_to(r#trait: Type, key = r#match)]
struct r#Struct {
    #[model(primary_key)]
    r#where: i64,
    r#match: i64,
}

fn main() {
    let _ = Type::select().filter(Type::r#type.eq("x").and(Type::r#fn.is_null())).with(Type::r#impl.selectin());
    let _ = Struct::select().with(Struct::r#trait.joined());
    let _: fn(&TypeWith<r#type::Slots<orm_core::Loaded<Vec<Struct>>>>) -> usize = |row| row.r#impl().len();
    let _ = NewType { r#type: String::new(), r#fn: None };
}
