//! What this server consists of.

use toolmill_runtime::{Server, Tool};

use crate::{extra, security, tools};

pub static SERVER: Server = Server {
    slug: "petstore",
    manifest: include_str!("../tools.json"),
    security: security::SCHEMES,
    tools: &[
        Tool {
            name: "listPets",
            request: tools::pet::list_pets,
        },
        Tool {
            name: "addPet",
            request: tools::pet::add_pet,
        },
        Tool {
            name: "getPetById",
            request: tools::pet::get_pet_by_id,
        },
        Tool {
            name: "updatePet",
            request: tools::pet::update_pet,
        },
        Tool {
            name: "patchPet",
            request: tools::pet::patch_pet,
        },
        Tool {
            name: "deletePet",
            request: tools::pet::delete_pet,
        },
        Tool {
            name: "getPetCard",
            request: tools::pet::get_pet_card,
        },
        Tool {
            name: "placeOrder",
            request: tools::order::place_order,
        },
        Tool {
            name: "getOrder",
            request: tools::order::get_order,
        },
        Tool {
            name: "getInventory",
            request: tools::store::get_inventory,
        },
        Tool {
            name: "whoAmI",
            request: tools::store::who_am_i,
        },
        Tool {
            name: "getOpeningHours",
            request: tools::store::get_opening_hours,
        },
    ],
    hooks: extra::HOOKS,
};
