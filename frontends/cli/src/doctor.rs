//! `narthex doctor`: what a server offers, as a checklist with what to do.

use std::io::IsTerminal as _;

use narthex::{
    Cause, Evidence, Failure, Finding, Generation, Intent, Missing, OAuthSupport, Probe, RegistrationSupport,
    Role, Screen, ServerReport, Stage, StageKind, Step,
};
use narthex_app::{Profile, World};
use narthex_storage::{Keep, Options, Store};

use crate::exit::Exit;
use crate::json::out::{self, Printed};
use crate::plain::tell_toned;
use crate::progress::meanwhile;
use crate::setup::Setup;
use crate::terminal::Tone;
use crate::terminal::paint::Paint;
use narthex_text::{Text, plain};

pub(crate) async fn run(server: String, setup: &Setup) -> Result<(), Exit> {
    // Nothing is saved, so nothing of the user's is opened.
    let (data_dir, name) = (std::env::temp_dir(), "doctor".to_owned());
    let keep = Options { data_dir: data_dir.clone(), profile: name.clone(), keep: Keep::Memory };
    let store = Store::open(keep).map_err(narthex_app::Error::from)?;
    let app = setup.of_profile(Profile { data_dir, name });
    let mut handle = app.start(None, None, World::new(store)?)?;
    setup.awaits(&handle);
    handle.ask(Intent::UseServer { server: server.clone() }).await;
    let views = handle.views.clone();
    let view = meanwhile(setup, views, handle.until(narthex_app::is_settled)).await;
    handle.end().await;
    let Screen::Choose { report, .. } = &view.screen else {
        let failure = narthex_app::problem(&view);
        return Err(failure.map_or(Exit::NobodyCanSignIn, |failure| Exit::Failed(failure.clone())));
    };
    let somebody_can = can_sign_in(report) || can_register(report);
    if setup.global.json {
        out::print(&Printed::ServerReport { report, usable: somebody_can });
    } else {
        let paint = Paint::of(std::io::stdout().is_terminal());
        let lines = checklist(&setup.text, &server, report, paint.is_on());
        lines.iter().for_each(|(line, tone)| tell_toned(line, *tone, paint));
    }
    match report.cannot_sign_in() {
        Some(failure) if !somebody_can && is_unclear(&failure) => Err(Exit::Failed(failure)),
        Some(_) if !somebody_can => Err(Exit::NobodyCanSignIn),
        Some(_) | None => Ok(()),
    }
}

fn can_sign_in(report: &ServerReport) -> bool {
    report.cannot_sign_in().is_none()
}

/// Whether a server has not said what it offers, which is not to say that it offers nothing.
const fn is_unclear(failure: &Failure) -> bool {
    matches!(failure.cause, Cause::Unavailable { .. })
}

const fn can_register(report: &ServerReport) -> bool {
    matches!(
        report.registration,
        RegistrationSupport::Open { .. } | RegistrationSupport::Unguarded | RegistrationSupport::InBrowser
    )
}

/// With colours, what is there has a mark of its tone.
fn checklist(text: &Text, typed: &str, report: &ServerReport, has_colors: bool) -> Vec<(String, Tone)> {
    let url = report.base_url.to_string();
    // An address that was typed is where it is.
    let is_there = plain(&report.server).trim_end_matches('/') == url.trim_end_matches('/');
    let title = if is_there { "doctor-title-there" } else { "doctor-title" };
    let title = text.say(title, &[("server", plain(&report.server).into()), ("url", url.into())]);
    let mut lines = vec![(title, Tone::Strong)];
    if let (Some(first), Some(last)) = (report.versions.first(), report.versions.last()) {
        let values = [("first", plain(first).into()), ("last", plain(last).into())];
        lines.push((text.say("doctor-versions", &values), Tone::Normal));
    }
    section(&mut lines, text.say("doctor-asked", &[]), Vec::new());
    for step in &report.steps {
        let (mark, tone) = match step.finding {
            Finding::Present if has_colors => ("", Tone::Good),
            Finding::Present => ("[x] ", Tone::Normal),
            Finding::Absent if has_colors => ("  ", Tone::Normal),
            Finding::Absent => ("[ ] ", Tone::Normal),
            Finding::Declined if has_colors => ("- ", Tone::Normal),
            Finding::Declined => ("[-] ", Tone::Normal),
            Finding::Faulty { .. } if has_colors => ("! ", Tone::Bad),
            Finding::Faulty { .. } => ("[!] ", Tone::Normal),
        };
        lines.push((format!("{mark}{}: {}", text.probe(step.probe), text.finding(step)), tone));
        if matches!(step.finding, Finding::Faulty { .. } | Finding::Declined) {
            lines.push((format!("    {}", text.evidence(&step.evidence)), Tone::Dim));
        }
        if !step.left_out.is_empty() {
            let parts = plain(&step.left_out.join(", "));
            let left_out = text.say("doctor-left-out", &[("parts", parts.into())]);
            lines.push((format!("    {left_out}"), Tone::Normal));
        }
    }
    section(&mut lines, text.say("doctor-sign-in", &[]), sign_in(text, report));
    let (shown, evidence) = codes(text, report);
    section(&mut lines, text.say("doctor-qr", &[]), shown);
    lines.extend(evidence.map(|evidence| (format!("    {evidence}"), Tone::Dim)));
    section(&mut lines, text.say("doctor-register", &[]), registration(text, &report.registration));
    section(&mut lines, text.say("doctor-advice", &[]), advice(text, typed, report));
    lines
}

