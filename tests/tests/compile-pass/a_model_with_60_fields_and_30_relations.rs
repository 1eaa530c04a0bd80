use orm_core::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "wide")]
#[has_many(narrow0: Narrow, key = wide_id)]
#[has_many(narrow1: Narrow, key = wide_id)]
#[has_many(narrow2: Narrow, key = wide_id)]
#[has_many(narrow3: Narrow, key = wide_id)]
#[has_many(narrow4: Narrow, key = wide_id)]
#[has_many(narrow5: Narrow, key = wide_id)]
#[has_many(narrow6: Narrow, key = wide_id)]
#[has_many(narrow7: Narrow, key = wide_id)]
#[has_many(narrow8: Narrow, key = wide_id)]
#[has_many(narrow9: Narrow, key = wide_id)]
#[has_many(narrow10: Narrow, key = wide_id)]
#[has_many(narrow11: Narrow, key = wide_id)]
#[has_many(narrow12: Narrow, key = wide_id)]
#[has_many(narrow13: Narrow, key = wide_id)]
#[has_many(narrow14: Narrow, key = wide_id)]
#[has_many(narrow15: Narrow, key = wide_id)]
#[has_many(narrow16: Narrow, key = wide_id)]
#[has_many(narrow17: Narrow, key = wide_id)]
#[has_many(narrow18: Narrow, key = wide_id)]
#[has_many(narrow19: Narrow, key = wide_id)]
#[has_many(narrow20: Narrow, key = wide_id)]
#[has_many(narrow21: Narrow, key = wide_id)]
#[has_many(narrow22: Narrow, key = wide_id)]
#[has_many(narrow23: Narrow, key = wide_id)]
#[has_many(narrow24: Narrow, key = wide_id)]
#[has_many(narrow25: Narrow, key = wide_id)]
#[has_many(narrow26: Narrow, key = wide_id)]
#[has_many(narrow27: Narrow, key = wide_id)]
#[has_many(narrow28: Narrow, key = wide_id)]
#[has_many(narrow29: Narrow, key = wide_id)]
struct Wide {
    #[model(primary_key, generated)]
    id: i64,
    field0: i64,
    field1: i64,
    field2: i64,
    field3: i64,
    field4: i64,
    field5: i64,
    field6: i64,
    field7: i64,
    field8: i64,
    field9: i64,
    field10: i64,
    field11: i64,
    field12: i64,
    field13: i64,
    field14: i64,
    field15: i64,
    field16: i64,
    field17: i64,
    field18: i64,
    field19: i64,
    field20: i64,
    field21: i64,
    field22: i64,
    field23: i64,
    field24: i64,
    field25: i64,
    field26: i64,
    field27: i64,
    field28: i64,
    field29: i64,
    field30: i64,
    field31: i64,
    field32: i64,
    field33: i64,
    field34: i64,
    field35: i64,
    field36: i64,
    field37: i64,
    field38: i64,
    field39: i64,
    field40: i64,
    field41: i64,
    field42: i64,
    field43: i64,
    field44: i64,
    field45: i64,
    field46: i64,
    field47: i64,
    field48: i64,
    field49: i64,
    field50: i64,
    field51: i64,
    field52: i64,
    field53: i64,
    field54: i64,
    field55: i64,
    field56: i64,
    field57: i64,
    field58: i64,
    field59: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "narrow")]
#[belongs_to(wide: Wide, key = wide_id)]
struct Narrow {
    #[model(primary_key, generated)]
    id: i64,
    wide_id: i64,
}

fn main() {
    let _ = Wide::select().with(Wide::narrow0.selectin()).with(Wide::narrow29.joined()).filter(Wide::field59.eq(1));
}
