//! A loaded model as one flat map: the model's own fields, then one entry a relation that was loaded. What was not
//! loaded is absent, never null or empty, so that a reader cannot mistake it for "there is none".

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Guarded, Loaded, Part, Unloaded};

/// Slots that can be written as entries of a map. Derived.
pub trait SerializeSlots {
    /// Writes one entry a loaded slot.
    ///
    /// # Errors
    /// The serialiser's.
    fn entries<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;
}

/// A slot that can be written as an entry, or as none.
pub trait SerializeSlot {
    /// Writes the slot under this name where it is loaded.
    ///
    /// # Errors
    /// The serialiser's.
    fn entry<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error>;
}

impl<R> SerializeSlot for Unloaded<R> {
    fn entry<M: SerializeMap>(&self, _: &'static str, _: &mut M) -> Result<(), M::Error> {
        Ok(())
    }
}

impl<V: Serialize> SerializeSlot for Loaded<V> {
    fn entry<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, &self.0)
    }
}

impl<V: Serialize> SerializeSlot for Guarded<V> {
    fn entry<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        match &self.0 {
            Some(value) => map.serialize_entry(name, value),
            None => Ok(()),
        }
    }
}

impl<T: Serialize> Serialize for Part<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// A model with its slots. A trait of the pair, so that the derive can ask for it whether or not the model itself can be
/// serialised.
pub trait SerializeRow {
    /// Writes both as one map.
    ///
    /// # Errors
    /// The serialiser's.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

impl<M: Serialize, L: SerializeSlots> SerializeRow for (M, L) {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Flat { model: &self.0, slots: Entries(&self.1) }.serialize(serializer)
    }
}

#[derive(serde::Serialize)]
#[serde(bound = "")]
struct Flat<'a, M: Serialize, L: SerializeSlots> {
    #[serde(flatten)]
    model: &'a M,
    #[serde(flatten)]
    slots: Entries<'a, L>,
}

struct Entries<'a, L>(&'a L);

impl<L: SerializeSlots> Serialize for Entries<'_, L> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.0.entries(&mut map)?;
        map.end()
    }
}

#[cfg(all(test, feature = "json"))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use crate::model::{Fill, Guarded, Loaded, Model, Part};
    use serde_json::json;

    #[derive(crate::Model, Clone, serde::Serialize)]
    #[model(table = "users")]
    #[has_many(posts: Post, key = author_id)]
    #[has_many(drafts: Post, key = author_id)]
    struct User {
        #[model(primary_key)]
        id: i64,
    }

    #[derive(crate::Model, Clone, serde::Serialize)]
    #[model(table = "posts")]
    #[belongs_to(author: User, key = author_id)]
    struct Post {
        #[model(primary_key)]
        id: i64,
        author_id: i64,
    }

    #[test]
    fn what_was_not_loaded_is_absent() {
        let unloaded = User { id: 1 }.with(<User as Model>::Vacant::default());
        assert_eq!(serde_json::to_value(unloaded).unwrap(), json!({ "id": 1 }));

        let nothing = Guarded(None::<Vec<Post>>);
        let guarded = Fill::<user::posts, _>::fill(<User as Model>::Vacant::default(), nothing);
        assert_eq!(serde_json::to_value(User { id: 1 }.with(guarded)).unwrap(), json!({ "id": 1 }));
    }

    #[test]
    fn what_was_loaded_stands_beside_the_fields() {
        let post = Post { id: 7, author_id: 1 };
        let author = User { id: 1 }.with(<User as Model>::Vacant::default());
        let with_author = post
            .clone()
            .with(Fill::<post::author, _>::fill(<Post as Model>::Vacant::default(), Loaded(author)));
        let slots =
            Fill::<user::posts, _>::fill(<User as Model>::Vacant::default(), Loaded(vec![with_author]));
        let slots = Fill::<user::drafts, _>::fill(slots, Guarded(Some(Part(vec![post]))));
        let json = serde_json::to_string(&User { id: 1 }.with(slots)).unwrap();
        let expected = r#"{"id":1,"posts":[{"id":7,"author_id":1,"author":{"id":1}}],"drafts":[{"id":7,"author_id":1}]}"#;
        assert_eq!(json, expected);
    }
}
