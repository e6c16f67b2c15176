//! What is written in the configuration of a testbed's server?

use super::profile::Profile;

/// What stands around a server when it is configured.
pub(crate) struct Surroundings<'a> {
    pub(crate) folder: &'a str,
    pub(crate) consent: &'a str,
    /// Where Synapse listens.
    pub(crate) port: u16,
    /// Where clients find it.
    pub(crate) public: u16,
    pub(crate) secret: &'a str,
    pub(crate) smtp: u16,
    pub(crate) http: u16,
    pub(crate) authorization: u16,
}

/// The whole `homeserver.yaml`.
pub(crate) fn homeserver_yaml(profile: Profile, around: &Surroundings<'_>) -> String {
    let Surroundings { folder, consent, port, public, secret, smtp, http, authorization } = around;
    // Synapse refuses to start with the consent resource and no policy.
    let resources = if profile.has_terms() { "client, consent" } else { "client" };
    let access_token_lifetime = if profile == Profile::Refresh { "10s" } else { "5m" };
    let mut yaml = format!(
        r#"server_name: "localhost:{public}"
public_baseurl: "http://127.0.0.1:{public}/"
listeners:
  - port: {port}
    type: http
    bind_addresses: ["127.0.0.1"]
    resources: [{{names: [{resources}]}}]
database: {{name: sqlite3, args: {{database: "{folder}/homeserver.db"}}}}
media_store_path: "{folder}/media"
signing_key_path: "{folder}/signing.key"
registration_shared_secret: "{secret}"
macaroon_secret_key: "{secret}"
form_secret: "{secret}"
report_stats: false
trusted_key_servers: []
suppress_key_server_warning: true
bcrypt_rounds: 4
refreshable_access_token_lifetime: {access_token_lifetime}
"#
    );
    // Synapse refuses to start with a setting for what it has delegated.
    if !profile.is_delegated() {
        yaml.push_str("refresh_token_lifetime: 24h\n");
    }
    yaml.push_str(if profile == Profile::Ratelimit {
        r#"rc_registration: {per_second: 0.1, burst_count: 2}
rc_registration_token_validity: {per_second: 0.1, burst_count: 2}
rc_3pid_validation: {per_second: 0.01, burst_count: 2}
rc_login:
  address: {per_second: 0.1, burst_count: 3}
  account: {per_second: 0.1, burst_count: 3}
  failed_attempts: {per_second: 0.1, burst_count: 2}
"#
    } else {
        r#"rc_registration: {per_second: 1000, burst_count: 1000}
rc_registration_token_validity: {per_second: 1000, burst_count: 1000}
rc_3pid_validation: {per_second: 1000, burst_count: 1000}
rc_login:
  address: {per_second: 1000, burst_count: 1000}
  account: {per_second: 1000, burst_count: 1000}
  failed_attempts: {per_second: 1000, burst_count: 1000}
"#
    });
    yaml.push_str(match profile {
        Profile::Open | Profile::Refresh | Profile::Ratelimit | Profile::EmailOptional | Profile::Terms => {
            "enable_registration: true\nenable_registration_without_verification: true\n"
        }
        Profile::Token => "enable_registration: true\nregistration_requires_token: true\n",
        Profile::Email => "enable_registration: true\nregistrations_require_3pid: [email]\n",
        Profile::Recaptcha => "enable_registration: true\n",
        Profile::Everything => {
            "enable_registration: true\nregistration_requires_token: true\nregistrations_require_3pid: [email]\n"
        }
        Profile::Disabled
        | Profile::Sso
        | Profile::Oauth
        | Profile::OauthAuthenticated
        | Profile::OauthOff
        | Profile::OauthNone
        | Profile::OauthPacked
        | Profile::OauthWeak
        | Profile::OauthBare => "enable_registration: false\n",
    });
    if profile.has_terms() {
        yaml.push_str(&format!(
            r#"user_consent:
  template_dir: "{consent}"
  version: "1.0"
  require_at_registration: true
  policy_name: "Testbed privacy policy"
"#
        ));
    }
    if profile.sends_mail() {
        yaml.push_str(&format!(
            r#"email:
  smtp_host: 127.0.0.1
  smtp_port: {smtp}
  enable_tls: false
  notif_from: "Testbed <noreply@testbed.invalid>"
  app_name: Testbed
"#
        ));
    }
    if profile.has_captcha() {
        yaml.push_str(&format!(
            r#"enable_registration_captcha: true
recaptcha_public_key: "testbed-site-key"
recaptcha_private_key: "testbed-private-key"
recaptcha_siteverify_api: "http://127.0.0.1:{http}/siteverify"
"#
        ));
    }
    if profile.has_providers() {
        yaml.push_str(
            "sso: {client_whitelist: [\"http://127.0.0.1\", \"http://[::1]\", \"http://localhost\"]}\n",
        );
        yaml.push_str("oidc_providers:\n");
        yaml.push_str(&provider("heron", "Heron", *http));
        yaml.push_str(&provider("ibis", "Ibis", *http));
    }
    if let Some(rendezvous) = profile.rendezvous() {
        yaml.push_str(&format!(
            r#"matrix_authentication_service: {{enabled: true, endpoint: "http://127.0.0.1:{authorization}/", secret: "{secret}"}}
password_config: {{enabled: false}}
experimental_features: {rendezvous}
"#
        ));
    }
    yaml
}

/// One provider, without discovery and without `openid`, so that it needs no keys.
fn provider(id: &str, name: &str, port: u16) -> String {
    let base = format!("http://127.0.0.1:{port}/{id}");
    format!(
        r#"  - idp_id: {id}
    idp_name: {name}
    idp_brand: {id}
    discover: false
    skip_verification: true
    issuer: "{base}"
    client_id: testbed
    client_secret: testbed
    scopes: [profile]
    authorization_endpoint: "{base}/authorize"
    token_endpoint: "{base}/token"
    userinfo_endpoint: "{base}/userinfo"
    user_mapping_provider:
      config:
        localpart_template: "{{{{ user.preferred_username }}}}"
        display_name_template: "{{{{ user.name }}}}"
"#
    )
}
