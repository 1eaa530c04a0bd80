//! The structure that orm-core/ARCHITECTURE.md promises, held against the source.
//!
//! The source is read as tokens, so that comments, documentation and strings do not count. What is compiled for tests
//! only is exempt from the order of the rooms.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The rooms of orm-core from low to high. A room imports only rooms before it.
const ROOMS: [&str; 13] = [
    "value", "meta", "error", "dialect", "observe", "ast", "sql", "backend", "db", "model", "load", "query",
    "schema",
];

/// What only hands on what the rooms make; no room imports it.
const SURFACE: [&str; 3] = ["lib", "prelude", "__private"];

/// Crates that one room alone may name.
const ONLY_IN: [(&str, &str); 1] = [("sqlx", "backend")];

const LONGEST_FILE: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// All Rust files below a folder, without those that were built.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() && !path.ends_with("target") {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the source of one file names.
#[derive(Default)]
struct Names {
    /// First names after the root of the crate, however it is reached: `crate::`, `orm_core::`, `super::super::`.
    from_root: BTreeSet<String>,
    /// All names, and the functions that they stand in ("" outside).
    all: BTreeMap<String, BTreeSet<String>>,
}

impl Names {
    /// `depth` is the number of modules that the file lies in: 1 for `src/meta.rs` and `src/ast/mod.rs`.
    fn of(source: &str, depth: usize) -> Self {
        let tokens: TokenStream = source.parse().expect("Rust source");
        let mut names = Names::default();
        names.read(tokens, depth, "");
        names
    }

    fn read(&mut self, tokens: TokenStream, depth: usize, function: &str) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let (outer, mut function) = (function, function.to_owned());
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Punct(punct) if punct.as_char() == '#' => match attribute(&tokens[at..]) {
                    Some((_, true)) if is(&tokens, at + 1, '!') => return,
                    Some((length, true)) => at += length + item(&tokens[at + length..]),
                    Some((length, false)) => at += length,
                    None => at += 1,
                },
                TokenTree::Ident(name) => {
                    let name = name.to_string();
                    if name == "fn"
                        && let Some(TokenTree::Ident(called)) = tokens.get(at + 1)
                    {
                        function = called.to_string();
                    }
                    if let Some(after) = after_root(&tokens, at, depth) {
                        self.from_root.extend(first_names(tokens.get(after)));
                    }
                    self.all.entry(name).or_default().insert(function.clone());
                    at += 1;
                }
                TokenTree::Group(group) => {
                    let module = group.delimiter() == Delimiter::Brace
                        && at >= 2
                        && matches!(&tokens[at - 2], TokenTree::Ident(word) if word == "mod");
                    self.read(group.stream(), depth + usize::from(module), &function);
                    if group.delimiter() == Delimiter::Brace {
                        outer.clone_into(&mut function);
                    }
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }
}

fn is(tokens: &[TokenTree], at: usize, wanted: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

fn is_path_separator(tokens: &[TokenTree], at: usize) -> bool {
    is(tokens, at, ':') && is(tokens, at + 1, ':')
}

/// The length of the attribute that starts here, and whether it is `cfg(test)`.
fn attribute(tokens: &[TokenTree]) -> Option<(usize, bool)> {
    let start = 1 + usize::from(is(tokens, 1, '!'));
    match tokens.get(start) {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => {
            let text = group.stream().to_string().replace(' ', "");
            Some((start + 1, text == "cfg(test)"))
        }
        _ => None,
    }
}

/// The length of the item that starts here.
fn item(tokens: &[TokenTree]) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    };
    tokens.iter().position(ends).map_or(tokens.len(), |last| last + 1)
}

/// Where the path that starts here goes on after the root of the crate, if it passes it. Macros' `$crate` and
/// `pub(in crate::…)` are no imports.
fn after_root(tokens: &[TokenTree], at: usize, depth: usize) -> Option<usize> {
    let word = |at: usize| match tokens.get(at) {
        Some(TokenTree::Ident(word)) => word.to_string(),
        _ => String::new(),
    };
    let before = at.checked_sub(1);
    if before.is_some_and(|before| is(tokens, before, '$') || word(before) == "in")
        || !is_path_separator(tokens, at + 1)
    {
        return None;
    }
    let goes_on = at >= 2 && is_path_separator(tokens, at - 2);
    match word(at).as_str() {
        "crate" | "orm_core" => Some(at + 3),
        "super" if !goes_on => {
            let supers =
                (at..).step_by(3).take_while(|&at| word(at) == "super" && is_path_separator(tokens, at + 1));
            let supers = supers.count();
            (supers >= depth).then_some(at + 3 * supers)
        }
        _ => None,
    }
}

/// `ast` of `ast::Alias`; `ast` and `meta` of `{ast::Alias, meta}`.
fn first_names(tree: Option<&TokenTree>) -> Vec<String> {
    match tree {
        Some(TokenTree::Ident(name)) => vec![name.to_string()],
        Some(TokenTree::Punct(star)) => vec![star.to_string()],
        Some(TokenTree::Group(group)) => {
            let mut names = Vec::new();
            let mut first = true;
            for tree in group.stream() {
                if first {
                    names.extend(first_names(Some(&tree)));
                }
                first = matches!(&tree, TokenTree::Punct(comma) if comma.as_char() == ',');
            }
            names
        }
        _ => Vec::new(),
    }
}

