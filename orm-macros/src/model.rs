//! The model that a struct and its attributes declare: names resolved, columns numbered.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Field, Fields, Ident, LitStr, Path, Type, Visibility, parse_quote};

use crate::attributes::{Action, FieldAttributes, RelationAttribute, RelationKind, TableAttributes};
use crate::case::{Case, snake};
use crate::errors::{Errors, nearest};

/// A model.
pub(crate) struct Model {
    /// The struct.
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// The module of the markers, and where its name was given.
    pub(crate) module: Ident,
    pub(crate) table: LitStr,
    pub(crate) schema: Option<LitStr>,
    pub(crate) read_only: bool,
    pub(crate) columns: Vec<Column>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) relations: Vec<Relation>,
}

/// A column.
pub(crate) struct Column {
    pub(crate) index: usize,
    pub(crate) field: Ident,
    pub(crate) vis: Visibility,
    pub(crate) ty: Type,
    /// The Rust name of the column's constant.
    pub(crate) constant: Ident,
    /// The name in the database, and the place that says so.
    pub(crate) name: LitStr,
    pub(crate) primary_key: Option<Span>,
    pub(crate) generated: Option<Span>,
    pub(crate) unique: bool,
    /// Whether it is the whole primary key.
    pub(crate) alone_in_key: bool,
    pub(crate) default: Option<LitStr>,
    pub(crate) declared: Option<LitStr>,
}

/// An index or unique constraint, by numbers of columns.
pub(crate) struct Index {
    pub(crate) columns: Vec<usize>,
    pub(crate) unique: bool,
    pub(crate) span: Span,
}

/// A relation.
pub(crate) struct Relation {
    pub(crate) name: Ident,
    pub(crate) target: Path,
    pub(crate) kind: Kind,
}

/// How a relation finds its rows.
pub(crate) enum Kind {
    /// By columns of this model, each with the word that names it in the attribute.
    BelongsTo { key: Vec<(Ident, usize)>, on_delete: Option<Action>, on_update: Option<Action> },
    /// By columns of the target, which only the compiler knows.
    Has { key: Vec<Ident>, one: bool },
    /// By two `belongs_to` of the model between.
    ManyToMany { through: Path, from: Option<Ident>, to: Option<Ident> },
}

impl Column {
    /// The place of the field's type, for what is wrong with it; names mean what they mean at the derive.
    pub(crate) fn place(&self) -> Span {
        Span::call_site().located_at(self.ty.span())
    }
}

impl Model {
    /// Reads the model, gathering what is wrong with each part; `None` where it is not a struct with named fields.
    pub(crate) fn read(input: &DeriveInput, errors: &mut Errors) -> Option<Model> {
        let fields = named_fields(input, errors)?;
        let attributes = TableAttributes::read(&input.attrs, errors);
        let mut indexes = Vec::new();
        let mut columns: Vec<Column> = fields
            .iter()
            .enumerate()
            .filter_map(|(index, field)| {
                read_column(index, field, attributes.rename_all, &mut indexes, errors)
            })
            .collect();
        let mut key = columns.iter_mut().filter(|column| column.primary_key.is_some());
        if let (Some(column), None) = (key.next(), key.next()) {
            column.alone_in_key = true;
        }
        for (lists, unique) in [(attributes.indexes, false), (attributes.uniques, true)] {
            for list in lists {
                indexes.extend(read_index(&list, unique, &columns, errors));
            }
        }
        let relations = RelationAttribute::read(&input.attrs, errors)
            .into_iter()
            .filter_map(|relation| read_relation(relation, &columns, errors))
            .collect();
        let snake_name = snake(&input.ident.unraw().to_string());
        Some(Model {
            ident: input.ident.clone(),
            vis: input.vis.clone(),
            module: module(&snake_name, attributes.module, &input.ident, errors),
            table: attributes.table.unwrap_or_else(|| {
                let message = format!("say which table this is: `#[model(table = \"{snake_name}s\")]`");
                errors.at(input.ident.span(), message);
                LitStr::new(&snake_name, input.ident.span())
            }),
            schema: attributes.schema,
            read_only: attributes.read_only.is_some(),
            columns,
            indexes,
            relations,
        })
    }

    /// The columns of the primary key.
    pub(crate) fn primary(&self) -> impl Iterator<Item = &Column> + Clone {
        self.columns.iter().filter(|column| column.primary_key.is_some())
    }
}

fn named_fields<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<&'a Fields> {
    let at = input.ident.span();
    if let Some(parameter) = input.generics.params.first() {
        let span = syn::spanned::Spanned::span(parameter);
        errors.at(
            span,
            "a model has no generic parameters: a table has one set of columns; write the types out",
        );
    }
    if let Some(clause) = &input.generics.where_clause {
        errors.at(clause.where_token.span, "a model has no `where` clause; write the types out");
    }
    match &input.data {
        Data::Struct(data) => match &data.fields {
            fields @ Fields::Named(_) => return Some(fields),
            Fields::Unnamed(_) => {
                errors.at(at, "a model's fields have names: write `struct Name { id: i64, … }`")
            }
            Fields::Unit => {
                errors.at(at, "a model has a field for each column: write `struct Name { id: i64, … }`")
            }
        },
        Data::Enum(_) => {
            errors.at(at, "a model is a struct; for an enum that a column holds use `#[derive(DbEnum)]`")
        }
        Data::Union(_) => errors.at(at, "a model is a struct with a field for each column"),
    }
    None
}

