//! One file per command.

mod bench;
mod bundle;
mod call;
mod check;
mod completions;
mod connect;
mod credential;
mod diff;
mod doctor;
mod down;
mod example;
mod generate;
mod limits;
mod list;
mod logs;
mod remove;
mod restart;
mod run;
mod serve;
mod share;
mod show;
mod stale;
mod status;
mod surface;
mod token;
mod tools;
mod up;
mod user;

use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use crate::args::{Cli, Command};
use crate::client::Instance;
use crate::failure::{Code, Failure, Result};
use crate::instance::{lock, token as token_file};
use crate::limits::Limits;
use crate::settings::Directories;

/// What every command gets.
pub struct Context {
    pub json: bool,
    pub directories: Directories,
    /// The file of limits that was named.
    limits: Option<PathBuf>,
    /// Who to be instead of the local user.
    pub token: Option<SecretString>,
}

impl Context {
    /// What is taken, where no instance takes part.
    ///
    /// # Errors
    /// Where the file of limits cannot be used.
    pub fn limits(&self) -> Result<Limits> {
        self.limits
            .as_deref()
            .map_or_else(|| Ok(Limits::default()), Limits::read)
    }

    /// The file of limits, where one was named.
    pub fn limits_file(&self) -> Option<&Path> {
        self.limits.as_deref()
    }

    /// What the instance on the data directory takes.
    ///
    /// # Errors
    /// Where the file of limits cannot be used.
    pub fn instance_limits(&self) -> Result<Limits> {
        let own = self.directories.limits_file();
        match &self.limits {
            None if own.exists() => Limits::read(&own),
            _ => self.limits(),
        }
    }

    /// The running instance, as the local user or whose token was given.
    ///
    /// # Errors
    /// Where none runs on the data directory.
    pub async fn instance(&self) -> Result<Instance> {
        let directories = &self.directories;
        let holder = lock::listening(&directories.lock_file(), Duration::from_secs(10)).await?;
        let base = holder.and_then(|holder| holder.base_url()).ok_or_else(|| {
            let data = directories.data.display();
            Failure::new(format!("No instance runs on the data directory `{data}`."))
                .code(Code::NoInstance)
                .hint("`toolmill up SPEC` starts one; `--data-dir DIR` names another directory.")
        })?;
        let token = match &self.token {
            Some(token) => token.clone(),
            None => token_file::read(&directories.token_file())?,
        };
        Ok(Instance::new(base, token))
    }
}

pub async fn dispatch(cli: Cli) -> Result<()> {
    let context = Context {
        json: cli.global.json,
        directories: Directories::resolve(&cli.global)?,
        limits: cli
            .global
            .limits
            .filter(|file| !file.as_os_str().is_empty()),
        token: cli
            .global
            .token
            .filter(|token| !token.is_empty())
            .map(SecretString::from),
    };
    match cli.command {
        Command::Up(args) => up::up(&context, args).await,
        Command::Serve(args) => serve::serve(&context, &args).await,
        Command::Down => down::down(&context).await,
        Command::List => list::list(&context).await,
        Command::Show(args) => show::show(&context, &args.api).await,
        Command::Tools(args) => tools::tools(&context, args.name.as_deref()).await,
        Command::Status(args) => status::status(&context, args.api.as_deref()).await,
        Command::Logs(args) => logs::logs(&context, &args).await,
        Command::Remove(args) => remove::remove(&context, &args.api).await,
        Command::Restart(args) => restart::restart(&context, &args.api).await,
        Command::Token => token::token(&context),
        Command::Credential { command } => credential::credential(&context, command).await,
        Command::User { command } => user::user(&context, command).await,
        Command::Share(args) => share::share(&context, &args).await,
        Command::Call(args) => call::call(&context, args).await,
        Command::Connect => connect::connect(&context).await,
        Command::Check(args) => check::check(&context, args).await,
        Command::Generate(args) => generate::generate(&context, args).await,
        Command::Bundle(args) => bundle::bundle(&context, &args).await,
        Command::Diff(args) => diff::diff(&context, &args).await,
        Command::Run(args) => run::run(&context, args).await,
        Command::Example(args) => example::example(&context, &args).await,
        Command::Limits(args) => limits::limits(&context, &args),
        Command::Doctor => doctor::doctor(&context).await,
        Command::Bench(args) => bench::bench(&context, &args).await,
        Command::Completions { shell } => {
            completions::completions(shell);
            Ok(())
        }
    }
}
