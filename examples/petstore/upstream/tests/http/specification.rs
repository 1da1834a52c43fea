use axum::http::Method;
use petstore_upstream::SPECIFICATION;

use crate::support::{Call, Store};

#[tokio::test]
async fn every_operation_of_the_specification_is_served() {
    let store = Store::demo().await;
    let operations = operations();
    assert_eq!(operations.len(), 12);
    for (method, path) in operations {
        let path = path.replace("{petId}", "1").replace("{orderId}", "1");
        let answer = store.send(Call::new(method, &path)).await;
        if path == "/store/hours" {
            answer.expect(200);
        } else {
            answer.problem(401);
        }
    }
}

/// Methods and paths, by the indentation that the file keeps.
fn operations() -> Vec<(Method, &'static str)> {
    let mut path = "";
    let mut operations = Vec::new();
    for line in SPECIFICATION.lines() {
        let key = line.trim_start();
        let Some(name) = key.strip_suffix(':') else {
            continue;
        };
        match line.len() - key.len() {
            2 if name.starts_with('/') => path = name,
            4 if !path.is_empty() && !name.contains(|c: char| !c.is_ascii_lowercase()) => {
                if let "get" | "put" | "post" | "patch" | "delete" = name {
                    operations.push((name.to_uppercase().parse().unwrap(), path));
                }
            }
            _ => {}
        }
    }
    operations
}