fn module(snake_name: &str, given: Option<LitStr>, ident: &Ident, errors: &mut Errors) -> Ident {
    let (name, span) = match &given {
        Some(text) => (text.value(), text.span()),
        None => (snake_name.to_owned(), ident.span()),
    };
    let parsed = identifier(&name, span);
    parsed.unwrap_or_else(|| {
        let message = format!(
            "no module can be called `{name}`; give the relations' module another name: `#[model(module = \"{snake_name}_model\")]`"
        );
        errors.at(span, message);
        Ident::new("_module", span)
    })
}

/// The name as an identifier, raw where it is a keyword; `None` where it cannot be one.
fn identifier(name: &str, span: Span) -> Option<Ident> {
    let mut ident = syn::parse_str::<Ident>(name)
        .or_else(|error| match name {
            "self" | "Self" | "super" | "crate" | "_" => Err(error),
            _ => syn::parse_str::<Ident>(&format!("r#{name}")),
        })
        .ok()?;
    ident.set_span(span);
    Some(ident)
}

fn read_column(
    index: usize,
    field: &Field,
    rename_all: Option<Case>,
    indexes: &mut Vec<Index>,
    errors: &mut Errors,
) -> Option<Column> {
    let ident = field.ident.clone()?;
    let attributes = FieldAttributes::read(&field.attrs, errors);
    let constant = attributes.name.as_ref().and_then(|name| {
        let constant = identifier(&name.value(), name.span());
        if constant.is_none() {
            errors.at(name.span(), "`name` gives the column's constant a Rust name: letters, digits and `_`");
        }
        constant
    });
    if let Some(span) = attributes.index {
        indexes.push(Index { columns: vec![index], unique: false, span });
    }
    let plain = ident.unraw().to_string();
    let renamed = rename_all.map_or(plain.clone(), |case| case.of_field(&plain));
    Some(Column {
        index,
        vis: field.vis.clone(),
        ty: field.ty.clone(),
        constant: constant.unwrap_or_else(|| ident.clone()),
        name: attributes.column.unwrap_or_else(|| LitStr::new(&renamed, ident.span())),
        field: ident,
        primary_key: attributes.primary_key,
        generated: attributes.generated,
        unique: attributes.unique.is_some(),
        alone_in_key: false,
        default: attributes.default,
        declared: attributes.declared,
    })
}

/// The number of the column that an attribute names by its field or its constant.
fn find_column(name: &Ident, columns: &[Column], errors: &mut Errors) -> Option<usize> {
    let named = |column: &&Column| column.field == *name || column.constant == *name;
    let found = columns.iter().find(named).map(|column| column.index);
    if found.is_none() {
        let names: Vec<_> = columns.iter().map(|column| column.field.unraw().to_string()).collect();
        let hint = match nearest(&name.to_string(), names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its fields are `{}`", names.join("`, `")),
        };
        errors.at(name.span(), format!("this struct has no field `{name}`; {hint}"));
    }
    found
}

fn read_index(names: &[Ident], unique: bool, columns: &[Column], errors: &mut Errors) -> Option<Index> {
    let numbers: Vec<_> = names.iter().map(|name| find_column(name, columns, errors)).collect();
    for (at, name) in names.iter().enumerate() {
        if names.iter().take(at).any(|before| before == name) {
            errors.at(name.span(), format!("`{name}` is named twice; keep one"));
        }
    }
    let span = names.first()?.span();
    Some(Index { columns: numbers.into_iter().collect::<Option<_>>()?, unique, span })
}

fn read_relation(relation: RelationAttribute, columns: &[Column], errors: &mut Errors) -> Option<Relation> {
    let RelationAttribute { name, target, kind } = relation;
    let kind = match kind {
        RelationKind::BelongsTo { key, on_delete, on_update } => {
            let numbers: Vec<_> = key.iter().map(|name| find_column(name, columns, errors)).collect();
            let numbers = numbers.into_iter().collect::<Option<Vec<usize>>>()?;
            Kind::BelongsTo { key: key.into_iter().zip(numbers).collect(), on_delete, on_update }
        }
        RelationKind::HasMany { key } => Kind::Has { key, one: false },
        RelationKind::HasOne { key } => Kind::Has { key, one: true },
        RelationKind::ManyToMany { through, from, to } => Kind::ManyToMany { through, from, to },
    };
    Some(Relation { name, target, kind })
}

/// The visibility that items in a module beside the struct need, to be seen where the struct is seen.
pub(crate) fn seen_from_within(vis: &Visibility) -> Visibility {
    match vis {
        Visibility::Public(_) => vis.clone(),
        Visibility::Inherited => parse_quote!(pub(super)),
        Visibility::Restricted(restricted) => {
            let path = &restricted.path;
            match path.segments.first() {
                Some(first) if first.ident == "self" && path.segments.len() == 1 => parse_quote!(pub(super)),
                Some(first) if first.ident == "super" => parse_quote!(pub(in super::#path)),
                Some(first) if first.ident == "self" => {
                    let rest = path.segments.iter().skip(1);
                    parse_quote!(pub(in super #(::#rest)*))
                }
                _ => vis.clone(),
            }
        }
    }
}
