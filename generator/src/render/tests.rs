//! `tests/wire.rs`: calls with the requests they have to make.

use proc_macro2::TokenStream;
use quote::quote;
use toolmill_templates::generated as template;

use super::rust;
use crate::ir::Api;
use crate::wire::{self, Call};

pub fn wire(api: &Api, package: &str) -> String {
    let calls: Vec<_> = api
        .tools
        .iter()
        .filter_map(|tool| wire::call(api, tool))
        .collect();
    let schemes = api.schemes.iter().filter(|scheme| wire::is_text(scheme));
    let credentials = schemes.map(|scheme| {
        let (name, value) = (&scheme.environment, wire::credential(scheme));
        quote! { (#name, #value) }
    });
    let headers = wire::credential_headers(api);
    let cases = calls.iter().map(case);
    let left_out = api.tools.len() - calls.len();
    let note = if left_out == 0 {
        "One call for each tool.".to_owned()
    } else {
        format!(
            "One call for each tool but {left_out}, for which no valid arguments could be made up."
        )
    };
    let note = rust::doc(&note);
    let tables = rust::items(vec![
        quote! {
            /// For each security scheme: its environment variable and a made-up credential.
            const CREDENTIALS: &[(&str, &str)] = &[#(#credentials),*];
        },
        quote! {
            /// Headers that carry credentials: sent where they are expected, and nowhere else.
            const CREDENTIAL_HEADERS: &[&str] = &[#(#headers),*];
        },
        quote! {
            #note
            const CASES: &[Case] = &[#(#cases),*];
        },
    ]);
    template::wire(&template::Wire {
        package,
        tables: &tables,
    })
}

fn case(call: &Call) -> TokenStream {
    let Call {
        tool,
        arguments,
        method,
        target,
        headers,
        body,
    } = call;
    let headers = headers
        .iter()
        .map(|(name, value)| quote! { (#name, #value) });
    let (arguments, body) = (rust::string(arguments), rust::string(body));
    quote! {
        Case {
            tool: #tool,
            arguments: #arguments,
            method: #method,
            target: #target,
            headers: &[#(#headers),*],
            body: #body,
        }
    }
}
