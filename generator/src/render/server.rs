//! `src/server.rs`: the tool table.

use proc_macro2::TokenStream;
use quote::quote;

use super::rust;
use crate::ir::{Api, Tool};

pub fn file(api: &Api) -> String {
    let slug = api.slug.as_str();
    let tools = api.tools.iter().map(tool);
    let server = quote! {
        pub static SERVER: Server = Server {
            slug: #slug,
            manifest: include_str!("../tools.json"),
            security: security::SCHEMES,
            tools: &[#(#tools),*],
            hooks: extra::HOOKS,
        };
    };
    rust::file("What this server consists of.", imports(api), vec![server])
}

fn imports(api: &Api) -> Vec<TokenStream> {
    if api.tools.is_empty() {
        return vec![
            quote! { use toolmill_runtime::Server; },
            quote! { use crate::{extra, security}; },
        ];
    }
    vec![
        quote! { use toolmill_runtime::{Server, Tool}; },
        quote! { use crate::{extra, security, tools}; },
    ]
}

fn tool(tool: &Tool) -> TokenStream {
    let name = &tool.names.tool;
    let module = rust::identifier(&tool.names.module);
    let function = rust::identifier(&tool.names.function);
    quote! { Tool { name: #name, request: tools::#module::#function } }
}
