//! What must not compile, with the compiler's exact words beside each program, and what must.
//!
//! Errors are what users read most, so they are reviewed like code. After a deliberate change of words run
//! `TRYBUILD=overwrite cargo test -p orm-tests --test compile` and read the difference.

use std::process::Command;

/// The words of an error are partly rustc's own, and change with it.
const WORDS_OF: &str = "rustc 1.95.";

#[test]
fn what_must_not_compile() {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(rustc).arg("--version").output().expect("rustc tells its version").stdout;
    let version = String::from_utf8_lossy(&version);
    if version.starts_with(WORDS_OF) {
        trybuild::TestCases::new().compile_fail("tests/compile-fail/*.rs");
    } else {
        eprintln!("skipped: the expected words are those of {WORDS_OF}x, and this is {version}");
    }
}

#[test]
fn what_must_compile() {
    trybuild::TestCases::new().pass("tests/compile-pass/*.rs");
}
