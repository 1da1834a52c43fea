//! `src/security.rs`: the schemes that the API declares.

use proc_macro2::TokenStream;
use quote::quote;

use super::rust;
use crate::ir::{Api, Credential, Location, Scheme};

pub fn file(api: &Api) -> String {
    let schemes = api.schemes.iter().map(scheme);
    let table = quote! {
        pub static SCHEMES: &[Scheme] = &[#(#schemes),*];
    };
    rust::file(
        "The credentials that this API takes, and how they are sent.",
        imports(api),
        vec![table],
    )
}

fn imports(api: &Api) -> Vec<TokenStream> {
    let has_key = api
        .schemes
        .iter()
        .any(|scheme| matches!(scheme.credential, Credential::ApiKey { .. }));
    vec![match (api.schemes.is_empty(), has_key) {
        (true, _) => quote! { use toolmill_runtime::Scheme; },
        (_, false) => quote! { use toolmill_runtime::{Scheme, SchemeKind}; },
        (_, true) => quote! { use toolmill_runtime::{Location, Scheme, SchemeKind}; },
    }]
}

fn scheme(scheme: &Scheme) -> TokenStream {
    let Scheme {
        name,
        environment,
        credential,
    } = scheme;
    let kind = match credential {
        Credential::ApiKey { location, name } => {
            let location = match location {
                Location::Query => quote! { Location::Query },
                Location::Cookie => quote! { Location::Cookie },
                Location::Header | Location::Path | Location::QueryString => {
                    quote! { Location::Header }
                }
            };
            quote! { SchemeKind::ApiKey { location: #location, name: #name } }
        }
        Credential::Basic => quote! { SchemeKind::Basic },
        Credential::Bearer => quote! { SchemeKind::Bearer },
        Credential::Http(scheme) => quote! { SchemeKind::Http { scheme: #scheme } },
        Credential::MutualTls => quote! { SchemeKind::MutualTls },
    };
    quote! { Scheme { name: #name, environment: #environment, kind: #kind } }
}
