//! The table of tools.

use toolmill_runtime::{Server, Tool};

use crate::{bodies, extra, later, security, tools};

pub static SERVER: Server = Server {
    slug: "fixture",
    manifest: include_str!("tools.json"),
    security: security::SCHEMES,
    tools: &[
        Tool {
            name: "pathSimple",
            request: tools::path_simple,
        },
        Tool {
            name: "pathSimpleExploded",
            request: tools::path_simple_exploded,
        },
        Tool {
            name: "pathLabel",
            request: tools::path_label,
        },
        Tool {
            name: "pathLabelExploded",
            request: tools::path_label_exploded,
        },
        Tool {
            name: "pathMatrix",
            request: tools::path_matrix,
        },
        Tool {
            name: "pathMatrixExploded",
            request: tools::path_matrix_exploded,
        },
        Tool {
            name: "pathSpace",
            request: tools::path_space,
        },
        Tool {
            name: "pathPipe",
            request: tools::path_pipe,
        },
        Tool {
            name: "pathTab",
            request: tools::path_tab,
        },
        Tool {
            name: "pathJson",
            request: tools::path_json,
        },
        Tool {
            name: "queryForm",
            request: tools::query_form,
        },
        Tool {
            name: "queryFormExploded",
            request: tools::query_form_exploded,
        },
        Tool {
            name: "querySpace",
            request: tools::query_space,
        },
        Tool {
            name: "querySpaceExploded",
            request: tools::query_space_exploded,
        },
        Tool {
            name: "queryPipe",
            request: tools::query_pipe,
        },
        Tool {
            name: "queryTab",
            request: tools::query_tab,
        },
        Tool {
            name: "queryDeep",
            request: tools::query_deep,
        },
        Tool {
            name: "queryReserved",
            request: tools::query_reserved,
        },
        Tool {
            name: "queryJson",
            request: tools::query_json,
        },
        Tool {
            name: "copyPet",
            request: later::copy_pet,
        },
        Tool {
            name: "searchPets",
            request: later::search_pets,
        },
        Tool {
            name: "wholeForm",
            request: later::whole_form,
        },
        Tool {
            name: "wholeJson",
            request: later::whole_json,
        },
        Tool {
            name: "wholeText",
            request: later::whole_text,
        },
        Tool {
            name: "sendLines",
            request: later::send_lines,
        },
        Tool {
            name: "sendSequence",
            request: later::send_sequence,
        },
        Tool {
            name: "strictPet",
            request: tools::strict_pet,
        },
        Tool {
            name: "headerSimple",
            request: tools::header_simple,
        },
        Tool {
            name: "headerSimpleExploded",
            request: tools::header_simple_exploded,
        },
        Tool {
            name: "headerSpace",
            request: tools::header_space,
        },
        Tool {
            name: "headerPipe",
            request: tools::header_pipe,
        },
        Tool {
            name: "headerTab",
            request: tools::header_tab,
        },
        Tool {
            name: "headerJson",
            request: tools::header_json,
        },
        Tool {
            name: "cookieForm",
            request: tools::cookie_form,
        },
        Tool {
            name: "cookieFormExploded",
            request: tools::cookie_form_exploded,
        },
        Tool {
            name: "getPet",
            request: tools::get_pet,
        },
        Tool {
            name: "listPets",
            request: tools::list_pets,
        },
        Tool {
            name: "addPet",
            request: tools::add_pet,
        },
        Tool {
            name: "patchPet",
            request: tools::patch_pet,
        },
        Tool {
            name: "deletePet",
            request: tools::delete_pet,
        },
        Tool {
            name: "sameName",
            request: tools::same_name,
        },
        Tool {
            name: "oneSegment",
            request: tools::one_segment,
        },
        Tool {
            name: "reservedHeaders",
            request: tools::reserved_headers,
        },
        Tool {
            name: "securedCertificate",
            request: tools::secured_certificate,
        },
        Tool {
            name: "securedHeader",
            request: tools::secured_header,
        },
        Tool {
            name: "securedQuery",
            request: tools::secured_query,
        },
        Tool {
            name: "securedCookie",
            request: tools::secured_cookie,
        },
        Tool {
            name: "securedEither",
            request: tools::secured_either,
        },
        Tool {
            name: "securedOptional",
            request: tools::secured_optional,
        },
        Tool {
            name: "unsecured",
            request: tools::unsecured,
        },
        Tool {
            name: "elsewhere",
            request: tools::elsewhere,
        },
        Tool {
            name: "hooked",
            request: tools::hooked,
        },
        Tool {
            name: "refused",
            request: tools::hooked,
        },
        Tool {
            name: "panics",
            request: tools::panics,
        },
        Tool {
            name: "oddSchema",
            request: tools::get_pet,
        },
        Tool {
            name: "alternatives",
            request: tools::get_pet,
        },
        Tool {
            name: "replaced",
            request: tools::unsecured,
        },
        Tool {
            name: "sendForm",
            request: bodies::form,
        },
        Tool {
            name: "sendParts",
            request: bodies::parts,
        },
        Tool {
            name: "sendText",
            request: bodies::text,
        },
        Tool {
            name: "sendBytes",
            request: bodies::bytes,
        },
        Tool {
            name: "sendImage",
            request: bodies::image,
        },
        Tool {
            name: "sendXml",
            request: bodies::xml,
        },
        Tool {
            name: "sendJson",
            request: bodies::json,
        },
    ],
    hooks: extra::HOOKS,
};
