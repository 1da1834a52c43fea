//! One function per tool.

use std::sync::LazyLock;

use toolmill_runtime::{Args, Request, Result, Source, Style};

macro_rules! parameter {
    ($($name:ident: $place:ident $style:expr;)*) => {
        $(pub fn $name(args: &Args<'_>) -> Result<Request> {
            parameter!(@$place args $style)
        })*
    };
    (@path $args:ident $style:expr) => {
        Request::get("/s/{v}/e", $args).path("v", $style).build()
    };
    (@query $args:ident $style:expr) => {
        Request::get("/q", $args).query("v", $style).build()
    };
    (@header $args:ident $style:expr) => {
        Request::get("/h", $args).header_from("v", "X-V", $style).build()
    };
    (@cookie $args:ident $style:expr) => {
        Request::get("/c", $args).cookie("v", $style).build()
    };
}

parameter! {
    path_simple: path Style::Simple;
    path_simple_exploded: path Style::Simple.exploded();
    path_label: path Style::Label;
    path_label_exploded: path Style::Label.exploded();
    path_matrix: path Style::Matrix;
    path_matrix_exploded: path Style::Matrix.exploded();
    path_space: path Style::SpaceDelimited;
    path_pipe: path Style::PipeDelimited;
    path_tab: path Style::TabDelimited;
    path_json: path Style::Json;
    query_form: query Style::Form.joined();
    query_form_exploded: query Style::Form;
    query_space: query Style::SpaceDelimited;
    query_space_exploded: query Style::SpaceDelimited.exploded();
    query_pipe: query Style::PipeDelimited;
    query_tab: query Style::TabDelimited;
    query_deep: query Style::DeepObject.exploded();
    query_reserved: query Style::Form.reserved();
    query_json: query Style::Json;
    header_simple: header Style::Simple;
    header_simple_exploded: header Style::Simple.exploded();
    header_space: header Style::SpaceDelimited;
    header_pipe: header Style::PipeDelimited;
    header_tab: header Style::TabDelimited;
    header_json: header Style::Json;
    cookie_form: cookie Style::Form.joined();
    cookie_form_exploded: cookie Style::Form;
}

/// Find pet by ID — `GET /pet/{petId}`
pub fn get_pet(args: &Args<'_>) -> Result<Request> {
    Request::get("/pet/{petId}", args)
        .path("petId", Style::Simple)
        .build()
}

/// List pets — `GET /pets`
pub fn list_pets(args: &Args<'_>) -> Result<Request> {
    Request::get("/pets", args)
        .query_from("filter_name", "filter[name]", Style::Form)
        .query_from("top", "$top", Style::Form)
        .accept("application/json")
        .build()
}

/// Add a pet — `POST /pet`
pub fn add_pet(args: &Args<'_>) -> Result<Request> {
    Request::post("/pet", args)
        .json("application/json", Source::Object(&["name", "tag"]))
        .build()
}

/// Add a pet, for strict providers — `POST /pet`
pub fn strict_pet(args: &Args<'_>) -> Result<Request> {
    let fields = ["name", "tag", "more"];
    Request::post("/pet", args)
        .json("application/json", Source::Object(&fields))
        .build()
}

/// Change a pet — `PATCH /pet/{petId}`
pub fn patch_pet(args: &Args<'_>) -> Result<Request> {
    Request::patch("/pet/{petId}", args)
        .path("petId", Style::Simple)
        .json("application/merge-patch+json", Source::Argument("body"))
        .build()
}

/// Delete a pet — `DELETE /pet/{petId}`
pub fn delete_pet(args: &Args<'_>) -> Result<Request> {
    Request::delete("/pet/{petId}", args)
        .path("petId", Style::Simple)
        .build()
}

/// One name in four places — `POST /same/{id}`
pub fn same_name(args: &Args<'_>) -> Result<Request> {
    Request::post("/same/{id}", args)
        .path("id", Style::Simple)
        .query_from("query_id", "id", Style::Form)
        .header_from("header_id", "id", Style::Simple)
        .property_from("body_id", "id")
        .json("application/json", Source::OptionalObject(&["id"]))
        .build()
}

/// Two parameters in one segment, and a query of its own — `GET /files/{name}.{kind}?view=full`
pub fn one_segment(args: &Args<'_>) -> Result<Request> {
    Request::get("/files/{name}.{kind}?view=full#part", args)
        .path("name", Style::Simple)
        .path("kind", Style::Simple)
        .query("q", Style::Form)
        .build()
}

/// Headers that no argument may set — `GET /reserved`
pub fn reserved_headers(args: &Args<'_>) -> Result<Request> {
    Request::get("/reserved", args)
        .header_from("v", "Accept", Style::Simple)
        .header_from("v", "Authorization", Style::Simple)
        .header_from("v", "Host", Style::Simple)
        .header_from("v", "Toolmill-Grant", Style::Simple)
        .header_from("v", "X-Free", Style::Simple)
        .build()
}

macro_rules! secured {
    ($($name:ident: $alternatives:expr;)*) => {
        $(pub fn $name(args: &Args<'_>) -> Result<Request> {
            Request::get("/secured", args)
                .cookie("session", Style::Form)
                .security($alternatives)
                .build()
        })*
    };
}

secured! {
    secured_header: &[&["header_key"]];
    secured_query: &[&["query_key"]];
    secured_cookie: &[&["cookie_key"]];
    secured_either: &[&["bearer", "header_key"], &["basic"], &["token"]];
    secured_optional: &[&[], &["bearer"]];
    secured_certificate: &[&["certificate"]];
    unsecured: &[];
}

/// Goes to a server of its own, which a test gives — `GET /elsewhere`
pub fn elsewhere(args: &Args<'_>) -> Result<Request> {
    static URL: LazyLock<String> =
        LazyLock::new(|| std::env::var("ELSEWHERE").unwrap_or_else(|_| "/other".into()));
    Request::get("/elsewhere", args)
        .server(&URL)
        .security(&[&["bearer"]])
        .build()
}

/// Changed by hooks — `POST /hooked`
pub fn hooked(args: &Args<'_>) -> Result<Request> {
    Request::post("/hooked", args).build()
}

/// Fails by a fault of its own — `GET /panics`
pub fn panics(_: &Args<'_>) -> Result<Request> {
    panic!("a fault")
}
