//! The MCP side: which requests are answered, and how.

use std::{
    convert::Infallible,
    sync::{Arc, OnceLock},
    time::Duration,
};

use http::request::Parts;
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestMethod,
        CompleteRequestParams, CompleteResult, CustomRequest, CustomResult, ErrorCode,
        Implementation, JsonObject, ListPromptsRequestMethod, ListPromptsResult,
        ListResourceTemplatesRequestMethod, ListResourceTemplatesResult,
        ListResourcesRequestMethod, ListResourcesResult, ListToolsResult, MetaObject,
        PaginatedRequestParams, ProgressNotificationParam, ProtocolVersion, ServerCapabilities,
        ServerConfig,
    },
    service::RequestContext,
};
use serde_json::Value;
use tokio::time::sleep;

use crate::{
    call::{Calls, Context},
    catalog::Catalog,
    limits::Limits,
    message::Repeated,
    result,
    shorten::beginning,
};

/// How long clients may keep the list of tools, in milliseconds. It changes with a new build only.
const LIST_TTL: u64 = 5 * 60 * 1000;

/// How often a client hears of a call that is still under way.
const PROGRESS: Duration = Duration::from_secs(2);

/// What holds for all tools, and so is said once and in none of their schemas.
const ON_ANSWERS: &str = "Every tool also takes `_fields`, a list of the properties of its answer to show, such as `[\"id\", \"owner.name\"]`.";

/// The `_meta` key under which each result of 2026-07-28 tells whose it is.
pub(crate) const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// The methods whose parameters can be wrong, and that are known to 2026-07-28.
const ANSWERED: &[&str] = &["server/discover", "tools/call", "tools/list"];

/// Bytes of an unknown method that are told.
const TOLD: usize = 128;

/// One generated server, for any number of clients at a time: it keeps nothing between requests.
#[derive(Clone)]
pub(crate) struct Handler(Arc<State>);

struct State {
    calls: Calls,
    catalog: OnceLock<Catalog>,
    config: OnceLock<ServerConfig>,
}

impl Handler {
    pub(crate) fn new(calls: Calls) -> Self {
        Self(Arc::new(State {
            calls,
            catalog: OnceLock::new(),
            config: OnceLock::new(),
        }))
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.calls.limits
    }

    fn catalog(&self) -> &Catalog {
        self.0
            .catalog
            .get_or_init(|| Catalog::of(self.0.calls.server))
    }

    fn config(&self) -> &ServerConfig {
        self.0.config.get_or_init(|| {
            let api = &self.catalog().manifest.api;
            let name = format!("{}-mcp", self.0.calls.server.slug);
            let mut info = Implementation::new(name, api.version.clone());
            if !api.title.is_empty() {
                info = info.with_title(api.title.clone());
            }
            let capabilities = ServerCapabilities::builder().enable_tools().build();
            let config = ServerConfig::new(capabilities).with_server_info(info);
            let instructions = format!("{}\n\n{ON_ANSWERS}", api.description);
            config.with_instructions(instructions.trim_start())
        })
    }

    /// Calls a tool for a client of 2026-07-28; nothing where there is none of this name, or its
    /// arguments have to be compared with headers first. The result does not say yet whose it is.
    pub(crate) async fn call(
        &self,
        name: &str,
        arguments: JsonObject,
        context: Context,
    ) -> Option<CallToolResult> {
        let catalog = self.catalog();
        let tool = catalog.find(name).filter(|tool| !tool.mirrors_arguments)?;
        Some(self.0.calls.make(catalog, tool, arguments, context).await)
    }

    /// What results of 2026-07-28 say of the server.
    pub(crate) fn info(&self) -> &Implementation {
        &self.config().server_info
    }

    /// Says in a result whose it is.
    fn identify(&self, meta: &mut Option<MetaObject>) {
        let info = serde_json::to_value(self.info()).unwrap_or_default();
        meta.get_or_insert_with(MetaObject::new)
            .insert(SERVER_INFO.into(), info);
    }
}

