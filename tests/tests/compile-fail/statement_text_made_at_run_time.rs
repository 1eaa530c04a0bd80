use orm_core::prelude::*;

async fn program(db: &Db, table: &str) -> orm_core::Result<()> {
    orm_core::sql(&format!("DELETE FROM {table}")).exec(db).await?;
    Ok(())
}

fn main() {}
