//! The codes of both MSCs and of matrix-rust-sdk, and what is none.

use proptest::prelude::*;
use url::Url;

use super::{Form, Generation, MAX, QrField, QrPayload, Role, WrongCode};
use crate::qr::base64;
use crate::qr::channel::tests::hex;
use crate::qr::key::PublicKey;
use crate::qr::key::tests::weak;
use crate::qr::place::{BaseUrl, CellId, CellUrl, Homeserver};

/// MSC4388, "QR code generated on new device".
const NEW_2025: &str = "4d41545249580300d886686ab2197b780e300a9d4a2147480700d7929f39ab31b9e514370248ed6b2465386461363335352d353530622d346133322d613139332d313631396439383330363638002068747470733a2f2f6d61747269782d636c69656e742e6d61747269782e6f7267";
/// MSC4388, "QR code generated on existing device".
const EXISTING_2025: &str = "4d41545249580301d886686ab2197b780e300a9d4a2147480700d7929f39ab31b9e514370248ed6b2465386461363335352d353530622d346133322d613139332d313631396439383330363638002068747470733a2f2f6d61747269782d636c69656e742e6d61747269782e6f7267";
/// MSC4388, "Unstable QR code format".
const UNSTABLE_2025: &str = "494f5f454c454d454e545f4d5343343338380301d886686ab2197b780e300a9d4a2147480700d7929f39ab31b9e514370248ed6b2465386461363335352d353530622d346133322d613139332d313631396439383330363638002068747470733a2f2f6d61747269782d636c69656e742e6d61747269782e6f7267";
/// MSC4108 of 2024, mode 03.
const NEW_2024: &str = "4d41545249580203d886686ab2197b780e300a9d4a2147480700d7929f39ab31b9e514370248ed6b004768747470733a2f2f72656e64657a766f75732e6c61622e656c656d656e742e6465762f65386461363335352d353530622d346133322d613139332d313631396439383330363638";
/// The same, mode 04.
const EXISTING_2024: &str = "4d41545249580204d886686ab2197b780e300a9d4a2147480700d7929f39ab31b9e514370248ed6b004768747470733a2f2f72656e64657a766f75732e6c61622e656c656d656e742e6465762f65386461363335352d353530622d346133322d613139332d313631396439383330363638000a6d61747269782e6f7267";

/// matrix-rust-sdk, the branch for MSC4388, `QR_CODE_DATA_BASE64`.
const SDK_2025: &str = "SU9fRUxFTUVOVF9NU0M0Mzg4AwG0yzZ1QVpQ1jlnoxWX3d5jrWRFfELxjS2gN7pz9y+3PBowMUhYOUswMFExSDZLUEQ0N0VHNEcxVDNYRwAkaHR0cHM6Ly9zeW5hcHNlLW9pZGMubGFiLmVsZW1lbnQuZGV2";
/// matrix-rust-sdk 0.19, with the length of the id in two bytes.
const SDK_2025_TWO: &str = "SU9fRUxFTUVOVF9NU0M0Mzg4AwG0yzZ1QVpQ1jlnoxWX3d5jrWRFfELxjS2gN7pz9y+3PAAaMDFIWDlLMDBRMUg2S1BENDdFRzRHMVQzWEcAJGh0dHBzOi8vc3luYXBzZS1vaWRjLmxhYi5lbGVtZW50LmRldg";
/// matrix-rust-sdk, with an address for a server name.
const SDK_2024: &str = "TUFUUklYAgS0yzZ1QVpQ1jlnoxWX3d5jrWRFfELxjS2gN7pz9y+3PABaaHR0cHM6Ly9zeW5hcHNlLW9pZGMubGFiLmVsZW1lbnQuZGV2L19zeW5hcHNlL2NsaWVudC9yZW5kZXp2b3VzLzAxSFg5SzAwUTFINktQRDQ3RUc0RzFUM1hHACVodHRwczovL3N5bmFwc2Utb2lkYy5sYWIuZWxlbWVudC5kZXYv";

const ALL: [&str; 5] = [NEW_2025, EXISTING_2025, UNSTABLE_2025, NEW_2024, EXISTING_2024];

