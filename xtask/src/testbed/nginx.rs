//! How does an nginx come up between a server and its clients, and what does it do to ETags?
//!
//! It is Debian's, unpacked below `target`: where it is installed, it serves the whole network from then on.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use super::home::{self, Home};
use super::profile::Etags;
use super::ready::wait;
use super::{http, process};
use crate::command::answers;
use crate::system;

fn directives(etags: Etags) -> &'static str {
    match etags {
        Etags::Packed => "gzip on; gzip_types *; gzip_proxied any; gzip_http_version 1.0; gzip_min_length 1;",
        Etags::Weakened => {
            "sub_filter 'nobody says this' ''; sub_filter_types *; sub_filter_last_modified on;"
        }
        Etags::Removed => "sub_filter 'nobody says this' ''; sub_filter_types *;",
    }
}

/// Unpacks it, unless there is one.
pub(crate) fn install() -> Result<()> {
    if program().is_some() { Ok(()) } else { system::unpack("nginx", &folder()) }
}

fn folder() -> PathBuf {
    home::testbed().join("nginx")
}

fn program() -> Option<PathBuf> {
    let unpacked = folder().join("usr/sbin/nginx");
    [unpacked, "/usr/sbin/nginx".into()]
        .into_iter()
        .find(|program| answers(&program.to_string_lossy(), &["-v"]))
}

/// Starts it at `port`, in front of `server`; it answers when this returns.
pub(crate) fn start(home: &Home, etags: Etags, port: u16, server: u16) -> Result<()> {
    let Some(program) = program() else { bail!("there is no nginx") };
    let (config, folder) = (home.file("nginx.conf"), home.folder.display());
    // One process, which keeps its command line. The log says which ETags left it.
    let text = format!(
        r#"daemon off;
master_process off;
pid "{folder}/nginx-master.pid";
events {{}}
http {{
  log_format etags '$request_method $uri $status $sent_http_etag';
  access_log "{folder}/nginx-etags.log" etags;
  client_body_temp_path "{folder}/nginx-body";
  proxy_temp_path "{folder}/nginx-proxy";
  fastcgi_temp_path "{folder}/nginx-fastcgi";
  uwsgi_temp_path "{folder}/nginx-uwsgi";
  scgi_temp_path "{folder}/nginx-scgi";
  client_max_body_size 50m;
  {}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{server};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
    }}
  }}
}}
"#,
        directives(etags)
    );
    fs::write(&config, text)?;
    let log = "nginx.log";
    let mut nginx = Command::new(program);
    nginx.args(["-e", "stderr", "-c"]).arg(&config);
    let mut nginx = process::start(&mut nginx, &home.file(log), &home.file("nginx.pid"), home.stays)?;
    wait(home, log, || {
        if let Some(status) = nginx.try_wait()? {
            bail!("nginx ended with {status}");
        }
        Ok((http::status(port, "/_matrix/client/versions") == Some(200)).then_some(()))
    })
}
