//! Writes the tables of BENCHMARKS.md anew: `tables DOCUMENT FIGURES… [--scale FIGURES]`.
//!
//! What stands between `<!-- NAME -->` and `<!-- end -->` is replaced.

use std::fs;

use harness::args::Args;
use harness::report::Line;
use harness::tables::Figures;
use harness::{Error, Result};

fn main() -> Result<()> {
    let mut args = Args::of_process();
    let scale = args.value("--scale")?;
    let rest = args.rest()?;
    let (document, files) = rest.split_first().ok_or("usage: tables DOCUMENT FIGURES… [--scale FIGURES]")?;
    let mut text = fs::read_to_string(document)?;
    if !files.is_empty() {
        let figures = read(files)?;
        for (name, table) in [
            ("targets", figures.targets()),
            ("lost", figures.lost()),
            ("overhead", figures.overhead()),
            ("places", figures.places()),
        ] {
            text = replaced(&text, name, &table)?;
        }
    }
    if let Some(file) = scale {
        text = replaced(&text, "scale", &read(&[file])?.scale())?;
    }
    Ok(fs::write(document, text)?)
}

fn read(files: &[String]) -> Result<Figures> {
    let mut lines: Vec<Line> = Vec::new();
    for file in files {
        for line in fs::read_to_string(file)?.lines() {
            lines.push(serde_json::from_str(line)?);
        }
    }
    Ok(Figures::new(lines))
}

fn replaced(text: &str, name: &str, with: &str) -> Result<String> {
    let mark = format!("<!-- {name} -->\n");
    let missing = || Error::from(format!("the document has no {mark}"));
    let (before, rest) = text.split_once(&mark).ok_or_else(missing)?;
    let (_, after) = rest.split_once("<!-- end -->").ok_or_else(missing)?;
    Ok(format!("{before}{mark}{}\n<!-- end -->{after}", with.trim_end()))
}
