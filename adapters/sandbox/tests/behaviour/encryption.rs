//! Keys of devices, the identity of an account, its backup, and messages between devices.

use narthex::Method;
use narthex_sandbox::Config;
use serde_json::{Value, json};

use crate::rendezvous::code;
use crate::world::{Answer, World, read, text};

const V3: &str = "_matrix/client/v3/";

/// Somebody on one device.
struct On {
    user_id: String,
    device_id: String,
    token: String,
}

impl On {
    fn own_data(&self, kind: &str) -> String {
        format!("user/{}/account_data/{kind}", self.user_id.replace('@', "%40"))
    }

    fn device_keys(&self) -> Value {
        let (user_id, device_id) = (&self.user_id, &self.device_id);
        json!({
            "user_id": user_id,
            "device_id": device_id,
            "algorithms": ["m.olm.v1.curve25519-aes-sha2"],
            "keys": { format!("ed25519:{device_id}"): "key" },
            "signatures": { user_id: { format!("ed25519:{device_id}"): "its own" } },
        })
    }

    fn identity_key(&self, public: &str) -> Value {
        json!({ "user_id": self.user_id, "keys": { format!("ed25519:{public}"): public } })
    }
}

impl World {
    fn at(&mut self, on: &On, method: Method, path: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {}", on.token);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        read(&self.ask(method, &format!("{V3}{path}"), &[("authorization", &bearer)], &body))
    }

    fn say(&mut self, on: &On, path: &str, body: &Value) -> Value {
        let answer = self.at(on, Method::Post, path, body);
        assert_eq!(answer.0, 200, "{path}: {}", answer.1);
        answer.1
    }

    fn set(&mut self, on: &On, path: &str, body: &Value) {
        assert_eq!(self.at(on, Method::Put, path, body), (200, json!({})), "{path}");
    }

    fn see(&mut self, on: &On, path: &str) -> Value {
        let answer = self.at(on, Method::Get, path, &Value::Null);
        assert_eq!(answer.0, 200, "{path}: {}", answer.1);
        answer.1
    }

    fn sign_in_on(&mut self, localpart: &str) -> On {
        let (status, body) = self.login(&json!({ "type": "m.id.user", "user": localpart }), "pw");
        assert_eq!(status, 200, "{body}");
        On {
            user_id: text(&body, "user_id"),
            device_id: text(&body, "device_id"),
            token: text(&body, "access_token"),
        }
    }
}

/// Alice on two devices, and Bob.
fn three() -> (World, On, On, On) {
    let mut world = World::new(Config::open);
    world.server.add_account("alice", "pw");
    world.server.add_account("bob", "pw");
    let (phone, laptop) = (world.sign_in_on("alice"), world.sign_in_on("alice"));
    let bob = world.sign_in_on("bob");
    (world, phone, laptop, bob)
}

#[test]
fn nothing_is_told_without_a_token_or_taken() {
    let (mut world, phone, ..) = three();
    let nobody = On { token: "stolen".to_owned(), ..phone };
    let own_data = nobody.own_data("x");
    for (method, path) in [
        (Method::Post, "keys/upload"),
        (Method::Post, "keys/query"),
        (Method::Post, "keys/claim"),
        (Method::Post, "keys/device_signing/upload"),
        (Method::Post, "keys/signatures/upload"),
        (Method::Get, "room_keys/version"),
        (Method::Post, "room_keys/version"),
        (Method::Get, "room_keys/version/1"),
        (Method::Put, "room_keys/version/1"),
        (Method::Get, &own_data),
        (Method::Put, &own_data),
        (Method::Put, "sendToDevice/m.x/1"),
        (Method::Get, "sync"),
    ] {
        assert_eq!(code(&world.at(&nobody, method, path, &json!({}))), (401, "M_UNKNOWN_TOKEN"), "{path}");
        let answer = read(&world.ask(method, &format!("{V3}{path}"), &[], "{}"));
        assert_eq!(code(&answer), (401, "M_MISSING_TOKEN"), "{path}");
    }
}