fn section(lines: &mut Vec<(String, Tone)>, title: String, items: Vec<String>) {
    lines.push((String::new(), Tone::Normal));
    lines.push((title, Tone::Strong));
    lines.extend(items.into_iter().map(|item| (format!("- {item}"), Tone::Normal)));
}

fn sign_in(text: &Text, report: &ServerReport) -> Vec<String> {
    let login = &report.login;
    let mut ways = Vec::new();
    ways.extend(login.password.then(|| text.say("doctor-password", &[])));
    ways.extend(login.token.then(|| text.say("doctor-token", &[])));
    if let Some(sso) = &login.sso {
        let names: Vec<String> =
            sso.providers.iter().map(|p| format!("{} ({})", plain(&p.name), plain(&p.id))).collect();
        ways.push(match names.is_empty() {
            true => text.say("doctor-sso", &[]),
            false => text.say("doctor-sso-with", &[("providers", names.join(", ").into())]),
        });
    }
    if !login.other.is_empty() {
        let kinds = plain(&login.other.join(", "));
        ways.push(text.say("doctor-other", &[("kinds", kinds.into())]));
    }
    match report.cannot_sign_in() {
        Some(failure) if is_unclear(&failure) => {
            let problem = text.headline(&failure.cause, failure.evidence.as_deref());
            ways.push(text.say("doctor-sign-in-unclear", &[("problem", problem.into())]));
        }
        Some(_) => ways.push(text.say("doctor-no-sign-in", &[])),
        None => {}
    }
    match &report.oauth {
        OAuthSupport::Absent => {}
        OAuthSupport::Offered { issuer, device_grant, client_registration, .. } => {
            ways.push(text.say("doctor-oauth", &[("issuer", plain(issuer).into())]));
            ways.extend(device_grant.then(|| text.say("doctor-device-grant", &[])));
            ways.extend((!client_registration).then(|| text.say("doctor-no-client-registration", &[])));
        }
        OAuthSupport::Unusable { cause } => {
            ways.push(
                text.say(
                    "doctor-oauth-unusable",
                    &[("problem", text.headline(cause, unusable(report)).into())],
                ),
            );
        }
        OAuthSupport::Unclear => ways.push(text.say("doctor-oauth-unclear", &[])),
    }
    ways
}

/// Who can show a QR code, what to change where nobody can, and what shows that somebody cannot.
fn codes(text: &Text, report: &ServerReport) -> (Vec<String>, Option<String>) {
    let shown = |id: &str, generation: Generation| {
        let generation = match generation {
            Generation::V2024 => "2024",
            Generation::V2025 => "2025",
        };
        text.say(id, &[("generation", generation.into())])
    };
    let not_shown = |id: &str, failure: &Failure| {
        text.say(id, &[("problem", text.headline(&failure.cause, failure.evidence.as_deref()).into())])
    };
    let evidence = |failure: &Failure| failure.evidence.as_ref().map(|evidence| text.evidence(evidence));
    match (report.can_show_code(Role::New), report.can_show_code(Role::Existing)) {
        (Ok(new), Ok(existing)) => {
            (vec![shown("doctor-qr-new", new), shown("doctor-qr-existing", existing)], None)
        }
        (Err(failure), Ok(existing)) => {
            let new = if is_unclear(&failure) {
                not_shown("doctor-qr-new-unclear", &failure)
            } else {
                text.say("doctor-qr-new-scans", &[])
            };
            (vec![shown("doctor-qr-existing", existing), new], evidence(&failure))
        }
        (_, Err(failure)) if is_unclear(&failure) => {
            (vec![not_shown("doctor-qr-unclear", &failure)], evidence(&failure))
        }
        (_, Err(failure)) => {
            let mut lines = vec![not_shown("doctor-qr-nobody", &failure)];
            match failure.cause {
                Cause::Unsupported { missing: Missing::Rendezvous } => {
                    lines.push(text.say("doctor-qr-admin-rendezvous", &[]));
                }
                Cause::Unsupported { missing: Missing::DeviceGrant } => {
                    lines.push(text.say("doctor-qr-admin-device-grant", &[]));
                }
                // What else is wrong with the authorization server is among the next steps.
                Cause::Unsupported { .. } | Cause::Misbehaved { .. } | Cause::Unavailable { .. } => {}
                Cause::Refused { .. } | Cause::Expired { .. } | Cause::Broken { .. } => {}
            }
            (lines, evidence(&failure))
        }
    }
}

