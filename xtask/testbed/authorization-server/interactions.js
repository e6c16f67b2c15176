// What does a person do between an app's request and its answer?

import { readForm } from './body.js';
import { knobs } from './knobs.js';
import { consentPage, createPage, errorPage, loginPage } from './pages.js';
import { HOMESERVER, deviceIds, matrixScopes } from './policy.js';

// The pages at `/interaction/…`, each with one form that says what to `do`.
export function interactions(provider, users) {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next();
    let interaction;
    try {
      interaction = await provider.interactionDetails(ctx.req, ctx.res);
    } catch (error) {
      ctx.status = 400;
      return errorPage(ctx, { error: error.error, error_description: error.error_description });
    }
    ctx.set('Cache-Control', 'no-store');
    if (ctx.method !== 'POST') return show(ctx, interaction, ctx.query.view);
    const form = await readForm(ctx);
    const { result, problem } = await answer(form, interaction);
    if (problem) {
      ctx.status = 400;
      return show(ctx, interaction, form.do, form.username, problem);
    }
    // A refusal takes the place of all that was done before.
    const options = { mergeWithLastSubmission: !result.error };
    ctx.status = 303;
    return ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, options));
  };

  async function show(ctx, interaction, view, username = '', problem = undefined) {
    const page = ['create', 'login'].includes(view) ? view : interaction.prompt.name;
    if (page === 'create' && knobs.registration) createPage(ctx, username, problem);
    else if (page === 'consent') consentPage(ctx, await whatIsAsked(interaction), problem);
    else loginPage(ctx, username, problem);
  }

  async function whatIsAsked({ params, session }) {
    const client = await provider.Client.find(params.client_id);
    return { client, localpart: session.accountId, device: deviceIds(matrixScopes(params.scope))[0] };
  }

  async function answer(form, interaction) {
    switch (form.do) {
      case 'cancel':
        return { result: { error: 'access_denied', error_description: 'The person cancelled.' } };
      case 'create': {
        if (!knobs.registration) return { problem: 'Nobody may register here.' };
        const problem = await users.create(form.username, form.password);
        return problem ? { problem } : { result: signedIn(form.username) };
      }
      case 'login':
        return users.areRight(form.username, form.password)
          ? { result: signedIn(form.username) }
          : { problem: 'The username or the password is wrong.' };
      case 'consent':
        // A second tab may still show the page of before the sign-in.
        return interaction.prompt.name === 'consent'
          ? { result: { consent: { grantId: await grant(interaction) } } }
          : { problem: 'Please sign in first.' };
      default:
        return { problem: 'There is nothing to do.' };
    }
  }

  // `create` too, whichever it was, or the library would ask for it for ever.
  function signedIn(localpart) {
    return { login: { accountId: localpart }, create: {} };
  }

  async function grant({ params, session }) {
    const given = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    if (params.scope.split(' ').includes('openid')) given.addOIDCScope('openid');
    given.addResourceScope(HOMESERVER, matrixScopes(params.scope));
    return given.save();
  }
}