#[test]
fn a_device_leaves_its_own_keys_and_others_see_them_with_its_name_and_every_signature() {
    let (mut world, phone, laptop, bob) = three();
    let of_alice = json!({ "device_keys": { &phone.user_id: [] } });
    assert_eq!(world.say(&bob, "keys/query", &of_alice)["device_keys"], json!({ &phone.user_id: {} }));
    let another = json!({ "device_keys": laptop.device_keys() });
    assert_eq!(code(&world.at(&phone, Method::Post, "keys/upload", &another)), (400, "M_BAD_JSON"));

    let name = json!({ "display_name": "Phone" });
    world.set(&phone, &format!("devices/{}", phone.device_id), &name);
    let upload = json!({ "device_keys": phone.device_keys() });
    let counts = json!({ "one_time_key_counts": { "signed_curve25519": 0 } });
    assert_eq!(world.say(&phone, "keys/upload", &upload), counts);
    let mut signed = phone.device_keys();
    signed["signatures"] = json!({ &phone.user_id: { "ed25519:self-signing": "by the account" } });
    let signatures = json!({ &phone.user_id: { &phone.device_id: signed, "NOBODY": {} }, &bob.user_id: { &bob.device_id: {} } });
    let failures = world.say(&laptop, "keys/signatures/upload", &signatures)["failures"].clone();
    assert_eq!(failures[&phone.user_id].as_object().unwrap().keys().collect::<Vec<_>>(), ["NOBODY"]);
    assert_eq!(failures[&bob.user_id][&bob.device_id]["errcode"], "M_NOT_FOUND");
    // What the device says of itself again takes no signature away.
    world.say(&phone, "keys/upload", &upload);

    let seen = world.say(&bob, "keys/query", &of_alice);
    let device = &seen["device_keys"][&phone.user_id][&phone.device_id];
    assert_eq!(device["unsigned"]["device_display_name"], "Phone");
    let signatures = device["signatures"][&phone.user_id].as_object().unwrap();
    assert_eq!(signatures.len(), 2, "{signatures:?}");
    let only = json!({ "device_keys": { &phone.user_id: [laptop.device_id] } });
    assert_eq!(world.say(&bob, "keys/query", &only)["device_keys"][&phone.user_id], json!({}));
    // Other keys of the same device are not what was signed.
    let mut others = phone.device_keys();
    others["keys"] = json!({ format!("ed25519:{}", phone.device_id): "another" });
    world.say(&phone, "keys/upload", &json!({ "device_keys": others }));
    let seen = world.say(&bob, "keys/query", &of_alice);
    let signatures = &seen["device_keys"][&phone.user_id][&phone.device_id]["signatures"];
    assert_eq!(signatures[&phone.user_id].as_object().unwrap().len(), 1);
}

#[test]
fn each_one_time_key_is_given_once_and_then_the_fallback_key() {
    let (mut world, phone, _, bob) = three();
    let key = |text: &str| json!({ "key": text, "signatures": {} });
    let keys = json!({
        "one_time_keys": { "signed_curve25519:A": key("a") },
        "fallback_keys": { "signed_curve25519:F": key("f") },
    });
    assert_eq!(world.say(&phone, "keys/upload", &keys)["one_time_key_counts"]["signed_curve25519"], 1);
    world.say(&phone, "keys/upload", &keys);
    let other = json!({ "one_time_keys": { "signed_curve25519:A": key("other") } });
    assert_eq!(code(&world.at(&phone, Method::Post, "keys/upload", &other)), (400, "M_UNKNOWN"));
    assert_eq!(world.see(&phone, "sync")["device_unused_fallback_key_types"], json!(["signed_curve25519"]));
    let claim = json!({ "one_time_keys": { &phone.user_id: { &phone.device_id: "signed_curve25519" } } });
    for expected in ["signed_curve25519:A", "signed_curve25519:F", "signed_curve25519:F"] {
        let claimed = world.say(&bob, "keys/claim", &claim)["one_time_keys"].clone();
        let claimed = claimed[&phone.user_id][&phone.device_id].as_object().unwrap();
        assert_eq!(claimed.keys().collect::<Vec<_>>(), [expected]);
    }
    let seen = world.see(&phone, "sync");
    assert_eq!(seen["device_one_time_keys_count"], json!({ "signed_curve25519": 0 }));
    assert_eq!(seen["device_unused_fallback_key_types"], json!([]));
    let nothing = world.say(&bob, "keys/claim", &json!({ "one_time_keys": { "@nobody:x": { "D": "a" } } }));
    assert_eq!(nothing["one_time_keys"], json!({}));
}

