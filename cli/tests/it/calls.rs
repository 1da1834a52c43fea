//! Calls of every kind against the example's upstream, which checks the key.

use serde_json::json;

use crate::support::clients::Client;

/// A specification of another API, without security.
pub const NOTES_SPEC: &str = "
openapi: 3.0.3
info: { title: Notes, version: '1' }
servers: [{ url: 'https://notes.example/v1' }]
paths:
  /notes:
    get:
      operationId: listNotes
      summary: List the notes
      responses: { '200': { description: The notes. } }
";

/// Path, query, header and body arguments, and each way to sign in.
pub async fn all_kinds(client: &Client) {
    let pet = client
        .value("petstore__getPetById", json!({ "petId": 1 }))
        .await;
    assert_eq!((&pet["id"], &pet["owner"]), (&json!(1), &json!("demo")));

    let query = json!({ "status": ["sold", "reserved"], "limit": 2, "X-Request-Id": "a.b-c" });
    let page = client.value("petstore__listPets", query).await;
    assert_eq!(page["requestId"], "a.b-c", "the header arrives: {page}");
    let pets = page["items"].as_array().expect("items");
    assert!(
        pets.len() <= 2 && pets.iter().all(|pet| pet["status"] != "available"),
        "{page}"
    );

    let new = json!({ "name": "Nox", "species": "cat", "priceCents": 900, "tags": ["shy"] });
    let added = client.value("petstore__addPet", new).await;
    assert_eq!(added["name"], "Nox");
    let id = &added["id"];
    let patch = json!({ "petId": id, "notes": null, "priceCents": 950 });
    let patched = client.value("petstore__patchPet", patch).await;
    assert_eq!(patched["priceCents"], 950);

    let order = json!({ "lines": [{ "petId": id, "extras": ["food"] }], "delivery": { "method": "pickup" } });
    let placed = client.value("petstore__placeOrder", order).await;
    let found = client
        .value("petstore__getOrder", json!({ "orderId": placed["id"] }))
        .await;
    assert_eq!(found, placed, "signed in by the other scheme");

    let who = client.value("petstore__whoAmI", json!({})).await;
    assert_eq!(
        (&who["owner"], &who["scheme"]),
        (&json!("demo"), &json!("api_key"))
    );
    client.value("petstore__getOpeningHours", json!({})).await;
    let card = client
        .call("petstore__getPetCard", json!({ "petId": 1 }))
        .await;
    assert_ne!(
        card.is_error,
        Some(true),
        "plain text is an answer: {card:?}"
    );
    client
        .value("petstore__deletePet", json!({ "petId": id }))
        .await;

    let gone = client
        .error("petstore__getPetById", json!({ "petId": id }))
        .await;
    assert!(gone.contains("404"), "{gone}");
    let wrong = client
        .error("petstore__getPetById", json!({ "petId": "one" }))
        .await;
    assert!(wrong.contains("petId"), "the argument is named: {wrong}");
}