impl ServerHandler for Handler {
    fn get_info(&self) -> ServerConfig {
        self.config().clone()
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let cursor = request.and_then(|request| request.cursor);
        let Some(page) = self.catalog().page(cursor.as_deref(), self.limits()) else {
            return Err(ErrorData::invalid_params(
                "The cursor is not one that this server gave.",
                None,
            ));
        };
        let mut result = ListToolsResult::with_all_items(page.tools)
            .with_ttl_ms(LIST_TTL)
            .with_cache_scope(CacheScope::Public);
        result.next_cursor = page.next;
        if is_modern(&context) {
            self.identify(&mut result.meta);
        }
        Ok(result)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let catalog = self.catalog();
        let Some(tool) = catalog.find(&request.name) else {
            let text = format!("Unknown tool: `{}`", request.name.escape_default());
            return Err(ErrorData::invalid_params(text, None));
        };
        let call = async {
            if let Some(repeated) = repeated(&context) {
                return result::fault(repeated.text());
            }
            let arguments = request.arguments.unwrap_or_default();
            let context = call_context(&context);
            self.0.calls.make(catalog, tool, arguments, context).await
        };
        let mut result = tokio::select! {
            biased;
            result = call => result,
            // The client has gone, or said that it no longer wants the answer.
            () = context.ct.cancelled() => {
                return Err(ErrorData::internal_error("The call was cancelled.", None));
            }
            never = tell_progress(&context) => match never {},
        };
        if is_modern(&context) {
            self.identify(&mut result.meta);
        }
        Ok(result.into())
    }

    /// What rmcp compares a call's `Mcp-Param-…` headers with, for the few tools that want any.
    fn get_tool(&self, name: &str) -> Option<rmcp::model::Tool> {
        let catalog = self.catalog();
        catalog.mirroring(catalog.find(name)?)
    }

    // rmcp answers these with empty lists; a server that does not declare them does not know them.

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListPromptsRequestMethod>())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListResourcesRequestMethod>())
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Err(ErrorData::method_not_found::<
            ListResourceTemplatesRequestMethod,
        >())
    }

    async fn complete(
        &self,
        _: CompleteRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        Err(ErrorData::method_not_found::<CompleteRequestMethod>())
    }

    /// What rmcp knows no method for, or can not read the parameters of.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let method = beginning(&request.method, TOLD);
        if ANSWERED.contains(&method) {
            let text = format!("The parameters of `{method}` are not as MCP has them.");
            return Err(ErrorData::invalid_params(text, None));
        }
        let text = format!("This server does not know the method `{method}`.");
        Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, text, None))
    }
}

/// Tells a client that asked for it, every few seconds, that a call is still under way.
async fn tell_progress(context: &RequestContext<RoleServer>) -> Infallible {
    let Some(token) = context.meta.get_progress_token() else {
        return std::future::pending().await;
    };
    let mut ticks = 0.0;
    loop {
        sleep(PROGRESS).await;
        ticks += 1.0;
        let seconds = ticks * PROGRESS.as_secs_f64();
        let progress = ProgressNotificationParam::new(token.clone(), seconds)
            .with_message(format!("Waiting for the API since {seconds} s."));
        if context.peer.notify_progress(progress).await.is_err() {
            return std::future::pending().await;
        }
    }
}

/// Whether the client speaks 2026-07-28.
fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    context
        .protocol_version()
        .is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}

fn call_context(context: &RequestContext<RoleServer>) -> Context {
    let parts = context.extensions.get::<Parts>();
    Context::new(parts.map(|parts| &parts.headers), |name| {
        context.meta.get(name).map(Value::as_str)
    })
}

/// What the arguments of a call say twice, as it was noted when the message came.
fn repeated(context: &RequestContext<RoleServer>) -> Option<&Repeated> {
    let parts = context.extensions.get::<Parts>();
    let in_head = parts.and_then(|parts| parts.extensions.get());
    in_head.or_else(|| context.extensions.get())
}
