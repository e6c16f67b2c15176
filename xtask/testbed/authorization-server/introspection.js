// How does Synapse learn whose a token is?

const PATH = '/oauth2/introspect';

// Synapse shows the secret as a Bearer token and wants to know a username and a lifetime; the library knows
// clients with passwords, subjects and points in time (RFC 7662).
export function introspection(secret) {
  const basic = Buffer.from(`synapse:${encodeURIComponent(secret)}`).toString('base64');
  return async (ctx, next) => {
    if (ctx.path === PATH && ctx.get('authorization') === `Bearer ${secret}`) {
      ctx.req.headers.authorization = `Basic ${basic}`;
    }
    await next();
    if (ctx.path === PATH && ctx.body?.active) {
      ctx.body.username = ctx.body.sub;
      ctx.body.expires_in = ctx.body.exp - Math.floor(Date.now() / 1000);
    }
  };
}
