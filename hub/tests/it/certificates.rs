//! Client certificates, seen from an API that asks for them.

use serde_json::{Value, json};
use tokio_rustls::rustls::SupportedProtocolVersion;
use tokio_rustls::rustls::version::{TLS12, TLS13};

use crate::support::api::Api;
use crate::support::asking::{Asking, Identity};
use crate::support::identity::Authority;
use crate::support::upstream::{Upstream, header};
use crate::support::world::{Person, World};

static VERSIONS: [&[&SupportedProtocolVersion]; 2] = [&[&TLS12], &[&TLS13]];

/// An API over TLS, and a hub that knows its authority.
struct Setting {
    upstream: Upstream,
    world: World,
    /// The authority of its clients.
    clients: Authority,
    security: Value,
}

impl Setting {
    async fn new(asking: Asking, security: Value) -> Self {
        let (servers, clients) = (Authority::new(), Authority::new());
        let upstream = Upstream::speaking(asking.tls(&servers, &clients)).await;
        let root = servers.certificate().der().to_vec();
        Self {
            upstream,
            world: World::with(|config| config.further_roots.push(root)).await,
            clients,
            security,
        }
    }

    fn url(&self) -> String {
        format!("https://localhost:{}/pets", self.upstream.port)
    }

    fn api(&self, origin: &str) -> Api {
        let schemes = json!({
            "certificate": {"type": "mutualTLS"},
            "second": {"type": "mutualTLS"},
            "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
        });
        Api::at(origin).with_schemes(schemes, self.security.clone())
    }

    async fn user(&self, name: &str) -> Person {
        let api = self.api(self.url().trim_end_matches("/pets"));
        self.world.user_with(name, &api).await
    }

    /// One who shows the certificate of a client of the same name.
    async fn client(&self, name: &str) -> (Person, Identity) {
        let (person, client) = (
            self.user(name).await,
            Identity::of(&self.clients, name, 4000),
        );
        self.show(&person, &client.pem).await;
        (person, client)
    }

    async fn show(&self, person: &Person, pem: &str) {
        self.world.credential(person, "certificate", pem).await;
    }

    async fn fetch(&self, person: &Person) -> Value {
        person.client.fetch(json!({"url": self.url()})).await
    }
}

fn refusal(answer: &Value) -> &str {
    let code = answer["headers"]["toolmill-broker-error"].as_str();
    code.unwrap_or("none")
}

fn detail(answer: &Value) -> String {
    let problem: Value =
        serde_json::from_str(answer["body"].as_str().expect("text")).expect("JSON");
    problem["detail"].as_str().expect("a detail").to_owned()
}

#[tokio::test]
async fn each_user_shows_their_own_certificate() {
    let setting = Setting::new(Asking::DEMANDING, json!([["certificate"]])).await;
    let (ann, hers) = setting.client("ann").await;
    let (bob, his) = setting.client("bob").await;
    for person in [&ann, &bob, &ann] {
        let answer = setting.fetch(person).await;
        assert_eq!(answer["status"], 200, "{answer}");
    }
    let (hers, his) = (Some(hers.certificate), Some(his.certificate));
    let shown = setting.upstream.certificates();
    assert_eq!(shown, [hers.clone(), his, hers]);
    assert_eq!(setting.upstream.connections(), 2, "hers was kept");
    let audit = setting.world.audit(&ann).await;
    let used = audit
        .iter()
        .any(|row| format!("{row:?}").contains("`certificate`"));
    assert!(used, "{audit:?}");
}

#[tokio::test]
async fn a_missing_certificate_is_explained() {
    let setting = Setting::new(Asking::DEMANDING, json!([["certificate"]])).await;
    let ann = setting.user("ann").await;
    let refused = setting.fetch(&ann).await;
    assert_eq!(refused["status"], 424);
    assert_eq!(refusal(&refused), "credential-missing");
    assert_eq!(
        detail(&refused),
        "`fetch` needs a credential that is not stored: `certificate`. \
         Set it with `toolmill credential set pets certificate @FILE`."
    );
    assert_eq!(setting.upstream.connections(), 0);
}

