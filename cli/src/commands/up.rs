//! `toolmill up SPEC`: all eight steps on this machine.

use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use toolmill_core::{EngineKind, Step, StepEvent, StepState};
use toolmill_generator::{self as generator, be_strict, hide};
use toolmill_registry::ApiView;

use super::Context;
use crate::args::{Engine, Profile, Source, Up};
use crate::client::{Instance, McpClient};
use crate::document::{One, Opened, one, open};
use crate::failure::{Failure, Result};
use crate::instance::{self, Running, lock};
use crate::limits::Limits;
use crate::settings::ListenSettings;
use crate::spec::{self, Spec};
use crate::ui::{self, StepLines, counted};
use crate::{client_config, secret};

pub async fn up(context: &Context, args: Up) -> Result<()> {
    let credentials = credentials(&args.credentials)?;
    let limits = context.instance_limits()?;
    let spec = taken(&args.source, limits.specification.clone()).await?;
    let settings = ListenSettings::from(&args.listen);
    let started = start(context, settings, limits, args.detach).await?;
    let instance = context.instance().await?;
    let outcome = bring_up(context, &instance, &args, &spec, &credentials)
        .await
        .map_err(|failure| failure.within(&spec));
    match started {
        Some(running) => {
            if outcome.is_ok() {
                if !context.json {
                    ui::note("\nCtrl-C stops it.");
                }
                instance::stop_asked().await;
            }
            running.stop().await;
        }
        None if outcome.is_ok() && !context.json => {
            ui::note("\n`toolmill down` stops the instance.");
        }
        None => {}
    }
    outcome
}

/// What is registered: the specification as it is, or as it was asked to be.
async fn taken(source: &Source, limits: generator::Limits) -> Result<Spec> {
    let selection = source.selection();
    let is_strict = source.schema_profile == Profile::Strict;
    if source.overlays.is_empty() && selection.is_all() && !is_strict {
        let spec = spec::read(&source.spec, &limits).await?;
        let One { spec, found } = one(spec, &limits).await?;
        ui::show_findings(&found, &spec);
        return Ok(spec);
    }
    let Opened {
        document,
        spec,
        found,
        ..
    } = open(source, limits).await?;
    ui::show_findings(&found, &spec);
    let mut document = hide(&document, &selection);
    if is_strict {
        document = be_strict(&document);
    }
    Ok(spec.changed(document.bytes))
}

/// Starts an instance in this process, or behind it; `None` where the one in
/// use outlives this command.
async fn start(
    context: &Context,
    settings: ListenSettings,
    limits: Limits,
    detach: bool,
) -> Result<Option<Running>> {
    let directories = &context.directories;
    if let Some(holder) = lock::listening(&directories.lock_file(), Duration::from_secs(10)).await?
    {
        instance::may_join(&holder, settings, directories)?;
        same_engine(context, settings).await?;
        return Ok(None);
    }
    if detach {
        instance::spawn_detached(directories, settings, context.limits_file()).await?;
        return Ok(None);
    }
    instance::start(directories, settings, limits)
        .await
        .map(Some)
}

/// Refuses to join an instance whose engine is not the one that was asked for.
async fn same_engine(context: &Context, settings: ListenSettings) -> Result<()> {
    let engine = context.instance().await?.about().await?.engine;
    let wanted = match settings.engine {
        Engine::Auto => return Ok(()),
        Engine::Docker => EngineKind::Docker,
        Engine::Process => EngineKind::Process,
    };
    if engine == wanted {
        return Ok(());
    }
    Err(
        Failure::new(format!("The running instance uses the engine `{engine}`."))
            .hint("Stop it with `toolmill down` first, or leave out `--engine`."),
    )
}

async fn bring_up(
    context: &Context,
    instance: &Instance,
    args: &Up,
    spec: &Spec,
    credentials: &[(String, SecretString)],
) -> Result<()> {
    let mut lines = StepLines::new(context.json);
    let api = register(instance, args, spec, &mut lines).await?;
    let slug = api.slug.as_str();
    let mut failure = None;
    instance
        .follow(slug, async |event| {
            lines.take(&event);
            match &event.state {
                // From here on the instance knows which schemes there are, and
                // the long steps are still to come.
                StepState::Finished { .. } if event.step == Step::Render => {
                    put_credentials(instance, slug, credentials).await?;
                }
                StepState::Failed { problem } => failure = Some(problem.clone()),
                _ => {}
            }
            Ok(())
        })
        .await?;
    if let Some(problem) = failure {
        return Err(problem.into());
    }
    // The events of a version that was already mounted do not show a render.
    put_credentials(instance, slug, credentials).await?;
    let api = instance.api(slug).await?;
    if !api.mounted {
        return Err(Failure::new(format!("`{slug}` was not mounted."))
            .hint(format!("`toolmill show {slug}` tells how far it came.")));
    }
    call(instance, &api, &mut lines).await?;
    report(context, instance, &api, spec, &lines).await
}

