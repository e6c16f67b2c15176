// How does a device without a browser of its own sign in (RFC 8628)?

import { knobs } from './knobs.js';
import { alert, escape, page } from './pages.js';

// Device codes, and when each was asked about last.
const polls = new Map();

// What the library leaves out: an interval, and `slow_down` for who does not keep it.
export async function deviceGrant(ctx, next) {
  await next();
  if (ctx.oidc?.route === 'device_authorization' && ctx.status === 200) {
    ctx.body.interval = knobs.interval;
    if (!knobs.verificationComplete) delete ctx.body.verification_uri_complete;
    polls.set(ctx.body.device_code, { interval: knobs.interval, last: undefined });
  }
  if (ctx.oidc?.route === 'token' && ctx.body?.error === 'authorization_pending') {
    const poll = polls.get(ctx.oidc.params.device_code);
    const now = Date.now();
    const isEarly = poll.last !== undefined && now - poll.last < poll.interval * 1000;
    poll.last = now;
    if (isEarly) {
      poll.interval += 5;
      ctx.body = { error: 'slow_down', error_description: `the interval is ${poll.interval} s now` };
    }
  }
}

export function codeInputPage(ctx, _form, _out, error) {
  // Whoever has cancelled is done.
  if (error?.name === 'AbortedError') return page(ctx, 'Cancelled', '<p>The device was not signed in.</p>');
  return page(ctx, 'Sign in a device', `${alert(error && 'This code is wrong, was used before, or is too old.')}
    ${form(ctx, 'op.deviceInputForm', `<label>Code that your device shows
      <input name="user_code" value="${escape(error?.userCode)}" autocomplete="off" autocapitalize="characters"
        required autofocus>
    </label>
    <button>Continue</button>`)}`);
}

export function codeConfirmPage(ctx, _form, client, _deviceInfo, userCode) {
  const name = client.clientName ?? client.clientId;
  page(ctx, 'Is this your device?', `<p><strong>${escape(name)}</strong> wants to sign in.
      Continue only if your device shows this code:</p>
    <p><code>${escape(userCode)}</code></p>
    ${form(ctx, 'op.deviceConfirmForm', `<input type="hidden" name="user_code" value="${escape(userCode)}">
    <input type="hidden" name="confirm" value="yes">
    <button>Continue</button>
    <button class="link" name="abort" value="yes">Cancel</button>`)}`);
}

export function codeSuccessPage(ctx) {
  page(ctx, 'Done', '<p>Your device is signed in. You can close this page.</p>');
}

// The library's own forms have no label and no button.
function form(ctx, id, fields) {
  return `<form id="${id}" method="post" action="${ctx.oidc.urlFor('code_verification')}">
    <input type="hidden" name="xsrf" value="${ctx.oidc.session.state.secret}">
    ${fields}
  </form>`;
}
