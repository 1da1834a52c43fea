//! Secrets of the platform itself.

use super::{World, sealed};

pub async fn the_first_one_is_kept(world: &World) {
    let system = world.system();
    let secrets = &world.secrets;
    let none = secrets.platform_secret(system, "one").await;
    assert!(none.expect("it answers").is_none());
    let first = secrets
        .keep_platform_secret(system, "one", &sealed(1))
        .await;
    assert!(first.expect("it is kept") == sealed(1));
    let second = secrets
        .keep_platform_secret(system, "one", &sealed(2))
        .await;
    assert!(second.expect("the first one comes back") == sealed(1));
    let other = secrets
        .keep_platform_secret(system, "two", &sealed(2))
        .await;
    assert!(other.expect("it is kept") == sealed(2));
    let found = secrets.platform_secret(system, "one").await;
    assert!(found.expect("it answers") == Some(sealed(1)));
}