#[tokio::test]
async fn a_connection_is_kept_for_the_certificate_that_it_showed() {
    let setting = Setting::new(Asking::TAKING, json!([[], ["certificate"]])).await;
    let ann = setting.user("ann").await;
    let (one, other) = (
        Identity::of(&setting.clients, "one", 4000),
        Identity::of(&setting.clients, "other", 4000),
    );
    setting.fetch(&ann).await;
    setting.show(&ann, &one.pem).await;
    setting.fetch(&ann).await;
    setting.show(&ann, &other.pem).await;
    setting.fetch(&ann).await;
    setting.world.no_credential(&ann, "certificate").await;
    setting.fetch(&ann).await;
    setting.show(&ann, &one.pem).await;
    setting.fetch(&ann).await;
    let (one, other) = (Some(one.certificate), Some(other.certificate));
    let shown = setting.upstream.certificates();
    assert_eq!(shown, [None, one.clone(), other, None, one]);
    assert_eq!(setting.upstream.connections(), 3, "two were used again");
}

#[tokio::test]
async fn a_certificate_stands_with_other_credentials_and_among_alternatives() {
    let security = json!([["certificate", "key"], ["key"]]);
    let setting = Setting::new(Asking::TAKING, security).await;
    let (ann, hers) = setting.client("ann").await;
    let refused = setting.fetch(&ann).await;
    assert!(
        detail(&refused).contains("`certificate` and `key`, or `key`"),
        "{refused}"
    );
    setting.world.credential(&ann, "key", "of-ann-1").await;
    assert_eq!(setting.fetch(&ann).await["status"], 200);
    assert_eq!(header(&setting.upstream.last(), "x-api-key"), ["of-ann-1"]);
    setting.world.no_credential(&ann, "certificate").await;
    assert_eq!(setting.fetch(&ann).await["status"], 200);
    let shown = setting.upstream.certificates();
    assert_eq!(shown, [Some(hers.certificate), None]);
}

/// TLS 1.2 says so within its handshake, TLS 1.3 after it.
#[tokio::test]
async fn a_certificate_that_the_api_refuses_is_told() {
    for versions in VERSIONS {
        let asking = Asking::DEMANDING.speaking(versions);
        let setting = Setting::new(asking, json!([["certificate"]])).await;
        let (ann, _) = setting.client("ann").await;
        assert_eq!(setting.fetch(&ann).await["status"], 200, "control");
        for (client, alert) in [
            (Identity::of(&Authority::new(), "ann", 4000), "TLS alert"),
            (
                Identity::of(&setting.clients, "ann", 2020),
                "CertificateExpired",
            ),
        ] {
            setting.show(&ann, &client.pem).await;
            let refused = setting.fetch(&ann).await;
            assert_eq!(refusal(&refused), "certificate-refused", "{refused}");
            let said = detail(&refused);
            assert!(said.contains("`certificate`"), "{said}");
            assert!(said.contains(alert), "{said}");
        }
        assert_eq!(setting.upstream.requests().len(), 1);
    }
}

#[tokio::test]
async fn an_api_that_wants_a_certificate_nobody_declared_is_told() {
    let setting = Setting::new(Asking::DEMANDING, json!([])).await;
    let ann = setting.user("ann").await;
    let refused = setting.fetch(&ann).await;
    assert_eq!(refusal(&refused), "tls", "{refused}");
    assert!(
        detail(&refused).contains("CertificateRequired"),
        "{refused}"
    );
}

