"""Makes the accounts and registration tokens that a fresh testbed server starts with.

    people.py BASE_URL SHARED_SECRET [TOKEN=USES ...]      (USES empty: without limit)

Registers `admin` (an administrator) and `demo` (an ordinary person) through Synapse's shared-secret
API, then the tokens through its admin API. Prints the administrator's access token.
"""

import hashlib
import hmac
import json
import sys
from urllib.request import ProxyHandler, Request, build_opener

PASSWORD = "correct horse battery staple"
# No proxy may come between us and a server on this machine.
OPENER = build_opener(ProxyHandler({}))


def call(url, body=None, token=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    with OPENER.open(Request(url, data, headers), timeout=30) as response:
        return json.load(response)


def register(base, secret, username, admin):
    url = f"{base}/_synapse/admin/v1/register"
    nonce = call(url)["nonce"]
    role = "admin" if admin else "notadmin"
    text = "\0".join([nonce, username, PASSWORD, role])
    mac = hmac.new(secret.encode(), text.encode(), hashlib.sha1).hexdigest()
    body = {"nonce": nonce, "username": username, "password": PASSWORD, "admin": admin, "mac": mac}
    return call(url, body)["access_token"]


def main(base, secret, *tokens):
    admin = register(base, secret, "admin", True)
    register(base, secret, "demo", False)
    for token in tokens:
        name, _, uses = token.partition("=")
        body = {"token": name} | ({"uses_allowed": int(uses)} if uses else {})
        call(f"{base}/_synapse/admin/v1/registration_tokens/new", body, admin)
    print(admin)


if __name__ == "__main__":
    main(*sys.argv[1:])
