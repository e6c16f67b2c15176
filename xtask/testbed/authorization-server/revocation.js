// Whose token is to be revoked?

import { readForm } from './body.js';

// Matrix has a token revoked whoever shows it, so that a leaked one can be ended by its finder; the library
// wants the client whose it is. An expired access token ends its session too.
export function revocation(provider, sessions) {
  return async (ctx, next) => {
    if (ctx.path !== '/oauth2/revoke' || ctx.method !== 'POST') return next();
    const form = await readForm(ctx);
    const even = { ignoreExpiration: true };
    const found = await provider.AccessToken.find(form.token, even)
      ?? await provider.RefreshToken.find(form.token, even);
    // The library takes the body from here when it has been read.
    ctx.req.body = found ? { ...form, client_id: found.clientId } : form;
    await next();
    if (found && ctx.status === 200) await sessions.end(found.grantId);
    return undefined;
  };
}
