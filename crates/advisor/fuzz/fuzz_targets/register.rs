//! Whatever a file holds: it is refused, or written back as it was, but for what a merge had left.
#![no_main]

use homeroom_advisor::Register;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(register) = Register::parse(text) {
        let written = register.to_toml();
        let again = Register::parse(&written).expect("what was written can be read");
        assert_eq!(again.entries(), register.entries());
        assert_eq!(again.to_toml(), written);
    }
});
