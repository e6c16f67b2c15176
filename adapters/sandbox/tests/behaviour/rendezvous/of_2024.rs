//! Cells of 2024: entity tags, addresses, and what a request must say.

use narthex::Method;
use narthex_sandbox::{Limit, Manners, Rendezvous2024, RendezvousConfig};

use super::{API_2024, TEXT, body, both, code, etag, world};
use crate::world::read;

#[test]
fn a_message_is_there_until_the_next_and_nobody_overwrites_what_they_have_not_seen() {
    for mut world in both() {
        let (url, empty) = world.cell_2024("");
        let first = world.get_2024(&url, "\"other\"");
        assert_eq!((first.status, body(&first), etag(&first)), (200, "", empty.clone()));
        assert_eq!(world.get_2024(&url, &empty).status, 304);
        let written = world.put_2024(&url, &empty, "one");
        assert_eq!((written.status, body(&written)), (202, ""));
        assert_ne!(etag(&written), empty);
        let stale = world.put_2024(&url, &empty, "another");
        assert_eq!(code(&read(&stale)), (412, "M_UNKNOWN"));
        assert_eq!(read(&stale).1["org.matrix.msc4108.errcode"], "M_CONCURRENT_WRITE");
        assert_eq!(etag(&stale), etag(&written));
        let seen = world.get_2024(&url, &empty);
        assert_eq!((seen.status, body(&seen), etag(&seen)), (200, "one", etag(&written)));
    }
}

/// Synapse's entity tags are digests of the body, and tuwunel's are not.
#[test]
fn the_same_write_again_is_a_conflict_at_synapse_and_a_success_at_tuwunel() {
    for (mut world, repeated) in both().into_iter().zip([412, 202]) {
        let (url, empty) = world.cell_2024("");
        let written = world.put_2024(&url, &empty, "one");
        let again = world.put_2024(&url, &empty, "one");
        assert_eq!((again.status, etag(&again)), (repeated, etag(&written)));
        let empties = [world.cell_2024("").1, world.cell_2024("").1];
        assert_eq!(empties[0] == empties[1], repeated == 412);
    }
}

/// Edge case 134.
#[test]
fn a_weak_entity_tag_is_good_for_reading_and_not_for_writing() {
    let [mut synapse, mut tuwunel] = both();
    let (url, tag) = synapse.cell_2024("x");
    let weak = format!("W/{tag}");
    assert_eq!(synapse.get_2024(&url, &weak).status, 304);
    assert_eq!(synapse.get_2024(&url, &format!("\"a\", {weak}")).status, 304);
    assert_eq!(synapse.put_2024(&url, &weak, "y").status, 412);
    assert_eq!(synapse.put_2024(&url, &tag[1..tag.len() - 1], "y").status, 412);
    assert_eq!(synapse.put_2024(&url, &format!("\"a\",{tag}"), "y").status, 202);
    assert_eq!(synapse.put_2024(&url, "*", "z").status, 202);
    let (url, tag) = tuwunel.cell_2024("x");
    assert_eq!(tuwunel.get_2024(&url, &format!("W/{tag}")).status, 200);
    assert_eq!(tuwunel.get_2024(&url, &tag).status, 304);
}