/// A file of orm-core that is part of the product.
struct SourceFile {
    /// Below `src`, with `/`.
    path: String,
    /// `None` for the surface.
    room: Option<String>,
    names: Names,
}

fn orm_core() -> Vec<SourceFile> {
    let src = root().join("orm-core/src");
    let mut files = Vec::new();
    for file in rust_files(&src) {
        let below = file.strip_prefix(&src).unwrap().with_extension("");
        let mut modules: Vec<String> = below.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        if modules.iter().any(|module| module == "tests") {
            continue;
        }
        modules.retain(|module| module != "mod");
        let names = Names::of(&read(&file), modules.len());
        let path = file.strip_prefix(&src).unwrap().display().to_string();
        let room = modules.into_iter().next().filter(|room| !SURFACE.contains(&room.as_str()));
        files.push(SourceFile { path, room, names });
    }
    files
}

/// Why a room may not name this at the root of the crate.
fn objection(room: &str, name: &str) -> Option<String> {
    let floor = |wanted: &str| ROOMS.iter().position(|room| *room == wanted);
    match (floor(room), floor(name)) {
        (None, _) => Some(format!("`{room}` is no room: give it its place in ROOMS")),
        (_, None) => Some(format!("imports `{name}` by the root of the crate: name its room")),
        (Some(own), Some(other)) if other > own => Some(format!("imports `{name}`, which is above `{room}`")),
        _ => None,
    }
}

fn assert_none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn rooms_import_only_rooms_below_them() {
    let mut complaints = Vec::new();
    for SourceFile { path, room, names } in orm_core() {
        let Some(room) = room else { continue };
        let found = names.from_root.iter().filter_map(|name| objection(&room, name));
        complaints.extend(found.map(|objection| format!("orm-core/src/{path}: {objection}")));
    }
    assert_none(complaints);
}

#[test]
fn drivers_are_named_in_one_room_only() {
    let mut complaints = Vec::new();
    for SourceFile { path, room, names } in orm_core() {
        for (named, home) in ONLY_IN {
            if names.all.contains_key(named) && room.as_deref() != Some(home) {
                complaints.push(format!("orm-core/src/{path}: names `{named}`, which only `{home}` may"));
            }
        }
    }
    assert_none(complaints);
}

#[test]
fn sql_is_vouched_for_in_one_function() {
    let mut functions = Vec::new();
    for SourceFile { path, names, .. } in orm_core() {
        let found =
            names.all.get("AssertSqlSafe").into_iter().flatten().filter(|function| !function.is_empty());
        functions.extend(found.map(|function| format!("orm-core/src/{path}: {function}")));
    }
    assert!(
        functions.len() <= 1,
        "`AssertSqlSafe` occurs in more than one function:\n{}\n",
        functions.join("\n")
    );
}

/// Whether the source has unsafe code; tests count too, and so does what a macro would write.
fn has_unsafe_code(source: TokenStream) -> bool {
    source.into_iter().any(|tree| match tree {
        TokenTree::Ident(word) => word == "unsafe",
        TokenTree::Group(group) => has_unsafe_code(group.stream()),
        _ => false,
    })
}

#[test]
fn unsafe_code_is_in_one_module() {
    const HOME: &str = "orm-core/src/backend/sqlite/raw/";
    // The control of the benchmarks, which uses SQLite's C interface by hand, and an allocator that counts.
    const BESIDE: [&str; 2] = ["benches/src/raw/sqlite.rs", "tests/tests/shapes.rs"];
    let has_it = |file: &PathBuf| has_unsafe_code(read(file).parse().expect("Rust source"));
    let files = ["orm-core", "orm-macros", "orm-examples", "tests", "benches"]
        .into_iter()
        .flat_map(|folder| rust_files(&root().join(folder)))
        .filter(has_it)
        .map(|file| file.strip_prefix(root()).unwrap().display().to_string());
    let (home, elsewhere): (Vec<_>, Vec<_>) = files.partition(|file| file.starts_with(HOME));
    assert!(!home.is_empty(), "`{HOME}` has no unsafe code: is this its name?");
    let elsewhere = elsewhere.into_iter().filter(|file| !BESIDE.contains(&file.as_str()));
    assert_none(elsewhere.map(|file| format!("{file}: unsafe code outside of `{HOME}`")).collect());
}

#[test]
fn files_are_short() {
    let mut complaints = Vec::new();
    for folder in ["orm-core", "orm-macros", "orm-examples", "tests", "benches"] {
        for file in rust_files(&root().join(folder)) {
            let lines = read(&file).lines().count();
            if lines > LONGEST_FILE {
                complaints.push(format!("{}: {lines} lines wants to be two files", file.display()));
            }
        }
    }
    assert_none(complaints);
}

