// How is the library told to be an authorization server for Matrix?

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { errors, interactionPolicy } from 'oidc-provider';

import { codeConfirmPage, codeInputPage, codeSuccessPage } from './device.js';
import { knobs } from './knobs.js';
import { errorPage } from './pages.js';
import { HOMESERVER, homeserverScopes } from './policy.js';
import { checkMetadata } from './registration.js';
import { Storage } from './storage.js';

const LONG = 10 * 365 * 24 * 60 * 60; // seconds

export function configuration(issuer, secret, users) {
  return {
    adapter: Storage,
    clients: [{
      // Synapse, which only introspects.
      client_id: 'synapse',
      client_secret: secret,
      grant_types: [],
      redirect_uris: [],
      response_types: [],
    }],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    jwks: { keys: [signingKey()] },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
    clientBasedCORS: () => true,
    // To the second: what a knob makes short shall be short.
    clockTolerance: 0,
    cookies: { keys: [randomBytes(32).toString('hex')] },
    discovery: { account_management_uri: `${issuer}/account` },
    // The validator is not called without a property of its own; this one is known anyway.
    extraClientMetadata: { properties: ['client_uri'], validator: checkMetadata },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: codeInputPage,
        userCodeConfirmSource: codeConfirmPage,
        successSource: codeSuccessPage,
      },
      dPoP: { enabled: false },
      introspection: {
        enabled: true,
        // Only Synapse, and never a refresh token.
        allowedPolicy: (_ctx, client, token) => client.clientId === 'synapse' && token.kind === 'AccessToken',
      },
      pushedAuthorizationRequests: { enabled: false },
      registration: { enabled: true, issueRegistrationAccessToken: false },
      resourceIndicators: {
        // Scopes that carry a device's name cannot be listed beforehand; those of a resource need not be.
        enabled: true,
        defaultResource: () => HOMESERVER,
        getResourceServerInfo: homeserverScopes,
      },
      revocation: { enabled: true, allowedPolicy: () => true },
      rpInitiatedLogout: { enabled: false },
      // With it, a request for `openid` would get an access token for it and not for the homeserver.
      userinfo: { enabled: false },
    },
    findAccount: (_ctx, localpart) =>
      users.has(localpart) ? { accountId: localpart, claims: () => ({ sub: localpart }) } : undefined,
    interactions: { policy: prompts() },
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    // Tokens outlive the browser's session.
    expiresWithSession: () => false,
    // One consent is one Matrix session. By default a browser's sign-ins share one grant per client, and
    // the end of one session would end the others.
    loadExistingGrant: (ctx) => {
      const granted = ctx.oidc.result?.consent?.grantId;
      return granted ? ctx.oidc.provider.Grant.find(granted) : undefined;
    },
    pkce: { required: () => true },
    renderError: errorPage,
    responseTypes: ['code'],
    revokeGrantPolicy: () => true,
    rotateRefreshToken: true,
    routes: {
      authorization: '/authorize',
      code_verification: '/device',
      device_authorization: '/oauth2/device',
      end_session: '/session/end',
      // Synapse knows this one by heart.
      introspection: '/oauth2/introspect',
      jwks: '/oauth2/keys',
      registration: '/oauth2/registration',
      revocation: '/oauth2/revoke',
      token: '/oauth2/token',
    },
    scopes: ['openid'],
    ttl: {
      AccessToken: () => knobs.accessTtl,
      AuthorizationCode: 60,
      DeviceCode: () => knobs.deviceTtl,
      // A grant is the session: it does not end because it is old.
      Grant: LONG,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: LONG,
      Session: 24 * 3600,
    },
  };
}

// The library's prompts, `login` and `consent`, and before them `create` (Initiating User Registration via
// OpenID Connect 1.0).
function prompts() {
  const { base, Check, Prompt } = interactionPolicy;
  const policy = base();
  const refuse = new Check('registration_closed', 'nobody may register', (ctx) => {
    if (ctx.oidc.prompts.has('create') && !knobs.registration) {
      throw new errors.InvalidRequest('unsupported prompt value requested');
    }
    return Check.NO_NEED_TO_PROMPT;
  });
  policy.add(new Prompt({ name: 'create', requestable: true }, refuse), 0);
  return policy;
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' };
}