fn registration(text: &Text, support: &RegistrationSupport) -> Vec<String> {
    match support {
        RegistrationSupport::Open { flows } if flows.is_empty() => {
            vec![text.say("doctor-open-unsaid", &[])]
        }
        RegistrationSupport::Open { flows } => flows
            .iter()
            .enumerate()
            .map(|(n, flow)| {
                let id = if n == 0 { "doctor-open" } else { "doctor-or" };
                text.say(id, &[("stages", stages(text, flow).into())])
            })
            .collect(),
        RegistrationSupport::Unguarded => vec![text.say("doctor-unguarded", &[])],
        RegistrationSupport::InBrowser => vec![text.say("doctor-in-browser", &[])],
        RegistrationSupport::Closed => vec![text.say("doctor-closed", &[])],
        RegistrationSupport::Absent => vec![text.say("doctor-absent", &[])],
        RegistrationSupport::Unclear { .. } => vec![text.say("doctor-unclear", &[])],
    }
}

fn stages(text: &Text, flow: &[Stage]) -> String {
    let asked = flow.iter().filter(|stage| stage.kind() != StageKind::Dummy);
    let names: Vec<String> = asked.map(|stage| text.stage(stage.kind())).collect();
    if names.is_empty() { text.stage(StageKind::Dummy) } else { names.join(", ") }
}

/// The answer that makes OAuth 2.0 of no use.
fn unusable(report: &ServerReport) -> Option<&Evidence> {
    let is_it = |step: &&Step| {
        matches!(step.probe, Probe::AuthMetadata | Probe::AuthMetadataUnstable | Probe::IssuerMetadata)
            && matches!(step.finding, Finding::Faulty { .. })
    };
    report.steps.iter().rev().find(is_it).map(|step| &step.evidence)
}

fn advice(text: &Text, typed: &str, report: &ServerReport) -> Vec<String> {
    let server = || [("server", plain(typed).into())];
    let mut advice = Vec::new();
    for step in &report.steps {
        if let Finding::Faulty { cause } = &step.finding {
            let problem = text.headline(cause, Some(&step.evidence));
            let values = [("probe", text.probe(step.probe).into()), ("problem", problem.into())];
            advice.push(text.say("advice-faulty", &values));
        }
    }
    if matches!(report.oauth, OAuthSupport::Unclear) {
        advice.push(text.say("advice-oauth-unclear", &[]));
    }
    if let Some(failure) = report.cannot_sign_in().filter(|failure| !is_unclear(failure)) {
        let problem = text.headline(&failure.cause, failure.evidence.as_deref());
        advice.push(text.say("advice-no-sign-in", &[("problem", problem.into())]));
    }
    let unguarded = match &report.registration {
        RegistrationSupport::Unguarded => true,
        RegistrationSupport::Open { flows } => {
            flows.iter().any(|flow| flow.iter().all(|stage| stage.kind() == StageKind::Dummy))
        }
        RegistrationSupport::InBrowser
        | RegistrationSupport::Closed
        | RegistrationSupport::Absent
        | RegistrationSupport::Unclear { .. } => false,
    };
    if unguarded {
        advice.push(text.say("advice-unguarded", &[]));
    }
    if can_sign_in(report) && advice.is_empty() {
        advice.push(text.say("advice-fine", &server()));
    }
    if can_register(report) {
        advice.push(text.say("advice-register", &server()));
    }
    advice
}
