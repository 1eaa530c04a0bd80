//! Names in other cases: serde's rules, under serde's names, so that a column and its JSON field agree.

use syn::LitStr;

use crate::errors::nearest;

/// A way to write names.
#[derive(Clone, Copy)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const CASES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    /// The case that the text names.
    pub(crate) fn parse(text: &LitStr) -> syn::Result<Case> {
        let name = text.value();
        CASES.iter().find(|(known, _)| *known == name).map(|(_, case)| *case).ok_or_else(|| {
            let names = CASES.map(|(known, _)| format!("\"{known}\"")).join(", ");
            let hint = nearest(&name, CASES.iter().map(|(known, _)| *known))
                .map_or_else(String::new, |known| format!("; did you mean \"{known}\"?"));
            syn::Error::new(text.span(), format!("`rename_all` is one of {names}{hint}"))
        })
    }

    /// A field's name, which is in snake case, in this case.
    pub(crate) fn of_field(self, field: &str) -> String {
        match self {
            Case::Lower | Case::Snake => field.to_owned(),
            Case::Upper | Case::ScreamingSnake => field.to_ascii_uppercase(),
            Case::Pascal => pascal(field),
            Case::Camel => uncapitalised(&pascal(field)),
            Case::Kebab => field.replace('_', "-"),
            Case::ScreamingKebab => field.to_ascii_uppercase().replace('_', "-"),
        }
    }

    /// A variant's name, which is in Pascal case, in this case.
    pub(crate) fn of_variant(self, variant: &str) -> String {
        match self {
            Case::Pascal => variant.to_owned(),
            Case::Lower => variant.to_ascii_lowercase(),
            Case::Upper => variant.to_ascii_uppercase(),
            Case::Camel => uncapitalised(variant),
            Case::Snake => snake_each(variant),
            Case::ScreamingSnake | Case::Kebab | Case::ScreamingKebab => self.of_field(&snake_each(variant)),
        }
    }
}

/// `snake_case` as `PascalCase`.
pub(crate) fn pascal(snake: &str) -> String {
    snake.split('_').map(capitalised).collect()
}

/// `PascalCase` as `snake_case`, where a run of capitals is one word: `HTTPRequest` is `http_request`.
pub(crate) fn snake(pascal: &str) -> String {
    let letters: Vec<char> = pascal.chars().collect();
    let mut name = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let starts_word = before.is_some_and(|before| {
            let inside_capitals =
                before.is_uppercase() && !letters.get(at + 1).is_some_and(|next| next.is_lowercase());
            *before != '_' && letter.is_uppercase() && !inside_capitals
        });
        if starts_word {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

/// As serde does it: every capital starts a word.
fn snake_each(pascal: &str) -> String {
    let mut name = String::new();
    for letter in pascal.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn uncapitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_names_follow_words() {
        for (name, module) in [
            ("User", "user"),
            ("HTTPRequest", "http_request"),
            ("OrderItem2", "order_item2"),
            ("A", "a"),
            ("Is_It", "is_it"),
        ] {
            assert_eq!(snake(name), module);
        }
    }

    #[test]
    fn cases_are_those_of_serde() {
        let field = |case: Case| case.of_field("very_tasty");
        assert_eq!(field(Case::Pascal), "VeryTasty");
        assert_eq!(field(Case::Camel), "veryTasty");
        assert_eq!(field(Case::ScreamingKebab), "VERY-TASTY");
        let variant = |case: Case| case.of_variant("VeryTasty");
        assert_eq!(variant(Case::Snake), "very_tasty");
        assert_eq!(variant(Case::Camel), "veryTasty");
        assert_eq!(variant(Case::Kebab), "very-tasty");
        assert_eq!(variant(Case::Lower), "verytasty");
    }
}
