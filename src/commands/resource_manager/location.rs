//! `location list`.

use serde_json::Value;

use crate::answer::{Answer, value};
use crate::commands::{CommandResult, Context};

/// `location list`.
pub async fn list(context: &Context) -> CommandResult {
    let all = context.resource_manager()?.locations().await?;
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| vec![one.name.clone(), one.display_name.clone()])
        .collect();
    let json = Value::Array(all.iter().map(value).collect());
    Ok(Answer::table(&["Name", "Display Name"], &rows, json).into())
}
