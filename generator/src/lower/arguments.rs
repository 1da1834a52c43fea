//! One flat object of arguments for everything an operation takes.

use serde_json::{Map, Value, json};

use super::body::{BodyDraft, Property};
use super::encoding::HeaderDraft;
use super::parameter::ParameterDraft;
use super::schema::Converted;
use crate::ir::{Body, BodyContent, BodyForm, Parameter, PartHeader};
use crate::names;

/// What an operation takes, with the arguments it is taken from.
#[derive(Debug)]
pub struct Arguments {
    pub parameters: Vec<Parameter>,
    pub body: Option<Body>,
    pub input: Converted,
}

/// Names the arguments, and puts their schemas side by side.
pub fn arguments(parameters: Vec<ParameterDraft>, body: Option<BodyDraft>) -> Arguments {
    let names = names::arguments(
        parameters
            .iter()
            .map(|parameter| (parameter.name.as_str(), parameter.location)),
    );
    let mut input = InputBuilder::default();
    let mut named = Vec::new();
    for (parameter, argument) in parameters.into_iter().zip(names) {
        let ParameterDraft {
            name,
            location,
            required,
            style,
            explode,
            reserved,
            fields,
            schema,
        } = parameter;
        input.add(&argument, required, schema);
        named.push(Parameter {
            name,
            argument,
            location,
            required,
            style,
            explode,
            reserved,
            fields,
        });
    }
    let body = body.map(|body| body_arguments(body, &mut input));
    Arguments {
        parameters: named,
        body,
        input: input.build(),
    }
}

/// The body's properties beside the parameters where no name is wanted twice,
/// else the whole body as one argument.
fn body_arguments(body: BodyDraft, input: &mut InputBuilder) -> Body {
    let BodyDraft {
        media_type,
        choices,
        required,
        mut form,
        headers,
        schema,
        properties,
    } = body;
    let side_by_side = properties.and_then(|properties| {
        let names = names::body_properties(
            properties.iter().map(|property| property.name.as_str()),
            &input.properties,
        )?;
        Some((properties, names))
    });
    let content = match side_by_side {
        Some((properties, names)) => {
            let add = |(property, argument): (Property, String)| {
                input.add(&argument, property.required, property.schema);
                (argument, property.name)
            };
            BodyContent::Properties(properties.into_iter().zip(names).map(add).collect())
        }
        None => {
            let argument = names::body(&input.properties);
            input.add(&argument, required, schema);
            BodyContent::Argument(argument)
        }
    };
    for header in headers {
        part_header(header, &mut form, input);
    }
    let choice = (!choices.is_empty()).then(|| {
        let argument = names::content_type(&input.properties);
        let schema = json!({
            "type": "string",
            "enum": choices,
            "default": media_type,
            "description": "The media type of the body.",
        });
        input.add(
            &argument,
            false,
            Converted {
                schema,
                ..Converted::anything()
            },
        );
        argument
    });
    Body {
        media_type,
        required,
        form,
        content,
        choice,
    }
}

/// An argument for a header of a part. It is never required, since the part may be absent.
fn part_header(draft: HeaderDraft, form: &mut BodyForm, input: &mut InputBuilder) {
    let BodyForm::Multipart(fields) = form else {
        return;
    };
    let HeaderDraft {
        field,
        name,
        schema,
    } = draft;
    let argument = names::part_header(&field, &name, &input.properties);
    input.add(&argument, false, schema);
    for one in fields.iter_mut().filter(|one| one.name == field) {
        one.headers.push(PartHeader {
            name: name.clone(),
            argument: argument.clone(),
        });
    }
}

#[derive(Default)]
struct InputBuilder {
    properties: Map<String, Value>,
    required: Vec<String>,
    schemas: usize,
    broken: bool,
}

impl InputBuilder {
    fn add(&mut self, argument: &str, required: bool, converted: Converted) {
        self.properties
            .insert(argument.to_owned(), converted.schema);
        self.schemas += converted.schemas;
        self.broken |= converted.broken;
        if required {
            self.required.push(argument.to_owned());
        }
    }

    fn build(self) -> Converted {
        let mut schema = json!({ "type": "object", "properties": self.properties });
        if !self.required.is_empty() {
            schema["required"] = json!(self.required);
        }
        schema["additionalProperties"] = Value::Bool(false);
        Converted {
            schema,
            schemas: self.schemas + 1,
            broken: self.broken,
        }
    }
}
