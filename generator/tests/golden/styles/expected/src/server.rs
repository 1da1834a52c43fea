//! What this server consists of.

use toolmill_runtime::{Server, Tool};

use crate::{extra, security, tools};

pub static SERVER: Server = Server {
    slug: "styles",
    manifest: include_str!("../tools.json"),
    security: security::SCHEMES,
    tools: &[
        Tool {
            name: "path-styles",
            request: tools::styles::path_styles,
        },
        Tool {
            name: "query_styles",
            request: tools::styles::query_styles,
        },
        Tool {
            name: "places",
            request: tools::untagged::places,
        },
        Tool {
            name: "type",
            request: tools::nodes::type_,
        },
        Tool {
            name: "patch_nodes",
            request: tools::nodes::patch_nodes,
        },
        Tool {
            name: "addPerson",
            request: tools::nodes::add_person,
        },
    ],
    hooks: extra::HOOKS,
};
