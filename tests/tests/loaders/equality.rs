//! Keys that the database compares otherwise than Rust does: case, accents, padding, signed zero, trailing zeros. Which
//! child belongs to which parent is the database's to say (hazard 52).

use orm_core::prelude::*;
use orm_tests::{Backend, Bed, Statements, cases};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "places")]
#[has_many(visits: Visit, key = place_code)]
#[many_to_many(guides: Guide, through = Guiding)]
struct Place {
    #[model(primary_key)]
    code: String,
    number: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "visits")]
#[belongs_to(place: Place, key = place_code)]
struct Visit {
    #[model(primary_key)]
    id: i64,
    place_code: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "guides")]
#[many_to_many(places: Place, through = Guiding)]
struct Guide {
    #[model(primary_key)]
    name: String,
    number: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "guidings")]
#[belongs_to(place: Place, key = place_code)]
#[belongs_to(guide: Guide, key = guide_name)]
struct Guiding {
    #[model(primary_key)]
    id: i64,
    place_code: String,
    guide_name: String,
}

/// Tables of another time, whose text columns have this type.
async fn tables(bed: &Bed, text: &str) {
    bed.sql(format!("CREATE TABLE places (code {text} NOT NULL PRIMARY KEY, number INTEGER NOT NULL)")).await;
    bed.sql(format!("CREATE TABLE visits (id BIGINT NOT NULL PRIMARY KEY, place_code {text} NULL)")).await;
    bed.sql(format!("CREATE TABLE guides (name {text} NOT NULL PRIMARY KEY, number INTEGER NOT NULL)")).await;
    bed.sql(format!(
        "CREATE TABLE guidings (id BIGINT NOT NULL PRIMARY KEY, place_code {text} NOT NULL, guide_name {text} NOT NULL)"
    )).await;
}

/// Loads in every direction and by every strategy, and holds what comes against what `fold` says is equal.
async fn check(bed: &Bed, codes: &[&str], referring: &[&str], fold: fn(&str) -> String) {
    let owned = |text: &&str| (*text).to_owned();
    let places = codes.iter().zip(1..).map(|(code, number)| Place { code: owned(code), number });
    Place::insert_many(places).exec(&bed.db).await.unwrap();
    let guides = codes.iter().zip(1..).map(|(name, number)| Guide { name: owned(name), number });
    Guide::insert_many(guides).exec(&bed.db).await.unwrap();
    let visits = referring.iter().map(owned).map(Some).chain([None]).zip(1..);
    Visit::insert_many(visits.map(|(place_code, id)| Visit { id, place_code })).exec(&bed.db).await.unwrap();
    // Every code with every other: links that stand there several times, in several spellings.
    let pairs =
        referring.iter().flat_map(|place| referring.iter().rev().step_by(2).map(move |guide| (place, guide)));
    let links = pairs.zip(1..).map(|((place, guide), id)| Guiding {
        id,
        place_code: owned(place),
        guide_name: owned(guide),
    });
    let links: Vec<Guiding> = links.collect();
    Guiding::insert_many(links.clone()).exec(&bed.db).await.unwrap();
    bed.statements.clear();
    let db = &bed.db;

    let apart = Place::select()
        .order_by(Place::number.asc())
        .with(Place::visits.selectin())
        .with(Place::guides.selectin().order_by(Guide::number.asc()))
        .all(db)
        .await
        .unwrap();
    assert_eq!(bed.statements.count(), 3);
    let joined = Place::select()
        .order_by(Place::number.asc())
        .with(Place::visits.joined())
        .with(Place::guides.selectin().order_by(Guide::number.asc()))
        .all(db)
        .await
        .unwrap();
    assert_eq!(joined, apart);
    let guided = Place::select()
        .order_by(Place::number.asc())
        .with(Place::visits.selectin())
        .with(Place::guides.joined().order_by(Guide::number.asc()))
        .all(db)
        .await
        .unwrap();
    assert_eq!(guided, apart);
    for (place, code) in apart.iter().zip(codes) {
        let equal = |other: &str| fold(other) == fold(code);
        let wanted = referring.iter().zip(1..).filter(|(other, _)| equal(other)).map(|(_, id)| id);
        assert_eq!(
            place.visits().iter().map(|visit| visit.id).collect::<Vec<_>>(),
            wanted.collect::<Vec<i64>>(),
            "{code:?}"
        );
        let naive = Visit::select()
            .filter(Visit::place_code.eq(&*place.code))
            .order_by(Visit::id.asc())
            .all(db)
            .await
            .unwrap();
        assert_eq!(&naive, place.visits(), "{code:?}");
        let guides = codes.iter().zip(1..).filter(|(name, _)| {
            links.iter().any(|link| equal(&link.place_code) && fold(&link.guide_name) == fold(name))
        });
        assert_eq!(
            place.guides().iter().map(|guide| guide.number).collect::<Vec<_>>(),
            guides.map(|(_, number)| number).collect::<Vec<i32>>(),
            "{code:?}"
        );
    }
    let found: usize = apart.iter().map(|place| place.visits().len()).sum();
    assert!(found >= 4, "the case must have something to tell apart");

    let apart = Visit::select().with(Visit::place.selectin()).all(db).await.unwrap();
    let joined = Visit::select().with(Visit::place.joined()).all(db).await.unwrap();
    assert_eq!(apart, joined);
    for (visit, code) in apart.iter().zip(referring) {
        let wanted =
            codes.iter().zip(1..).find(|(other, _)| fold(other) == fold(code)).map(|(_, number)| number);
        assert_eq!(visit.place().as_ref().map(|place| place.number), wanted, "{code:?}");
    }
    assert!(apart.last().unwrap().place().is_none());

    let apart =
        Guide::select().with(Guide::places.selectin().with(Place::visits.selectin())).all(db).await.unwrap();
    assert_eq!(
        Guide::select().with(Guide::places.joined().with(Place::visits.joined())).all(db).await.unwrap(),
        apart
    );
    assert_eq!(
        Guide::select().with(Guide::places.selectin().with(Place::visits.joined())).all(db).await.unwrap(),
        apart
    );
}

