
async fn read_@name@(db: &Db) -> orm_core::Result<usize> {
    use @name@::@Name@;
    let rows = @Name@::select()
        .filter(@Name@::rank.gt(1))
        .order_by(@Name@::name.asc())
        .with(@Name@::next.joined())
        .with(@Name@::previous.selectin())
        .all(db)
        .await?;
    Ok(rows.iter().map(|row| row.next().name.len() + row.previous().len()).sum())
}
