//! The schema that the models make, as each server's own catalog tells it.

use orm_core::prelude::*;
use orm_core::{Error, sql};
use orm_tests::{Backend, Bed, cases};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "people", unique(tenant, email), index(last, first))]
#[has_many(pets: Pet, key = owner_id)]
struct Person {
    #[model(primary_key, generated)]
    id: i64,
    #[model(unique)]
    handle: String,
    tenant: i32,
    email: String,
    first: Option<String>,
    last: String,
    #[model(index)]
    born: Option<time::Date>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "pets")]
#[belongs_to(owner: Person, key = owner_id)]
struct Pet {
    #[model(primary_key, generated)]
    id: i64,
    #[model(index)]
    owner_id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "nodes")]
#[belongs_to(parent: Node, key = parent_id, on_delete = cascade)]
#[has_many(children: Node, key = parent_id)]
struct Node {
    #[model(primary_key)]
    id: i64,
    parent_id: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "hens")]
#[belongs_to(egg: Egg, key = egg_id)]
struct Hen {
    #[model(primary_key)]
    id: i64,
    egg_id: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "eggs")]
#[belongs_to(nest: Nest, key = nest_id)]
struct Egg {
    #[model(primary_key)]
    id: i64,
    nest_id: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "nests")]
#[belongs_to(hen: Hen, key = hen_id)]
struct Nest {
    #[model(primary_key)]
    id: i64,
    hen_id: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "orders")]
