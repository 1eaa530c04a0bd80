//! Related rows in filters, aggregates and paths, against the same in Rust.

use orm_core::prelude::*;
use orm_tests::{Bed, cases};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "people")]
#[has_many(books: Book, key = author_id)]
#[has_many(edited: Book, key = editor_id)]
#[belongs_to(boss: Person, key = boss_id)]
#[has_many(staff: Person, key = boss_id)]
#[many_to_many(liked: Book, through = Like)]
struct Person {
    #[model(primary_key)]
    id: i64,
    name: String,
    boss_id: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "books")]
#[belongs_to(author: Person, key = author_id)]
#[belongs_to(editor: Person, key = editor_id)]
#[has_many(pages: Page, key = book_id)]
struct Book {
    #[model(primary_key)]
    id: i64,
    author_id: i64,
    editor_id: Option<i64>,
    stars: Option<i32>,
    price: f64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "pages")]
#[belongs_to(book: Book, key = book_id)]
struct Page {
    #[model(primary_key)]
    id: i64,
    book_id: i64,
    words: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "likes")]
#[belongs_to(person: Person, key = person_id)]
#[belongs_to(book: Book, key = book_id)]
struct Like {
    #[model(primary_key)]
    person_id: i64,
    #[model(primary_key)]
    book_id: i64,
}

struct World {
    people: Vec<Person>,
    books: Vec<Book>,
    pages: Vec<Page>,
    likes: Vec<Like>,
}

impl World {
    fn books_of(&self, person: &Person) -> Vec<&Book> {
        self.books.iter().filter(|book| book.author_id == person.id).collect()
    }

    fn person(&self, id: i64) -> &Person {
        self.people.iter().find(|person| person.id == id).unwrap()
    }

    fn people_where(&self, fulfilled: impl Fn(&Person) -> bool) -> Vec<i64> {
        self.people.iter().filter(|person| fulfilled(person)).map(|person| person.id).collect()
    }
}

/// Seven people in a tree of bosses, twenty books (of nobody by person 7), some without stars or editor, pages and likes.
async fn world(bed: &Bed) -> World {
    bed.create::<(Person, Book, Page, Like)>().await;
    let person = |id: i64| Person { id, name: format!("p{}", id % 5), boss_id: (id > 1).then_some(id / 2) };
    let book = |id: i64| Book {
        id,
        author_id: id % 6 + 1,
        editor_id: (id % 3 > 0).then_some(id % 7 + 1),
        stars: (id % 4 > 0).then_some((id % 5) as i32),
        price: id as f64 / 2.0,
    };
    let world = World {
        people: (1..=7).map(person).collect(),
        books: (1..=20).map(book).collect(),
        pages: (1..=30)
            .map(|id| Page { id, book_id: id * 7 % 13 + 1, words: (id * 11 % 50) as i32 })
            .collect(),
        likes: (0..14).map(|n| Like { person_id: n % 5 + 1, book_id: n * 3 % 20 + 1 }).collect(),
    };
    Person::insert_many(world.people.clone()).exec(&bed.db).await.unwrap();
    Book::insert_many(world.books.clone()).exec(&bed.db).await.unwrap();
    Page::insert_many(world.pages.clone()).exec(&bed.db).await.unwrap();
    Like::insert_many(world.likes.clone()).exec(&bed.db).await.unwrap();
    world
}

async fn people(bed: &Bed, filter: Filter<Person>) -> Vec<i64> {
    Person::select().filter(filter).columns(Person::id).order_by(Person::id.asc()).all(&bed.db).await.unwrap()
}

