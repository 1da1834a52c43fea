//! The command line. These structs only hold what was typed; what it comes to
//! is in [`crate::settings`].

mod bundle;
mod diff;
mod limits;

use std::path::PathBuf;

pub use bundle::Bundle;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
pub use diff::{Diff, FailOn, Format, Report};
pub use limits::Limits;
use toolmill_core::Slug;
use toolmill_generator::{Rule, SchemaProfile, Selection};

const EXAMPLES: &str = "\
Examples:
  toolmill up openapi.yaml                          everything, on this machine
  toolmill up https://api.example.com/openapi.json --credential api_key=@key.txt
  toolmill call petstore.getPetById '{\"petId\": 1}'  call a tool as an MCP client would
  toolmill check openapi.yaml                       what is wrong with it
  toolmill bundle openapi.yaml -o bundled.json      one document of several files
  toolmill generate openapi.yaml -o my-server       write the crate, and keep it
  toolmill diff old.yaml new.yaml --fail-on breaking  what a new version changes
  toolmill run openapi.yaml --stdio                 one server alone, without a hub

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 unusable specification, 4 something is missing on this machine.";

/// Turns an API's specification into an MCP server, and puts it into people's hands.
#[derive(Debug, Parser)]
#[command(name = "toolmill", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Args)]
pub struct Global {
    /// Print JSON for machines instead of text for people.
    #[arg(long, global = true)]
    pub json: bool,
    /// Where everything is kept [default: ~/.local/share/toolmill].
    #[arg(long, global = true, value_name = "DIR", env = "TOOLMILL_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// Sign in with this token instead of the local user's.
    #[arg(long, global = true, env = "TOOLMILL_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// A TOML file that changes limits; `toolmill limits` lists them [default for an
    /// instance: DATA_DIR/limits.toml, where it is there].
    #[arg(long, global = true, value_name = "FILE", env = "TOOLMILL_LIMITS")]
    pub limits: Option<PathBuf>,
    /// Where compiled dependencies are kept [default: DATA_DIR/cache].
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "TOOLMILL_CACHE_DIR",
        hide = true
    )]
    pub cache_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Register an API, build its server, run it and mount its tools.
    Up(Up),
    /// Run the instance with what is registered, and nothing else.
    Serve(Serve),
    /// Stop the running instance.
    Down,
    /// The registered APIs.
    List,
    /// One API: version, servers, credentials, findings.
    Show(Api),
    /// The tools of an API or of all, or one tool with its arguments.
    Tools(Tools),
    /// Whether the instance and its servers run.
    Status(MaybeApi),
    /// What an API's servers wrote.
    Logs(Logs),
    /// Forget an API with all it has.
    Remove(Api),
    /// Start an API's servers anew.
    Restart(Api),
    /// Print the local user's token.
    Token,
    /// Store, list or forget credentials.
    Credential {
        #[command(subcommand)]
        command: Credential,
    },
    /// Add or list users.
    User {
        #[command(subcommand)]
        command: User,
    },
    /// Let another user use an API of yours, with credentials of their own.
    Share(Share),
    /// Call a tool through the hub, as an MCP client would.
    Call(Call),
    /// Speak MCP on stdin and stdout for clients that know no HTTP.
    Connect,
    /// Say what is wrong with a specification, and what comes of it.
    Check(Check),
    /// Write the server crate of a specification, or say what would change.
    Generate(Generate),
    /// Make one document of a specification in several files.
    Bundle(Bundle),
    /// Say how the tools of two specifications differ, and what breaks callers.
    Diff(Diff),
    /// Build and run the server of a specification alone, without a hub.
    Run(Run),
    /// Run the upstream of the example alone.
    Example(Example),
    /// How much of everything is taken, and how to change that.
    Limits(Limits),
    /// Look for what is missing on this machine, and say what to do.
    Doctor,
    /// Measure: from specification to answer, and what a call costs.
    Bench(Bench),
    /// Print completions for a shell.
    Completions { shell: Shell },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// Docker where a daemon answers, else processes.
    #[default]
    Auto,
    Docker,
    Process,
}

