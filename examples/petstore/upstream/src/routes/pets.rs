use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, header::LOCATION},
    response::{AppendHeaders, IntoResponse},
};
use serde::{Deserialize, Serialize, de::value};

use crate::{
    auth::KeyHolder,
    database::{Database, Filter},
    extract::{Body, Id, Pairs},
    model::{MergePatch, Pet, PetDetails, PetStatus},
    problem::Problem,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    items: Vec<Pet>,
    total: i64,
    limit: i64,
    offset: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

/// `listPets`
pub async fn list(
    KeyHolder(caller): KeyHolder,
    State(database): State<Database>,
    headers: HeaderMap,
    Pairs(pairs): Pairs,
) -> Result<impl IntoResponse, Problem> {
    let request_id = request_id(&headers)?;
    let filter = filter(pairs)?;
    let (items, total) = database.list_pets(&caller.owner, &filter).await?;
    let echo = request_id.clone().map(|label| (REQUEST_ID, label));
    let page = Page {
        items,
        total,
        limit: filter.limit,
        offset: filter.offset,
        request_id,
    };
    Ok((AppendHeaders(echo), Json(page)))
}

/// `addPet`
pub async fn add(
    KeyHolder(caller): KeyHolder,
    State(database): State<Database>,
    Body(details): Body<PetDetails>,
) -> Result<impl IntoResponse, Problem> {
    let pet = database.add_pet(&caller.owner, &details).await?;
    let location = [(LOCATION, format!("/pets/{}", pet.id))];
    Ok((StatusCode::CREATED, location, Json(pet)))
}

/// `getPetById`
pub async fn get(
    KeyHolder(caller): KeyHolder,
    State(database): State<Database>,
    Id(id): Id,
) -> Result<Json<Pet>, Problem> {
    let pet = database.pet(&caller.owner, id).await?;
    pet.map(Json).ok_or_else(|| Problem::no_such_pet(id))
}

/// `updatePet`
pub async fn update(
    KeyHolder(caller): KeyHolder,
    State(database): State<Database>,
    Id(id): Id,
    Body(details): Body<PetDetails>,
) -> Result<Json<Pet>, Problem> {
    let pet = database.replace_pet(&caller.owner, id, &details).await?;
    pet.map(Json).ok_or_else(|| Problem::no_such_pet(id))
}

/// `patchPet`
pub async fn patch(
    KeyHolder(caller): KeyHolder,
    State(database): State<Database>,
    Id(id): Id,
    Body(patch): Body<MergePatch>,
) -> Result<Json<Pet>, Problem> {
    let pet = database.patch_pet(&caller.owner, id, patch).await?;
    pet.map(Json).ok_or_else(|| Problem::no_such_pet(id))
}

/// `deletePet`
pub async fn delete(
    KeyHolder(caller): KeyHolder,
    State(database): State<Database>,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    if database.delete_pet(&caller.owner, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::no_such_pet(id))
    }
}

/// `getPetCard`
pub async fn card(
    KeyHolder(caller): KeyHolder,
    State(database): State<Database>,
    Id(id): Id,
) -> Result<String, Problem> {
    let pet = database.pet(&caller.owner, id).await?;
    pet.map(|pet| pet.card())
        .ok_or_else(|| Problem::no_such_pet(id))
}

/// Reads the filters strictly: one that is misspelt would otherwise quietly list everything.
fn filter(pairs: Vec<(String, String)>) -> Result<Filter, Problem> {
    let (mut statuses, mut tag, mut limit, mut offset) = (Vec::new(), None, None, None);
    for (name, value) in pairs {
        match name.as_str() {
            "status" => statuses.push(status(&value)?),
            "tag" => once(&name, &mut tag, value)?,
            "limit" => once(&name, &mut limit, number(&name, &value, 1, 100)?)?,
            "offset" => once(&name, &mut offset, number(&name, &value, 0, i64::MAX)?)?,
            _ => {
                return Err(Problem::bad_request(format!(
                    "There is no query parameter `{name}`. Use `status`, `tag`, `limit` and `offset`."
                )));
            }
        }
    }
    Ok(Filter {
        statuses,
        tag,
        limit: limit.unwrap_or(20),
        offset: offset.unwrap_or(0),
    })
}

fn status(value: &str) -> Result<PetStatus, Problem> {
    PetStatus::deserialize(value::StrDeserializer::<value::Error>::new(value))
        .map_err(|error| Problem::bad_request(format!("`status` can't be read: {error}.")))
}

fn number(name: &str, value: &str, min: i64, max: i64) -> Result<i64, Problem> {
    match value.parse() {
        Ok(number) if (min..=max).contains(&number) => Ok(number),
        _ => Err(Problem::bad_request(format!(
            "`{name}` is `{value}`. Give it a whole number from {min} to {max}."
        ))),
    }
}

fn once<T>(name: &str, slot: &mut Option<T>, value: T) -> Result<(), Problem> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(Problem::bad_request(format!(
            "`{name}` was given twice. Give it once."
        ))),
    }
}

/// The caller's label, which is safe to repeat: letters, digits, `.`, `_` and `-`.
fn request_id(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(REQUEST_ID) else {
        return Ok(None);
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    match value.to_str() {
        Ok(label) if (1..=64).contains(&label.len()) && label.bytes().all(plain) => {
            Ok(Some(label.to_owned()))
        }
        _ => Err(Problem::bad_request(
            "`X-Request-Id` takes 1 to 64 letters, digits, `.`, `_` and `-`.",
        )),
    }
}
