// Who has an account?

export class Users {
  #synapse;
  #passwords = new Map();

  constructor(synapse) {
    this.#synapse = synapse;
  }

  has(localpart) {
    return this.#passwords.has(localpart);
  }

  areRight(localpart, password) {
    return this.has(localpart) && this.#passwords.get(localpart) === password;
  }

  // Makes an account, or says why not.
  async create(localpart, password) {
    if (!localpart || !password) return 'A username and a password are needed.';
    const reason = await this.#synapse.whyNot(localpart);
    if (!reason) await this.put(localpart, password);
    return reason;
  }

  // Makes an account, or changes its password.
  async put(localpart, password) {
    await this.#synapse.provisionUser(localpart);
    this.#passwords.set(localpart, password);
  }
}
