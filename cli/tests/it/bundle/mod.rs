//! `toolmill bundle`, and specifications of several files wherever one is taken.

mod findings;
mod limits;
mod network;
mod remote;

use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{Home, Instance, Output};

/// Every way to refer to another file that OpenAPI 3.0 descriptions use.
const ROOT: &str = r##"openapi: 3.0.3
info: { title: Pets, version: 1.10, x-odd: 1.5e-7 }
servers: [{ url: 'https://pets.example' }]
tags: { $ref: tags.yaml }
paths:
  /pets: { $ref: paths/pets.yaml }
  /pets/{id}:
    $ref: 'paths/index.yaml#/~1pets~1%7Bid%7D'
  /twins: { $ref: paths/pets.yaml }
components:
  schemas:
    Pet: { $ref: schemas/Pet.yaml }
    Owner: { type: object, properties: { name: { type: string } } }
    Example:
      type: object
      example: { $ref: not-a-reference.yaml }
      properties:
        example: { $ref: 'schemas/a%20b.yaml' }
        default: { type: string, default: { $ref: nor-this.yaml } }
"##;

const FILES: [(&str, &str); 8] = [
    ("tags.yaml", "[{ name: pets }]\n"),
    (
        "paths/pets.yaml",
        "get:
  operationId: listPets
  parameters:
    - { $ref: '../common.yaml#/params/Limit' }
  responses:
    '200':
      description: Pets.
      content:
        application/json:
          schema: { type: array, items: { $ref: ../schemas/Pet.yaml } }
    default: { $ref: '../common.yaml#/answers/Failed' }
",
    ),
    (
        "paths/index.yaml",
        "/pets/{id}:
  put:
    operationId: putPet
    parameters: [{ name: id, in: path, required: true, schema: { $ref: '#/Id' } }]
    requestBody:
      required: true
      content:
        application/json:
          schema: { $ref: '../openapi.yaml#/components/schemas/Pet' }
    responses: {}
Id: { type: integer, maximum: 12345678901234567890 }
",
    ),
    (
        "schemas/Pet.yaml",
        "type: object
description: A pet.
required: [name]
properties:
  name: { type: string }
  parent: { $ref: '#' }
  nick: { $ref: '#/properties/name' }
  kind:
    oneOf: [{ $ref: Dog.yaml }, { $ref: ./Cat.yaml }]
    discriminator:
      propertyName: sound
      mapping: { woof: Dog.yaml, meow: ./Cat.yaml }
",
    ),
    (
        "schemas/Dog.yaml",
        "type: object
properties:
  sound: { type: string }
  owner: { $ref: Owner.yaml }
",
    ),
    (
        "schemas/Cat.yaml",
        "type: object
properties:
  sound: { type: string }
  enemies: { type: array, items: { $ref: Dog.yaml } }
",
    ),
    (
        "schemas/Owner.yaml",
        "{ type: object, properties: { since: { type: integer } } }\n",
    ),
    ("schemas/a b.yaml", "{ type: boolean }\n"),
];

const COMMON: &str = "params:
  Limit: { name: limit, in: query, schema: { type: integer } }
answers:
  Failed: { description: It failed. }
";

struct Specs {
    home: Home,
}

impl Specs {
    fn new() -> Self {
        let specs = Self { home: Home::new() };
        specs.write("api/openapi.yaml", ROOT);
        specs.write("api/common.yaml", COMMON);
        for (path, text) in FILES {
            specs.write(&format!("api/{path}"), text);
        }
        specs
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }

    fn bundle(&self, more: &[&str]) -> Output {
        let spec = self.path("api/openapi.yaml");
        self.home
            .run(&[&["bundle", &spec.to_string_lossy()], more].concat())
    }

    fn bundled(&self, more: &[&str]) -> Value {
        let output = self.bundle(more);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        serde_json::from_str(&output.stdout).expect("JSON")
    }
}

