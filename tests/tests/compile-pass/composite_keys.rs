use orm_core::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "orders")]
#[has_many(items: Item, key(tenant_id, order_id))]
struct Order {
    #[model(primary_key)]
    tenant_id: i32,
    #[model(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "items")]
#[belongs_to(order: Order, key(tenant_id, order_id))]
struct Item {
    #[model(primary_key, generated)]
    id: i64,
    tenant_id: i32,
    order_id: i64,
}

fn main() {
    let _ = Order::find((1, 2)).with(Order::items.selectin().with(Item::order.joined()));
}
