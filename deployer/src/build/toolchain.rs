//! The Rust toolchain and the linker of this machine.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio::process::Command;

use super::command::{Finished, command, run};
use super::limits::BuildLimits;
use super::sandbox::confine;
use crate::error::{Error, Result};

/// What the crates of a server need.
const MINIMUM: &str = env!("CARGO_PKG_RUST_VERSION");

/// The flag that makes a binary stand alone, so that an empty image can run it.
pub(super) const STATIC: &str = "-Ctarget-feature=+crt-static";

/// A compiler that was asked for its version.
#[derive(Clone, Debug)]
pub struct Toolchain {
    pub rustc: PathBuf,
    pub cargo: PathBuf,
    /// Such as `1.95.0`.
    pub release: String,
    /// Target triple of this machine.
    pub host: String,
    /// All that `rustc -vV` says.
    pub verbose: String,
    sysroot: PathBuf,
    /// What it may use.
    pub(super) limits: BuildLimits,
}

/// A linker that has linked a static program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linker {
    /// For people, such as `cc with rust-lld`.
    pub description: String,
    /// Flags for `rustc`.
    pub(super) flags: Vec<String>,
    /// Whether it works where only the system's own folders can be read.
    pub confined: bool,
}

impl Toolchain {
    /// Finds `rustc` and `cargo` on the search path. Takes some 50 ms.
    ///
    /// # Errors
    /// Where one of them is missing or too old.
    pub async fn find() -> Result<Self> {
        let (verbose, sysroot, _) = tokio::try_join!(
            ask("rustc", &["-vV"]),
            ask("rustc", &["--print", "sysroot"]),
            ask("cargo", &["-V"]),
        )?;
        let sysroot = PathBuf::from(sysroot.trim());
        let field = |name: &str| {
            verbose
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .map(str::to_owned)
                .ok_or_else(|| Error::BrokenProgram {
                    program: "rustc",
                    detail: verbose.clone(),
                })
        };
        let release = field("release: ")?;
        if version(&release) < version(MINIMUM) {
            return Err(Error::OldCompiler {
                found: release,
                needed: MINIMUM,
            });
        }
        Ok(Self {
            rustc: behind_proxy(&sysroot, "rustc"),
            cargo: behind_proxy(&sysroot, "cargo"),
            release,
            host: field("host: ")?,
            verbose,
            sysroot,
            limits: BuildLimits::default(),
        })
    }

    pub(super) fn within(self, limits: BuildLimits) -> Self {
        Self { limits, ..self }
    }

    /// How the runtime is compiled. On Linux it asks the kernel for randomness
    /// by the system call alone: a static program finds no C library's function
    /// for it, and a confined server has no `/dev/urandom`.
    pub(super) fn target_flags(&self) -> String {
        if self.host.contains("-linux-") {
            return format!("{STATIC} --cfg getrandom_backend=\"linux_getrandom\"");
        }
        STATIC.to_owned()
    }

    /// Links a trivial static program in each way that may work, the best
    /// first, and says which one did.
    ///
    /// # Errors
    /// Where none did: no linker, or no C library for static linking.
    pub async fn linker(&self) -> Result<Linker> {
        let mut first_fault = None;
        let confined = self.candidates().into_iter();
        let open = self.candidates().into_iter().map(|linker| Linker {
            confined: false,
            ..linker
        });
        for linker in confined.chain(open) {
            let finished = self.link_trivial_program(&linker).await?;
            if finished.status.success() {
                return Ok(linker);
            }
            first_fault.get_or_insert(finished.log);
        }
        Err(Error::NoLinker {
            detail: first_fault.unwrap_or_default(),
        })
    }

    async fn link_trivial_program(&self, linker: &Linker) -> Result<Finished> {
        let folder =
            tempfile::tempdir().map_err(Error::io("make a folder in", &std::env::temp_dir()))?;
        let source = folder.path().join("main.rs");
        std::fs::write(&source, "fn main() {}\n").map_err(Error::io("write", &source))?;
        // Limits that are too small for it would pass for a linker that cannot be confined.
        let usual = self.clone().within(BuildLimits::default());
        let mut rustc = usual.rustc(linker, &[], folder.path())?;
        rustc.args(["--edition=2024", STATIC, "main.rs"]);
        run(rustc, "A trivial program", &usual.limits, |_| {}).await
    }

    /// The compiler in `folder`, the only one it may write. `reads` is what it
    /// needs besides the system and itself.
    pub(super) fn rustc(&self, linker: &Linker, reads: &[&Path], folder: &Path) -> Result<Command> {
        let mut rustc = command(&self.rustc);
        rustc
            .current_dir(folder)
            .env("TMPDIR", folder)
            .args(["--target", &self.host])
            .args(&linker.flags);
        if linker.confined {
            let reads: Vec<&Path> = reads.iter().copied().chain([&*self.sysroot]).collect();
            confine(&mut rustc, &reads, folder, &self.limits)
                .map_err(Error::io("confine", &self.rustc))?;
        }
        Ok(rustc)
    }

    fn candidates(&self) -> Vec<Linker> {
        let bundled = self
            .sysroot
            .join("lib/rustlib")
            .join(&self.host)
            .join("bin/gcc-ld");
        let lld = bundled.join("ld.lld").is_file().then(|| {
            vec![
                format!("-Clink-arg=-B{}", bundled.display()),
                "-Clink-arg=-fuse-ld=lld".to_owned(),
            ]
        });
        let mut candidates = Vec::new();
        for driver in ["cc", "gcc", "clang"] {
            let by = format!("-Clinker={driver}");
            if let Some(lld) = &lld {
                candidates.push(Linker {
                    description: format!("{driver} with rust-lld"),
                    flags: [vec![by.clone()], lld.clone()].concat(),
                    confined: true,
                });
            }
            candidates.push(Linker {
                description: driver.to_owned(),
                flags: vec![by],
                confined: true,
            });
        }
        candidates
    }
}

async fn ask(program: &'static str, arguments: &[&str]) -> Result<String> {
    let mut answer = String::new();
    let mut asked = command(Path::new(program));
    asked.args(arguments);
    let finished = run(asked, program, &BuildLimits::default(), |line| {
        answer.push_str(line);
        answer.push('\n');
    })
    .await
    .map_err(|error| match error {
        Error::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            Error::MissingProgram(program)
        }
        other => other,
    })?;
    if finished.status.success() {
        Ok(answer)
    } else {
        Err(Error::BrokenProgram {
            program,
            detail: finished.log,
        })
    }
}

/// The program itself where rustup's stand-in is on the search path: the
/// stand-in costs time and reads settings of the folder it is run in.
fn behind_proxy(sysroot: &Path, program: &str) -> PathBuf {
    let own = sysroot.join("bin").join(program);
    if own.is_file() {
        own
    } else {
        PathBuf::from(program)
    }
}

/// `1.95.0-nightly` → `[1, 95, 0]`
fn version(text: &str) -> Vec<u32> {
    text.split(['.', '-'])
        .map_while(|part| part.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(version("1.100.0") > version("1.95"));
        assert!(version("1.95.0-nightly") >= version("1.95"));
        assert!(version("1.94.1") < version("1.95"));
    }
}
