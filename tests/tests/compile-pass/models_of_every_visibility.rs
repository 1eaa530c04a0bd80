mod inner {
    pub(crate) mod deep {
        use orm_core::prelude::*;

        #[derive(Model, Debug, Clone)]
        #[model(table = "a")]
        #[has_many(others: Open, key = parent_id)]
        pub(crate) struct Open {
            #[model(primary_key)]
            pub(crate) id: i64,
            parent_id: i64,
        }

        #[derive(Model, Debug, Clone)]
        #[model(table = "b")]
        #[belongs_to(parent: Open, key = parent_id)]
        pub(super) struct Near {
            #[model(primary_key)]
            pub(super) id: i64,
            parent_id: i64,
        }

        #[derive(Model, Debug, Clone)]
        #[model(table = "c")]
        #[belongs_to(parent: Open, key = parent_id)]
        pub(in crate::inner) struct Path {
            #[model(primary_key)]
            pub(in crate::inner) id: i64,
            parent_id: i64,
        }

        #[derive(Model, Debug, Clone)]
        #[model(table = "d")]
        #[belongs_to(parent: Open, key = parent_id)]
        struct Private {
            #[model(primary_key)]
            id: i64,
            parent_id: i64,
        }

        pub(crate) fn private() {
            let _ = Private::select().with(Private::parent.joined()).filter(Private::id.eq(1));
        }
    }

    pub(crate) fn seen() {
        let _ = deep::Near::select().with(deep::Near::parent.joined());
        let _ = deep::Path::select().with(deep::Path::parent.joined());
    }
}

fn main() {
    let _ = inner::deep::Open::select().with(inner::deep::Open::others.selectin());
    inner::deep::private();
    inner::seen();
}
