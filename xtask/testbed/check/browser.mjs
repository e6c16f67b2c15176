// What does a browser do that has neither eyes nor JavaScript?

const HOPS = 20;

export class Browser {
  #cookies = new Map();

  // Where the journey ends: at a page of that server, or at an address that leads away from it.
  async open(url, init = {}) {
    const home = new URL(url).origin;
    for (let hop = 0; hop < HOPS; hop += 1) {
      const answer = await fetch(url, { ...init, redirect: 'manual', headers: { Cookie: this.#cookie() } });
      this.#keep(answer.headers.getSetCookie());
      const next = answer.headers.get('location');
      if (!next) return new Page(this, url, answer.status, await answer.text()).settled();
      url = new URL(next, url).href;
      if (new URL(url).origin !== home) return { left: new URL(url) };
      init = {};
    }
    throw new Error(`no end at ${url}`);
  }

  #cookie() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keep(lines) {
    for (const line of lines) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}

class Page {
  #browser;

  constructor(browser, url, status, html) {
    this.#browser = browser;
    this.url = url;
    this.status = status;
    this.html = html;
  }

  get title() {
    return /<title>(.*?)<\/title>/.exec(this.html)?.[1];
  }

  // What a page that submits itself would have become.
  settled() {
    return this.title === 'Submitting Callback' ? this.#submit(this.#forms()[0], {}) : this;
  }

  // Submits the form that is to `what`, or whose id that is.
  submit(what, fields = {}) {
    const form = this.#forms().find(({ id, hidden }) => hidden.do === what || id === what);
    if (!form) throw new Error(`no form ${what} on ${this.title}: ${this.html}`);
    return this.#submit(form, fields);
  }

  follow(text) {
    const [, href] = new RegExp(`<a href="([^"]*)">${text}</a>`).exec(this.html);
    return this.#browser.open(new URL(href, this.url).href);
  }

  #submit({ action, hidden }, fields) {
    const body = new URLSearchParams({ ...hidden, ...fields });
    return this.#browser.open(new URL(action ?? this.url, this.url).href, { method: 'POST', body });
  }

  #forms() {
    return [...this.html.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)].map(([, head, inside]) => ({
      id: attribute(head, 'id'),
      action: attribute(head, 'action'),
      hidden: Object.fromEntries([...inside.matchAll(/<input[^>]*type="hidden"[^>]*>/g)]
        .map(([input]) => [attribute(input, 'name'), attribute(input, 'value')])),
    }));
  }
}

function attribute(tag, name) {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
}
