//! The options of an attribute, `#[model(table = "users", unique(a, b), read_only)]`, before anybody knows what they
//! mean: names with values, taken one by one, so that what is left over is unknown.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, Lit, LitStr, Path, Token, parenthesized};

use crate::errors::{Errors, nearest};

/// An option that an attribute knows: its name, and how to write it.
pub(crate) type Known = (&'static str, &'static str);

/// One option as it was written.
pub(crate) struct Argument {
    name: Ident,
    value: Value,
}

enum Value {
    Nothing,
    Text(LitStr),
    Path(Path),
    List(Vec<Ident>),
    Other,
}

/// All options of one place, from any number of attributes.
pub(crate) struct Options {
    arguments: Vec<Argument>,
    known: &'static [Known],
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            parse_value(input)?
        } else if input.peek(syn::token::Paren) {
            let list;
            parenthesized!(list in input);
            Value::List(Punctuated::<Ident, Token![,]>::parse_terminated(&list)?.into_iter().collect())
        } else {
            Value::Nothing
        };
        Ok(Argument { name, value })
    }
}

fn parse_value(input: ParseStream<'_>) -> syn::Result<Value> {
    if !input.peek(Lit) {
        return input.call(Path::parse_mod_style).map(Value::Path);
    }
    Ok(match input.parse()? {
        Lit::Str(text) => Value::Text(text),
        _ => Value::Other,
    })
}

impl Options {
    /// No options yet, of which these are known.
    pub(crate) fn new(known: &'static [Known]) -> Self {
        Options { arguments: Vec::new(), known }
    }

    /// Adds what follows in the input, to its end or to the first mistake.
    pub(crate) fn parse(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        while !input.is_empty() {
            self.arguments.push(input.parse()?);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    }

    /// Whether this option was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.arguments.iter().any(|argument| argument.name == name)
    }

    fn take_all(&mut self, name: &str) -> Vec<Argument> {
        self.arguments.extract_if(.., |argument| argument.name == name).collect()
    }

    fn take(&mut self, name: &str, errors: &mut Errors) -> Option<Argument> {
        let mut all = self.take_all(name).into_iter();
        let first = all.next();
        for again in all {
            errors.at(again.name.span(), format!("`{name}` is given twice; keep one"));
        }
        first
    }

    /// The place of `name`, where it is given as a bare word.
    pub(crate) fn flag(&mut self, name: &str, errors: &mut Errors) -> Option<Span> {
        let argument = self.take(name, errors)?;
        match argument.value {
            Value::Nothing => Some(argument.name.span()),
            _ => self.misshapen(&argument, errors),
        }
    }

    /// The text of `name = "…"`.
    pub(crate) fn text(&mut self, name: &str, errors: &mut Errors) -> Option<LitStr> {
        let argument = self.take(name, errors)?;
        match argument.value {
            Value::Text(text) => Some(text),
            _ => self.misshapen(&argument, errors),
        }
    }

    /// The path of `name = models::Post`.
    pub(crate) fn path(&mut self, name: &str, errors: &mut Errors) -> Option<Path> {
        let argument = self.take(name, errors)?;
        match argument.value {
            Value::Path(path) => Some(path),
            _ => self.misshapen(&argument, errors),
        }
    }

    /// The word of `name = word`.
    pub(crate) fn word(&mut self, name: &str, errors: &mut Errors) -> Option<Ident> {
        let argument = self.take(name, errors)?;
        match &argument.value {
            Value::Path(path) if path.get_ident().is_some() => path.get_ident().cloned(),
            _ => self.misshapen(&argument, errors),
        }
    }

    /// The columns of `name = column` or `name(column, column)`.
    pub(crate) fn columns(&mut self, name: &str, errors: &mut Errors) -> Option<Vec<Ident>> {
        let argument = self.take(name, errors)?;
        match &argument.value {
            Value::List(list) if !list.is_empty() => Some(list.clone()),
            Value::Path(path) if path.get_ident().is_some() => {
                path.get_ident().cloned().map(|column| vec![column])
            }
            _ => self.misshapen(&argument, errors),
        }
    }

    /// The columns of every `name(column, column)`.
    pub(crate) fn lists(&mut self, name: &str, errors: &mut Errors) -> Vec<Vec<Ident>> {
        let all = self.take_all(name);
        all.into_iter()
            .filter_map(|argument| match &argument.value {
                Value::List(list) if !list.is_empty() => Some(list.clone()),
                _ => self.misshapen(&argument, errors),
            })
            .collect()
    }

    fn misshapen<T>(&self, argument: &Argument, errors: &mut Errors) -> Option<T> {
        let form = self.known.iter().find(|(name, _)| argument.name == name).map_or("", |(_, form)| form);
        errors.at(argument.name.span(), format!("write `{form}`"));
        None
    }

    /// Refuses the options that nobody took.
    pub(crate) fn finish(self, place: &str, errors: &mut Errors) {
        for argument in self.arguments {
            let name = argument.name.to_string();
            let hint = match nearest(&name, self.known.iter().map(|(known, _)| *known)) {
                Some(known) => {
                    let form =
                        self.known.iter().find(|(name, _)| *name == known).map_or(known, |(_, form)| form);
                    format!("did you mean `{form}`?")
                }
                None => {
                    let forms: Vec<_> = self.known.iter().map(|(_, form)| format!("`{form}`")).collect();
                    format!("it takes {}", forms.join(", "))
                }
            };
            errors.at(argument.name.span(), format!("{place} has no option `{name}`; {hint}"));
        }
    }
}