async fn register(
    instance: &Instance,
    args: &Up,
    spec: &Spec,
    lines: &mut StepLines,
) -> Result<ApiView> {
    let begun = begin(lines, Step::Register);
    let registered = instance
        .register(
            spec.bytes.to_vec(),
            args.name.as_ref(),
            args.base_url.as_ref(),
        )
        .await;
    match registered {
        Ok(api) => {
            let message = format!("`{}` version {}", api.slug, api.version);
            finish(lines, Step::Register, begun, message);
            Ok(api)
        }
        Err(failure) => {
            let problem = failure.problem();
            lines.take(&StepEvent {
                step: Step::Register,
                state: StepState::Failed { problem },
            });
            Err(failure)
        }
    }
}

/// Meets the hub as a client would: the tools are there, and the example's
/// upstream answers.
async fn call(instance: &Instance, api: &ApiView, lines: &mut StepLines) -> Result<()> {
    let begun = begin(lines, Step::Call);
    let client = McpClient::connect(&instance.mcp_url(), Some(instance.token())).await?;
    let prefix = format!("{}__", api.slug);
    let tools = client.tools().await?;
    let listed = tools
        .iter()
        .filter(|tool| tool.name.starts_with(&prefix))
        .count();
    let message = if api.example.is_some() {
        let tool = format!("{prefix}getPetById");
        let arguments = [("petId".to_owned(), json!(1))].into_iter().collect();
        let result = client.call(&tool, arguments).await?;
        if result.is_error == Some(true) {
            return Err(Failure::new(format!("`{tool}` answers with an error.")));
        }
        format!("`{tool}` answers")
    } else {
        format!("the hub lists {}", counted(listed, "tool"))
    };
    client.close().await;
    let expected = usize::try_from(api.tools).unwrap_or(usize::MAX);
    if listed != expected {
        return Err(Failure::new(format!(
            "The hub lists {listed} of {}.",
            counted(expected, "tool")
        )));
    }
    finish(lines, Step::Call, begun, message);
    Ok(())
}

async fn report(
    context: &Context,
    instance: &Instance,
    api: &ApiView,
    spec: &Spec,
    lines: &StepLines,
) -> Result<()> {
    let slug = &api.slug;
    let token = instance.token().expose_secret();
    let url = instance.mcp_url();
    if context.json {
        ui::json(&json!({
            "mcp_url": url,
            "token": token,
            "api": slug,
            "version": api.version,
            "engine": instance.about().await?.engine,
            "tools": api.tools,
            "seconds": lines.seconds(),
        }));
        return Ok(());
    }
    ui::show_some_findings(&api.diagnostics, spec);
    ui::say(format!("\nMCP URL  {url}\nToken    {token}\n"));
    ui::say(client_config::blocks(
        &url,
        token,
        &context.directories.data,
    ));
    let tools = instance.tools(slug.as_str()).await?;
    ui::say(format!("{}, such as", counted(tools.len(), "tool")));
    for tool in tools.iter().take(5) {
        ui::say(format!("  {:40} {} {}", tool.name, tool.method, tool.path));
    }
    missing_credentials(instance, slug.as_str()).await
}

/// Says which credentials the tools still wait for.
async fn missing_credentials(instance: &Instance, api: &str) -> Result<()> {
    for credential in instance.credentials(api).await? {
        if credential.kind.is_some() && !credential.set {
            let scheme = credential.scheme;
            ui::note(format!(
                "No credential is stored for `{scheme}`: `toolmill credential set {api} {scheme} @FILE`"
            ));
        }
    }
    Ok(())
}

fn credentials(arguments: &[String]) -> Result<Vec<(String, SecretString)>> {
    let read = arguments.iter().map(|argument| {
        let (scheme, value) = secret::split(argument)?;
        Ok((scheme.to_owned(), secret::read(scheme, value)?))
    });
    read.collect()
}

async fn put_credentials(
    instance: &Instance,
    api: &str,
    credentials: &[(String, SecretString)],
) -> Result<()> {
    for (scheme, value) in credentials {
        instance.put_credential(api, scheme, value).await?;
    }
    Ok(())
}

fn begin(lines: &mut StepLines, step: Step) -> Instant {
    lines.take(&StepEvent {
        step,
        state: StepState::Started,
    });
    Instant::now()
}

fn finish(lines: &mut StepLines, step: Step, begun: Instant, message: String) {
    let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    lines.take(&StepEvent {
        step,
        state: StepState::Finished {
            milliseconds,
            message,
        },
    });
}
