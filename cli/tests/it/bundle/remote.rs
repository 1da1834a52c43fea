//! What is fetched for a specification of several files, and where redirects may
//! lead.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::hostile::identity::Authority;
use crate::support::recorder::{Answer, Upstream, message};
use crate::support::{Home, Output, toolmill};

const SHARED: &str = "{ type: boolean }\n";

/// A specification in a file that refers to `/shared.yaml` of an origin.
struct Specs {
    home: Home,
    roots: Option<PathBuf>,
}

impl Specs {
    fn new() -> Self {
        let home = Home::new();
        let roots = None;
        Self { home, roots }
    }

    fn refer(&self, reference: &str) {
        std::fs::write(self.home.path().join("openapi.yaml"), root(reference)).expect("written");
    }

    async fn bundle(&self, spec: &str, more: &[&str]) -> Output {
        let mut command = self.home.command();
        command.current_dir(self.home.path());
        command.args(["bundle", spec]).args(more);
        if let Some(roots) = &self.roots {
            command.env("SSL_CERT_FILE", roots);
        }
        let output = tokio::task::spawn_blocking(move || toolmill::finish(&mut command));
        output.await.expect("it ends")
    }
}

fn root(reference: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{ title: T, version: '1' }}\npaths: {{}}\ncomponents: {{ schemas: {{ A: {{ $ref: '{reference}' }} }} }}\n"
    )
}

fn redirect(status: &str, location: &str) -> Answer {
    Answer::Bytes(message(status, &[&format!("Location: {location}")], ""))
}

fn is_bundled(output: &Output) {
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let bundled: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(
        bundled["components"]["schemas"]["A"],
        json!({ "type": "boolean" })
    );
}

fn is_refused(output: &Output, said: &str) {
    assert_eq!(output.code, Some(3), "{}", output.stdout);
    assert!(output.stdout.is_empty(), "{}", output.stdout);
    let stderr = output.stderr.split_whitespace().collect::<Vec<_>>();
    // Lines are broken where they are long.
    assert!(stderr.join(" ").contains(said), "{said}: {}", output.stderr);
}

#[tokio::test]
async fn a_redirect_to_the_same_place_is_followed() {
    let (specs, upstream) = (Specs::new(), Upstream::start().await);
    specs.refer(&format!("{}/shared.yaml", upstream.origin));
    upstream.answers("200 OK", &[], SHARED);
    for status in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
        for location in ["/v2/shared.yaml", &format!("{}/v2/x", upstream.origin)] {
            upstream.answers_once(redirect(status, location));
            is_bundled(
                &specs
                    .bundle("openapi.yaml", &["--allow-remote=127.0.0.1"])
                    .await,
            );
            assert_eq!(upstream.take().len(), 2, "{status}");
        }
    }
}

#[tokio::test]
async fn three_redirects_are_followed_and_no_more() {
    let (specs, upstream) = (Specs::new(), Upstream::start().await);
    specs.refer(&format!("{}/shared.yaml", upstream.origin));
    for (redirects, followed) in [(3, true), (4, false)] {
        upstream.answers("200 OK", &[], SHARED);
        for step in 0..redirects {
            upstream.answers_once(redirect("302 Found", &format!("/{step}")));
        }
        let output = specs
            .bundle("openapi.yaml", &["--allow-remote=127.0.0.1"])
            .await;
        if followed {
            is_bundled(&output);
        } else {
            is_refused(&output, "It redirects more than 3 times.");
        }
        assert_eq!(upstream.take().len(), 4, "the request and three redirects");
    }
    // A loop is no different.
    upstream.answers_with(redirect("302 Found", "/shared.yaml"));
    let output = specs
        .bundle("openapi.yaml", &["--allow-remote=127.0.0.1"])
        .await;
    is_refused(&output, "It redirects more than 3 times.");
    assert_eq!(upstream.take().len(), 4);
}