#[has_many(lines: Line, key(tenant_id, order_id))]
struct Order {
    #[model(primary_key)]
    tenant_id: i32,
    #[model(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lines")]
#[belongs_to(order: Order, key(tenant_id, order_id), on_delete = cascade, on_update = cascade)]
struct Line {
    #[model(primary_key)]
    id: i64,
    tenant_id: Option<i32>,
    order_id: Option<i64>,
}

/// An index of a table, as the catalog tells it.
#[derive(Debug, PartialEq, Clone)]
struct Index {
    name: String,
    unique: bool,
    columns: Vec<String>,
}

async fn indexes(bed: &Bed, table: &str) -> Vec<Index> {
    let ask = match bed.backend {
        Backend::Sqlite => sql(
            "SELECT l.name, l.\"unique\", i.name FROM pragma_index_list({}) AS l JOIN pragma_index_info(l.name) AS i \
             WHERE l.origin <> 'pk' ORDER BY l.name, i.seqno",
        ),
        Backend::Postgres => sql(
            "SELECT CAST(i.relname AS text), CAST(CAST(x.indisunique AS integer) AS bigint), CAST(a.attname AS text) FROM pg_index x \
             JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid \
             JOIN pg_namespace n ON n.oid = t.relnamespace \
             CROSS JOIN unnest(CAST(x.indkey AS smallint[])) WITH ORDINALITY k(attnum, ord) \
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum \
             WHERE n.nspname = current_schema() AND t.relname = {} AND NOT x.indisprimary ORDER BY i.relname, k.ord",
        ),
        _ => sql(
            "SELECT index_name, CAST(1 - non_unique AS SIGNED), column_name FROM information_schema.statistics \
             WHERE table_schema = DATABASE() AND table_name = {} AND index_name <> 'PRIMARY' ORDER BY index_name, seq_in_index",
        ),
    };
    let rows = ask.bind(table.to_owned()).fetch_as::<(String, i64, String)>().all(&bed.db).await.unwrap();
    let mut found: Vec<Index> = Vec::new();
    for (name, unique, column) in rows {
        match found.last_mut().filter(|last| last.name == name) {
            Some(last) => last.columns.push(column),
            None => found.push(Index { name, unique: unique == 1, columns: vec![column] }),
        }
    }
    found
}

/// How many foreign keys a table has.
async fn foreign_keys(bed: &Bed, table: &str) -> i64 {
    let ask = match bed.backend {
        Backend::Sqlite => sql("SELECT COUNT(DISTINCT id) FROM pragma_foreign_key_list({})"),
        Backend::Postgres => sql(
            "SELECT COUNT(*) FROM information_schema.table_constraints WHERE constraint_type = 'FOREIGN KEY' AND table_name = {} \
             AND table_schema = current_schema()",
        ),
        _ => sql(
            "SELECT COUNT(*) FROM information_schema.table_constraints WHERE constraint_type = 'FOREIGN KEY' AND table_name = {} \
             AND table_schema = DATABASE()",
        ),
    };
    ask.bind(table.to_owned()).fetch_as::<(i64,)>().one(&bed.db).await.unwrap().0
}

cases! {
    async fn keys_and_indexes_stand_in_the_catalog(bed: Bed) {
        bed.create::<(Pet, Person)>().await;
        let found = indexes(&bed, "people").await;
        let has = |name: &str, unique: bool, columns: &[&str]| {
            let same = |index: &&Index| index.unique == unique && index.columns == columns;
            let index = found.iter().find(same).unwrap_or_else(|| panic!("{columns:?} in {found:?}"));
            // SQLite names the index of a constraint itself.
            assert!(index.name == name || (unique && bed.backend == Backend::Sqlite), "{index:?}");
        };
        has("uq_people_handle", true, &["handle"]);
        has("uq_people_tenant_email", true, &["tenant", "email"]);
        has("ix_people_last_first", false, &["last", "first"]);
        has("ix_people_born", false, &["born"]);
        assert_eq!(found.len(), 4, "{found:?}");
        let pets = indexes(&bed, "pets").await;
        assert_eq!(pets, [Index { name: "ix_pets_owner_id".into(), unique: false, columns: vec!["owner_id".into()] }]);
    }

    async fn creating_again_changes_nothing(bed: Bed) {
        for _ in 0..2 {
            bed.db.create_tables::<(Line, Pet, Node, Order, Person)>().await.unwrap();
            bed.db.create_tables::<(Person, Order, (Node, Pet), Line, Line)>().await.unwrap();
        }
        Node::insert(Node { id: 1, parent_id: None }).exec(&bed.db).await.unwrap();
        let before = (indexes(&bed, "people").await, indexes(&bed, "lines").await);
        bed.db.create_tables::<(Line, Pet, Node, Order, Person)>().await.unwrap();
        assert_eq!((indexes(&bed, "people").await, indexes(&bed, "lines").await), before);
        assert_eq!(Node::select().count(&bed.db).await.unwrap(), 1);
        bed.db.drop_tables::<(Person, Order, Node, Line, Pet)>().await.unwrap();
        bed.db.drop_tables::<(Person, Order, Node, Line, Pet)>().await.unwrap();
        assert!(matches!(Node::select().count(&bed.db).await, Err(Error::MissingTable(_))));
        bed.db.create_tables::<Node>().await.unwrap();
    }

    async fn a_ring_of_foreign_keys_is_made_and_dropped_with_its_rows(bed: Bed) {
        for _ in 0..2 {
            bed.db.create_tables::<(Hen, Egg, Nest)>().await.unwrap();
            bed.db.create_tables::<(Nest, Egg, Hen)>().await.unwrap();
        }
        for table in ["hens", "eggs", "nests"] {
            assert_eq!(foreign_keys(&bed, table).await, 1, "{table}");
        }
        let refused = Hen::insert(Hen { id: 1, egg_id: Some(1) }).exec(&bed.db).await;
        assert!(matches!(refused, Err(Error::ForeignKeyViolation(_))), "{refused:?}");
        Hen::insert(Hen { id: 1, egg_id: None }).exec(&bed.db).await.unwrap();
        Nest::insert(Nest { id: 1, hen_id: Some(1) }).exec(&bed.db).await.unwrap();
        Egg::insert(Egg { id: 1, nest_id: Some(1) }).exec(&bed.db).await.unwrap();
        Hen::update().set(Hen::egg_id, 1).all_rows().exec(&bed.db).await.unwrap();
        bed.db.drop_tables::<(Hen, Egg, Nest)>().await.unwrap();
        bed.db.create_tables::<(Egg, Hen, Nest)>().await.unwrap();
        assert_eq!(Hen::select().count(&bed.db).await.unwrap(), 0);
        let refused = Egg::insert(Egg { id: 1, nest_id: Some(1) }).exec(&bed.db).await;
        assert!(matches!(refused, Err(Error::ForeignKeyViolation(_))), "checked as before: {refused:?}");
    }

    async fn composite_and_self_referential_keys_hold(bed: Bed) {
        bed.create::<(Line, Order, Node)>().await;
        Order::insert_many([Order { tenant_id: 1, id: 1 }, Order { tenant_id: 2, id: 1 }]).exec(&bed.db).await.unwrap();
        let line = |id, tenant, order| Line { id, tenant_id: tenant, order_id: order };
        Line::insert_many([line(1, Some(1), Some(1)), line(2, Some(2), Some(1)), line(3, Some(9), None)]).exec(&bed.db).await.unwrap();
        let refused = Line::insert(line(4, Some(1), Some(2))).exec(&bed.db).await;
        assert!(matches!(refused, Err(Error::ForeignKeyViolation(_))), "{refused:?}");
        let again = Order::insert(Order { tenant_id: 1, id: 1 }).exec(&bed.db).await;
        assert!(matches!(again, Err(Error::UniqueViolation(_))), "{again:?}");
        Order::update().set(Order::id, 7).filter(Order::tenant_id.eq(1)).exec(&bed.db).await.unwrap();
        assert_eq!(Line::find(1).one(&bed.db).await.unwrap(), line(1, Some(1), Some(7)));
        Order::delete().filter(Order::tenant_id.eq(2)).exec(&bed.db).await.unwrap();
        assert_eq!(Line::select().order_by(Line::id.asc()).columns(Line::id).all(&bed.db).await.unwrap(), [1, 3]);
        // A tree goes with its root.
        Node::insert_many((1..=5).map(|id| Node { id, parent_id: (id > 1).then_some(id - 1) })).exec(&bed.db).await.unwrap();
        assert_eq!(Node::delete().filter(Node::id.eq(2)).exec(&bed.db).await.unwrap(), 1);
        assert_eq!(Node::select().count(&bed.db).await.unwrap(), 1);
    }

    async fn long_names_are_cut_and_stay_apart(bed: Bed) {
        bed.create::<Long>().await;
        bed.create::<Long>().await;
        let found = indexes(&bed, LONG).await;
        assert_eq!(found.len(), 3, "{found:?}");
        let short = found.iter().filter(|index| index.name.starts_with("ix_") || index.name.starts_with("uq_"));
        assert!(short.clone().all(|index| index.name.len() <= 63) && short.count() >= 2, "{found:?}");
    }

    async fn names_that_are_words_of_sql_are_quoted(bed: Bed) {
        bed.create::<Keyword>().await;
        let row = Keyword { order: 1, group: "g".into(), quoted: Some(2), r#where: true };
        assert_eq!(Keyword::insert(row.clone()).one(&bed.db).await.unwrap(), row);
        Keyword::update().set(Keyword::quoted, Keyword::order + 5).filter(Keyword::group.eq("g")).exec(&bed.db).await.unwrap();
        assert_eq!(Keyword::update_many([&row], (Keyword::group, Keyword::quoted)).exec(&bed.db).await.unwrap(), 1);
        assert_eq!(Keyword::select().order_by(Keyword::group.desc()).all(&bed.db).await.unwrap(), [row]);
        assert_eq!(indexes(&bed, "select").await.len(), 1);
    }

    async fn declared_types_are_taken_as_they_are(bed: Bed) {
        bed.create::<Declared>().await;
        let made = Declared::insert(Declared { id: 1, code: "ab".into(), price: "1.25".parse().unwrap() }).one(&bed.db).await.unwrap();
        // PostgreSQL pads it; the others give what was stored.
        assert_eq!(made.code, if bed.backend == Backend::Postgres { "ab   " } else { "ab" });
        let long = Declared::insert(Declared { id: 2, code: "abcdef".into(), price: "1".parse().unwrap() }).exec(&bed.db).await;
        assert_eq!(long.is_err(), bed.backend != Backend::Sqlite, "{long:?}");
        assert_eq!(Declared::select().filter(Declared::code.eq("ab")).count(&bed.db).await.unwrap(), 1);
    }

    async fn arrays_are_refused_where_there_are_none(bed: Bed) {
        let outcome = bed.db.create_tables::<(Person, Tagged)>().await;
        if bed.backend == Backend::Postgres {
            outcome.unwrap();
            let row = Tagged { id: 1, tags: vec!["a".into(), "b".into()] };
            assert_eq!(Tagged::insert(row.clone()).one(&bed.db).await.unwrap(), row);
        } else {
            assert!(matches!(outcome, Err(Error::Unsupported { feature: "array columns", .. })), "{outcome:?}");
            assert_eq!(bed.statements.take(), [""; 0]);
        }
    }

    async fn generated_uuids_are_made_where_the_server_makes_them(bed: Bed) {
        let outcome = bed.db.create_tables::<(Person, Ticket)>().await;
        if bed.backend == Backend::Postgres {
            outcome.unwrap();
            let two = Ticket::insert_many([NewTicket { n: 1 }, NewTicket { n: 2 }]).all(&bed.db).await.unwrap();
            assert!(two[0].id != two[1].id && (two[0].n, two[1].n) == (1, 2));
        } else {
            assert!(matches!(outcome, Err(Error::Unsupported { .. })), "{outcome:?}");
            assert_eq!(bed.statements.take(), [""; 0]);
        }
    }

    async fn a_part_of_a_key_is_counted_up_where_the_server_can(bed: Bed) {
        let outcome = bed.db.create_tables::<(Person, Verse)>().await;
        if bed.backend == Backend::Sqlite {
            assert!(matches!(outcome, Err(Error::Unsupported { .. })), "{outcome:?}");
            assert_eq!(bed.statements.take(), [""; 0]);
            return;
        }
        outcome.unwrap();
        let verses = || [3, 1, 2, 1].map(|book| NewVerse { book, text: format!("of {book}") });
        let made = Verse::insert_many(verses()).all(&bed.db).await.unwrap();
        assert!(made.iter().map(|verse| (verse.book, verse.text.clone())).eq(verses().map(|verse| (verse.book, verse.text))));
        assert!(made.is_sorted_by_key(|verse| verse.number), "{made:?}");
    }

    async fn set_default_acts_or_is_refused(bed: Bed) {
        let outcome = bed.db.create_tables::<(Person, Ward)>().await;
        if matches!(bed.backend, Backend::MariaDb | Backend::MySql) {
            assert!(matches!(outcome, Err(Error::Unsupported { .. })), "InnoDB has none: {outcome:?}");
            assert_eq!(bed.statements.take(), [""; 0]);
            return;
        }
        outcome.unwrap();
        let person = |id, handle: &str| Person { id, handle: handle.into(), tenant: id as i32, email: "e".into(), first: None, last: "l".into(), born: None };
        Person::insert_many([person(1, "a"), person(2, "b")]).exec(&bed.db).await.unwrap();
        Ward::insert(Ward { id: 1, guardian_id: 2 }).exec(&bed.db).await.unwrap();
        Person::delete().filter(Person::id.eq(2)).exec(&bed.db).await.unwrap();
        assert_eq!(Ward::find(1).one(&bed.db).await.unwrap().guardian_id, 1);
    }

    async fn defaults_are_the_servers_own(bed: Bed) {
        bed.create::<Defaults>().await;
        let before = time::OffsetDateTime::now_utc() - time::Duration::seconds(5);
        let row = Defaults::insert(NewDefaults { id: 1, text: None, number: None, flag: None, at: None, maybe: None }).one(&bed.db).await.unwrap();
        assert_eq!((row.text.as_str(), row.number, row.flag, row.maybe), ("it's", -3, true, Some(5)));
        assert!(row.at > before && row.at < before + time::Duration::seconds(60), "{:?}", row.at);
    }

    async fn views_are_left_out(bed: Bed) {
        bed.create::<(Person, Handle)>().await;
        assert!(matches!(Handle::select().count(&bed.db).await, Err(Error::MissingTable(_))));
        bed.sql("CREATE VIEW handles AS SELECT id, handle FROM people").await;
        bed.create::<(Person, Handle)>().await;
        let new = NewPerson { handle: "h".into(), tenant: 1, email: "e".into(), first: None, last: "l".into(), born: None };
        Person::insert(new).exec(&bed.db).await.unwrap();
        assert_eq!(Handle::select().all(&bed.db).await.unwrap(), [Handle { id: 1, handle: "h".into() }]);
        bed.db.drop_tables::<Handle>().await.unwrap();
        assert_eq!(Handle::select().count(&bed.db).await.unwrap(), 1);
    }

    async fn tables_stand_in_the_schema_that_they_name(bed: Bed) except [
        mysql: "one name on one server: MariaDB's run has it",
    ] {
        match bed.backend {
            Backend::Sqlite => {}
            Backend::Postgres => {
                bed.sql("DROP SCHEMA IF EXISTS orm_test_shelf CASCADE").await;
                bed.sql("CREATE SCHEMA orm_test_shelf").await;
            }
            _ => bed.sql("CREATE OR REPLACE DATABASE orm_test_shelf").await,
        }
        let db = match bed.backend {
            Backend::Sqlite => {
                let attached = Db::builder(&bed.url).on_connect(async |mut connection| {
                    sql("ATTACH DATABASE ':memory:' AS orm_test_shelf").exec(&mut connection).await.map(drop)
                });
                attached.connect().await.unwrap()
            }
            _ => bed.db.clone(),
        };
        for _ in 0..2 {
            db.create_tables::<(Volume, Shelf)>().await.unwrap();
        }
        let shelf = Shelf::insert(NewShelf { label: "s".into() }).one(&db).await.unwrap();
        let made = Volume::insert_many((0..3).map(|_| NewVolume { shelf_id: shelf.id })).all(&db).await.unwrap();
        assert_eq!(made.len(), 3);
        let refused = Volume::insert(NewVolume { shelf_id: 99 }).exec(&db).await;
        assert!(matches!(refused, Err(Error::ForeignKeyViolation(_))), "{refused:?}");
        let loaded = Shelf::select().with(Shelf::volumes.selectin()).one(&db).await.unwrap();
        let joined = Volume::select().with(Volume::shelf.joined()).filter(Volume::shelf.get(Shelf::label).eq("s")).all(&db).await.unwrap();
        assert_eq!((loaded.volumes().len(), joined.len()), (3, 3));
        assert_eq!(Volume::update().set(Volume::shelf_id, shelf.id).filter(Volume::shelf.get(Shelf::label).eq("s")).exec(&db).await.unwrap(), 3);
        assert_eq!(sql("SELECT COUNT(*) FROM orm_test_shelf.volumes").fetch_as::<(i64,)>().one(&db).await.unwrap(), (3,));
        assert_eq!(Volume::delete().all_rows().exec(&db).await.unwrap(), 3);
        db.drop_tables::<(Volume, Shelf)>().await.unwrap();
        match bed.backend {
            Backend::Sqlite => {}
            Backend::Postgres => bed.sql("DROP SCHEMA orm_test_shelf").await,
            _ => bed.sql("DROP DATABASE orm_test_shelf").await,
        }
    }
}

const LONG: &str = "a_table_whose_name_leaves_little_room_for_anything_else";

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "a_table_whose_name_leaves_little_room_for_anything_else",
    index(first_number, second_number)
)]
#[model(index(third_number, unique_number))]
struct Long {
    #[model(primary_key, generated)]
    id: i64,
    first_number: i32,
    second_number: i32,
    third_number: i32,
    #[model(unique)]
    unique_number: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "select", index(group, quoted))]