fn key(text: &str) -> PublicKey {
    PublicKey::new(base64::decode(text).expect("base64").try_into().expect("32 bytes")).expect("a key")
}

fn of_the_mscs() -> PublicKey {
    key("2IZoarIZe3gOMAqdSiFHSAcA15KfOasxueUUNwJI7Ws")
}

fn base_url(text: &str) -> BaseUrl {
    BaseUrl::parse(text).expect("an address")
}

fn v2025(shown_by: Role, stable: bool) -> Form {
    let base_url = base_url("https://matrix-client.matrix.org");
    let cell = CellId::new("e8da6355-550b-4a32-a193-1619d9830668").expect("an id");
    Form::V2025 { shown_by, base_url, cell, stable }
}

fn v2024(homeserver: Option<Homeserver>) -> Form {
    let url = "https://rendezvous.lab.element.dev/e8da6355-550b-4a32-a193-1619d9830668";
    Form::V2024 { cell: CellUrl::parse(url).expect("an address"), homeserver }
}

fn refused(bytes: &[u8]) -> WrongCode {
    QrPayload::from_bytes(bytes).expect_err("no code")
}

/// Edge case 104.
#[test]
fn the_codes_of_the_mscs_are_read_and_written() {
    let name = Some(Homeserver::Name("matrix.org".to_owned()));
    for (text, form, role) in [
        (NEW_2025, v2025(Role::New, true), Role::New),
        (EXISTING_2025, v2025(Role::Existing, true), Role::Existing),
        (UNSTABLE_2025, v2025(Role::Existing, false), Role::Existing),
        (NEW_2024, v2024(None), Role::New),
        (EXISTING_2024, v2024(name), Role::Existing),
    ] {
        let bytes = hex(text);
        let payload = QrPayload::from_bytes(&bytes).expect("a code");
        assert_eq!((payload.key(), payload.form()), (&of_the_mscs(), &form));
        assert_eq!(payload.shown_by(), role);
        assert_eq!(payload.to_bytes(), bytes);
        assert_eq!(QrPayload::new(of_the_mscs(), form), Some(payload));
    }
}

/// Edge cases 105 and 111.
#[test]
fn the_codes_of_matrix_rust_sdk_are_read() {
    let of_sdk = key("tMs2dUFaUNY5Z6MVl93eY61kRXxC8Y0toDe6c/cvtzw");
    for text in [SDK_2025, SDK_2025_TWO] {
        let payload = QrPayload::from_base64(text).expect("a code");
        assert_eq!(payload.key(), &of_sdk);
        let base_url = base_url("https://synapse-oidc.lab.element.dev");
        let cell = CellId::new("01HX9K00Q1H6KPD47EG4G1T3XG").expect("an id");
        let form = Form::V2025 { shown_by: Role::Existing, base_url, cell, stable: false };
        assert_eq!(payload.form(), &form);
        assert_eq!(payload.to_base64(), SDK_2025);
    }
    let payload = QrPayload::from_base64(SDK_2024).expect("a code");
    assert_eq!((payload.key(), payload.generation()), (&of_sdk, Generation::V2024));
    let homeserver = Some(Homeserver::Address(base_url("https://synapse-oidc.lab.element.dev/")));
    let cell = "https://synapse-oidc.lab.element.dev/_synapse/client/rendezvous/01HX9K00Q1H6KPD47EG4G1T3XG";
    let form = Form::V2024 { cell: CellUrl::parse(cell).expect("an address"), homeserver };
    assert_eq!(payload.form(), &form);
    assert_eq!(payload.to_base64(), SDK_2024);
}

/// matrix-js-sdk's test of its own code.
#[test]
fn a_code_of_matrix_js_sdk_is_as_long_as_ours() {
    let cell = CellUrl::parse("https://fallbackserver/rz/123").expect("an address");
    let payload = QrPayload::new(of_the_mscs(), Form::V2024 { cell, homeserver: None }).expect("short");
    let bytes = payload.to_bytes();
    assert_eq!(bytes.len(), 71);
    assert!(bytes.starts_with(b"MATRIX") && bytes.ends_with(b"https://fallbackserver/rz/123"));
}

