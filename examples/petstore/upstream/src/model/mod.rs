//! The words of the specification's `components/schemas`.

mod order;
mod patch;
mod pet;

pub use order::{NewOrder, NewOrderLine, Order, OrderLine};
pub use patch::MergePatch;
pub use pet::{Pet, PetDetails, PetStatus, Species};

/// Checks a string's length in characters, as `minLength` and `maxLength` count it.
fn check_length(what: &str, text: &str, min: usize, max: usize) -> Result<(), String> {
    let length = text.chars().count();
    if (min..=max).contains(&length) {
        return Ok(());
    }
    Err(format!(
        "`{what}` has {length} characters. Give it {min} to {max}."
    ))
}

/// Checks `uniqueItems`.
fn check_unique<T: PartialEq>(what: &str, items: &[T]) -> Result<(), String> {
    let repeated = items
        .iter()
        .enumerate()
        .any(|(index, item)| items[..index].contains(item));
    if repeated {
        return Err(format!("`{what}` names something twice. Name it once."));
    }
    Ok(())
}
