// What is asked of Synapse? Its API for authorization servers, `/_synapse/mas/`.

const PATIENCE = 10_000; // milliseconds

export class Synapse {
  #base;
  #secret;

  constructor(base, secret) {
    this.#base = base;
    this.#secret = secret;
  }

  // Why nobody can have this name, as Synapse would say it to a person; nothing if they can.
  async whyNot(localpart) {
    const answer = await this.#call('GET', `is_localpart_available?${new URLSearchParams({ localpart })}`);
    return answer.ok ? undefined : (await answer.json()).error;
  }

  async provisionUser(localpart) {
    await this.#must('provision_user', { localpart, set_displayname: localpart });
  }

  async upsertDevice(localpart, deviceId, name) {
    await this.#must('upsert_device', { localpart, device_id: deviceId, display_name: name });
  }

  async deleteDevice(localpart, deviceId) {
    await this.#must('delete_device', { localpart, device_id: deviceId });
  }

  async #must(path, body) {
    const answer = await this.#call('POST', path, body);
    if (!answer.ok) throw new Error(`Synapse answered ${path} with ${answer.status}: ${await answer.text()}`);
  }

  #call(method, path, body) {
    return fetch(`${this.#base}/_synapse/mas/${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.#secret}`, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
  }
}
