//! What the derives' output names: everything by one short path, and the helpers that keep that output small.
//!
//! Nothing in here is for users, and anything may change with any release.

pub use core::clone::Clone;
pub use core::cmp::PartialEq;
pub use core::convert::{AsRef, Into};
pub use core::fmt;
pub use core::iter::{IntoIterator, Iterator, once};
pub use core::marker::{Send, Sized};
pub use core::ops::{Deref, FnOnce};
pub use core::option::Option::{self, None, Some};
pub use core::primitive::{bool, i16, i32, i64, u8, u16, u32, u64, usize};
pub use core::result::Result::{Err, Ok};
pub use std::vec::Vec;

pub use crate::backend::{Cells, fit};
pub use crate::error::Result;
pub use crate::load::{Loads, SlotBatch, SlotLoad, Tree, Whole};
pub use crate::meta::{Action, ColumnMeta, ForeignKey, IndexMeta, Link, ModelMeta, Through, check_generated};
#[cfg(feature = "serde")]
pub use crate::model::serialize::{SerializeRow, SerializeSlot, SerializeSlots};
pub use crate::model::{
    BelongsTo, Cardinality, Column, Fill, Insertable, KeyColumns, Loaded, Many, Maybe, Model, Named, NewRows,
    Operand, Reads, Rel, Related, Relation, Slot, State, ToOne, Unloaded, check_key, check_set_null,
    check_unique, choose_by_from_and_to, equals,
};
pub use crate::query;
pub use crate::sql::spelt_statements;
pub use crate::value::{ArrayElement, Cell, ColumnType, Mismatch, NotNull, SqlType, Value};
#[cfg(feature = "serde")]
pub use serde;

/// The loaded form of `M` with nothing but what `S` says.
pub type With<M, S> = <M as Model>::With<S>;

/// The slots of `M` before anything is loaded.
pub type Vacant<M> = <M as Model>::Vacant;

/// The model that the relation of `M` with this hashed name leads to.
pub type Target<M, const NAME: u64> = <<M as Named<NAME>>::Marker as Relation>::Target;

/// The slots `S` of `M` in which the relation with this hashed name is fully loaded with rows of type `T`.
pub type Filled<M, S, const NAME: u64, T> = <S as Fill<
    <M as Named<NAME>>::Marker,
    Loaded<<<<M as Named<NAME>>::Marker as Relation>::Cardinality as Cardinality>::Of<T>>,
>>::Out;

/// The cardinality of a `belongs_to` of `M` with these columns as its key.
pub type ByKey<M, C> = <<C as KeyColumns<M>>::Nullability as ToOne>::Cardinality;

/// What an accessor for `R` gives, where the slots are `S`.
pub type Access<'a, S, R> = <<S as Slot<R>>::State as State<R>>::Access<'a>;

/// The column of `M` with this index.
pub const fn column<M: Model, T>(index: usize) -> Column<M, T> {
    Column::new(M::META.column(index))
}

/// Facts about `M`; a function, so that two models may refer to each other.
pub const fn meta<M: Model>() -> &'static ModelMeta {
    M::META
}

/// The SQL type of a newtype, by the facts of what it wraps.
#[allow(clippy::panic)] // evaluated at compile time
pub const fn never_null((sql_type, nullable): (SqlType, bool)) -> SqlType {
    if nullable {
        panic!("a newtype wraps a type without `Option`: write `Option<…>` around the newtype in the model");
    }
    sql_type
}