/// The rooms that a document lists: in its section `## Rooms`, lines of a list or table that start with a name in
/// backticks.
fn listed_rooms(document: &str) -> BTreeSet<String> {
    let section = document.lines().skip_while(|line| *line != "## Rooms").skip(1);
    let lines = section.take_while(|line| !line.starts_with("## "));
    let entry = |line: &str| {
        let name = line.trim_start_matches([' ', '-', '*', '|']).strip_prefix('`')?.split('`').next()?;
        (line.starts_with(['-', '*', '|'])).then(|| name.to_owned())
    };
    lines.filter_map(entry).collect()
}

#[test]
fn the_architecture_lists_the_rooms() {
    let rooms: BTreeSet<String> = orm_core().into_iter().filter_map(|file| file.room).collect();
    let listed = listed_rooms(&read(&root().join("orm-core/ARCHITECTURE.md")));
    assert_eq!(
        listed, rooms,
        "section `## Rooms` of orm-core/ARCHITECTURE.md (left) and the folders of src (right)"
    );
    assert_eq!(
        rooms,
        ROOMS.map(str::to_owned).into(),
        "the folders of src (left) and ROOMS of this test (right)"
    );
}

mod the_reader {
    use super::{Names, listed_rooms, objection};

    fn from_root(source: &str, depth: usize) -> Vec<String> {
        Names::of(source, depth).from_root.into_iter().collect()
    }

    #[test]
    fn finds_every_way_to_a_room() {
        assert_eq!(from_root("use crate::ast::{Alias, Select};", 2), ["ast"]);
        assert_eq!(
            from_root("use crate::{ast::{Alias}, meta, value::*, Error};", 2),
            ["Error", "ast", "meta", "value"]
        );
        assert_eq!(from_root("fn f(x: &crate::db::Lease) -> Vec<crate::sql::Sql> {}", 2), ["db", "sql"]);
        assert_eq!(
            from_root("mod inner { impl super::super::query::Q for orm_core::load::L {} }", 1),
            ["load", "query"]
        );
        assert_eq!(from_root("use super::super::query::Select;", 2), ["query"]);
        assert_eq!(from_root("use super::meta;", 1), ["meta"]);
        assert_eq!(from_root("use crate::*;", 1), ["*"]);
    }

    #[test]
    fn passes_over_what_is_no_import() {
        assert!(from_root("use super::sibling::X; mod inner { use super::Y; }", 2).is_empty());
        assert!(from_root("mod inner { use super::Y; }", 1).is_empty());
        assert!(
            from_root("/// See [`crate::db::Db`].\n// crate::db\nconst A: &str = \"crate::db\";", 1)
                .is_empty()
        );
        assert!(from_root("pub(crate) fn f() {} pub(in crate::db) fn g() {}", 1).is_empty());
        assert!(from_root("macro_rules! m { () => { $crate::db::Db } }", 1).is_empty());
    }

    #[test]
    fn passes_over_tests() {
        assert!(from_root("#![cfg(test)] use crate::db::Db;", 1).is_empty());
        assert_eq!(
            from_root("#[cfg(test)] #[allow(unused)] mod tests { use crate::db::Db; } use crate::ast::A;", 1),
            ["ast"]
        );
        assert_eq!(
            from_root("#[cfg(test)] use crate::db::{Db}; #[cfg(not(test))] use crate::sql::S;", 1),
            ["sql"]
        );
    }

    #[test]
    fn knows_the_function_of_a_name() {
        let names = Names::of(
            "use x::Safe; impl A { fn one() { Safe(1) } fn two() { if a {} Safe(2) } const C: Safe = 3; }",
            1,
        );
        assert_eq!(names.all["Safe"].iter().map(String::as_str).collect::<Vec<_>>(), ["", "one", "two"]);
    }

    #[test]
    fn finds_unsafe_code_wherever_it_is() {
        let has = |source: &str| super::has_unsafe_code(source.parse().unwrap());
        assert!(has("mod a { fn f() { if b { unsafe { g() } } } }"));
        assert!(has("#[cfg(test)] mod tests { unsafe impl Send for A {} }"));
        assert!(!has("// unsafe\n#![deny(unsafe_code)] const A: &str = \"unsafe\";"));
    }

    #[test]
    fn objects_to_what_is_not_below() {
        assert_eq!(objection("sql", "ast"), None);
        assert_eq!(objection("sql", "sql"), None);
        assert_eq!(objection("ast", "sql").unwrap(), "imports `sql`, which is above `ast`");
        assert!(objection("ast", "Error").unwrap().contains("name its room"));
        assert!(objection("attic", "ast").unwrap().contains("no room"));
    }

    #[test]
    fn lists_rooms_of_their_section_only() {
        let document =
            "- `a`\n## Rooms\nWords on `b`.\n- `value`: what\n| `meta` | x |\n* **no**\n## Next\n- `c`\n";
        assert_eq!(listed_rooms(document).into_iter().collect::<Vec<_>>(), ["meta", "value"]);
    }
}