cases! {
    async fn any_none_and_every_ask_about_the_related_rows(bed: Bed) {
        let world = world(&bed).await;
        for least in 0..6 {
            let good = || Book::stars.ge(least);
            let is_good = |book: &Book| book.stars.is_some_and(|stars| stars >= least);
            assert_eq!(people(&bed, Person::books.any(good())).await, world.people_where(|p| world.books_of(p).into_iter().any(is_good)));
            assert_eq!(people(&bed, Person::books.none(good())).await, world.people_where(|p| !world.books_of(p).into_iter().any(is_good)));
            assert_eq!(people(&bed, Person::books.every(good())).await, world.people_where(|p| world.books_of(p).into_iter().all(is_good)));
            // Where the filter is NULL, so is its negation: neither holds.
            assert_eq!(people(&bed, Person::books.any(good().not())).await, world.people_where(|p| world.books_of(p).into_iter().any(|b| b.stars.is_some_and(|s| s < least))));
            assert_eq!(people(&bed, Person::books.every(good().not())).await, world.people_where(|p| world.books_of(p).into_iter().all(|b| b.stars.is_some_and(|s| s < least))));
            assert_eq!(people(&bed, Person::books.any(good()).not()).await, world.people_where(|p| !world.books_of(p).into_iter().any(is_good)));
        }
        assert_eq!(people(&bed, Person::books.exists()).await, world.people_where(|p| !world.books_of(p).is_empty()));
        assert_eq!(people(&bed, Person::books.is_empty()).await, [7]);
        assert_eq!(people(&bed, Person::boss.is_empty()).await, [1]);
        assert_eq!(people(&bed, Person::boss.any(Person::name.eq("p1"))).await, world.people_where(|p| p.boss_id.is_some_and(|id| world.person(id).name == "p1")));
        assert_eq!(people(&bed, Person::staff.any(Person::id.gt(5))).await, [3]);
        let liked = |p: &Person, least: i64| world.likes.iter().any(|like| like.person_id == p.id && like.book_id >= least);
        assert_eq!(people(&bed, Person::liked.any(Book::id.ge(15))).await, world.people_where(|p| liked(p, 15)));
        assert_eq!(people(&bed, Person::liked.is_empty()).await, world.people_where(|p| !liked(p, 0)));
    }

    async fn relations_nest_in_relations(bed: Bed) {
        let world = world(&bed).await;
        let wordy = |book: &Book| world.pages.iter().any(|page| page.book_id == book.id && page.words > 40);
        assert_eq!(people(&bed, Person::books.any(Book::pages.any(Page::words.gt(40)))).await, world.people_where(|p| world.books_of(p).into_iter().any(wordy)));
        assert_eq!(people(&bed, Person::books.every(Book::pages.any(Page::words.gt(40)))).await, world.people_where(|p| world.books_of(p).into_iter().all(wordy)));
        assert_eq!(people(&bed, Person::staff.any(Person::staff.any(Person::staff.is_empty()))).await, [1]);
        let same_editor = |p: &Person| world.books_of(p).iter().any(|book| book.editor_id.is_some_and(|id| world.person(id).name == "p2"));
        assert_eq!(people(&bed, Person::books.any(Book::editor.get(Person::name).eq("p2"))).await, world.people_where(same_editor));
        let counted = |p: &Person| world.books_of(p).iter().any(|book| world.pages.iter().filter(|page| page.book_id == book.id).count() > 2);
        assert_eq!(people(&bed, Person::books.any(Book::pages.count().gt(2))).await, world.people_where(counted));
    }

    async fn aggregates_over_relations_multiply_no_rows(bed: Bed) {
        let world = world(&bed).await;
        let rows = Person::select()
            .columns((Person::id, Person::books.count(), Person::books.sum(Book::stars), Person::books.max(Book::price), Person::books.min(Book::stars), Person::books.avg(Book::price), Person::liked.count(), Person::staff.count()))
            .order_by(Person::id.asc()).all(&bed.db).await.unwrap();
        for (person, row) in world.people.iter().zip(rows) {
            let books = world.books_of(person);
            let stars: Vec<i32> = books.iter().filter_map(|book| book.stars).collect();
            let prices: Vec<f64> = books.iter().map(|book| book.price).collect();
            let sum = (!stars.is_empty()).then(|| stars.iter().copied().map(i64::from).sum::<i64>());
            let average = (!prices.is_empty()).then(|| prices.iter().sum::<f64>() / prices.len() as f64);
            let greatest = prices.iter().copied().reduce(f64::max);
            let likes = world.likes.iter().filter(|like| like.person_id == person.id).count() as i64;
            let staff = world.people.iter().filter(|other| other.boss_id == Some(person.id)).count() as i64;
            assert_eq!(row, (person.id, books.len() as i64, sum, greatest, stars.iter().copied().min(), average, likes, staff));
        }
        let busy = Person::select().filter(Person::books.count().ge(4).and(Person::books.sum(Book::stars).gt(2))).count(&bed.db).await.unwrap();
        let expected = world.people.iter().filter(|p| { let books = world.books_of(p); books.len() >= 4 && books.iter().filter_map(|b| b.stars).sum::<i32>() > 2 }).count();
        assert_eq!(busy, expected as u64);
        let computed: Vec<Option<i64>> = Book::select().columns(Book::pages.sum(Page::words * 2 + 1)).order_by(Book::id.asc()).all(&bed.db).await.unwrap();
        let model = world.books.iter().map(|book| world.pages.iter().filter(|page| page.book_id == book.id).map(|page| i64::from(page.words) * 2 + 1).reduce(|a, b| a + b)).collect::<Vec<_>>();
        assert_eq!(computed, model);
    }

    async fn paths_reach_over_to_one_relations(bed: Bed) {
        let world = world(&bed).await;
        let name = |id: Option<i64>| id.map(|id| world.person(id).name.clone());
        let rows: Vec<(String, Option<String>, Option<String>)> = Book::select()
            .columns((Book::author.get(Person::name), Book::editor.get(Person::name), Book::author.get(Person::boss.get(Person::name))))
            .order_by(Book::id.asc()).all(&bed.db).await.unwrap();
        let expected: Vec<_> = world.books.iter().map(|book| {
            (world.person(book.author_id).name.clone(), name(book.editor_id), name(world.person(book.author_id).boss_id))
        }).collect();
        assert_eq!(rows, expected);
        let ids = async |filter: Filter<Book>| -> Vec<i64> { Book::select().filter(filter).columns(Book::id).order_by(Book::id.asc()).all(&bed.db).await.unwrap() };
        let books = |fulfilled: &dyn Fn(&Book) -> bool| world.books.iter().filter(|book| fulfilled(book)).map(|book| book.id).collect::<Vec<_>>();
        assert_eq!(ids(Book::editor.get(Person::name).is_null()).await, books(&|b| b.editor_id.is_none()));
        assert_eq!(ids(Book::editor.get(Person::name).ne("p1")).await, books(&|b| name(b.editor_id).is_some_and(|name| name != "p1")));
        assert_eq!(ids(Book::editor.get(Person::name).in_list([None, Some("p1".to_owned())])).await, books(&|b| name(b.editor_id).is_none_or(|name| name == "p1")));
        assert_eq!(ids(Book::author.get(Person::name).eq(Book::editor.get(Person::name))).await, books(&|b| name(b.editor_id) == name(Some(b.author_id))));
        assert_eq!(ids(Book::author.get(Person::books.count()).gt(3)).await, books(&|b| world.books_of(world.person(b.author_id)).len() > 3));
        let pages: Vec<i64> = Page::select().filter(Page::book.get(Book::author.get(Person::name)).eq("p2").and(Page::book.get(Book::stars).ge(2))).columns(Page::id).order_by(Page::id.asc()).all(&bed.db).await.unwrap();
        let expected: Vec<i64> = world.pages.iter().filter(|page| {
            let book = world.books.iter().find(|book| book.id == page.book_id).unwrap();
            world.person(book.author_id).name == "p2" && book.stars.is_some_and(|stars| stars >= 2)
        }).map(|page| page.id).collect();
        assert_eq!(pages, expected);
        let grouped: Vec<(Option<String>, i64)> = Book::select().columns((Book::editor.get(Person::name), Book::id.count())).group_by(Book::editor.get(Person::name)).order_by(Book::editor.get(Person::name).asc()).all(&bed.db).await.unwrap();
        assert_eq!(grouped.iter().map(|(_, count)| count).sum::<i64>(), 20);
        assert!(grouped.is_sorted() && grouped[0].0.is_none());
    }

    async fn paths_go_with_loads_and_limits(bed: Bed) {
        let world = world(&bed).await;
        let mut expected = world.books.clone();
        expected.sort_by_key(|book| (book.editor_id.map(|id| world.person(id).name.clone()), std::cmp::Reverse(book.id)));
        let expected: Vec<i64> = expected.iter().filter(|book| world.person(book.author_id).name != "p3").skip(2).take(5).map(|book| book.id).collect();
        let query = || Book::select()
            .filter(Book::author.get(Person::name).ne("p3"))
            .order_by((Book::editor.get(Person::name).asc(), Book::id.desc()))
            .limit(5)
            .offset(2);
        let plain: Vec<i64> = query().all(&bed.db).await.unwrap().iter().map(|book| book.id).collect();
        assert_eq!(plain, expected);
        let joined = query().with(Book::pages.joined()).with(Book::author.joined()).all(&bed.db).await.unwrap();
        assert_eq!(joined.iter().map(|book| book.id).collect::<Vec<_>>(), expected);
        let selectin = query().with(Book::pages.selectin()).with(Book::author.selectin()).all(&bed.db).await.unwrap();
        assert_eq!(joined, selectin);
        for book in &joined {
            assert_eq!(book.author(), world.person(book.author_id));
            assert_eq!(book.pages().len(), world.pages.iter().filter(|page| page.book_id == book.id).count());
        }
        assert_eq!(query().count(&bed.db).await.unwrap(), 5);
        let greatest = query().max(Book::author.get(Person::id), &bed.db).await.unwrap();
        assert_eq!(greatest, expected.iter().map(|id| id % 6 + 1).max());
        let limited = query().sum(Book::pages.count(), &bed.db).await.unwrap();
        assert_eq!(limited, Some(world.pages.iter().filter(|page| expected.contains(&page.book_id)).count() as i64));
    }

    async fn writes_filter_by_relations(bed: Bed) {
        let world = world(&bed).await;
        let changed = Book::update().set(Book::stars, 9).filter(Book::author.get(Person::name).eq("p1")).exec(&bed.db).await.unwrap();
        let by_p1: Vec<i64> = world.books.iter().filter(|book| world.person(book.author_id).name == "p1").map(|book| book.id).collect();
        assert_eq!(changed, by_p1.len() as u64);
        assert_eq!(Book::select().filter(Book::stars.eq(9)).columns(Book::id).order_by(Book::id.asc()).all(&bed.db).await.unwrap(), by_p1);
        Like::delete().all_rows().exec(&bed.db).await.unwrap();
        let gone = Book::delete().filter(Book::pages.is_empty()).exec(&bed.db).await.unwrap();
        assert_eq!(gone, world.books.iter().filter(|book| world.pages.iter().all(|page| page.book_id != book.id)).count() as u64);
        let leaves = Person::update().set(Person::name, "leaf").filter(Person::staff.is_empty()).exec(&bed.db).await.unwrap();
        assert_eq!(leaves, 4);
    }
}
