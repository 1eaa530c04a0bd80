//! The order in which tables are created: each after those that it refers to.

use crate::meta::ModelMeta;

/// The models, each after those that its foreign keys refer to; in a ring, as they were given.
pub(super) fn by_dependency(metas: &[&'static ModelMeta]) -> Vec<&'static ModelMeta> {
    let mut waiting: Vec<&'static ModelMeta> = Vec::new();
    for meta in metas {
        if !contains(&waiting, meta) {
            waiting.push(meta);
        }
    }
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|meta| !refers_to_others(meta, &waiting)).unwrap_or(0);
        ordered.push(waiting.remove(ready));
    }
    ordered
}

/// Whether a table of this name and schema is among the models.
pub(super) fn contains(metas: &[&'static ModelMeta], wanted: &ModelMeta) -> bool {
    metas.iter().any(|meta| is_same(meta, wanted))
}

fn is_same(left: &ModelMeta, right: &ModelMeta) -> bool {
    left.table == right.table && left.schema == right.schema
}

fn refers_to_others(meta: &'static ModelMeta, among: &[&'static ModelMeta]) -> bool {
    meta.foreign_keys
        .iter()
        .map(|key| (key.target)())
        .any(|target| !is_same(meta, target) && contains(among, target))
}
