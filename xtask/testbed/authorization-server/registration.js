// Which clients may register, and what do they learn beforehand?
//
// The rules are those of "Client registration" in the Matrix specification; the library has looser ones of
// its own (RFC 7591), which apply after these.

import { errors } from 'oidc-provider';

import { knobs } from './knobs.js';

const GRANT_TYPES = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'];
// No port: the client has any when it signs in.
const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(\/|\?|$)/;

// Refuses what the specification refuses, and leaves out what it ignores.
export function checkMetadata(ctx, _key, _value, metadata) {
  // Synapse's own client was not registered.
  if (!ctx) return;
  const base = webUri(metadata.client_uri);
  if (!base) refuse('client_uri must be an https URI without user or password');
  for (const name of ['logo_uri', 'policy_uri', 'tos_uri']) {
    if (metadata[name] !== undefined && !isBelow(metadata[name], base)) refuse(`${name} must be below client_uri`);
  }
  if (Array.isArray(metadata.grant_types)) {
    metadata.grant_types = metadata.grant_types.filter((type) => GRANT_TYPES.includes(type));
    if (metadata.grant_types.length === 0) refuse('grant_types has none that is supported');
    // The library asks for redirect URIs wherever there is a response type.
    metadata.response_types = metadata.grant_types.includes('authorization_code') ? ['code'] : [];
  }
  // Not of the specification, and the library would look for a device's scope in its list.
  delete metadata.scope;
  for (const uri of Array.isArray(metadata.redirect_uris) ? metadata.redirect_uris : []) {
    if (!mayRedirect(uri, metadata.application_type, base)) refuse(`redirect_uris must not contain ${uri}`);
  }
}

function mayRedirect(uri, type, base) {
  if (isBelow(uri, base)) return true;
  return type === 'native' && (LOOPBACK.test(uri) || isPrivateUse(uri, base));
}

// `com.example.app:/callback` of `https://app.example.com`; nothing that has an authority.
function isPrivateUse(uri, base) {
  const reversed = base.hostname.split('.').reverse().join('.');
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):(.*)$/.exec(uri) ?? [];
  return scheme !== undefined && !rest.startsWith('//') && (scheme === reversed || scheme.startsWith(`${reversed}.`));
}

function isBelow(text, base) {
  const uri = webUri(text);
  return uri !== undefined && (uri.hostname === base.hostname || uri.hostname.endsWith(`.${base.hostname}`));
}

function webUri(text) {
  const uri = typeof text === 'string' ? URL.parse(text) : null;
  return uri?.protocol === 'https:' && !uri.username && !uri.password ? uri : undefined;
}

// The library makes an `invalid_redirect_uri` of what begins with `redirect_uris`.
function refuse(description) {
  throw new errors.InvalidClientMetadata(description);
}

// The library has no CORS where a client registers.
export async function registrationCors(ctx, next) {
  if (ctx.path !== '/oauth2/registration') return next();
  ctx.set('Access-Control-Allow-Origin', '*');
  if (ctx.method !== 'OPTIONS') return next();
  ctx.set('Access-Control-Allow-Methods', 'POST');
  ctx.set('Access-Control-Allow-Headers', 'Content-Type');
  ctx.status = 204;
  return undefined;
}

// Says in the metadata whether people may register.
export async function promptValues(ctx, next) {
  await next();
  if (ctx.oidc?.route === 'discovery' && ctx.status === 200) {
    ctx.body.prompt_values_supported = ['none', 'login', 'consent', ...(knobs.registration ? ['create'] : [])];
  }
}
