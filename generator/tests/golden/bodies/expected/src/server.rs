//! What this server consists of.

use toolmill_runtime::{Server, Tool};

use crate::{extra, security, tools};

pub static SERVER: Server = Server {
    slug: "bodies",
    manifest: include_str!("../tools.json"),
    security: security::SCHEMES,
    tools: &[
        Tool {
            name: "sendForm",
            request: tools::untagged::send_form,
        },
        Tool {
            name: "upload",
            request: tools::untagged::upload,
        },
        Tool {
            name: "uploadNested",
            request: tools::untagged::upload_nested,
        },
        Tool {
            name: "uploadRotated",
            request: tools::untagged::upload_rotated,
        },
        Tool {
            name: "sendText",
            request: tools::untagged::send_text,
        },
        Tool {
            name: "sendXmlText",
            request: tools::untagged::send_xml_text,
        },
        Tool {
            name: "sendBytes",
            request: tools::untagged::send_bytes,
        },
        Tool {
            name: "sendImage",
            request: tools::untagged::send_image,
        },
        Tool {
            name: "preferJson",
            request: tools::untagged::prefer_json,
        },
        Tool {
            name: "sendPetXml",
            request: tools::untagged::send_pet_xml,
        },
    ],
    hooks: extra::HOOKS,
};
