//! Client certificates, held against the keys they come with.

use rcgen::{CertificateParams, KeyPair};
use toolmill_core::CertificateFault;
use toolmill_vault::check_client_certificate;

fn certificate(key: &KeyPair) -> String {
    let params = CertificateParams::new(Vec::new()).expect("parameters");
    params.self_signed(key).expect("a certificate").pem()
}

fn check(parts: &[&str]) -> Result<(), CertificateFault> {
    check_client_certificate(&parts.concat().into())
}

#[test]
fn a_certificate_comes_with_its_own_key() {
    let (own, other) = (KeyPair::generate(), KeyPair::generate());
    let (own, other) = (own.expect("a key"), other.expect("a key"));
    let (certificate, further) = (certificate(&own), certificate(&other));
    let key = own.serialize_pem();
    assert_eq!(check(&[&certificate, &key]), Ok(()));
    assert_eq!(check(&[&certificate, &further, &key]), Ok(()));
    let mismatch = Err(CertificateFault::Mismatch);
    assert_eq!(check(&[&further, &certificate, &key]), mismatch);
    assert_eq!(check(&[&certificate, &other.serialize_pem()]), mismatch);
    assert_eq!(check(&[&certificate]), Err(CertificateFault::NoKey));
}

#[test]
fn what_is_no_certificate_or_key_is_refused() {
    let key = KeyPair::generate().expect("a key");
    let (certificate, key) = (certificate(&key), key.serialize_pem());
    for (certificate, key) in [
        (certificate.replace("MII", "AAA"), key.clone()),
        (certificate, key.replace("MIG", "AAA")),
    ] {
        assert_eq!(
            check(&[&certificate, &key]),
            Err(CertificateFault::Unusable)
        );
    }
}