#[test]
fn the_first_identity_needs_a_token_alone_and_no_other_takes_its_place() {
    for (configure, stages) in [
        (Config::open as fn(url::Url) -> Config, vec!["m.login.password"]),
        (
            |url| Config { login: Config::open(url.clone()).login, ..Config::oauth(url) },
            vec!["m.oauth", "org.matrix.cross_signing_reset"],
        ),
    ] {
        let mut world = World::new(configure);
        world.server.add_account("alice", "pw");
        world.server.add_account("bob", "pw");
        let (phone, bob) = (world.sign_in_on("alice"), world.sign_in_on("bob"));
        let path = "keys/device_signing/upload";
        let part = json!({ "self_signing_key": phone.identity_key("S") });
        assert_eq!(code(&world.at(&phone, Method::Post, path, &part)), (400, "M_MISSING_PARAM"));
        let of_bob = json!({ "master_key": bob.identity_key("M") });
        assert_eq!(code(&world.at(&phone, Method::Post, path, &of_bob)), (400, "M_INVALID_PARAM"));
        let identity = json!({
            "master_key": phone.identity_key("M"),
            "self_signing_key": phone.identity_key("S"),
            "user_signing_key": phone.identity_key("U"),
        });
        world.say(&phone, path, &identity);
        world.say(&phone, path, &identity);
        let another = json!({ "master_key": phone.identity_key("N") });
        let (status, challenge) = world.at(&phone, Method::Post, path, &another);
        assert_eq!(status, 401);
        let offered: Vec<_> =
            challenge["flows"].as_array().unwrap().iter().map(|flow| &flow["stages"][0]).collect();
        assert_eq!(offered, stages);

        let mut master = phone.identity_key("M");
        master["signatures"] = json!({ &phone.user_id: { format!("ed25519:{}", phone.device_id): "x" } });
        let signatures = json!({ &phone.user_id: { "M": master } });
        let answer = world.say(&phone, "keys/signatures/upload", &signatures);
        assert_eq!(answer, json!({ "failures": {} }));
        let asked = json!({ "device_keys": { &phone.user_id: [] } });
        let (own, others) = (world.say(&phone, "keys/query", &asked), world.say(&bob, "keys/query", &asked));
        assert_eq!(own["user_signing_keys"][&phone.user_id], {
            let mut key = phone.identity_key("U");
            key["signatures"] = json!({});
            key
        });
        assert_eq!(others["user_signing_keys"], json!({}), "whom somebody trusts is their own affair");
        for seen in [&own, &others] {
            assert_eq!(seen["master_keys"][&phone.user_id]["signatures"], master["signatures"]);
            assert_eq!(seen["self_signing_keys"][&phone.user_id]["keys"]["ed25519:S"], "S");
        }
    }
}

#[test]
fn a_device_that_is_signed_out_takes_its_keys_along_and_the_others_are_told() {
    let (mut world, phone, laptop, bob) = three();
    for device in [&phone, &laptop] {
        world.say(device, "keys/upload", &json!({ "device_keys": device.device_keys() }));
    }
    let since = text(&world.see(&laptop, "sync"), "next_batch");
    let changed = |world: &mut World| {
        world.see(&laptop, &format!("sync?since={since}"))["device_lists"]["changed"].clone()
    };
    assert_eq!(changed(&mut world), json!([]));
    world.say(&phone, "logout", &json!({}));
    assert_eq!(changed(&mut world), json!([laptop.user_id]));
    let asked = json!({ "device_keys": { &laptop.user_id: [] } });
    let seen = world.say(&bob, "keys/query", &asked)["device_keys"][&laptop.user_id].clone();
    assert_eq!(seen.as_object().unwrap().keys().collect::<Vec<_>>(), [&laptop.device_id]);
    // Nor does another device of that id find them.
    world.server.kill_device("alice", &laptop.device_id);
    assert_eq!(world.say(&bob, "keys/query", &asked)["device_keys"][&laptop.user_id], json!({}));
}

#[test]
fn a_backup_has_a_version_and_a_newer_one_takes_its_place() {
    let (mut world, phone, laptop, bob) = three();
    let path = "room_keys/version";
    assert_eq!(code(&world.at(&phone, Method::Get, path, &Value::Null)), (404, "M_NOT_FOUND"));
    let backup = json!({ "algorithm": "m.megolm", "auth_data": { "public_key": "p" } });
    assert_eq!(world.say(&phone, path, &backup), json!({ "version": "1" }));
    let seen = json!({ "algorithm": "m.megolm", "auth_data": { "public_key": "p" }, "version": "1", "count": 0, "etag": "0" });
    assert_eq!(world.see(&laptop, path), seen);
    assert_eq!(world.see(&laptop, "room_keys/version/1"), seen);
    assert_eq!(world.at(&bob, Method::Get, path, &Value::Null).0, 404);
    let signed = json!({ "algorithm": "m.megolm", "auth_data": { "public_key": "p", "signatures": {} }, "version": "1" });
    world.set(&laptop, "room_keys/version/1", &signed);
    assert_eq!(world.see(&phone, path)["auth_data"], signed["auth_data"]);
    let other = json!({ "algorithm": "other", "auth_data": {} });
    assert_eq!(code(&world.at(&phone, Method::Put, "room_keys/version/1", &other)), (400, "M_INVALID_PARAM"));
    let mistaken = json!({ "algorithm": "m.megolm", "auth_data": {}, "version": "2" });
    assert_eq!(
        code(&world.at(&phone, Method::Put, "room_keys/version/1", &mistaken)),
        (400, "M_INVALID_PARAM")
    );
    assert_eq!(world.say(&phone, path, &backup), json!({ "version": "2" }));
    assert_eq!(world.see(&phone, path)["version"], "2");
    assert_eq!(code(&world.at(&phone, Method::Put, "room_keys/version/1", &signed)), (404, "M_NOT_FOUND"));
}

