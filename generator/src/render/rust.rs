//! Rust source out of tokens.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use syn::{File, Item};

use crate::ir::Style;
use crate::text;

/// A source file: its module documentation, its groups of imports, and its items,
/// with a blank line between them.
pub fn file(documentation: &str, imports: Vec<TokenStream>, items: Vec<TokenStream>) -> String {
    let documentation = doc_comment(documentation);
    let parts = [quote! { #![doc = #documentation] }]
        .into_iter()
        .chain(imports)
        .chain(items);
    parts.map(print).collect::<Vec<_>>().join("\n")
}

/// Items alone, with a blank line between them, to stand in a template.
pub fn items(items: Vec<TokenStream>) -> String {
    items
        .into_iter()
        .map(print)
        .collect::<Vec<_>>()
        .join("\n")
        .trim_end()
        .to_owned()
}

/// How a value is written, as an expression.
pub fn style(style: Style, explode: bool, reserved: bool) -> TokenStream {
    let usual = style == Style::Form;
    let style = match style {
        Style::Matrix => quote! { Style::Matrix },
        Style::Label => quote! { Style::Label },
        Style::Simple => quote! { Style::Simple },
        Style::Form => quote! { Style::Form },
        Style::SpaceDelimited => quote! { Style::SpaceDelimited },
        Style::PipeDelimited => quote! { Style::PipeDelimited },
        Style::TabDelimited => quote! { Style::TabDelimited },
        Style::DeepObject => return quote! { Style::DeepObject },
        Style::Json => return quote! { Style::Json },
    };
    // What is said only where it is not as usual.
    let exploded = match (usual, explode) {
        (false, true) => Some(quote! { .exploded() }),
        (true, false) => Some(quote! { .joined() }),
        _ => None,
    };
    let reserved = reserved.then(|| quote! { .reserved() });
    quote! { #style #exploded #reserved }
}

/// An identifier that [`crate::names`] made.
pub fn identifier(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// A string literal: raw where that spares escapes.
pub fn string(text: &str) -> Literal {
    const MAX_HASHES: usize = 8;
    let readable = text.chars().all(|c| matches!(c, ' '..='~'));
    let escapes = text.contains(['"', '\\']);
    // The shortest run of hashes that the text does not close by itself.
    let hashes = (1..=MAX_HASHES)
        .map(|count| "#".repeat(count))
        .find(|hashes| !text.contains(&format!("\"{hashes}")));
    let raw = hashes
        .filter(|_| readable && escapes)
        .and_then(|hashes| format!("r{hashes}\"{text}\"{hashes}").parse().ok());
    raw.unwrap_or_else(|| Literal::string(text))
}

/// `#[doc]` attributes that print as `///` lines.
pub fn doc(text: &str) -> TokenStream {
    let lines = text::doc_lines(text)
        .into_iter()
        .map(|line| doc_comment(&line));
    quote! { #(#[doc = #lines])* }
}

/// What stands right behind `///`: a space, and no slash that would make it another comment.
fn doc_comment(line: &str) -> String {
    if line.is_empty() {
        String::new()
    } else {
        format!(" {line}")
    }
}

fn print(tokens: TokenStream) -> String {
    let file: File = syn::parse2(tokens).expect("the tokens are items");
    debug_assert!(
        file.items
            .iter()
            .all(|item| !matches!(item, Item::Verbatim(_))),
        "an item is not understood"
    );
    prettyplease::unparse(&file)
}
