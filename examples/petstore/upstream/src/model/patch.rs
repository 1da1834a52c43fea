use serde::Deserialize;
use serde_json::{Map, Value};

use super::PetDetails;
use crate::extract::Checked;

/// A JSON merge patch (RFC 7396) for a pet.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct MergePatch(Map<String, Value>);

impl MergePatch {
    /// The pet's details with the patch applied; the error is a sentence for the caller.
    pub fn apply(self, details: PetDetails) -> Result<PetDetails, String> {
        let mut target = serde_json::to_value(details).map_err(|error| error.to_string())?;
        merge(&mut target, Value::Object(self.0));
        let patched: PetDetails = serde_json::from_value(target)
            .map_err(|error| format!("The patch doesn't leave a pet: {error}."))?;
        patched.check()?;
        Ok(patched)
    }
}

impl Checked for MergePatch {
    /// Any object is a patch; what counts is what it leaves.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// The algorithm of RFC 7396, section 2.
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else {
        return;
    };
    for (name, value) in patch {
        if value.is_null() {
            target.shift_remove(&name);
        } else {
            merge(target.entry(name).or_insert(Value::Null), value);
        }
    }
}
