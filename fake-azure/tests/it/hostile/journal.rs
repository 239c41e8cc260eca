//! What the journal may hold.

use serde_json::Value;

use crate::stage::Stage;

fn numbers(page: &Value) -> Vec<u64> {
    let entries = page.as_array().unwrap();
    entries
        .iter()
        .map(|e| e["number"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn long_texts_are_cut_and_say_how_long_they_were() {
    let stage = Stage::new().await;
    let long = format!("/{}", "x".repeat(50_000));
    stage.get(&long).await.is(404);
    let name = "b".repeat(200);
    let many = format!("<A xmlns=\"urn:a\">{}", format!("<{name}>").repeat(60));
    stage.post("/services/hostedservices", &many).await.is(400);
    let (_, journal) = stage.admin("journal", None).await;
    let path = journal[0]["path"].as_str().unwrap();
    let whole = stage.url(&long).len() - stage.azure.management_url().len();
    assert!(path.len() <= 2048 && path.ends_with(&format!("… ({whole} bytes)")));
    for entry in journal.as_array().unwrap() {
        assert!(entry["detail"].as_str().unwrap().len() <= 2048);
        assert!(entry.to_string().len() < 5000);
    }
}

#[tokio::test]
async fn pages_begin_after_a_number() {
    let stage = Stage::new().await;
    for _ in 0..5 {
        stage.get("/locations").await.is(200);
    }
    let page = async |query: &str| {
        let (status, page) = stage.admin(&format!("journal{query}"), None).await;
        assert_eq!(status, 200, "{query}");
        numbers(&page)
    };
    assert_eq!(page("").await, [1, 2, 3, 4, 5]);
    assert_eq!(page("?after=3").await, [4, 5]);
    assert_eq!(page("?after=1&limit=2").await, [2, 3]);
    assert!(page("?after=5").await.is_empty());
    assert!(page("?limit=0").await.is_empty());
    for wrong in ["?after=x", "?after=-1", "?limit=1.5"] {
        let (status, told) = stage.admin(&format!("journal{wrong}"), None).await;
        assert_eq!(status, 400);
        assert!(told["error"].as_str().unwrap().contains("number"));
    }
}