#[derive(Clone, Debug, Args)]
pub struct Listen {
    /// Address to listen on [default: 127.0.0.1].
    #[arg(long)]
    pub host: Option<std::net::IpAddr>,
    /// Port to listen on; 0 for any [default: 8000].
    #[arg(long)]
    pub port: Option<u16>,
    /// What runs the servers.
    #[arg(long, value_enum, default_value_t, env = "TOOLMILL_ENGINE")]
    pub engine: Engine,
}

#[derive(Debug, Args)]
pub struct Up {
    #[command(flatten)]
    pub source: Source,
    /// The API's short name [default: from its title].
    #[arg(long, value_name = "SLUG")]
    pub name: Option<Slug>,
    /// Where the API is, instead of what the specification says.
    #[arg(long, value_name = "URL")]
    pub base_url: Option<url::Url>,
    /// A credential for a security scheme: SCHEME=@FILE, SCHEME=- (standard
    /// input) or SCHEME=VALUE (which others can see in the process list).
    #[arg(long = "credential", value_name = "SCHEME=VALUE")]
    pub credentials: Vec<String>,
    #[command(flatten)]
    pub listen: Listen,
    /// Leave the instance running in the background.
    #[arg(long)]
    pub detach: bool,
}

#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub listen: Listen,
}

#[derive(Debug, Args)]
pub struct Api {
    /// The API's short name.
    pub api: String,
}

#[derive(Debug, Args)]
pub struct MaybeApi {
    /// The API's short name.
    pub api: Option<String>,
}

const TOOLS: &str = "\
Examples:
  toolmill tools                       all tools
  toolmill tools petstore              those of one API
  toolmill tools petstore.getPetById   one, with its arguments and its schemas";

#[derive(Debug, Args)]
#[command(after_help = TOOLS)]
pub struct Tools {
    /// An API's short name, or API and tool: `petstore.getPetById`.
    pub name: Option<String>,
}

#[derive(Debug, Args)]
pub struct Logs {
    pub api: String,
    /// Go on with what comes.
    #[arg(long, short)]
    pub follow: bool,
    /// How many lines to begin with.
    #[arg(long, default_value_t = 100)]
    pub tail: usize,
}

#[derive(Debug, Subcommand)]
pub enum Credential {
    /// Store a credential: VALUE is @FILE, `-` for standard input, or the value itself.
    ///
    /// That of a client certificate (`mutualTLS`) is one PEM text with the certificate, those
    /// between it and its authority, and the key without a passphrase.
    Set {
        api: String,
        scheme: String,
        value: String,
    },
    /// Which credentials an API takes, and which are stored.
    List { api: String },
    /// Forget a credential.
    Remove { api: String, scheme: String },
}

#[derive(Debug, Subcommand)]
pub enum User {
    /// Add a user, and print the token.
    Add {
        name: String,
    },
    List,
}

#[derive(Debug, Args)]
pub struct Share {
    pub api: String,
    /// The user's name.
    #[arg(long)]
    pub with: String,
}

#[derive(Debug, Args)]
pub struct Call {
    /// API and tool: `petstore.getPetById` or `petstore__getPetById`.
    pub tool: String,
    /// The arguments as a JSON object, @FILE, or `-` for standard input.
    #[arg(default_value = "{}")]
    pub arguments: String,
}

#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    pub source: Source,
}

/// A specification, and what is taken of it.
#[derive(Clone, Debug, Args)]
pub struct Source {
    /// A file, a URL, or `-` for standard input.
    pub spec: String,
    /// Change the specification as an OpenAPI Overlay says; repeatable, applied in
    /// this order.
    #[arg(long = "overlay", value_name = "FILE")]
    pub overlays: Vec<String>,
    /// Take only operations that match: tag=NAME, path=/pets/**, method=GET or
    /// operation=list*; repeatable, one match is enough.
    #[arg(long, value_name = "RULE")]
    pub include: Vec<Rule>,
    /// Leave out operations that match; repeatable.
    #[arg(long, value_name = "RULE")]
    pub exclude: Vec<Rule>,
    /// What the tools' input schemas may say: all that the specification does, or only
    /// what the strictest model providers take.
    #[arg(long, value_name = "PROFILE", default_value = "full")]
    pub schema_profile: Profile,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// JSON Schema 2020-12.
    Full,
    /// Every property required, no composition but `anyOf`, no rules; see
    /// docs/clients.md.
    Strict,
}