/// Not even to a host that may be asked itself: who refers to one document shall
/// not be led to another unseen.
#[tokio::test]
async fn a_redirect_to_another_place_is_an_error_that_names_it() {
    let (specs, upstream) = (Specs::new(), Upstream::start().await);
    let other = Upstream::start().await;
    other.answers("200 OK", &[], SHARED);
    let port = other.origin.rsplit(':').next().expect("a port");
    specs.refer(&format!("{}/shared.yaml", upstream.origin));
    let allowed = ["--allow-remote=127.0.0.1", "--allow-remote=localhost"];
    for location in [
        format!("{}/shared.yaml", other.origin),
        format!("//127.0.0.1:{port}/shared.yaml"),
        format!("http://localhost:{port}/shared.yaml"),
        format!("https://127.0.0.1:{port}/shared.yaml"),
        format!("http://[::ffff:127.0.0.1]:{port}/shared.yaml"),
        format!("http://2130706433:{port}/shared.yaml"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        format!("file://{}/secret.yaml", specs.home.path().display()),
    ] {
        upstream.answers_with(redirect("302 Found", &location));
        let output = specs.bundle("openapi.yaml", &allowed).await;
        is_refused(&output, "could not be fetched");
        assert_eq!(upstream.take().len(), 1, "{location}");
    }
    assert_eq!(other.connections(), 0);
    upstream.answers_with(redirect("302 Found", &format!("{}/b", other.origin)));
    let output = specs.bundle("openapi.yaml", &allowed).await;
    is_refused(
        &output,
        &format!("It redirects to another place, `{}/b`.", other.origin),
    );
    // Control: referred to by its own address, it is taken.
    specs.refer(&format!("{}/shared.yaml", other.origin));
    is_bundled(&specs.bundle("openapi.yaml", &allowed).await);
    assert_eq!(other.connections(), 1);
}

/// What is relative starts from where the document was found (RFC 3986, 5.1.3).
#[tokio::test]
async fn references_are_relative_to_where_redirects_led() {
    let (specs, upstream) = (Specs::new(), Upstream::start().await);
    let redirected = |body: &str| {
        upstream.answers_once(redirect("302 Found", "/v2/spec.yaml"));
        upstream.answers_once(Answer::Bytes(message("200 OK", &[], body)));
        upstream.answers("200 OK", &[], SHARED);
    };
    let asked = |upstream: &Upstream| {
        let requests = upstream.take();
        requests.last().map(|last| last.asked().to_owned())
    };
    redirected(&root("b.yaml"));
    let latest = format!("{}/latest/spec.yaml", upstream.origin);
    is_bundled(&specs.bundle(&latest, &["--allow-remote"]).await);
    assert_eq!(asked(&upstream).as_deref(), Some("GET /v2/b.yaml"));

    // Of a file that is referred to, too.
    redirected("{ $ref: c.yaml }\n");
    specs.refer(&latest);
    let output = specs
        .bundle("openapi.yaml", &["--allow-remote=127.0.0.1"])
        .await;
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert_eq!(asked(&upstream).as_deref(), Some("GET /v2/c.yaml"));
}

#[tokio::test]
async fn a_specification_itself_is_no_redirect_elsewhere() {
    let (specs, upstream) = (Specs::new(), Upstream::start().await);
    let other = Upstream::start().await;
    let url = format!("{}/openapi.yaml", upstream.origin);
    upstream.answers_with(redirect("302 Found", &format!("{}/x", other.origin)));
    for command in ["bundle", "check"] {
        let mut command = {
            let mut started = specs.home.command();
            started.args([command, &url]);
            started
        };
        let output = tokio::task::spawn_blocking(move || toolmill::finish(&mut command));
        let output = output.await.expect("it ends");
        assert_eq!(output.code, Some(1), "{}", output.stderr);
        assert!(
            output.stderr.contains("it redirects to another place"),
            "{}",
            output.stderr
        );
        assert!(
            output.stderr.contains("Give the address it leads to"),
            "{}",
            output.stderr
        );
    }
    assert_eq!(other.connections(), 0);
    upstream.answers("200 OK", &[], root(&format!("{url}#/info")));
    let output = specs.bundle(&url, &[]).await;
    assert_eq!(output.code, Some(0), "control: {}", output.stderr);
}

/// However an address is written, and whatever name has it.
#[tokio::test]
async fn hosts_of_the_own_network_are_not_asked_unnamed() {
    let (specs, upstream) = (Specs::new(), Upstream::start().await);
    upstream.answers("200 OK", &[], SHARED);
    let port = upstream.origin.rsplit(':').next().expect("a port");
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"] {
        specs.refer(&format!("http://{host}:{port}/shared.yaml"));
        let output = specs.bundle("openapi.yaml", &["--allow-remote"]).await;
        is_refused(&output, "not on the public internet");
    }
    assert_eq!(upstream.connections(), 0);
    specs.refer(&format!("http://localhost:{port}/shared.yaml"));
    let allowed = ["--allow-remote", "--allow-remote=localhost"];
    is_bundled(&specs.bundle("openapi.yaml", &allowed).await);
}

