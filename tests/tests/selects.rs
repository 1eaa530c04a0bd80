//! Selects and their ends: what comes back, in which order, how much of it, and what is computed over it.

use orm_core::prelude::*;
use orm_core::{Dialect, Error, sql};
use orm_tests::{Bed, cases};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "shops")]
#[has_many(sales: Sale, key = shop_id)]
struct Shop {
    #[model(primary_key, generated)]
    id: i64,
    name: String,
    city: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "sales")]
#[belongs_to(shop: Shop, key = shop_id)]
struct Sale {
    #[model(primary_key, generated)]
    id: i64,
    shop_id: i64,
    amount: i32,
    discount: Option<i32>,
    rate: f64,
    price: rust_decimal::Decimal,
}

/// Three shops (one without a city), ten sales: of shop 1 those with an even, of shop 2 those with an odd amount.
async fn shops(bed: &Bed) -> (Vec<Shop>, Vec<Sale>) {
    bed.create::<(Shop, Sale)>().await;
    let shops = [("b", Some("Ulm")), ("a", Some("Ulm")), ("c", None)];
    let shops = shops.map(|(name, city)| NewShop { name: name.into(), city: city.map(str::to_owned) });
    let shops = Shop::insert_many(shops).all(&bed.db).await.unwrap();
    let sales = (0..10).map(|n| NewSale {
        shop_id: shops[n as usize % 2].id,
        amount: n,
        discount: (n % 3 == 0).then_some(n),
        rate: f64::from(n) / 4.0,
        price: rust_decimal::Decimal::new(i64::from(n) * 10, 2),
    });
    let sales = Sale::insert_many(sales).all(&bed.db).await.unwrap();
    bed.statements.clear();
    (shops, sales)
}

