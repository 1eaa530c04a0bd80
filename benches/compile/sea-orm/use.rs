
async fn read_@name@(db: &DatabaseConnection) -> Result<usize, DbErr> {
    let rows = @name@::Entity::load()
        .filter(@name@::COLUMN.rank.gt(1))
        .order_by_asc(@name@::COLUMN.name)
        .with(@next@::Entity)
        .with(@previous@::Entity)
        .all(db)
        .await?;
    Ok(rows.iter().map(|row| row.next.as_ref().unwrap().name.len() + row.previous.len()).sum())
}
