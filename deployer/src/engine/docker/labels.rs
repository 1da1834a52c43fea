//! How Toolmill's containers and images are told from others. Labels hold ids
//! and nothing else: everybody who may use Docker reads them.

use std::collections::HashMap;

use serde_json::json;
use toolmill_core::{Artifact, Deployment, ServerKey};

const INSTANCE: &str = "dev.toolmill.instance";
const SERVER: &str = "dev.toolmill.server";
const VERSION: &str = "dev.toolmill.version";
const ARTIFACT: &str = "dev.toolmill.artifact";

pub(super) fn of_container(instance: &str, deployment: &Deployment) -> HashMap<String, String> {
    HashMap::from([
        (INSTANCE.to_owned(), instance.to_owned()),
        (SERVER.to_owned(), deployment.key.to_string()),
        (VERSION.to_owned(), deployment.version.to_string()),
        (ARTIFACT.to_owned(), deployment.artifact.key.clone()),
    ])
}

pub(super) fn of_image(instance: &str, artifact: &Artifact) -> serde_json::Value {
    json!({ INSTANCE: instance, ARTIFACT: artifact.key })
}

/// A filter for all that belongs to the instance.
pub(super) fn all(instance: &str) -> HashMap<String, Vec<String>> {
    HashMap::from([("label".to_owned(), vec![format!("{INSTANCE}={instance}")])])
}

/// A filter for the instance's image of this artifact.
pub(super) fn image(instance: &str, artifact: &Artifact) -> HashMap<String, Vec<String>> {
    let mut filter = all(instance);
    filter
        .entry("label".to_owned())
        .or_default()
        .push(format!("{ARTIFACT}={}", artifact.key));
    filter
}

pub(super) fn server(labels: Option<&HashMap<String, String>>) -> Option<ServerKey> {
    labels?.get(SERVER)?.parse().ok()
}

pub(super) fn artifact(labels: &HashMap<String, String>) -> Option<&str> {
    labels.get(ARTIFACT).map(String::as_str)
}
