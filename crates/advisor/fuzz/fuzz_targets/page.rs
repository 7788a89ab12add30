//! Whatever a page holds: it is refused, or comes back to the byte.
#![no_main]

use homeroom_advisor::Register;

libfuzzer_sys::fuzz_target!(|page: &str| {
    let today = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let mut register = Register::default();
    if register.import(page, today).is_ok() {
        let again = Register::parse(&register.to_toml()).expect("what was written can be read");
        assert_eq!(again.to_page().as_deref(), Some(page));
    }
});