#[test]
fn what_is_written_must_be_plain_text_that_fits() {
    let [mut synapse, mut tuwunel] = both();
    let (largest, larger) = ("x".repeat(4096), "x".repeat(4097));
    let parameters = ("content-type", "text/plain; charset=utf-8");
    for (world, with_parameters) in [(&mut synapse, 400), (&mut tuwunel, 201)] {
        let mut create = |headers: &[(&'static str, &str)], data: &str| {
            let answer = world.ask(Method::Post, API_2024, headers, data);
            (answer.status, read(&answer).1["errcode"].as_str().map(str::to_owned))
        };
        assert_eq!(create(&[], "x"), (400, Some("M_MISSING_PARAM".to_owned())));
        let json = ("content-type", "application/json");
        assert_eq!(create(&[json], "x"), (400, Some("M_INVALID_PARAM".to_owned())));
        assert_eq!(create(&[parameters], "x").0, with_parameters);
        assert_eq!(create(&[("content-type", "Text/Plain")], "x").0, 201);
        assert_eq!(create(&[TEXT], &largest).0, 201);
        assert_eq!(create(&[TEXT], &larger), (413, Some("M_TOO_LARGE".to_owned())));
        let (url, tag) = world.cell_2024("");
        assert_eq!(world.put_2024(&url, &tag, &larger).status, 413);
        let unconditional = read(&world.ask(Method::Put, &url, &[TEXT], "x"));
        assert_eq!(code(&unconditional), (400, "M_MISSING_PARAM"));
        assert_eq!(world.put_2024(&url, &tag, &largest).status, 202);
    }
}

#[test]
fn each_answer_about_a_cell_says_what_a_client_needs() {
    for (mut world, life) in both().into_iter().zip([60, 600]) {
        // 2026-11-28, 12:00:00.
        world.now = narthex::Time(1_795_867_200_000);
        let (url, tag) = world.cell_2024("");
        world.wait(5);
        let date = |at: u64| format!("Sat, 28 Nov 2026 12:{:02}:{:02} GMT", at / 60, at % 60);
        let renewed = if life == 600 { 5 } else { 0 };
        for (answer, end, modified) in [
            (world.get_2024(&url, "\"other\""), life, 0),
            (world.get_2024(&url, &tag), life, 0),
            (world.put_2024(&url, &tag, "x"), life + renewed, 5),
            (world.put_2024(&url, "\"other\"", "y"), life + renewed, 5),
        ] {
            let header = |name| answer.header(name).unwrap_or_default().to_owned();
            assert_eq!(header("date"), date(5));
            assert_eq!(header("expires"), date(end));
            assert_eq!(header("last-modified"), date(modified));
            assert_eq!(header("cache-control"), "no-store, no-transform");
            assert_eq!(header("pragma"), "no-cache");
            assert_eq!(header("access-control-allow-origin"), "*");
            assert!(header("access-control-expose-headers").to_lowercase().contains("etag"));
            assert!(header("etag").starts_with('"'));
        }
    }
}

/// Edge case 133.
#[test]
fn cells_may_be_created_elsewhere() {
    let elsewhere = "https://rendezvous.example/v1";
    let of_2024 = Rendezvous2024::Elsewhere(elsewhere.parse().unwrap());
    let mut world = world(RendezvousConfig { of_2024, ..RendezvousConfig::synapse() });
    let answer = world.ask(Method::Post, API_2024, &[TEXT], "");
    assert_eq!((answer.status, answer.header("location")), (307, Some(elsewhere)));
    let cell = read(&world.ask(Method::Get, "_synapse/client/rendezvous/x", &[], ""));
    assert_eq!(code(&cell), (404, "M_UNRECOGNIZED"));
    let versions = world.get("_matrix/client/versions", "").1;
    assert_eq!(versions["unstable_features"]["org.matrix.msc4108"], true);
}

#[test]
fn an_address_that_was_put_together_from_an_id_is_none() {
    for (mut world, (right, wrong)) in both().into_iter().zip([
        ("/_synapse/client/rendezvous/", format!("/{API_2024}/")),
        (
            "/_matrix/client/unstable/org.matrix.msc4108/rendezvous/",
            "/_synapse/client/rendezvous/".to_owned(),
        ),
    ]) {
        let (url, _) = world.cell_2024("");
        assert!(url.starts_with(&format!("https://example.org{right}")), "{url}");
        let other = read(&world.ask(Method::Get, &url.replace(right, &wrong), &[], ""));
        assert_eq!(code(&other), (404, "M_UNRECOGNIZED"));
    }
}

/// Edge case 127: MSC4108 has this code for it.
#[test]
fn who_asks_too_often_is_told_in_words_of_their_own() {
    for (mut world, manners) in both().into_iter().zip([Manners::Synapse, Manners::Tuwunel]) {
        world.server.reconfigure(|config| config.limits.rendezvous = Some(Limit::new(2, 10)));
        let (url, tag) = world.cell_2024("");
        assert_eq!(world.get_2024(&url, &tag).status, 304);
        let refused = world.get_2024(&url, &tag);
        assert_eq!(code(&read(&refused)), (429, "M_UNKNOWN"));
        assert_eq!(refused.header("retry-after").is_some(), manners == Manners::Synapse);
        world.wait(10);
        assert_eq!(world.get_2024(&url, &tag).status, 304);
    }
}