impl From<Profile> for SchemaProfile {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::Full => Self::Full,
            Profile::Strict => Self::Strict,
        }
    }
}

impl Generate {
    /// How `--diff` reports.
    pub fn report(&self) -> Report {
        Report {
            format: self.format,
            fail_on: self.fail_on,
        }
    }
}

impl Source {
    /// All of a specification, as it is.
    pub fn whole(spec: &str) -> Self {
        Self {
            spec: spec.to_owned(),
            overlays: Vec::new(),
            include: Vec::new(),
            exclude: Vec::new(),
            schema_profile: Profile::Full,
        }
    }

    pub fn selection(&self) -> Selection {
        Selection {
            include: self.include.clone(),
            exclude: self.exclude.clone(),
        }
    }
}

const GENERATE: &str = "\
Generating again writes what changed and removes what is no longer generated.
Files edited by hand are kept and named, and `src/extra.rs` is yours from the start.

Examples:
  toolmill generate openapi.yaml -o my-server          write the crate, or refresh it
  toolmill generate openapi.yaml -o my-server --check  in CI: exit code 1 where it is stale
  toolmill generate openapi.yaml -o my-server --diff --fail-on breaking
                                                       exit code 1 where callers would break
  toolmill generate openapi.yaml -o my-server --diff --format markdown
                                                       for a comment on a pull request";

#[derive(Debug, Args)]
#[command(after_help = GENERATE)]
pub struct Generate {
    #[command(flatten)]
    pub source: Source,
    /// The folder to write; made where it is not there.
    #[arg(long, short, value_name = "DIR")]
    pub output: PathBuf,
    /// Write nothing; fail where the folder is not what would be written.
    #[arg(long)]
    pub check: bool,
    /// Write nothing; say how the tools of the crate in the folder would change.
    #[arg(long, conflicts_with = "check")]
    pub diff: bool,
    /// How differences are written, where `--json` does not say it.
    #[arg(long, value_enum, default_value_t, requires = "diff")]
    pub format: Format,
    /// Exit with code 1 where there are such differences.
    #[arg(long, value_enum, value_name = "WHICH", requires = "diff")]
    pub fail_on: Option<FailOn>,
    /// The API's short name [default: from its title].
    #[arg(long, value_name = "SLUG")]
    pub name: Option<Slug>,
}

#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    pub source: Source,
    /// The API's short name [default: from its title].
    #[arg(long, value_name = "SLUG")]
    pub name: Option<Slug>,
    /// Where the API is, instead of what the specification says.
    #[arg(long, value_name = "URL")]
    pub base_url: Option<url::Url>,
    /// A JSON object of scheme names and values; basic as `user:password`.
    #[arg(long, value_name = "FILE")]
    pub credentials: Option<PathBuf>,
    /// Port to listen on; 0 for any.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Speak MCP on stdin and stdout instead.
    #[arg(long, conflicts_with = "port")]
    pub stdio: bool,
}

#[derive(Debug, Args)]
pub struct Example {
    /// Port to listen on; 0 for any.
    #[arg(long, default_value_t = 8090)]
    pub port: u16,
}

#[derive(Debug, Args)]
pub struct Bench {
    /// Calls of each measurement.
    #[arg(long, default_value_t = 2000)]
    pub calls: u32,
    /// Also measure a cold build of the compiled dependencies (minutes).
    #[arg(long)]
    pub cold: bool,
    #[arg(long, value_enum, default_value_t)]
    pub engine: Engine,
}