struct Keyword {
    #[model(primary_key)]
    order: i64,
    #[model(type = "VARCHAR(9)")]
    group: String,
    #[model(column = "a \"quoted\" `name`")]
    quoted: Option<i64>,
    r#where: bool,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "declared")]
struct Declared {
    #[model(primary_key)]
    id: i64,
    #[model(type = "CHAR(5)")]
    code: String,
    #[model(type = "DECIMAL(10, 2)")]
    price: rust_decimal::Decimal,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "tagged")]
struct Tagged {
    #[model(primary_key)]
    id: i64,
    tags: Vec<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "tickets")]
struct Ticket {
    #[model(primary_key, generated)]
    id: uuid::Uuid,
    n: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "verses")]
struct Verse {
    #[model(primary_key)]
    book: i32,
    #[model(primary_key, generated)]
    number: i64,
    text: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "wards")]
#[belongs_to(guardian: Person, key = guardian_id, on_delete = set_default)]
struct Ward {
    #[model(primary_key)]
    id: i64,
    #[model(default = "1")]
    guardian_id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "defaults")]
struct Defaults {
    #[model(primary_key)]
    id: i64,
    #[model(default = "'it''s'", type = "VARCHAR(20)")]
    text: String,
    #[model(default = "-3")]
    number: i32,
    #[model(default = "TRUE")]
    flag: bool,
    #[model(default = "CURRENT_TIMESTAMP")]
    at: time::OffsetDateTime,
    #[model(default = "2 + 3")]
    maybe: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "handles", read_only)]
struct Handle {
    #[model(primary_key)]
    id: i64,
    handle: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "shelves", schema = "orm_test_shelf", index(label))]
#[has_many(volumes: Volume, key = shelf_id)]
struct Shelf {
    #[model(primary_key, generated)]
    id: i64,
    label: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "volumes", schema = "orm_test_shelf")]
#[belongs_to(shelf: Shelf, key = shelf_id)]
struct Volume {
    #[model(primary_key, generated)]
    id: i64,
    #[model(index)]
    shelf_id: i64,
}
