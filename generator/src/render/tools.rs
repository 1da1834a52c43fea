//! `src/tools/`: one function for each operation, which states its request.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use toolmill_templates::generated as template;

use super::{body, rust};
use crate::ir::{Api, Field, Location, Method, Parameter, Style, Tool};

/// The module's own file and one file for each tag, as path and text.
pub fn files(api: &Api) -> Vec<(String, String)> {
    let mut modules: BTreeMap<&str, Vec<&Tool>> = BTreeMap::new();
    for tool in &api.tools {
        modules.entry(&tool.names.module).or_default().push(tool);
    }
    let names: Vec<_> = modules.keys().copied().collect();
    let table = template::tools(&template::Tools { modules: &names });
    let mut files = vec![("src/tools/mod.rs".to_owned(), table)];
    files.extend(
        modules
            .into_iter()
            .map(|(name, tools)| (format!("src/tools/{name}.rs"), file(name, &tools))),
    );
    files
}

fn file(module: &str, tools: &[&Tool]) -> String {
    let bodies = || tools.iter().filter_map(|tool| tool.body.as_ref());
    let parameters = || tools.iter().flat_map(|tool| &tool.parameters);
    let fields = || {
        let of_bodies = bodies().flat_map(body::fields);
        of_bodies.chain(parameters().flat_map(|parameter| &parameter.fields))
    };
    let styled = parameters().any(has_style) || fields().any(|field| field.style.is_some());
    let field = fields().next().map(|_: &Field| quote! { Field, });
    let source = bodies().next().map(|_| quote! { , Source });
    let style = styled.then(|| quote! { , Style });
    let imports = quote! { use toolmill_runtime::{Args, #field Request, Result #source #style}; };
    let documentation = format!("The operations of `{module}`.");
    rust::file(
        &documentation,
        vec![imports],
        tools.iter().map(|tool| function(tool)).collect(),
    )
}

fn function(tool: &Tool) -> TokenStream {
    let doc = rust::doc(&documentation(tool));
    let name = rust::identifier(&tool.names.function);
    let begin = begin(tool);
    let parameters = tool.parameters.iter().map(parameter);
    let properties = tool.body.as_ref().and_then(body::properties);
    let body = tool.body.as_ref().map(body::body);
    let server = tool.servers.first().map(|url| quote! { .server(#url) });
    let security = security(&tool.security);
    quote! {
        #doc
        pub fn #name(args: &Args<'_>) -> Result<Request> {
            #properties
            #begin #(#parameters)* #body #server #security .build()
        }
    }
}

/// Title and request, then what the specification says, for readers of the source.
fn documentation(tool: &Tool) -> String {
    let request = format!("{} {}", tool.method.as_str(), tool.path.replace('`', "'"));
    let headline = if tool.title == request {
        format!("`{request}`")
    } else {
        format!("{} — `{request}`", tool.title)
    };
    if tool.prose.is_empty() {
        headline
    } else {
        format!("{headline}\n\n{}", tool.prose)
    }
}

fn begin(tool: &Tool) -> TokenStream {
    let path = &tool.path;
    match &tool.method {
        Method::Get => quote! { Request::get(#path, args) },
        Method::Put => quote! { Request::put(#path, args) },
        Method::Post => quote! { Request::post(#path, args) },
        Method::Delete => quote! { Request::delete(#path, args) },
        Method::Patch => quote! { Request::patch(#path, args) },
        Method::Head => quote! { Request::head(#path, args) },
        Method::Options => quote! { Request::options(#path, args) },
        Method::Trace => quote! { Request::trace(#path, args) },
        Method::Query | Method::Other(_) => {
            let method = tool.method.as_str();
            quote! { Request::with_method(#method, #path, args) }
        }
    }
}

fn parameter(parameter: &Parameter) -> TokenStream {
    let Parameter {
        name,
        argument,
        location,
        ..
    } = parameter;
    let style = rust::style(parameter.style, parameter.explode, parameter.reserved);
    let place = match location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
        Location::QueryString if parameter.style == Style::Form => {
            let fields = parameter.fields.iter().map(body::field);
            return quote! { .query_form(#argument, &[#(#fields),*]) };
        }
        Location::QueryString => return quote! { .query_string(#argument, #style) },
    };
    if name == argument {
        let place = rust::identifier(place);
        quote! { .#place(#name, #style) }
    } else {
        let place = rust::identifier(&format!("{place}_from"));
        quote! { .#place(#argument, #name, #style) }
    }
}

/// Whether its style is said. A query that is a form has that of its fields.
fn has_style(parameter: &Parameter) -> bool {
    parameter.location != Location::QueryString || parameter.style != Style::Form
}

fn security(alternatives: &[Vec<String>]) -> Option<TokenStream> {
    if alternatives.iter().all(Vec::is_empty) {
        return None;
    }
    let alternatives = alternatives
        .iter()
        .map(|schemes| quote! { &[#(#schemes),*] });
    Some(quote! { .security(&[#(#alternatives),*]) })
}
