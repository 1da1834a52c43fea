//! A grant in bytes: tenant, user, API and version (16 each), server key (6),
//! deadline (8, big-endian), the redirect (one byte that says whether there is
//! one, and its 32), and the tool's name.

use toolmill_core::{Error, Grant, Result, TenantCtx};
use uuid::Uuid;

const SERVER_KEY: usize = 6;

pub(super) fn encode(grant: &Grant) -> Result<Vec<u8>> {
    let mut server = [0; SERVER_KEY];
    hex::decode_to_slice(grant.server.as_str(), &mut server)
        .map_err(|error| Error::internal("A server's key is not hex.", error))?;
    let mut bytes = Vec::with_capacity(4 * 16 + SERVER_KEY + 8 + 33 + grant.tool.len());
    bytes.extend(Uuid::from(grant.ctx.tenant).as_bytes());
    bytes.extend(Uuid::from(grant.ctx.user).as_bytes());
    bytes.extend(Uuid::from(grant.api).as_bytes());
    bytes.extend(Uuid::from(grant.version).as_bytes());
    bytes.extend(server);
    bytes.extend(grant.deadline.to_be_bytes());
    bytes.push(u8::from(grant.redirect.is_some()));
    bytes.extend(grant.redirect.iter().flatten());
    bytes.extend(grant.tool.as_bytes());
    Ok(bytes)
}

pub(super) fn decode(mut bytes: &[u8]) -> Option<Grant> {
    let ctx = TenantCtx {
        tenant: id(&mut bytes)?.into(),
        user: id(&mut bytes)?.into(),
    };
    Some(Grant {
        ctx,
        api: id(&mut bytes)?.into(),
        version: id(&mut bytes)?.into(),
        server: hex::encode(take::<SERVER_KEY>(&mut bytes)?).parse().ok()?,
        deadline: i64::from_be_bytes(take(&mut bytes)?),
        redirect: match take(&mut bytes)? {
            [0] => None,
            [_] => Some(take(&mut bytes)?),
        },
        tool: std::str::from_utf8(bytes).ok()?.to_owned(),
    })
}

fn id(bytes: &mut &[u8]) -> Option<Uuid> {
    take(bytes).map(Uuid::from_bytes)
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}
