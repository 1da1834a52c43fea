//! What this server consists of.

use toolmill_runtime::{Server, Tool};

use crate::{extra, security, tools};

pub static SERVER: Server = Server {
    slug: "store",
    manifest: include_str!("../tools.json"),
    security: security::SCHEMES,
    tools: &[
        Tool {
            name: "listPets",
            request: tools::pets::list_pets,
        },
        Tool {
            name: "addPet",
            request: tools::pets::add_pet,
        },
    ],
    hooks: extra::HOOKS,
};