#[tokio::test]
async fn an_unusable_certificate_is_not_told() {
    let setting = Setting::new(Asking::TAKING, json!([["certificate"]])).await;
    let (ann, hers) = setting.client("ann").await;
    assert_eq!(setting.fetch(&ann).await["status"], 200, "control");
    let (certificate, key) = hers
        .pem
        .split_at(hers.pem.find("-----BEGIN PRIV").expect("a key"));
    let secret = key.lines().nth(1).expect("a line of the key");
    let elsewhere = Identity::of(&setting.clients, "bob", 4000).pem;
    for (pem, reason) in [
        (key.to_owned(), "no certificate"),
        (certificate.to_owned(), "no private key"),
        (hers.pem.replace('\n', " "), "not in PEM"),
        (
            hers.pem.replace(secret, &format!("~{secret}")),
            "not in PEM",
        ),
        (format!("{}{key}", hers.pem), "more than one"),
        (
            format!(
                "{}{key}",
                &elsewhere[..elsewhere.find("-----BEGIN PRIV").expect("a key")]
            ),
            "does not belong",
        ),
    ] {
        setting.show(&ann, &pem).await;
        let refused = setting.fetch(&ann).await;
        assert_eq!(refusal(&refused), "credential-unusable", "{refused}");
        assert!(detail(&refused).contains(reason), "{reason}: {refused}");
        assert!(!refused.to_string().contains(secret), "{refused}");
    }
    assert_eq!(setting.upstream.requests().len(), 1);
}

#[tokio::test]
async fn a_connection_shows_one_certificate() {
    let setting = Setting::new(Asking::TAKING, json!([["certificate", "second"]])).await;
    let (ann, hers) = setting.client("ann").await;
    setting.world.credential(&ann, "second", &hers.pem).await;
    let refused = setting.fetch(&ann).await;
    assert_eq!(refusal(&refused), "credential-unusable", "{refused}");
    assert!(detail(&refused).contains("`second`"), "{refused}");
}

#[tokio::test]
async fn where_there_is_no_tls_there_is_no_certificate() {
    let setting = Setting::new(Asking::TAKING, json!([["certificate"]])).await;
    let plain = Upstream::start().await;
    let ann = setting
        .world
        .user_with("ann", &setting.api(&plain.url("")))
        .await;
    let pem = Identity::of(&setting.clients, "ann", 4000).pem;
    setting.show(&ann, &pem).await;
    let url = json!({"url": plain.url("/pets")});
    let refused = ann.client.fetch(url.clone()).await;
    assert_eq!(refusal(&refused), "certificate-insecure", "{refused}");
    assert!(detail(&refused).contains("https only"), "{refused}");
    assert!(plain.requests().is_empty());
    // Another alternative is taken there.
    let setting = Setting {
        security: json!([["certificate"], ["key"]]),
        ..setting
    };
    let bob = setting
        .world
        .user_with("bob", &setting.api(&plain.url("")))
        .await;
    setting.show(&bob, &pem).await;
    let refused = bob.client.fetch(url.clone()).await;
    assert_eq!(refusal(&refused), "credential-missing", "{refused}");
    assert!(!detail(&refused).contains("certificate"), "{refused}");
    setting.world.credential(&bob, "key", "of-bob-1").await;
    assert_eq!(bob.client.fetch(url).await["status"], 200);
}

#[tokio::test]
async fn a_certificate_goes_to_its_api_alone() {
    let setting = Setting::new(Asking::TAKING, json!([["certificate"]])).await;
    let (ann, hers) = setting.client("ann").await;
    assert_eq!(setting.fetch(&ann).await["status"], 200);
    // Another API of hers, of the same scheme's name and at the same host.
    let origin = setting.url();
    let other = setting.api(origin.trim_end_matches("/pets"));
    setting.world.mount(&ann, "cats", &other).await;
    let refused = ann.client.call("cats__fetch", json!({"url": origin})).await;
    assert!(
        refused.to_string().contains("credential-missing"),
        "{refused}"
    );
    let elsewhere = Upstream::start().await;
    let refused = ann
        .client
        .fetch(json!({"url": elsewhere.url("/pets")}))
        .await;
    assert_eq!(refusal(&refused), "origin-refused");
    assert_eq!(setting.upstream.certificates(), [Some(hers.certificate)]);
}
