//! Seeds from the browser's own randomness.

/// 64 random bits from `crypto.getRandomValues`; from the clock where the browser has none.
pub fn seed() -> u64 {
    let mut bytes = [0; 8];
    let drawn = web_sys::window()
        .and_then(|window| window.crypto().ok())
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).ok());
    match drawn {
        Some(_) => u64::from_le_bytes(bytes),
        None => js_sys::Date::now().to_bits(),
    }
}