#[tokio::test]
async fn a_hundred_documents_are_fetched_and_no_more() {
    let (specs, upstream) = (Specs::new(), Upstream::start().await);
    upstream.answers("200 OK", &[], SHARED);
    for (documents, code) in [(100, 0), (101, 3)] {
        let schemas = (0..documents)
            .map(|number| format!("A{number}: {{ $ref: '{}/{number}' }}", upstream.origin));
        let schemas = schemas.collect::<Vec<_>>().join(", ");
        let text = format!(
            "openapi: 3.0.3\ninfo: {{ title: T, version: '1' }}\npaths: {{}}\ncomponents: {{ schemas: {{ {schemas} }} }}\n"
        );
        std::fs::write(specs.home.path().join("openapi.yaml"), text).expect("written");
        let output = specs
            .bundle("openapi.yaml", &["--allow-remote=127.0.0.1"])
            .await;
        assert_eq!(output.code, Some(code), "{}", output.stderr);
        assert_eq!(upstream.take().len(), 100);
    }
}

#[tokio::test]
async fn https_is_checked_and_never_left() {
    let mut specs = Specs::new();
    let (known, stranger) = (Authority::new(), Authority::new());
    let roots = specs.home.path().join("roots.pem");
    std::fs::write(&roots, known.certificate().pem()).expect("written");
    specs.roots = Some(roots);
    let plain = Upstream::start().await;
    plain.answers("200 OK", &[], SHARED);
    let secure = Upstream::secure(known.identity(&["localhost"], 4000), "localhost").await;
    secure.answers("200 OK", &[], SHARED);
    let allowed = ["--allow-remote=localhost", "--allow-remote=127.0.0.1"];

    specs.refer(&format!("{}/shared.yaml", secure.origin));
    secure.answers_once(redirect("302 Found", "/v2/shared.yaml"));
    is_bundled(&specs.bundle("openapi.yaml", &allowed).await);
    assert_eq!(
        secure.take().len(),
        2,
        "control: within HTTPS it is followed"
    );

    let down = format!("{}/shared.yaml", plain.origin);
    secure.answers_once(redirect("302 Found", &down));
    let output = specs.bundle("openapi.yaml", &allowed).await;
    is_refused(&output, "It redirects to another place");
    assert_eq!(plain.connections(), 0);

    let secure = Upstream::secure(stranger.identity(&["localhost"], 4000), "localhost").await;
    specs.refer(&format!("{}/shared.yaml", secure.origin));
    let output = specs.bundle("openapi.yaml", &allowed).await;
    is_refused(&output, "could not be fetched");
    assert_eq!(secure.take().len(), 0, "nobody knows who that is");
}