#[test]
fn account_data_is_for_the_devices_of_the_account_alone() {
    let (mut world, phone, laptop, bob) = three();
    let path = phone.own_data("m.secret_storage.key.a%2Fb");
    assert_eq!(code(&world.at(&phone, Method::Get, &path, &Value::Null)), (404, "M_NOT_FOUND"));
    world.set(&phone, &path, &json!({ "a": 1 }));
    assert_eq!(world.see(&laptop, &path), json!({ "a": 1 }));
    for method in [Method::Get, Method::Put] {
        assert_eq!(code(&world.at(&bob, method, &path, &json!({}))), (403, "M_FORBIDDEN"));
    }
    let all = world.see(&laptop, "sync");
    let event = json!({ "type": "m.secret_storage.key.a/b", "content": { "a": 1 } });
    assert_eq!(all["account_data"]["events"], json!([event]));
    let since = format!("sync?since={}", text(&all, "next_batch"));
    assert_eq!(world.see(&laptop, &since)["account_data"]["events"], json!([]));
    world.set(&phone, &path, &json!({ "a": 2 }));
    assert_eq!(world.see(&laptop, &since)["account_data"]["events"][0]["content"], json!({ "a": 2 }));
}

#[test]
fn a_message_reaches_the_devices_that_it_is_for_once() {
    let (mut world, phone, laptop, bob) = three();
    let messages = json!({ "messages": { &phone.user_id: { "*": { "to": "all" }, &laptop.device_id: { "to": "one" } } } });
    for _ in 0..2 {
        world.set(&bob, "sendToDevice/m.x/1", &messages);
    }
    let inbox = |world: &mut World, on: &On, since: &str| {
        let seen = world.see(on, &format!("sync{since}"));
        (seen["to_device"]["events"].clone(), format!("?since={}", text(&seen, "next_batch")))
    };
    let to_all = json!({ "type": "m.x", "sender": bob.user_id, "content": { "to": "all" } });
    let (seen, since) = inbox(&mut world, &phone, "");
    assert_eq!(seen, json!([to_all]));
    // Told again until the device says that it has seen it.
    assert_eq!(inbox(&mut world, &phone, "").0, json!([to_all]));
    assert_eq!(inbox(&mut world, &phone, &since).0, json!([]));
    assert_eq!(inbox(&mut world, &phone, "").0, json!([]));
    assert_eq!(inbox(&mut world, &laptop, "").0.as_array().unwrap().len(), 2);
    assert_eq!(code(&world.at(&phone, Method::Get, "sync?since=x", &Value::Null)), (400, "M_UNKNOWN"));
}

#[test]
fn whatever_is_left_is_limited() {
    let (mut world, phone, _, bob) = three();
    for batch in 0..12 {
        let keys: serde_json::Map<_, _> =
            (0..100).map(|n| (format!("signed_curve25519:{batch}.{n}"), json!({}))).collect();
        world.say(&phone, "keys/upload", &json!({ "one_time_keys": keys }));
    }
    assert_eq!(world.see(&phone, "sync")["device_one_time_keys_count"]["signed_curve25519"], 1000);
    for n in 0..1010 {
        let messages = json!({ "messages": { &phone.user_id: { &phone.device_id: { "n": n } } } });
        world.set(&bob, &format!("sendToDevice/m.x/{n}"), &messages);
    }
    let (mut since, mut seen) = (String::new(), Vec::new());
    while seen.len() % 100 == 0 {
        let next = world.see(&phone, &format!("sync{since}"));
        let events = next["to_device"]["events"].as_array().unwrap().clone();
        since = format!("?since={}", text(&next, "next_batch"));
        if events.is_empty() {
            break;
        }
        seen.extend(events);
    }
    assert_eq!((seen.len(), &seen[0]["content"]["n"]), (1000, &json!(10)));
    for n in 0..1000 {
        world.set(&phone, &phone.own_data(&n.to_string()), &json!({}));
    }
    let more = phone.own_data("more");
    assert_eq!(world.at(&phone, Method::Put, &more, &json!({})).0, 403);
    world.set(&phone, &phone.own_data("0"), &json!({ "a": 1 }));
}
