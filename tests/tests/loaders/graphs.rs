//! Rows that refer to rows of their own table. How deep a query goes is written in it, so no shape of the data can make
//! it loop (hazard 57).

use orm_tests::Bed;
use orm_tests::cases;
use orm_tests::models::keys::{Edge, Node};

async fn nodes(bed: &Bed, nodes: impl IntoIterator<Item = (i64, Option<i64>)>) {
    bed.create::<(Node, Edge)>().await;
    let nodes = nodes.into_iter().map(|(id, parent_id)| Node { id, parent_id });
    Node::insert_many(nodes).exec(&bed.db).await.unwrap();
    bed.statements.clear();
}

fn ids<'a>(nodes: impl IntoIterator<Item = &'a (impl AsRef<Node> + 'a)>) -> Vec<i64> {
    nodes.into_iter().map(|node| node.as_ref().id).collect()
}

cases! {
    async fn a_tree(bed: Bed) {
        nodes(&bed, [(1, None), (2, Some(1)), (3, Some(1)), (4, Some(2)), (5, Some(2)), (6, Some(5))]).await;
        let apart = Node::select().with(Node::parent.selectin()).with(Node::children.selectin().with(Node::children.selectin())).all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 4);
        let joined = Node::select().with(Node::parent.joined()).with(Node::children.joined().with(Node::children.joined())).all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 1);
        assert_eq!(apart, joined);
        let root = &joined[0];
        assert_eq!((root.parent().is_none(), ids(root.children())), (true, vec![2, 3]));
        assert_eq!(ids(root.children()[0].children()), [4, 5]);
        assert_eq!(joined[5].parent().as_ref().map(|parent| parent.id), Some(5));
        assert!(joined[5].children().is_empty());
    }

    async fn a_ring(bed: Bed) {
        nodes(&bed, [(1, None), (2, Some(1)), (3, Some(2))]).await;
        Node::update().set(Node::parent_id, 3).filter(Node::id.eq(1)).exec(&bed.db).await.unwrap();
        Edge::insert_many([(1, 2), (2, 3), (3, 1), (1, 1)].map(|(tail_id, head_id)| Edge { tail_id, head_id })).exec(&bed.db).await.unwrap();
        bed.statements.clear();
        let up = Node::find(1).with(Node::parent.joined().with(Node::parent.joined().with(Node::parent.joined()))).one(&bed.db).await.unwrap();
        let parent = up.parent().as_ref().unwrap();
        let grandparent = parent.parent().as_ref().unwrap();
        assert_eq!((parent.id, grandparent.id, grandparent.parent().as_ref().unwrap().id), (3, 2, 1));
        assert_eq!(bed.statements.count(), 1);
        let apart = Node::find(1).with(Node::parent.selectin().with(Node::parent.selectin().with(Node::parent.selectin()))).one(&bed.db).await.unwrap();
        assert_eq!(apart, up);
        assert_eq!(bed.statements.count(), 4);
        // Along the edges, in both directions.
        let next = Node::select().with(Node::next.joined().with(Node::next.joined())).with(Node::previous.selectin()).all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 2);
        assert_eq!(Node::select().with(Node::next.selectin().with(Node::next.selectin())).with(Node::previous.joined()).all(&bed.db).await.unwrap(), next);
        assert_eq!(next.iter().map(|node| (ids(node.next()), ids(node.previous()))).collect::<Vec<_>>(), [
            (vec![1, 2], vec![1, 3]), (vec![3], vec![1]), (vec![1], vec![2]),
        ]);
        assert_eq!(ids(next[0].next()[0].next()), [1, 2]);
    }

    /// Ten thousand rows, each the parent of the next.
    async fn a_chain(bed: Bed) {
        const LENGTH: i64 = 10_000;
        nodes(&bed, (1..=LENGTH).map(|id| (id, (id > 1).then_some(id - 1)))).await;
        let apart = Node::select().with(Node::parent.selectin().with(Node::parent.selectin())).with(Node::children.selectin()).all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 4);
        let joined = Node::select().with(Node::parent.joined().with(Node::parent.joined())).with(Node::children.joined()).all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 1);
        assert!(apart == joined);
        for (node, id) in apart.iter().zip(1..) {
            let parent = node.parent().as_ref();
            assert_eq!((node.id, parent.map_or(0, |parent| parent.id)), (id, id - 1));
            assert_eq!(parent.and_then(|parent| parent.parent().as_ref()).map_or(0, |node| node.id), (id - 2).max(0));
            assert_eq!(ids(node.children()), if id < LENGTH { vec![id + 1] } else { vec![] });
        }
        // A walk from the end, five steps a query.
        let mut at = LENGTH;
        let mut steps = 0;
        while steps < 10 {
            let five = Node::find(at).with(Node::parent.joined().with(Node::parent.joined().with(Node::parent.joined()
                .with(Node::parent.joined().with(Node::parent.joined())))));
            let node = five.one(&bed.db).await.unwrap();
            let deepest = node.parent().iter().flat_map(|node| node.parent()).flat_map(|node| node.parent())
                .flat_map(|node| node.parent()).flat_map(|node| node.parent()).next().unwrap();
            assert_eq!(deepest.id, at - 5);
            (at, steps) = (deepest.id, steps + 1);
        }
    }
}
