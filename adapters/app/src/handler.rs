//! Who opens the addresses of the application's scheme, and how does it become that?
//!
//! All calls wait for files and programs, some seconds at worst: not for the thread of a user interface.

use std::io;
use std::path::PathBuf;

use narthex_delivery::scheme::{
    Registrar, Registration, Scheme, SchemeProblem, Standing, registrar, this_program,
};

use crate::application::Application;
use crate::error::Error;
use crate::profile::Profile;

/// Whether callbacks by the scheme are wanted: a file beside the profiles says so.
#[must_use]
pub fn is_installed(profile: &Profile) -> bool {
    marker(profile).exists()
}

/// Registers the scheme with the system, for this user, and says that callbacks by it are wanted.
///
/// # Errors
///
/// When the system does not let it, or the file that says so cannot be written.
pub fn install(application: &Application, profile: &Profile) -> Result<(), Error> {
    let marker = marker(profile);
    let file = |error| Error::File { path: marker.clone(), error };
    here(application)?.register()?;
    if let Some(folder) = marker.parent() {
        std::fs::create_dir_all(folder).map_err(file)?;
    }
    std::fs::write(&marker, "").map_err(file)
}

/// Takes that back.
///
/// # Errors
///
/// As [`install`].
pub fn remove(application: &Application, profile: &Profile) -> Result<(), Error> {
    let marker = marker(profile);
    let mut registrar = here(application)?;
    match std::fs::remove_file(&marker) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(Error::File { path: marker, error });
        }
        Err(_) | Ok(()) => {}
    }
    Ok(registrar.unregister()?)
}

/// Who opens its addresses.
///
/// # Errors
///
/// When the system does not say.
pub fn standing(application: &Application) -> Result<Standing, Error> {
    Ok(here(application)?.standing()?)
}

fn marker(profile: &Profile) -> PathBuf {
    profile.data_dir.join("handler")
}

fn here(application: &Application) -> Result<impl Registrar + use<>, SchemeProblem> {
    let scheme = Scheme::parse(&application.scheme)?;
    registrar(Registration::new(scheme, &application.client.name, &this_program()?, application.deliver)?)
}
