//! What the command line says.

use std::path::{Path, PathBuf};

/// How the program is called.
pub(crate) const USAGE: &str = "\
usage: cargo run -p orm-examples --example chinook -- FILE [--to URL [--replace]]

  FILE       Chinook_Sqlite.sqlite, which is only read
  --to URL   copies every row to this database (sqlite:…, postgres://…, mysql://…) and compares
  --replace  drops Chinook's tables there first, where they hold rows";

/// What is to be done.
pub(crate) struct Arguments {
    /// The URL of the file.
    pub(crate) source: String,
    /// The URL of the copy.
    pub(crate) to: Option<String>,
    /// Whether tables with rows may be dropped there.
    pub(crate) replace: bool,
}

impl Arguments {
    /// Reads the command line; a fault in words where it can not be followed.
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let (mut file, mut to, mut replace) = (None, None, false);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--to" => to = Some(words.next().ok_or("--to needs a URL")?),
                "--replace" => replace = true,
                option if option.starts_with('-') => return Err(format!("there is no option {option}")),
                _ if file.is_none() => file = Some(PathBuf::from(word)),
                _ => return Err(format!("one file is enough: {word} is too much")),
            }
        }
        let file = file.ok_or("the file of Chinook is missing")?;
        if !file.is_file() {
            return Err(format!("there is no file {}", file.display()));
        }
        if to.as_deref().is_some_and(|url| is_same_file(&file, url)) {
            return Err("a file can not be copied to itself".to_owned());
        }
        Ok(Arguments { source: read_only(&file), to, replace })
    }
}

/// The URL under which a file, and what lies beside it, is left as it is.
fn read_only(file: &Path) -> String {
    let path = file.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("sqlite:{path}?mode=ro")
}

fn is_same_file(file: &Path, url: &str) -> bool {
    let Some(path) = url.strip_prefix("sqlite:") else { return false };
    let path = path.trim_start_matches("//").split('?').next().unwrap_or(path);
    match (file.canonicalize(), Path::new(path).canonicalize()) {
        (Ok(file), Ok(path)) => file == path,
        _ => false,
    }
}
