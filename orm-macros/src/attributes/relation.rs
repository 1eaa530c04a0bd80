//! `#[belongs_to(…)]`, `#[has_many(…)]`, `#[has_one(…)]` and `#[many_to_many(…)]`.

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, Path, Token};

use super::{Known, Options};
use crate::errors::{Errors, nearest};

const BELONGS_TO: &[Known] =
    &[("key", "key = column"), ("on_delete", "on_delete = cascade"), ("on_update", "on_update = cascade")];
const HAS: &[Known] = &[("key", "key = column")];
const MANY_TO_MANY: &[Known] =
    &[("through", "through = Model"), ("from", "from = relation"), ("to", "to = relation")];
const ACTIONS: [(&str, &str); 5] = [
    ("no_action", "NoAction"),
    ("restrict", "Restrict"),
    ("cascade", "Cascade"),
    ("set_null", "SetNull"),
    ("set_default", "SetDefault"),
];

/// What a foreign key does when the row that it refers to goes or changes: a variant of `Action`, where it was written.
#[derive(Clone)]
pub(crate) struct Action {
    pub(crate) variant: &'static str,
    pub(crate) span: Span,
}

/// A relation as its attribute declares it.
pub(crate) struct RelationAttribute {
    pub(crate) name: Ident,
    pub(crate) target: Path,
    pub(crate) kind: RelationKind,
}

/// What is said beside a relation's name and target.
pub(crate) enum RelationKind {
    BelongsTo { key: Vec<Ident>, on_delete: Option<Action>, on_update: Option<Action> },
    HasMany { key: Vec<Ident> },
    HasOne { key: Vec<Ident> },
    ManyToMany { through: Path, from: Option<Ident>, to: Option<Ident> },
}

impl RelationAttribute {
    /// All relations, in the order of their attributes.
    pub(crate) fn read(attributes: &[Attribute], errors: &mut Errors) -> Vec<Self> {
        attributes.iter().filter_map(|attribute| Self::read_one(attribute, errors)).collect()
    }

    fn read_one(attribute: &Attribute, errors: &mut Errors) -> Option<Self> {
        let kind = attribute.path().get_ident()?.to_string();
        let known = match kind.as_str() {
            "belongs_to" => BELONGS_TO,
            "has_many" | "has_one" => HAS,
            "many_to_many" => MANY_TO_MANY,
            _ => return None,
        };
        let mut options = Options::new(known);
        let head = attribute.parse_args_with(|input: ParseStream<'_>| parse(input, &kind, &mut options));
        let (name, target) = errors.take(head)?;
        let read = match kind.as_str() {
            "belongs_to" => read_belongs_to(&name, &mut options, errors),
            "has_many" => {
                read_key(&name, &target, &mut options, errors).map(|key| RelationKind::HasMany { key })
            }
            "has_one" => {
                read_key(&name, &target, &mut options, errors).map(|key| RelationKind::HasOne { key })
            }
            _ => read_many_to_many(&name, &mut options, errors),
        };
        options.finish(&format!("`#[{kind}]`"), errors);
        Some(RelationAttribute { name, target, kind: read? })
    }
}

/// `name: Target`, then options.
fn parse(input: ParseStream<'_>, kind: &str, options: &mut Options) -> syn::Result<(Ident, Path)> {
    let form = |error: syn::Error| {
        let form = if kind == "many_to_many" { "through = Model" } else { "key = column" };
        syn::Error::new(error.span(), format!("a relation is written `#[{kind}(name: Model, {form})]`"))
    };
    let name = input.parse().map_err(form)?;
    input.parse::<Token![:]>().map_err(form)?;
    let target = input.call(Path::parse_mod_style).map_err(form)?;
    if !input.is_empty() {
        input.parse::<Token![,]>().map_err(form)?;
        options.parse(input)?;
    }
    Ok((name, target))
}

fn read_belongs_to(name: &Ident, options: &mut Options, errors: &mut Errors) -> Option<RelationKind> {
    let on_delete = read_action("on_delete", options, errors);
    let on_update = read_action("on_update", options, errors);
    let missing = format!("say which column of this struct refers to the other model: `key = {name}_id`");
    let key = required(name, "key", options, errors, &missing)?;
    Some(RelationKind::BelongsTo { key, on_delete, on_update })
}

fn read_key(name: &Ident, target: &Path, options: &mut Options, errors: &mut Errors) -> Option<Vec<Ident>> {
    let model = target.segments.last().map_or_else(String::new, |segment| segment.ident.to_string());
    let missing = format!("say which column of `{model}` refers to this model: `key = column`");
    required(name, "key", options, errors, &missing)
}

fn read_many_to_many(name: &Ident, options: &mut Options, errors: &mut Errors) -> Option<RelationKind> {
    let (from, to) = (options.word("from", errors), options.word("to", errors));
    let given = options.has("through");
    let through = options.path("through", errors);
    if !given {
        errors.at(
            name.span(),
            "say which model stands between, with a `belongs_to` to each end: `through = Model`",
        );
    }
    Some(RelationKind::ManyToMany { through: through?, from, to })
}

fn required(
    name: &Ident,
    option: &str,
    options: &mut Options,
    errors: &mut Errors,
    missing: &str,
) -> Option<Vec<Ident>> {
    if !options.has(option) {
        errors.at(name.span(), missing);
    }
    let key = options.columns(option, errors)?;
    if let Some(fourth) = key.get(3) {
        errors.at(fourth.span(), "a key has at most three columns");
    }
    Some(key)
}

fn read_action(option: &str, options: &mut Options, errors: &mut Errors) -> Option<Action> {
    let word = options.word(option, errors)?;
    let name = word.to_string();
    match ACTIONS.iter().find(|(known, _)| *known == name) {
        Some((_, variant)) => Some(Action { variant, span: word.span() }),
        None => {
            let known = ACTIONS.map(|(known, _)| known);
            let hint =
                nearest(&name, known).map_or_else(String::new, |known| format!("; did you mean `{known}`?"));
            let known = known.map(|known| format!("`{known}`")).join(", ");
            errors.at(word.span(), format!("`{option}` is one of {known}{hint}"));
            None
        }
    }
}
