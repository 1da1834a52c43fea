//! A body in the function of its operation.

use proc_macro2::TokenStream;
use quote::quote;

use super::rust;
use crate::ir::{Body, BodyContent, BodyForm, Field, PartHeader};

/// The call of the builder that states the body.
pub fn body(body: &Body) -> TokenStream {
    let media_type = &body.media_type;
    let value = value(body);
    let stated = match &body.form {
        BodyForm::Json => quote! { .json(#media_type, #value) },
        BodyForm::UrlEncoded(fields) => {
            let fields = fields.iter().map(field);
            quote! { .form(#media_type, #value, &[#(#fields),*]) }
        }
        BodyForm::Multipart(fields) => {
            let fields = fields.iter().map(field);
            quote! { .multipart(#media_type, #value, &[#(#fields),*]) }
        }
        BodyForm::Sequence => quote! { .sequence(#media_type, #value) },
        BodyForm::Text => quote! { .text(#media_type, #value) },
        BodyForm::Bytes => quote! { .bytes(#media_type, #value) },
        BodyForm::Xml(hints) => {
            let hints = rust::string(hints);
            quote! { .xml(#media_type, #value, #hints) }
        }
    };
    let choice = body.choice.as_ref();
    let choice = choice.map(|argument| quote! { .media_type(args.get(#argument)) });
    quote! { #stated #choice }
}

/// The properties of a body whose arguments stand by themselves, each with its argument.
pub fn properties(body: &Body) -> Option<TokenStream> {
    let BodyContent::Properties(properties) = &body.content else {
        return None;
    };
    let pairs = properties
        .iter()
        .map(|(argument, property)| quote! { (#argument, #property) });
    Some(quote! { let fields = [#(#pairs),*]; })
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

fn value(body: &Body) -> TokenStream {
    match &body.content {
        BodyContent::Argument(argument) if body.required => quote! { args.required(#argument)? },
        BodyContent::Argument(argument) => quote! { args.get(#argument) },
        BodyContent::Properties(_) if body.required => quote! { args.required_object(&fields) },
        BodyContent::Properties(_) => quote! { args.object(&fields) },
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
        quote! { .header(#name, args.get(#argument)) }
    });
    quote! { Field::of(#name) #file #media_type #style #(#headers)* }
}
