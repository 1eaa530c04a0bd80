use orm_core::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "numbers")]
struct Number {
    #[model(primary_key)]
    a: i16,
    b: i32,
    c: i64,
    d: u8,
    e: u16,
    f: u32,
    g: u64,
    h: Option<i16>,
    i: Option<u64>,
    j: f32,
    k: f64,
}

fn main() {
    let _ = Number::a.eq(1).and(Number::b.gt(1)).and(Number::c.in_list([1, 2])).and(Number::d.between(1, 2));
    let _ = Number::e.ne(1).and(Number::f.le(1)).and(Number::g.lt(1)).and(Number::h.eq(1)).and(Number::i.eq(Some(1)));
    let _ = Number::j.gt(1.5).and(Number::k.lt(2.5)).and((Number::b + 1).gt(Number::b * 2));
    let _ = Number::find(7);
    let _ = Number::update().set(Number::h, 1).set(Number::i, None).set(Number::f, Number::f + 1).filter(Number::a.eq(2));
}