/// Edge case 101.
#[test]
fn a_code_that_is_cut_is_told_as_such() {
    for text in ALL {
        let bytes = hex(text);
        let stable = bytes.starts_with(b"MATRIX");
        let prefix = if stable { 6 } else { 18 };
        for length in 0..bytes.len() {
            let WrongCode::Truncated(field) = refused(&bytes[..length]) else {
                panic!("{length}: {:?}", refused(&bytes[..length]))
            };
            match field {
                QrField::Prefix => assert!(length < prefix),
                QrField::Kind => assert!((prefix..prefix + 2).contains(&length)),
                QrField::Key => assert!((prefix + 2..prefix + 34).contains(&length)),
                QrField::Id | QrField::Address | QrField::Homeserver => assert!(length >= prefix + 34),
            }
        }
    }
    assert_eq!(refused(&hex(NEW_2025)[..40]), WrongCode::Truncated(QrField::Id));
    assert_eq!(refused(&hex(NEW_2025)[..78]), WrongCode::Truncated(QrField::Address));
    assert_eq!(refused(&hex(EXISTING_2024)[..114]), WrongCode::Truncated(QrField::Homeserver));
}

/// Edge cases 102 and 103.
#[test]
fn another_kind_of_code_is_told_as_what_it_is() {
    let with = |at: usize, byte: u8| {
        let mut bytes = hex(NEW_2024);
        bytes[at] = byte;
        refused(&bytes)
    };
    for mode in 0..=2 {
        assert_eq!(with(7, mode), WrongCode::Verification);
        // One that ends after its mode is one too.
        assert_eq!(refused(&[b"MATRIX".as_slice(), &[2, mode]].concat()), WrongCode::Verification);
    }
    for mode in [5, 6, 0xff] {
        assert_eq!(with(7, mode), WrongCode::Newer);
    }
    for kind in [4, 5, 0xff] {
        assert_eq!(with(6, kind), WrongCode::Newer);
    }
    for kind in [0, 1] {
        assert_eq!(with(6, kind), WrongCode::Invalid(QrField::Kind));
    }
    let mut bytes = hex(UNSTABLE_2025);
    bytes[19] = 2;
    assert_eq!(refused(&bytes), WrongCode::Newer);
    // The kind of 2024 never had this prefix.
    bytes[18] = 2;
    assert_eq!(refused(&bytes), WrongCode::Invalid(QrField::Kind));
}

#[test]
fn what_is_no_code_of_ours_is_told_as_what_it_is() {
    for text in
        ["https://matrix.to/#/@a:b.c", "matrix:u/a:b.c", "matrix.to/#/#a:b.c", "otpauth://totp/x?secret=A"]
    {
        assert_eq!(refused(text.as_bytes()), WrongCode::Link, "{text}");
        assert_eq!(QrPayload::from_base64(text), Err(WrongCode::Link), "{text}");
    }
    for text in ["hello", "42", "WIFI:S:net;T:WPA;P:x;;", "über\nzwei Zeilen", "YWJj"] {
        assert_eq!(refused(text.as_bytes()), WrongCode::Text, "{text}");
        assert_eq!(QrPayload::from_base64(text), Err(WrongCode::Text), "{text}");
    }
    assert_eq!(refused(&[0xff, 0, 1]), WrongCode::Unknown);
    assert_eq!(refused(&[0, 1]), WrongCode::Unknown);
    for text in ["", " ", "\n"] {
        assert_eq!(QrPayload::from_base64(text), Err(WrongCode::Truncated(QrField::Prefix)), "{text:?}");
    }
    assert_eq!(refused(b"MATRIC"), WrongCode::Text);
}

