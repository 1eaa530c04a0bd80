use orm_core::prelude::*;

fn main() {
    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "shops")]
    #[has_many(goods: Good, key = shop_id)]
    struct Shop {
        #[model(primary_key, generated)]
        id: i64,
        name: String,
    }

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "goods")]
    #[belongs_to(shop: Shop, key = shop_id)]
    struct Good {
        #[model(primary_key, generated)]
        id: i64,
        shop_id: i64,
    }

    fn count(shop: &ShopWith<impl Has<shop::goods>>) -> usize {
        shop.goods().models().count()
    }

    let _ = Shop::select().filter(Shop::name.eq("x")).with(Shop::goods.selectin().with(Good::shop.joined()));
    let _: fn(&loaded!(Shop { goods })) -> usize = |shop| count(shop);
    let _: Option<loaded!(Shop { goods { shop } })> = None;
    let _ = NewShop { name: String::new() };
}