const CODES: [&str; 4] = ["Abc", "é", "x", "lone"];
const REFERRING: [&str; 10] = ["ABC", "abc ", "abc", "E", "e", "É", "X", "x  ", "Abc", "gone"];

/// Without case, accents and what pads the end.
fn general(text: &str) -> String {
    text.trim_end_matches(' ').to_lowercase().replace('é', "e")
}

cases! {
    async fn texts_without_case(bed: Bed) {
        match bed.backend {
            Backend::Sqlite => {
                tables(&bed, "TEXT COLLATE NOCASE").await;
                check(&bed, &CODES, &REFERRING, |text| text.to_ascii_lowercase()).await;
            }
            Backend::Postgres => {
                bed.sql("CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)").await;
                tables(&bed, "text COLLATE nocase").await;
                check(&bed, &CODES, &REFERRING, |text| text.to_lowercase()).await;
            }
            Backend::MariaDb | Backend::MySql => {
                tables(&bed, "VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci").await;
                check(&bed, &CODES, &REFERRING, general).await;
            }
        }
    }

    async fn texts_of_fixed_width(bed: Bed) {
        match bed.backend {
            Backend::Sqlite => {
                tables(&bed, "TEXT COLLATE RTRIM").await;
                check(&bed, &["ab", "Ab", "x "], &["ab  ", "ab", "x", "AB", "x   "], |text| text.trim_end().to_owned()).await;
            }
            Backend::Postgres => {
                tables(&bed, "char(5)").await;
                check(&bed, &["ab", "Ab", "x "], &["ab  ", "ab", "x", "AB", "x   "], |text| text.trim_end().to_owned()).await;
            }
            Backend::MariaDb | Backend::MySql => {
                tables(&bed, "CHAR(5) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin").await;
                check(&bed, &["ab", "Ab", "x "], &["ab  ", "ab", "x", "AB", "x   "], |text| text.trim_end().to_owned()).await;
            }
        }
    }

    /// A type of an extension; its operators are found only where its schema is in the search path.
    async fn citext(bed: Bed) except [sqlite: "of PostgreSQL", mariadb: "of PostgreSQL", mysql: "of PostgreSQL"] {
        let made = orm_core::sql("CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public").exec(&bed.db).await;
        if let Err(error) = made {
            println!("citext is left out: {error}");
            return;
        }
        let outside = orm_core::sql("SELECT 'Abc'::public.citext").fetch_as::<(String,)>();
        assert_eq!(outside.one(&bed.db).await.unwrap().0, "Abc");
        let db = Db::connect(&format!("{}%2Cpublic", bed.url)).await.unwrap();
        let bed = Bed { statements: Statements::of(&db), db, ..bed };
        tables(&bed, "citext").await;
        check(&bed, &CODES, &REFERRING, |text| text.to_lowercase()).await;
    }

    /// Text that the database compares as Rust does, in the library's own tables.
    async fn texts_that_compare_exactly(bed: Bed) {
        bed.create::<(Place, Guide)>().await;
        bed.sql(match bed.backend {
            Backend::Sqlite | Backend::Postgres => "CREATE TABLE visits (id BIGINT NOT NULL PRIMARY KEY, place_code TEXT NULL)",
            _ => "CREATE TABLE visits (id BIGINT NOT NULL PRIMARY KEY, place_code VARCHAR(255) NULL) DEFAULT CHARSET = utf8mb4",
        }).await;
        bed.sql(match bed.backend {
            Backend::Sqlite | Backend::Postgres => "CREATE TABLE guidings (id BIGINT NOT NULL PRIMARY KEY, place_code TEXT, guide_name TEXT)",
            _ => "CREATE TABLE guidings (id BIGINT NOT NULL PRIMARY KEY, place_code VARCHAR(255), guide_name VARCHAR(255)) DEFAULT CHARSET = utf8mb4",
        }).await;
        let fold = if bed.dialect().is_mysql_like() { general } else { str::to_owned };
        check(&bed, &["Abc", "b'\"\\%", "日本", "🦀"], &["Abc", "abc", "b'\"\\%", "日本", "🦀", "日"], fold).await;
    }
}

