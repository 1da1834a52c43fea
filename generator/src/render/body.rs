//! A body in the function of its operation.

use proc_macro2::TokenStream;
use quote::quote;

use super::rust;
use crate::ir::{Body, BodyContent, BodyForm, Field, PartHeader};

/// The calls of the builder that state the body.
pub fn body(body: &Body) -> TokenStream {
    let media_type = &body.media_type;
    let source = source(body);
    let stated = match &body.form {
        BodyForm::Json => quote! { .json(#media_type, #source) },
        BodyForm::UrlEncoded(fields) => {
            let fields = fields.iter().map(field);
            quote! { .form(#media_type, #source, &[#(#fields),*]) }
        }
        BodyForm::Multipart(fields) => {
            let fields = fields.iter().map(field);
            quote! { .multipart(#media_type, #source, &[#(#fields),*]) }
        }
        BodyForm::Sequence => quote! { .sequence(#media_type, #source) },
        BodyForm::Text => quote! { .text(#media_type, #source) },
        BodyForm::Bytes => quote! { .bytes(#media_type, #source) },
        BodyForm::Xml(hints) => {
            let hints = rust::string(hints);
            quote! { .xml(#media_type, #source, #hints) }
        }
    };
    let choice = body.choice.as_ref();
    let choice = choice.map(|argument| quote! { .media_type_from(#argument) });
    let renamed = renamed(body);
    quote! { #(#renamed)* #stated #choice }
}

/// The properties whose arguments have other names.
fn renamed(body: &Body) -> impl Iterator<Item = TokenStream> {
    let properties = match &body.content {
        BodyContent::Properties(properties) => properties.as_slice(),
        BodyContent::Argument(_) => &[],
    };
    let renamed = properties
        .iter()
        .filter(|(argument, property)| argument != property);
    renamed.map(|(argument, property)| quote! { .property_from(#argument, #property) })
}

/// The properties of a body whose arguments stand by themselves.
pub fn properties(body: &Body) -> Option<TokenStream> {
    let BodyContent::Properties(properties) = &body.content else {
        return None;
    };
    let names = properties.iter().map(|(_, property)| property);
    Some(quote! { let properties = [#(#names),*]; })
}

/// The properties that need to be told how they are sent.
pub fn fields(body: &Body) -> &[Field] {
    match &body.form {
        BodyForm::UrlEncoded(fields) | BodyForm::Multipart(fields) => fields,
        BodyForm::Json
        | BodyForm::Sequence
        | BodyForm::Text
        | BodyForm::Bytes
        | BodyForm::Xml(_) => &[],
    }
}

fn source(body: &Body) -> TokenStream {
    match &body.content {
        BodyContent::Argument(argument) => quote! { Source::Argument(#argument) },
        BodyContent::Properties(_) if body.required => quote! { Source::Object(&properties) },
        BodyContent::Properties(_) => quote! { Source::OptionalObject(&properties) },
    }
}

pub fn field(field: &Field) -> TokenStream {
    let name = &field.name;
    let file = field.is_file.then(|| quote! { .file() });
    let media_type = field.media_type.as_ref();
    let media_type = media_type.map(|media_type| quote! { .media_type(#media_type) });
    let style = field.style.map(|written| {
        let style = rust::style(written.style, written.explode, written.reserved);
        quote! { .style(#style) }
    });
    let headers = field.headers.iter().map(|header| {
        let PartHeader { name, argument } = header;
        quote! { (#name, #argument) }
    });
    let headers = (!field.headers.is_empty()).then(|| quote! { .headers(&[#(#headers),*]) });
    quote! { Field::of(#name) #file #media_type #style #headers }
}