/// Edge case 107.
#[test]
fn an_id_that_leads_elsewhere_is_refused() {
    let with = |id: &[u8]| {
        let (start, end) = (&hex(NEW_2025)[..40], &hex(NEW_2025)[77..]);
        QrPayload::from_bytes(&[start, &[u8::try_from(id.len()).expect("short")], id, end].concat())
    };
    for id in ["a/b", "..", ".", "a?b", "a#b", "a%2Fb", "ä", "a b"] {
        assert_eq!(with(id.as_bytes()), Err(WrongCode::Invalid(QrField::Id)), "{id}");
    }
    assert!(with(b"a").is_ok());
    assert!(with(&[b'a'; 255]).is_ok());
    // No length at all, in one byte and in two.
    let bytes = [&hex(NEW_2025)[..40], &[0, 0], &hex(NEW_2025)[77..]].concat();
    assert_eq!(refused(&bytes), WrongCode::Invalid(QrField::Id));
}

/// Edge case 108.
#[test]
fn an_address_that_is_not_safe_is_refused() {
    let with = |address: &str, start: &str, end: usize| {
        let start = &hex(start)[..end];
        let length = u16::try_from(address.len()).expect("short").to_be_bytes();
        QrPayload::from_bytes(&[start, &length, address.as_bytes()].concat()).err()
    };
    for (start, end) in [(NEW_2025, 77), (NEW_2024, 40)] {
        let with = |address| with(address, start, end);
        for address in ["http://a.b", "file:///x", "ftp://a.b"] {
            assert_eq!(with(address), Some(WrongCode::Insecure(QrField::Address)), "{address}");
        }
        for address in ["", "a.b", "https://u@a.b", "https://a.b#x", "https://a.b/\t"] {
            assert_eq!(with(address), Some(WrongCode::Invalid(QrField::Address)), "{address}");
        }
        for address in ["https://a.b", "http://localhost:8008", "http://127.0.0.1:1/x", "https://[::1]"] {
            assert_eq!(with(address), None, "{address}");
        }
    }
    let with = |name| with(name, EXISTING_2024, 113);
    assert_eq!(with("http://a.b"), Some(WrongCode::Insecure(QrField::Homeserver)));
    assert_eq!(with("a/b"), Some(WrongCode::Invalid(QrField::Homeserver)));
    assert_eq!(with("a.b:8448"), None);
    let mut bytes = hex(NEW_2024);
    bytes[50] = 0xff;
    assert_eq!(refused(&bytes), WrongCode::Invalid(QrField::Address));
}

/// Edge case 109.
#[test]
fn a_key_of_low_order_is_refused() {
    for weak in weak() {
        for text in ALL {
            let mut bytes = hex(text);
            let at = if bytes.starts_with(b"MATRIX") { 8 } else { 20 };
            bytes[at..at + 32].copy_from_slice(&weak);
            assert_eq!(refused(&bytes), WrongCode::Invalid(QrField::Key));
        }
    }
}

/// Edge case 110.
#[test]
fn what_follows_is_left_alone_and_never_written() {
    for text in ALL {
        let bytes = hex(text);
        let longer = [&bytes[..], b"more"].concat();
        let payload = QrPayload::from_bytes(&longer).expect("a code");
        assert_eq!(payload.to_bytes(), bytes);
    }
}

/// Edge case 112, and no code is longer than 1024 bytes.
#[test]
fn a_length_is_no_promise() {
    let mut bytes = hex(NEW_2024);
    bytes[40..42].copy_from_slice(&[0xff, 0xff]);
    assert_eq!(refused(&bytes), WrongCode::Truncated(QrField::Address));
    bytes.resize(MAX, b'x');
    assert_eq!(refused(&bytes), WrongCode::Truncated(QrField::Address));
    bytes.push(b'x');
    assert_eq!(refused(&bytes), WrongCode::TooLong);
    assert_eq!(QrPayload::from_base64(&"A".repeat(2049)), Err(WrongCode::TooLong));
    // Short as it is written there, and longer as we would write it.
    let address = format!("https://{}.b/{}", "\u{fc}".repeat(20), "\u{fc}".repeat(300));
    let length = u16::try_from(address.len()).expect("short").to_be_bytes();
    let bytes = [&hex(NEW_2024)[..40], &length, address.as_bytes()].concat();
    assert!(bytes.len() <= MAX);
    assert_eq!(refused(&bytes), WrongCode::TooLong);
}

