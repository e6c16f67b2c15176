// Which scopes may an app ask for?

import { errors } from 'oidc-provider';

// The one resource that there is.
export const HOMESERVER = 'urn:matrix:homeserver';

// Of the specification, and of MSC2967 before it.
const FAMILIES = ['urn:matrix:client:', 'urn:matrix:org.matrix.msc2967.client:'];
// As Matrix Authentication Service has it, which takes more than the unreserved characters of the specification: most
// device IDs of matrix-rust-sdk have a `+` or a `/`. No more of them than Synapse takes.
const DEVICE_ID = /^[A-Za-z0-9._~!$&'()*+,;=:@/-]{10,255}$/;

// The scopes of this text that are Matrix's.
export function matrixScopes(text = '') {
  const isMatrix = (scope) =>
    FAMILIES.some((family) => scope === `${family}api:*` || scope.startsWith(`${family}device:`));
  return text.split(' ').filter(isMatrix);
}

// The devices that these scopes name, each once.
export function deviceIds(scopes) {
  const named = scopes.flatMap((scope) => FAMILIES
    .map((family) => `${family}device:`)
    .filter((start) => scope.startsWith(start))
    .map((start) => scope.slice(start.length)));
  return [...new Set(named)];
}

// What the library asks about a resource: which scopes does it have?
export function homeserverScopes(ctx, resource) {
  if (resource !== HOMESERVER) throw new errors.InvalidTarget();
  const { entities, params, route } = ctx.oidc;
  // A token request has no scopes of its own, only those that were granted.
  const granted = entities.Grant?.getResourceScope(HOMESERVER) ?? '';
  const scopes = matrixScopes(`${params.scope ?? ''} ${granted}`);
  if (route === 'authorization' || route === 'device_authorization') check(scopes);
  return { scope: scopes.join(' '), audience: HOMESERVER, accessTokenFormat: 'opaque' };
}

function check(scopes) {
  const devices = deviceIds(scopes);
  if (!scopes.some((scope) => scope.endsWith(':api:*'))) throw new errors.InvalidScope('no scope for the client API');
  if (devices.length !== 1) throw new errors.InvalidScope('there has to be a scope for exactly one device');
  if (!DEVICE_ID.test(devices[0])) throw new errors.InvalidScope('not a device ID');
}
