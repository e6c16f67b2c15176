// Where does the library keep its records? In memory, until the server stops.
//
// The library's own memory forgets the oldest of many records and every expired one, so that what was
// `expired_token` becomes `invalid_grant` a moment later.

import { knobs } from './knobs.js';
import { rotation } from './rotation.js';

export class Storage {
  #model;
  #records = new Map();

  constructor(model) {
    this.#model = model;
  }

  async upsert(id, payload) {
    this.#records.set(id, payload);
  }

  async find(id) {
    const record = this.#records.get(id);
    const again = this.#model === 'RefreshToken' && record?.consumed && knobs.rotation === 'tolerant';
    // The library ends the session when a consumed token comes again.
    return again && !rotation.isSettled(id) ? { ...record, consumed: undefined } : record;
  }

  async findByUid(uid) {
    return this.#first((record) => record.uid === uid);
  }

  async findByUserCode(userCode) {
    return this.#first((record) => record.userCode === userCode);
  }

  async consume(id) {
    this.#records.get(id).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    this.#records.delete(id);
  }

  async revokeByGrantId(grantId) {
    for (const [id, record] of this.#records) {
      if (record.grantId === grantId) this.#records.delete(id);
    }
  }

  #first(is) {
    return [...this.#records.values()].find(is);
  }
}
