//! The REST interface, as a program of somebody else would use it.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::calls::NOTES_SPEC;
use crate::support::{Home, Instance, PETSTORE};

struct Rest {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Rest {
    fn of(instance: &Instance) -> Self {
        // Fails only where it was installed before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            http: reqwest::Client::builder()
                .no_proxy()
                .build()
                .expect("a client"),
            base: instance.mcp_url().trim_end_matches("/mcp").to_owned(),
            token: instance.token().to_owned(),
        }
    }

    /// Status, media type, and the body where it is JSON.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: &'static str,
    ) -> (StatusCode, String, Value) {
        let request = self.http.request(method, format!("{}{path}", self.base));
        let response = request
            .bearer_auth(&self.token)
            .body(body)
            .send()
            .await
            .expect("an answer");
        let status = response.status();
        let media = response
            .headers()
            .get("content-type")
            .and_then(|value| value.to_str().ok());
        let media = media.unwrap_or_default().to_owned();
        let text = response.text().await.expect("text");
        (
            status,
            media,
            serde_json::from_str(&text).unwrap_or_default(),
        )
    }

    async fn get(&self, path: &str) -> Value {
        let (status, _, body) = self.ask(Method::GET, path, "").await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    /// A refusal with this status, as a problem document.
    async fn refused(&self, method: Method, path: &str, body: &'static str, status: u16) -> Value {
        let (found, media, problem) = self.ask(method, path, body).await;
        assert_eq!(found.as_u16(), status, "{path}: {problem}");
        assert_eq!(media, "application/problem+json", "{path}");
        assert_eq!(problem["status"], status, "{path}: {problem}");
        assert!(
            problem["detail"]
                .as_str()
                .is_some_and(|text| text.ends_with('.')),
            "{problem}"
        );
        problem
    }
}

#[tokio::test]
async fn an_api_lives_through_its_whole_life() {
    let home = Home::new();
    let instance = Instance::up(&home, &[PETSTORE, "--engine", "process"]);
    let rest = Rest::of(&instance);
    let path = "/api/v1/apis?name=notes&base_url=http://127.0.0.1:9/";
    let (status, _, api) = rest.ask(Method::POST, path, NOTES_SPEC).await;
    assert_eq!(
        (status.as_u16(), &api["slug"]),
        (202, &Value::from("notes")),
        "{api}"
    );

    // The stream of events ends when the API is mounted.
    let events = rest
        .http
        .get(format!("{}/api/v1/apis/notes/events", rest.base));
    let events = events
        .bearer_auth(&rest.token)
        .send()
        .await
        .expect("a stream");
    let events = events.text().await.expect("text");
    assert!(events.contains(r#""step":"mount""#), "{events}");
    assert_eq!(rest.get("/api/v1/apis/notes").await["mounted"], true);

    assert_eq!(
        rest.get("/api/v1/apis").await.as_array().map(Vec::len),
        Some(2)
    );
    let tools = rest.get("/api/v1/apis/notes/tools").await;
    assert_eq!(
        (&tools[0]["name"], &tools[0]["path"]),
        (&"notes__listNotes".into(), &"/notes".into())
    );
    let (status, _, deployed) = rest
        .ask(Method::POST, "/api/v1/apis/notes/deploy", "")
        .await;
    assert_eq!(
        (status.as_u16(), &deployed["servers"][0]["state"]),
        (200, &"running".into())
    );
    assert_eq!(rest.get("/api/v1/apis/notes/status").await, deployed);
    assert!(rest.get("/api/v1/apis/notes/logs?tail=5").await.is_array());

    let (status, ..) = rest.ask(Method::DELETE, "/api/v1/apis/notes", "").await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    rest.refused(Method::GET, "/api/v1/apis/notes", "", 404)
        .await;
}

#[tokio::test]
async fn credentials_go_in_and_never_come_out() {
    let home = Home::new();
    let instance = Instance::up(&home, &[PETSTORE, "--engine", "process"]);
    let rest = Rest::of(&instance);
    let path = "/api/v1/apis/petstore/credentials/api_key";
    let (status, ..) = rest.ask(Method::PUT, path, "sentinel-of-rest").await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let listed = rest.get("/api/v1/apis/petstore/credentials").await;
    assert_eq!(
        (&listed[0]["scheme"], &listed[0]["set"]),
        (&"api_key".into(), &true.into())
    );
    assert!(!listed.to_string().contains("sentinel-of-rest"));
    for (value, status) in [("", 400), ("two\nlines", 400)] {
        rest.refused(Method::PUT, path, value, status).await;
    }
    let problem = rest
        .refused(
            Method::PUT,
            "/api/v1/apis/petstore/credentials/nope",
            "v",
            400,
        )
        .await;
    assert!(
        problem["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("store_token")),
        "{problem}"
    );
    let (status, ..) = rest.ask(Method::DELETE, path, "").await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(
        rest.get("/api/v1/apis/petstore/credentials").await[0]["set"],
        false
    );
}

#[tokio::test]
async fn errors_are_problem_documents() {
    let home = Home::new();
    let instance = Instance::up(&home, &[PETSTORE, "--engine", "process"]);
    let mut rest = Rest::of(&instance);
    for open in ["/health", "/ready", "/version"] {
        let answer = rest
            .http
            .get(format!("{}{open}", rest.base))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{open} needs no token");
    }
    rest.refused(Method::POST, "/api/v1/apis", "  ", 400).await;
    rest.refused(
        Method::POST,
        "/api/v1/apis?name=Not+A+Slug",
        NOTES_SPEC,
        400,
    )
    .await;
    let problem = rest
        .refused(Method::POST, "/api/v1/apis", "{\"openapi\": ", 422)
        .await;
    assert_eq!(problem["diagnostics"][0]["line"], 1, "{problem}");
    rest.refused(Method::GET, "/api/v1/apis/no-such", "", 404)
        .await;
    rest.refused(Method::GET, "/api/v1/apis/Not_a_slug", "", 400)
        .await;
    rest.refused(Method::GET, "/api/v1/no-such-thing", "", 404)
        .await;
    rest.refused(Method::PATCH, "/api/v1/apis", "", 405).await;
    rest.token = "wrong".to_owned();
    rest.refused(Method::GET, "/api/v1/apis", "", 401).await;
}
