//! Cookie parameters.

use super::{
    encode, header,
    parts::{self, Parts},
};
use crate::{Error, Result, Style, args::Argument};

/// Appends the `name=value` pairs that one parameter adds to the `Cookie` header.
pub(super) fn append(
    cookies: &mut Vec<String>,
    name: &str,
    argument: &Argument<'_>,
    style: Style,
) -> Result<()> {
    let Some(parts) = parts::take_apart(argument, style.shape()) else {
        return Ok(());
    };
    match &parts {
        Parts::List(items) if style.is_exploded() => {
            let mut length = 0;
            for item in items {
                let pair = pair(name, item)?;
                length += pair.len();
                if length > header::LONGEST {
                    return Err(Error::HeaderValue { name: name.into() });
                }
                cookies.push(pair);
            }
        }
        Parts::Members(members) if style.is_exploded() => {
            for (name, value) in members {
                cookies.push(pair(name, value)?);
            }
        }
        _ => {
            let value = parts.join(",", ",", encode::cookie);
            cookies.push(format!("{}={value}", checked_name(name)?));
        }
    }
    Ok(())
}

fn pair(name: &str, value: &str) -> Result<String> {
    let mut text = format!("{}=", checked_name(name)?);
    encode::cookie(value, &mut text);
    Ok(text)
}

/// A cookie's name is an HTTP token, just as a header's.
fn checked_name(name: &str) -> Result<&str> {
    match http::HeaderName::from_bytes(name.as_bytes()) {
        Ok(_) => Ok(name),
        Err(_) => Err(Error::CookieName { name: name.into() }),
    }
}