/// A pair of models with a key of this type, of which each value is given as the owner has it and as the row that refers
/// to it has it.
macro_rules! keyed {
    ($($(#[$attribute:meta])* $name:ident: $type:ty = [$(($own:expr, $referring:expr)),+ $(,)?]
        $(, $legacy:literal)? $(, except [$($gap:ident: $reason:literal),+])?;)+) => {
        $($(#[$attribute])* mod $name {
            use super::*;

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(table = "owners")]
            #[has_many(things: Thing, key = owner)]
            struct Owner {
                #[model(primary_key)]
                key: $type,
                number: i32,
            }

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(table = "things")]
            #[belongs_to(of: Owner, key = owner)]
            struct Thing {
                #[model(primary_key)]
                id: i64,
                owner: Option<$type>,
            }

            cases! {
                async fn keys(bed: Bed) $(except [$($gap: $reason),+])? {
                    let legacy: &[&str] = &[$($legacy)?];
                    match legacy.first().filter(|_| bed.backend == Backend::Sqlite) {
                        Some(declared) => {
                            bed.sql(format!("CREATE TABLE owners (key {declared} PRIMARY KEY, number INTEGER)")).await;
                            bed.sql(format!("CREATE TABLE things (id INTEGER PRIMARY KEY, owner {declared})")).await;
                        }
                        None => bed.create::<(Owner, Thing)>().await,
                    }
                    let pairs: Vec<($type, $type)> = vec![$(($own, $referring)),+];
                    let owners = pairs.iter().zip(1..).map(|((key, _), number)| Owner { key: key.clone(), number });
                    Owner::insert_many(owners).exec(&bed.db).await.unwrap();
                    // The n-th owner has n things; the last thing has no owner.
                    let refers = pairs.iter().zip(1..).flat_map(|((_, owner), count)| std::iter::repeat_n(Some(owner.clone()), count));
                    let things = refers.chain([None]).zip(1..).map(|(owner, id)| Thing { id, owner });
                    Thing::insert_many(things).exec(&bed.db).await.unwrap();
                    bed.statements.clear();

                    let apart = Owner::select().order_by(Owner::number.asc()).with(Owner::things.selectin()).all(&bed.db).await.unwrap();
                    assert_eq!(bed.statements.count(), 2);
                    let joined = Owner::select().order_by(Owner::number.asc()).with(Owner::things.joined()).all(&bed.db).await.unwrap();
                    assert_eq!(joined, apart);
                    let mut id = 0;
                    for (owner, count) in apart.iter().zip(1..) {
                        let wanted: Vec<i64> = (id + 1..=id + count).collect();
                        assert_eq!(owner.things().iter().map(|thing| thing.id).collect::<Vec<_>>(), wanted, "{owner:?}");
                        id += count;
                    }
                    let apart = Thing::select().with(Thing::of.selectin()).all(&bed.db).await.unwrap();
                    assert_eq!(Thing::select().with(Thing::of.joined()).all(&bed.db).await.unwrap(), apart);
                    assert_eq!(apart.iter().filter(|thing| thing.of().is_some()).count() as i64, id);
                    for thing in &apart {
                        assert_eq!(thing.of().is_some(), thing.owner.is_some(), "{thing:?}");
                    }
                }
            }
        })+
    };
}