/// Edge case 113.
#[test]
fn bytes_that_were_read_as_text_are_known() {
    for text in
        ALL.map(hex).into_iter().chain([SDK_2025, SDK_2024].map(|text| base64::decode(text).expect("one")))
    {
        let lossy = String::from_utf8_lossy(&text).into_owned();
        assert_eq!(refused(lossy.as_bytes()), WrongCode::ReadAsText);
        assert_eq!(QrPayload::from_base64(&lossy), Err(WrongCode::ReadAsText));
        let letters: String = text.iter().copied().map(char::from).collect();
        assert_eq!(refused(letters.as_bytes()), WrongCode::ReadAsText);
    }
    // A code may have these bytes in its key.
    let mut bytes = hex(NEW_2024);
    bytes[10..13].copy_from_slice("\u{fffd}".as_bytes());
    assert!(QrPayload::from_bytes(&bytes).is_ok());
}

#[test]
fn base64_is_read_padded_and_in_lines() {
    let payload = QrPayload::from_base64(SDK_2024).expect("a code");
    assert_eq!(QrPayload::from_base64(&format!("\n {SDK_2024}\r\n")), Ok(payload.clone()));
    let lines = format!("{}\n{}", &SDK_2024[..76], &SDK_2024[76..]);
    assert_eq!(QrPayload::from_base64(&lines), Ok(payload));
    let payload = QrPayload::from_bytes(&hex(EXISTING_2024)).expect("a code");
    let padded = format!("{}=", payload.to_base64());
    assert_eq!(QrPayload::from_base64(&padded), Ok(payload));
}

fn payload() -> impl Strategy<Value = QrPayload> {
    let key = any::<[u8; 32]>().prop_filter_map("a key", PublicKey::new);
    let url = prop_oneof![
        "https://[a-z]{1,20}\\.[a-z]{2,5}(:[1-9][0-9]{1,3})?(/[a-z0-9._~-]{1,20}){0,3}/?",
        "http://(localhost|127\\.0\\.0\\.1|\\[::1\\])(:[1-9][0-9]{1,3})?"
    ];
    let homeserver = prop_oneof![
        url.clone().prop_map(|url| Homeserver::Address(base_url(&url))),
        "[a-z]{1,20}\\.[a-z]{2,5}(:[1-9][0-9]{1,3})?".prop_map(Homeserver::Name)
    ];
    let cell = url.clone().prop_map(|url| CellUrl::parse(&url).expect("an address"));
    let role = prop_oneof![Just(Role::New), Just(Role::Existing)];
    let id = "[A-Za-z0-9_~=-]{1,255}".prop_map(|id| CellId::new(&id).expect("an id"));
    let form = prop_oneof![
        (cell, prop::option::of(homeserver)).prop_map(|(cell, homeserver)| Form::V2024 { cell, homeserver }),
        (role, url, id, any::<bool>()).prop_map(|(shown_by, url, cell, stable)| {
            Form::V2025 { shown_by, base_url: base_url(&url), cell, stable }
        })
    ];
    (key, form).prop_filter_map("short", |(key, form)| QrPayload::new(key, form))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(payload in payload()) {
        prop_assert_eq!(QrPayload::from_bytes(&payload.to_bytes()), Ok(payload.clone()));
        prop_assert_eq!(QrPayload::from_base64(&payload.to_base64()), Ok(payload.clone()));
        let json = serde_json::to_string(&payload).expect("written");
        prop_assert_eq!(serde_json::from_str::<QrPayload>(&json).expect("read"), payload);
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        start in prop_oneof![Just(""), Just("MATRIX"), Just("MATRIX\x02\x04"), Just("IO_ELEMENT_MSC4388\x03\x01")],
        rest in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let bytes = [start.as_bytes(), &rest].concat();
        if let Ok(payload) = QrPayload::from_bytes(&bytes) {
            prop_assert_eq!(QrPayload::from_bytes(&payload.to_bytes()), Ok(payload));
        }
        let _ = QrPayload::from_base64(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn a_shown_address_has_no_slash_alone() {
    let base = Url::parse("https://matrix-client.matrix.org/").expect("an address");
    assert_eq!(BaseUrl::write(&base), Ok(base_url("https://matrix-client.matrix.org")));
}