/// Every `$ref` that is one, with where it stands.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(text) if key == "$ref" => found.push(text.clone()),
                    _ if key == "example" && value.get("$ref").is_some() => {
                        assert!(value.get("type").is_none());
                        found.extend(value["$ref"].as_str().map(str::to_owned));
                    }
                    value => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn all_that_is_referred_to_is_in_the_one_document() {
    let specs = Specs::new();
    let bundled = specs.bundled(&[]);
    let paths = &bundled["paths"];
    let schemas = &bundled["components"]["schemas"];
    assert_eq!(bundled["tags"], json!([{ "name": "pets" }]));
    let list = &paths["/pets"]["get"];
    assert_eq!(list["operationId"], "listPets", "a path item in its place");
    assert_eq!(
        list["parameters"][0]["$ref"],
        "#/components/parameters/Limit"
    );
    assert_eq!(
        list["responses"]["default"]["$ref"],
        "#/components/responses/Failed"
    );
    assert_eq!(
        list["responses"]["200"]["content"]["application/json"]["schema"]["items"]["$ref"],
        "#/components/schemas/Pet",
        "a component that names the file is its home"
    );
    assert_eq!(paths["/twins"], json!({ "$ref": "#/paths/~1pets" }));
    let put = &paths["/pets/{id}"]["put"];
    assert_eq!(
        put["requestBody"]["content"]["application/json"]["schema"]["$ref"],
        "#/components/schemas/Pet",
        "back into the first file"
    );
    assert_eq!(
        put["parameters"][0]["schema"]["$ref"],
        "#/components/schemas/Id"
    );
    let pet = &schemas["Pet"];
    assert_eq!(pet["description"], "A pet.");
    assert_eq!(
        pet["properties"]["parent"]["$ref"], "#/components/schemas/Pet",
        "a file that refers to itself"
    );
    assert_eq!(
        pet["properties"]["nick"]["$ref"],
        "#/components/schemas/Pet/properties/name"
    );
    assert_eq!(
        pet["properties"]["kind"]["discriminator"]["mapping"],
        json!({ "woof": "#/components/schemas/Dog", "meow": "#/components/schemas/Cat" })
    );
    assert_eq!(
        schemas["Dog"]["properties"]["owner"]["$ref"], "#/components/schemas/Owner_2",
        "a name that is taken"
    );
    assert!(schemas["Owner"]["properties"].get("name").is_some());
    assert!(schemas["Owner_2"]["properties"].get("since").is_some());
    assert_eq!(
        schemas["Example"]["properties"]["example"]["$ref"],
        "#/components/schemas/a_b"
    );
    assert_eq!(
        schemas["Example"]["example"]["$ref"], "not-a-reference.yaml",
        "data stays data"
    );
}

#[test]
fn the_rest_is_unchanged() {
    let specs = Specs::new();
    let output = specs.bundle(&[]);
    for kept in [
        "\"version\": 1.10",
        "\"x-odd\": 1.5e-7",
        "12345678901234567890",
    ] {
        assert!(output.stdout.contains(kept), "{kept}");
    }
    let bundled = specs.bundled(&[]);
    let keys: Vec<_> = bundled.as_object().expect("an object").keys().collect();
    assert_eq!(
        keys,
        ["openapi", "info", "servers", "tags", "paths", "components"]
    );
    let mut found = Vec::new();
    references(&bundled, &mut found);
    let outside: Vec<_> = found.iter().filter(|text| !text.starts_with('#')).collect();
    assert_eq!(outside, ["not-a-reference.yaml", "nor-this.yaml"]);

    // What is one document already comes out as it is.
    specs.write("one.json", &bundled.to_string());
    let again = specs
        .home
        .run(&["bundle", &specs.path("one.json").to_string_lossy()]);
    let again: Value = serde_json::from_str(&again.stdout).expect("JSON");
    assert_eq!(again, bundled);
}

#[test]
fn definitions_of_swagger_are_bundled_as_such() {
    let specs = Specs::new();
    specs.write(
        "api/openapi.yaml",
        "swagger: '2.0'
info: { title: Pets, version: '1' }
host: pets.example
paths:
  /pets:
    get:
      parameters: [{ $ref: 'common.yaml#/params/Limit' }]
      responses:
        '200': { description: Pets., schema: { $ref: 'schemas/Dog.yaml' }, examples: { a: { $ref: data } } }
        default: { $ref: 'common.yaml#/answers/Failed' }
",
    );
    let bundled = specs.bundled(&[]);
    let get = &bundled["paths"]["/pets"]["get"];
    assert_eq!(get["parameters"][0]["$ref"], "#/parameters/Limit");
    assert_eq!(
        get["responses"]["200"]["schema"]["$ref"],
        "#/definitions/Dog"
    );
    assert_eq!(get["responses"]["default"]["$ref"], "#/responses/Failed");
    assert!(bundled["definitions"]["Owner"].is_object());
    assert!(bundled.get("components").is_none());
}

