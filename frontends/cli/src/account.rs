//! The commands about the account of a session: `devices`, `manage`.

use std::time::{Duration, SystemTime};

use narthex::{AccountAction, Intent, Screen};

use crate::exit::Exit;
use crate::json::out::{self, Printed};
use crate::pick;
use crate::plain::tell;
use crate::progress::meanwhile;
use crate::session::resumed;
use crate::setup::Setup;
use crate::turn::settled;
use narthex_text::{id, plain};

/// The account's devices, this one marked.
pub(crate) async fn devices(setup: &Setup) -> Result<(), Exit> {
    let (mut handle, _) = resumed(setup).await?;
    let views = handle.views.clone();
    let view = meanwhile(setup, views, handle.perform(Intent::ListDevices)).await;
    let listed = settled(&view);
    handle.end().await;
    listed?;
    let Screen::SignedIn { devices: Some(devices), .. } = &view.screen else {
        return Err(Exit::NotSignedIn);
    };
    if setup.global.json {
        out::print(&Printed::Devices { devices });
        return Ok(());
    }
    for device in devices {
        let name = device.display_name.as_deref().map(plain).unwrap_or_default();
        let seen = device.last_seen.map(|at| setup.text.say("device-seen", &[("date", date(at.0).into())]));
        let this = device.is_this.then(|| setup.text.say("device-this", &[]));
        let more: Vec<String> = seen.into_iter().chain(this).collect();
        let line = [id(&device.device_id), name, more.join(", ")].join("  ");
        tell(line.trim_end());
    }
    Ok(())
}

/// The page on which the account is managed.
pub(crate) async fn manage(
    setup: &Setup,
    action: Option<AccountAction>,
    device: Option<&str>,
) -> Result<(), Exit> {
    let store = setup.existing_store(&setup.app()?.profile)?.ok_or(Exit::NotSignedIn)?;
    let account = pick::one(setup, &store).await?;
    let session = store
        .session(&account)
        .map_err(narthex_app::Error::from)?
        .ok_or_else(|| narthex_app::Error::nobody(&store))?;
    let page = session.oauth.as_ref().and_then(|oauth| oauth.account_management.as_ref());
    let page = page.ok_or(Exit::NoAccountPage)?;
    let url = page.link(action, Some(device.unwrap_or(&session.device_id)));
    let is_known = action.is_none_or(|action| page.known().any(|known| known == action));
    if setup.global.json {
        out::print(&Printed::AccountPage { url: &url, announced: is_known });
    } else {
        if !is_known {
            crate::plain::say(&setup.text.say("action-not-announced", &[]));
        }
        tell(url.as_str());
    }
    if !setup.global.no_browser {
        narthex_delivery::open(&url).ok();
    }
    Ok(())
}

/// `21 Nov 2026`, of milliseconds since the Unix epoch.
pub(crate) fn date(milliseconds: u64) -> String {
    const LAST: u64 = 253_402_300_799_000;
    let at = SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds.min(LAST));
    httpdate::fmt_http_date(at)[5..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_that_of_the_calendar() {
        assert_eq!(date(0), "01 Jan 1970");
        assert_eq!(date(951_782_400_000), "29 Feb 2000");
        assert_eq!(date(u64::MAX), "31 Dec 9999");
    }
}