fn decimal(text: &str) -> rust_decimal::Decimal {
    text.parse().unwrap()
}

fn day(day: i32) -> time::Date {
    time::Date::from_ordinal_date(2024, 1).unwrap() + time::Duration::days(day.into())
}

fn instant(micros: i64) -> time::OffsetDateTime {
    time::OffsetDateTime::UNIX_EPOCH + time::Duration::microseconds(micros)
}

keyed! {
    /// `1.5` is `1.50`.
    decimals: rust_decimal::Decimal = [
        (decimal("1.5"), decimal("1.50")), (decimal("20.25"), decimal("20.2500")), (decimal("-0.1"), decimal("-0.1")),
        (decimal("0"), decimal("0.00")), (decimal("1234567.125"), decimal("1234567.125")),
    ], "NUMERIC";
    /// `-0.0` is `0.0`.
    doubles: f64 = [(0.0, -0.0), (0.1, 0.1), (-1.5, -1.5), (1e300, 1e300), (3.0, 3.0)];
    negative_zero: f64 = [(-0.0, 0.0), (2.0, 2.0)];
    floats: f32 = [(0.1, 0.1), (-0.0, 0.0), (1.5, 1.5), (16_777_216.0, 16_777_216.0)];
    dates: time::Date = [(day(0), day(0)), (day(59), day(59)), (day(-40_000), day(-40_000))];
    instants: time::OffsetDateTime = [(instant(0), instant(0)), (instant(1), instant(1)), (instant(-1), instant(-1)), (instant(1_500_000_000_123_456), instant(1_500_000_000_123_456))];
    uuids: uuid::Uuid = [(uuid::Uuid::nil(), uuid::Uuid::nil()), (uuid::Uuid::max(), uuid::Uuid::max()), (uuid::Uuid::from_u128(77), uuid::Uuid::from_u128(77))];
    bytes: Vec<u8> = [(vec![0], vec![0]), (vec![0, 0], vec![0, 0]), (b"abc".to_vec(), b"abc".to_vec()), (b"ABC".to_vec(), b"ABC".to_vec()), (vec![255, 39, 92], vec![255, 39, 92])];
    booleans: bool = [(true, true), (false, false)];
    shorts: i16 = [(i16::MIN, i16::MIN), (0, 0), (i16::MAX, i16::MAX)];
    longs: i64 = [(i64::MIN, i64::MIN), (-1, -1), (0, 0), (i64::MAX, i64::MAX)];
    unsigned: u64 = [(0, 0), (7, 7), (i64::MAX as u64, i64::MAX as u64)];
    /// Beyond what the others have.
    large: u64 = [(u64::MAX, u64::MAX), (1 << 63, 1 << 63), (5, 5)],
        except [sqlite: "integers have 63 bits", postgres: "integers have 63 bits"];
}