/// Components in files of their own, maps and all.
#[test]
fn whole_sections_in_other_files_are_their_homes() {
    let specs = Specs::new();
    specs.write(
        "api/openapi.yaml",
        "openapi: 3.1.0
info: { title: Pets, version: '1' }
paths: { $ref: paths/_index.yaml }
components: { schemas: { $ref: schemas/_index.yaml } }
",
    );
    specs.write(
        "api/paths/_index.yaml",
        "/pets:
  get:
    responses:
      '200': { description: Pets., content: { application/json: { schema: { $ref: '../schemas/_index.yaml#/Dog' } } } }
      '201': { description: Pets., content: { application/json: { schema: { $ref: '#/components/schemas/Cat' } } } }
",
    );
    specs.write(
        "api/schemas/_index.yaml",
        "Dog: { $ref: Dog.yaml }\nCat: { $ref: Cat.yaml }\n",
    );
    let output = specs.bundle(&[]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(
        output.stderr.contains("reference-in-root"),
        "what the file has not, but the first file has: {}",
        output.stderr
    );
    let bundled: Value = serde_json::from_str(&output.stdout).expect("JSON");
    let names: Vec<_> = bundled["components"]["schemas"]
        .as_object()
        .expect("schemas")
        .keys()
        .collect();
    assert_eq!(names, ["Dog", "Cat", "Owner"], "nothing twice");
    let responses = &bundled["paths"]["/pets"]["get"]["responses"];
    for (status, name) in [("200", "Dog"), ("201", "Cat")] {
        assert_eq!(
            responses[status]["content"]["application/json"]["schema"]["$ref"],
            format!("#/components/schemas/{name}")
        );
    }
    assert_eq!(
        bundled["components"]["schemas"]["Dog"]["type"], "object",
        "a component is the content, not a reference to it"
    );
}

#[test]
fn a_file_is_one_whatever_is_asked_of_it() {
    let specs = Specs::new();
    specs.write(
        "api/openapi.yaml",
        "openapi: 3.0.3
info: { title: T, version: '1' }
paths: {}
components:
  schemas:
    A: { type: object, properties: { a: { $ref: 'schemas/Owner.yaml?1' }, b: { $ref: 'schemas/Owner.yaml?2' } } }
",
    );
    let bundled = specs.bundled(&[]);
    let schemas = bundled["components"]["schemas"].as_object();
    assert_eq!(schemas.map(serde_json::Map::len), Some(2), "{bundled}");
}

#[test]
fn standard_input_is_in_the_folder_that_is_named() {
    let specs = Specs::new();
    let bundle = |more: &[&str]| {
        let mut command = specs.home.command();
        command.args(["bundle", "-"]).args(more);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(ROOT.as_bytes()).expect("written");
        drop(stdin);
        child.wait_with_output().expect("it ends")
    };
    let root = specs.path("api");
    let output = bundle(&["--root", &root.to_string_lossy()]);
    assert_eq!(output.status.code(), Some(0));
    let output = bundle(&[]);
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("--root"), "{said}");
}

#[test]
fn findings_point_into_the_file_they_are_about() {
    let specs = Specs::new();
    specs.write(
        "api/paths/pets.yaml",
        "get:\n  operationId: listPets\n  parameters:\n    - { name: a b, in: nowhere }\n  responses: {}\n",
    );
    let spec = specs.path("api/openapi.yaml");
    let spec = spec.to_string_lossy();
    let output = specs.home.run(&["check", &spec]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(
        output.stdout.contains("openapi.yaml: 1 tool"),
        "{}",
        output.stdout
    );
    assert!(
        output.stderr.contains("pets.yaml:4:") && output.stderr.contains("in: nowhere"),
        "{}",
        output.stderr
    );
    let report = specs.home.json(&["check", &spec]);
    let finding = &report["diagnostics"][0];
    let file = finding["file"].as_str().expect("a file");
    assert!(file.ends_with("paths/pets.yaml"), "{finding}");
    assert_eq!(finding["line"], 4);
}

#[test]
fn generated_crates_take_specifications_of_several_files() {
    let specs = Specs::new();
    let spec = specs.path("api/openapi.yaml");
    let folder = specs.path("crate");
    let [spec, folder] = [&spec, &folder].map(|path| path.to_string_lossy().into_owned());
    let made = specs.home.json(&["generate", &spec, "-o", &folder]);
    assert_eq!(made["tools"], 3, "{made}");
    assert_eq!(made["diagnostics"], json!([]), "{made}");
    let source = std::fs::read(specs.path("crate/openapi.json")).expect("one document");
    let source: Value = serde_json::from_slice(&source).expect("JSON");
    assert_eq!(source, specs.bundled(&[]));
}

#[test]
fn an_instance_takes_specifications_of_several_files() {
    let specs = Specs::new();
    let spec = specs.path("api/openapi.yaml");
    let arguments = [&*spec.to_string_lossy(), "--engine", "process"];
    let instance = Instance::up(&specs.home, &arguments);
    assert_eq!(instance.ready["tools"], 3, "{}", instance.ready);
    assert!(!instance.log().contains("reference"), "{}", instance.log());
}