cases! {
    async fn filter_order_limit_and_offset_agree_with_the_same_in_rust(bed: Bed) {
        let (_, sales) = shops(&bed).await;
        for limit in [None, Some(0), Some(1), Some(3), Some(100)] {
            for offset in [None, Some(0), Some(2), Some(9), Some(50)] {
                for least in [0, 4, 50] {
                    for descending in [false, true] {
                        let mut query = Sale::select().filter(Sale::amount.ge(least)).order_by(if descending { Sale::amount.desc() } else { Sale::amount.asc() });
                        if let Some(limit) = limit { query = query.limit(limit); }
                        if let Some(offset) = offset { query = query.offset(offset); }
                        let mut expected: Vec<Sale> = sales.iter().filter(|sale| sale.amount >= least).cloned().collect();
                        if descending { expected.reverse(); }
                        let expected: Vec<Sale> = expected.into_iter().skip(offset.unwrap_or(0) as usize).take(limit.unwrap_or(1000) as usize).collect();
                        assert_eq!(query.clone().count(&bed.db).await.unwrap(), expected.len() as u64, "{query:?}");
                        assert_eq!(query.clone().exists(&bed.db).await.unwrap(), !expected.is_empty(), "{query:?}");
                        assert_eq!(query.clone().first(&bed.db).await.unwrap().as_ref(), expected.first(), "{query:?}");
                        let sum = (!expected.is_empty()).then(|| expected.iter().map(|sale| i64::from(sale.amount)).sum::<i64>());
                        assert_eq!(query.clone().sum(Sale::amount, &bed.db).await.unwrap(), sum, "{query:?}");
                        assert_eq!(query.clone().max(Sale::amount, &bed.db).await.unwrap(), expected.iter().map(|sale| sale.amount).max(), "{query:?}");
                        assert_eq!(query.all(&bed.db).await.unwrap(), expected);
                    }
                }
            }
        }
    }

    async fn no_statement_holds_a_star(bed: Bed) {
        shops(&bed).await;
        Sale::select().all(&bed.db).await.unwrap();
        Sale::select().filter(Sale::amount.gt(1)).order_by(Sale::rate.desc()).limit(2).offset(1).all(&bed.db).await.unwrap();
        Shop::select().with(Shop::sales.selectin()).all(&bed.db).await.unwrap();
        Shop::select().with(Shop::sales.joined()).limit(1).all(&bed.db).await.unwrap();
        Sale::select().columns(Sale::amount).distinct().count(&bed.db).await.unwrap();
        Sale::select().limit(3).sum(Sale::amount, &bed.db).await.unwrap();
        Sale::select().exists(&bed.db).await.unwrap();
        Sale::select().count(&bed.db).await.unwrap();
        Sale::insert(NewSale { shop_id: 1, amount: 1, discount: None, rate: 1.0, price: 1.into() }).one(&bed.db).await.unwrap();
        for text in bed.statements.take() {
            assert!(!text.replace("COUNT(*)", "").contains('*'), "{text}");
        }
    }

    async fn columns_give_values_and_tuples_of_one_to_twelve(bed: Bed) {
        let (_, sales) = shops(&bed).await;
        let single: Vec<i32> = Sale::select().columns(Sale::amount).order_by(Sale::id.asc()).all(&bed.db).await.unwrap();
        assert_eq!(single, (0..10).collect::<Vec<_>>());
        let one: Vec<(i32,)> = Sale::select().columns((Sale::amount,)).limit(1).all(&bed.db).await.unwrap();
        assert_eq!(one, [(0,)]);
        let twelve = Sale::select()
            .columns((
                Sale::id, Sale::shop_id, Sale::amount, Sale::discount, Sale::rate, Sale::price, Sale::amount + 1, Sale::amount * 2, Sale::amount.abs(),
                Sale::shop.get(Shop::name), Sale::shop.get(Shop::city), Sale::discount.coalesce(-1),
            ))
            .filter(Sale::amount.eq(3))
            .one(&bed.db).await.unwrap();
        let sale = &sales[3];
        assert_eq!(twelve.0, sale.id);
        assert_eq!((twelve.2, twelve.3, twelve.4, twelve.5), (3, Some(3), 0.75, sale.price));
        assert_eq!((twelve.6, twelve.7, twelve.8), (4, 6, 3));
        assert_eq!((twelve.9.as_str(), twelve.10.as_deref(), twelve.11), ("a", Some("Ulm"), 3));
    }

    async fn distinct_columns_come_once_and_are_counted_once(bed: Bed) {
        shops(&bed).await;
        let cities = Shop::select().columns(Shop::city).distinct();
        assert_eq!(cities.clone().order_by(Shop::city.asc()).all(&bed.db).await.unwrap(), [None, Some("Ulm".to_owned())]);
        assert_eq!(cities.clone().order_by(Shop::city.desc().nulls_first()).all(&bed.db).await.unwrap(), [None, Some("Ulm".to_owned())]);
        assert_eq!(cities.clone().count(&bed.db).await.unwrap(), 2);
        assert_eq!(cities.clone().limit(1).count(&bed.db).await.unwrap(), 1);
        assert_eq!(cities.clone().offset(1).count(&bed.db).await.unwrap(), 1);
        assert!(!cities.clone().offset(2).exists(&bed.db).await.unwrap());
        assert!(cities.offset(1).exists(&bed.db).await.unwrap());
        let pairs = Sale::select().columns((Sale::shop_id, Sale::amount % 3)).distinct();
        assert_eq!(pairs.clone().count(&bed.db).await.unwrap(), 6);
        assert_eq!(pairs.all(&bed.db).await.unwrap().len(), 6);
        assert_eq!(Sale::select().distinct().count(&bed.db).await.unwrap(), 10);
        assert_eq!(Sale::select().distinct().all(&bed.db).await.unwrap().len(), 10);
        let mut thirds = Sale::select().columns(Sale::amount % 3).distinct().order_by((Sale::amount % 3).desc()).all(&bed.db).await.unwrap();
        assert_eq!(thirds, [2, 1, 0]);
        thirds.clear();
        bed.statements.clear();
        let of_distinct = Sale::select().columns(Sale::shop_id).distinct().sum(Sale::shop_id, &bed.db).await;
        assert!(matches!(of_distinct, Err(Error::InvalidQuery(_))), "{of_distinct:?}");
        assert_eq!(bed.statements.count(), 0);
    }

    async fn joined_relations_are_not_counted(bed: Bed) {
        shops(&bed).await;
        let joined = Shop::select().with(Shop::sales.joined());
        assert_eq!(joined.clone().count(&bed.db).await.unwrap(), 3);
        assert_eq!(joined.clone().limit(2).count(&bed.db).await.unwrap(), 2);
        assert_eq!(joined.clone().sum(Shop::id, &bed.db).await.unwrap(), Some(6));
        assert_eq!(joined.clone().limit(2).sum(Shop::id, &bed.db).await.unwrap(), Some(3));
        assert!(joined.clone().exists(&bed.db).await.unwrap());
        assert_eq!(joined.first(&bed.db).await.unwrap().unwrap().sales().len(), 5);
        let filtered = Sale::select().with(Sale::shop.joined()).filter(Sale::shop.get(Shop::name).eq("a"));
        assert_eq!(filtered.clone().count(&bed.db).await.unwrap(), 5);
        assert_eq!(filtered.limit(2).max(Sale::amount, &bed.db).await.unwrap(), Some(3));
    }

    async fn aggregates_of_nothing_are_none(bed: Bed) {
        bed.create::<(Shop, Sale)>().await;
        let none = Sale::select();
        assert_eq!(none.clone().count(&bed.db).await.unwrap(), 0);
        assert!(!none.clone().exists(&bed.db).await.unwrap());
        assert_eq!(none.clone().sum(Sale::amount, &bed.db).await.unwrap(), None);
        assert_eq!(none.clone().sum(Sale::price, &bed.db).await.unwrap(), None);
        assert_eq!(none.clone().avg(Sale::amount, &bed.db).await.unwrap(), None);
        assert_eq!(none.clone().avg(Sale::price, &bed.db).await.unwrap(), None);
        assert_eq!(none.clone().min(Sale::rate, &bed.db).await.unwrap(), None);
        assert_eq!(none.clone().max(Sale::discount, &bed.db).await.unwrap(), None);
        assert_eq!(none.columns(Sale::amount.count()).all(&bed.db).await.unwrap(), [0]);
    }

    async fn aggregates_have_the_type_and_value_of_mathematics(bed: Bed) {
        shops(&bed).await;
        let all = Sale::select();
        assert_eq!(all.clone().sum(Sale::amount, &bed.db).await.unwrap(), Some(45));
        assert_eq!(all.clone().avg(Sale::amount, &bed.db).await.unwrap(), Some(4.5));
        assert_eq!(all.clone().filter(Sale::amount.lt(3).and(Sale::amount.ne(1))).avg(Sale::amount, &bed.db).await.unwrap(), Some(1.0));
        assert_eq!(all.clone().filter(Sale::amount.in_list([0, 0, 1, 3])).avg(Sale::amount, &bed.db).await.unwrap(), Some(4.0 / 3.0));
        assert_eq!(all.clone().sum(Sale::discount, &bed.db).await.unwrap(), Some(18));
        assert_eq!(all.clone().avg(Sale::discount, &bed.db).await.unwrap(), Some(4.5));
        assert_eq!(all.clone().sum(Sale::rate, &bed.db).await.unwrap(), Some(11.25));
        assert_eq!(all.clone().min(Sale::rate, &bed.db).await.unwrap(), Some(0.0));
        assert_eq!(all.clone().sum(Sale::price, &bed.db).await.unwrap(), Some("4.5".parse().unwrap()));
        assert_eq!(all.clone().avg(Sale::price, &bed.db).await.unwrap(), Some("0.45".parse().unwrap()));
        assert_eq!(all.clone().max(Sale::price, &bed.db).await.unwrap(), Some("0.9".parse().unwrap()));
        assert_eq!(all.clone().sum(Sale::amount * Sale::amount, &bed.db).await.unwrap(), Some(285));
        let counts = all.columns((Sale::discount.count(), Sale::shop_id.count_distinct(), Sale::discount.count_distinct())).one(&bed.db).await.unwrap();
        assert_eq!(counts, (4, 2, 4));
    }

    async fn groups_are_counted_filtered_and_sorted(bed: Bed) {
        shops(&bed).await;
        let totals = Sale::select().columns((Sale::shop_id, Sale::amount.sum(), Sale::amount.count(), Sale::rate.max())).group_by(Sale::shop_id);
        let rows = totals.clone().order_by(Sale::shop_id.asc()).all(&bed.db).await.unwrap();
        assert_eq!(rows, [(1, Some(20), 5, Some(2.0)), (2, Some(25), 5, Some(2.25))]);
        assert_eq!(totals.clone().count(&bed.db).await.unwrap(), 2);
        let large = totals.clone().having(Sale::amount.sum().gt(20)).order_by(Sale::amount.sum().desc());
        assert_eq!(large.clone().all(&bed.db).await.unwrap(), rows[1..]);
        assert_eq!(large.clone().count(&bed.db).await.unwrap(), 1);
        assert!(large.exists(&bed.db).await.unwrap());
        assert!(!totals.clone().having(Sale::amount.sum().gt(99)).exists(&bed.db).await.unwrap());
        assert_eq!(totals.order_by(Sale::shop_id.desc()).limit(1).all(&bed.db).await.unwrap(), rows[1..]);
        let names = Shop::select().columns((Shop::city.coalesce("zone"), Shop::id.count())).group_by(Shop::city.coalesce("zone"));
        let sorted = names.order_by(Shop::city.coalesce("zone").desc().nulls_first()).all(&bed.db).await.unwrap();
        assert_eq!(sorted, [("zone".to_owned(), 1), ("Ulm".to_owned(), 2)]);
        let by_name = Sale::select().columns((Sale::shop.get(Shop::name), Sale::amount.count())).group_by(Sale::shop.get(Shop::name));
        assert_eq!(by_name.order_by(Sale::shop.get(Shop::name).asc()).all(&bed.db).await.unwrap(), [("a".to_owned(), 5), ("b".to_owned(), 5)]);
        let thirds = Sale::select().columns((Sale::amount % 3, Sale::amount.sum())).group_by(Sale::amount % 3).order_by((Sale::amount % 3).asc());
        assert_eq!(thirds.all(&bed.db).await.unwrap(), [(0, Some(18)), (1, Some(12)), (2, Some(15))]);
        let cities = Shop::select().columns((Shop::city, Shop::id.count())).group_by(Shop::city).order_by(Shop::city.asc());
        assert_eq!(cities.all(&bed.db).await.unwrap(), [(None, 1), (Some("Ulm".to_owned()), 2)]);
    }

    async fn one_optional_first_and_find_say_how_many_they_want(bed: Bed) {
        let (shops, _) = shops(&bed).await;
        assert_eq!(Shop::find(shops[1].id).one(&bed.db).await.unwrap(), shops[1]);
        assert_eq!(Shop::find(shops[1].id).optional(&bed.db).await.unwrap(), Some(shops[1].clone()));
        assert!(matches!(Shop::find(999).one(&bed.db).await, Err(Error::NotFound { model: "Shop" })));
        assert_eq!(Shop::find(999).optional(&bed.db).await.unwrap(), None);
        assert_eq!(Shop::find(999).first(&bed.db).await.unwrap(), None);
        let ulm = Shop::select().filter(Shop::city.eq("Ulm"));
        assert!(matches!(ulm.clone().one(&bed.db).await, Err(Error::TooMany { model: "Shop" })));
        assert!(matches!(ulm.clone().optional(&bed.db).await, Err(Error::TooMany { .. })));
        assert_eq!(ulm.clone().first(&bed.db).await.unwrap().unwrap(), shops[0]);
        assert_eq!(ulm.clone().order_by(Shop::name.asc()).first(&bed.db).await.unwrap().unwrap(), shops[1]);
        assert_eq!(ulm.clone().limit(1).one(&bed.db).await.unwrap(), shops[0]);
        assert_eq!(ulm.clone().limit(0).optional(&bed.db).await.unwrap(), None);
        assert_eq!(ulm.offset(1).one(&bed.db).await.unwrap(), shops[1]);
        assert_eq!(Shop::find(shops[2].id).columns(Shop::name).one(&bed.db).await.unwrap(), "c");
        assert!(matches!(Shop::select().columns(Shop::name).one(&bed.db).await, Err(Error::TooMany { .. })));
    }

    async fn filter_if_filters_only_if(bed: Bed) {
        shops(&bed).await;
        assert_eq!(Shop::select().filter_if(false, Shop::name.eq("a")).count(&bed.db).await.unwrap(), 3);
        assert_eq!(Shop::select().filter_if(true, Shop::name.eq("a")).filter(Shop::city.is_not_null()).count(&bed.db).await.unwrap(), 1);
    }

    async fn the_text_is_shown_for_every_dialect(bed: Bed) except [postgres: "no connection is used", mariadb: "no connection is used", mysql: "no connection is used"] {
        let query = Shop::select().filter(Shop::city.eq("Ulm").or(Shop::id.in_list([1, 2, 3]))).order_by(Shop::name.desc()).limit(5);
        let expected = [
            (Dialect::Sqlite, r#"SELECT t0."id", t0."name", t0."city" FROM "shops" AS t0 WHERE t0."city" = ? OR t0."id" IN (?, ?, ?, ?) ORDER BY t0."name" DESC, t0."id" LIMIT ?"#),
            (Dialect::Postgres, r#"SELECT t0."id", t0."name", t0."city" FROM "shops" AS t0 WHERE t0."city" = $1 OR t0."id" = ANY($2::int8[]) ORDER BY t0."name" DESC, t0."id" LIMIT $3::int8"#),
            (Dialect::MariaDb, "SELECT t0.`id`, t0.`name`, t0.`city` FROM `shops` AS t0 WHERE t0.`city` = ? OR t0.`id` IN (?, ?, ?, ?) ORDER BY t0.`name` DESC, t0.`id` LIMIT ?"),
            (Dialect::MySql, "SELECT t0.`id`, t0.`name`, t0.`city` FROM `shops` AS t0 WHERE t0.`city` = ? OR t0.`id` IN (?, ?, ?, ?) ORDER BY t0.`name` DESC, t0.`id` LIMIT ?"),
        ];
        for (dialect, text) in expected {
            assert_eq!(query.to_sql(dialect).unwrap(), text);
        }
        drop(bed);
    }

    async fn the_text_that_is_shown_is_the_text_that_is_sent(bed: Bed) {
        shops(&bed).await;
        let query = Sale::select().filter(Sale::shop.get(Shop::name).eq("a")).order_by(Sale::rate.asc()).limit(3).offset(1);
        let shown = query.to_sql(bed.dialect()).unwrap();
        query.all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.take(), [shown]);
    }

    async fn sql_of_ones_own_is_bound_and_read(bed: Bed) {
        let (shops, _) = shops(&bed).await;
        let rows: Vec<(String, i64)> = sql("SELECT s.name, COUNT(x.id) FROM shops s JOIN sales x ON x.shop_id = s.id WHERE x.amount > {} AND s.name <> {} GROUP BY s.name ORDER BY s.name")
            .bind(3).bind("zzz".to_owned()).fetch_as().all(&bed.db).await.unwrap();
        assert_eq!(rows, [("a".to_owned(), 3), ("b".to_owned(), 3)]);
        let models: Vec<Shop> = sql("SELECT id, name, city FROM shops WHERE name = {}").bind("c".to_owned()).fetch_as().all(&bed.db).await.unwrap();
        assert_eq!(models, shops[2..]);
        let none: Option<(i64,)> = sql("SELECT id FROM shops WHERE id = {}").bind(999_i64).fetch_as().optional(&bed.db).await.unwrap();
        assert_eq!(none, None);
        assert!(matches!(sql("SELECT id FROM shops").fetch_as::<(i64,)>().one(&bed.db).await, Err(Error::TooMany { .. })));
        assert_eq!(sql("UPDATE shops SET city = {} WHERE city IS NULL").bind("Bonn".to_owned()).exec(&bed.db).await.unwrap(), 1);
        let nothing: Vec<(Option<String>,)> = sql("SELECT city FROM shops WHERE city = {}").bind(None::<String>).fetch_as().all(&bed.db).await.unwrap();
        assert_eq!(nothing, []);
        bed.statements.clear();
        for text in ["SELECT 1; DROP TABLE shops", "SELECT 1 -- {}", "SELECT {}", "SELECT '{}", "SELECT (1", "SELECT /* x */ 1"] {
            let error = sql(text).fetch_as::<(i64,)>().all(&bed.db).await.unwrap_err();
            assert!(matches!(error, Error::InvalidQuery(_)), "{text}: {error}");
        }
        assert!(matches!(sql("SELECT {}, {}").bind(1).fetch_as::<(i64,)>().all(&bed.db).await, Err(Error::InvalidQuery(_))));
        assert_eq!(bed.statements.count(), 0);
        let too_few = sql("SELECT id FROM shops").fetch_as::<(i64, String)>().all(&bed.db).await;
        assert!(matches!(too_few, Err(Error::Decode { .. })), "{too_few:?}");
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lines")]
struct Line {
    #[model(primary_key)]
    order_no: i64,
    #[model(primary_key)]
    item: String,
    count: u32,
}

cases! {
    async fn a_composite_key_is_found(bed: Bed) {
        bed.create::<Line>().await;
        let lines = [(1, "a"), (1, "b"), (2, "a")].map(|(order_no, item)| Line { order_no, item: item.into(), count: 7 });
        Line::insert_many(lines.clone()).exec(&bed.db).await.unwrap();
        assert_eq!(Line::find((1, "b")).one(&bed.db).await.unwrap(), lines[1]);
        assert!(matches!(Line::find((2, "b")).one(&bed.db).await, Err(Error::NotFound { model: "Line" })));
        assert_eq!(Line::select().limit(2).offset(1).all(&bed.db).await.unwrap(), lines[1..]);
        assert_eq!(Line::select().order_by(Line::count.asc()).limit(3).all(&bed.db).await.unwrap(), lines);
    }

    async fn an_order_is_chosen_at_run_time_and_is_total(bed: Bed) {
        let (_, sales) = shops(&bed).await;
        let order_by = |name: &str| match name {
            "amount" => Sale::amount.desc(),
            "rate" => Sale::rate.asc(),
            _ => Sale::shop_id.desc(),
        };
        let by = |key: fn(&Sale) -> i64| { let mut sorted = sales.clone(); sorted.sort_by_key(|sale| (key(sale), sale.id)); sorted };
        assert_eq!(Sale::select().order_by(order_by("amount")).all(&bed.db).await.unwrap(), by(|sale| -i64::from(sale.amount)));
        assert_eq!(Sale::select().order_by(vec![order_by("shop"), order_by("rate")]).all(&bed.db).await.unwrap(), by(|sale| -sale.shop_id));
        assert_eq!(Sale::select().order_by(None).all(&bed.db).await.unwrap().len(), 10);
        // Ties are broken by the key, page by page.
        let mut pages = Vec::new();
        for page in 0..4 {
            pages.extend(Sale::select().order_by((Sale::amount % 2).asc()).limit(3).offset(page * 3).all(&bed.db).await.unwrap());
        }
        assert_eq!(pages, by(|sale| i64::from(sale.amount % 2)));
    }

    async fn nulls_sort_first_ascending_and_last_descending_unless_told(bed: Bed) {
        let (shops, _) = shops(&bed).await;
        let ids = async |order: OrderBy<Shop>| -> Vec<i64> { Shop::select().order_by(order).columns(Shop::id).all(&bed.db).await.unwrap() };
        let [one, two, three] = [shops[0].id, shops[1].id, shops[2].id];
        assert_eq!(ids(Shop::city.asc()).await, [three, one, two]);
        assert_eq!(ids(Shop::city.desc()).await, [one, two, three]);
        assert_eq!(ids(Shop::city.asc().nulls_last()).await, [one, two, three]);
        assert_eq!(ids(Shop::city.asc().nulls_first()).await, [three, one, two]);
        assert_eq!(ids(Shop::city.desc().nulls_first()).await, [three, one, two]);
        assert_eq!(ids(Shop::city.desc().nulls_last()).await, [one, two, three]);
        assert_eq!(ids(Shop::city.lower().desc().nulls_first()).await, [three, one, two]);
        assert_eq!(ids(Shop::sales.sum(Sale::amount).asc()).await, [three, one, two]);
    }
}
