//! Loading relations: every shape by every strategy, on every backend, against a naive loop and a model in plain Rust,
//! with the number of statements that each may send.

mod chunks;
mod equality;
mod graphs;
mod keys;
mod missing;
mod order;
mod pages;
mod refused;
mod shapes;
mod types;

/// Runs queries for the same rows, each with the number of statements that it sends, and holds them against each other,
/// the naive loop and the model in memory.
#[macro_export]
macro_rules! agree {
    ($bed:ident, $world:ident, $table:literal, [$($want:expr),* $(,)?]: $($query:expr => $count:expr),+ $(,)?) => {
        $crate::agree!($bed, $world, $table, Roots::default(), [$($want),*]: $($query => $count),+)
    };
    ($bed:ident, $world:ident, $table:literal, $roots:expr, [$($want:expr),* $(,)?]:
        $($query:expr => $count:expr),+ $(,)?) => {{
        let (roots, wants): (Roots, Vec<Want>) = ($roots, vec![$($want),*]);
        let expected = $world.select($table, &roots, &wants);
        assert_eq!(naive::select(&$bed.db, $table, &roots, &wants).await, expected, "the naive loop");
        let mut found = Vec::new();
        $(
            $bed.statements.clear();
            let rows = $query.all(&$bed.db).await.unwrap();
            let sent = $bed.statements.take();
            assert_eq!(naive::json(&rows), expected, "{}\n{sent:#?}", stringify!($query));
            assert_eq!(sent.len(), $count, "{}\n{sent:#?}", stringify!($query));
            found.push(rows);
        )+
        assert!(found.windows(2).all(|pair| pair[0] == pair[1]));
    }};
}
