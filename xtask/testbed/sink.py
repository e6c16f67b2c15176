"""Everything outside that a homeserver talks to while someone registers or signs in.

An SMTP server that writes each mail to DIR/mail/NNN.eml; an HTTP server that plays Google's
siteverify (the answer `good-captcha` is right, all others wrong) and two OpenID Connect providers
(/heron and /ibis). Once both listen, DIR/sink.json names their ports.

    sink.py DIR
"""

import asyncio
import json
import secrets
import signal
import sys
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from aiosmtpd.smtp import SMTP

MAX_BODY = 64 * 1024


class Mailbox:
    """Keeps each mail as a file that appears whole or not at all."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        part = self.folder / f"{self.count:03}.part"
        part.write_bytes(envelope.content)
        part.rename(part.with_suffix(".eml"))
        return "250 Message accepted for delivery"


class Providers:
    """Two OpenID Connect providers in which everyone is who they say they are."""

    def __init__(self):
        self.codes = {}
        self.tokens = {}

    def authorize(self, name, query):
        """The person's page. With `user` in the query they have chosen; with `deny` they declined."""
        back, state = query.get("redirect_uri", ""), query.get("state", "")
        if "deny" in query:
            return redirect(back, {"error": "access_denied", "state": state})
        if "user" in query:
            code = secrets.token_urlsafe(16)
            self.codes[code] = f"{name}-{query['user']}"
            return redirect(back, {"code": code, "state": state})
        hidden = "".join(
            f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">'
            for key, value in query.items()
        )
        return page(
            f"<h1>{name}</h1><form>{hidden}<label>User name <input name='user' value='robin'></label>"
            "<button>Sign in</button><button name='deny' value='1' formnovalidate>Cancel</button></form>"
        )

    def token(self, form):
        user = self.codes.pop(form.get("code", ""), None)
        if user is None:
            return 400, "application/json", json.dumps({"error": "invalid_grant"}), {}
        token = secrets.token_urlsafe(16)
        self.tokens[token] = user
        return answer({"access_token": token, "token_type": "Bearer", "expires_in": 60})

    def userinfo(self, authorization):
        user = self.tokens.get(authorization.removeprefix("Bearer "))
        if user is None:
            return 401, "application/json", json.dumps({"error": "invalid_token"}), {}
        return answer({"sub": user, "preferred_username": user, "name": user.title()})


def answer(value):
    return 200, "application/json", json.dumps(value), {}


def page(body):
    return 200, "text/html; charset=utf-8", f"<!doctype html><title>Sign in</title>{body}", {}


def redirect(uri, query):
    return 302, "text/plain", "", {"Location": f"{uri}?{urlencode(query)}"}


def siteverify(form):
    if form.get("response") == "good-captcha":
        return answer({"success": True, "hostname": "localhost"})
    return answer({"success": False, "error-codes": ["invalid-input-response"]})


def flat(text):
    return {key: values[0] for key, values in parse_qs(text, keep_blank_values=True).items()}


def route(providers, method, target, headers, body):
    parts = urlsplit(target)
    query, form = flat(parts.query), flat(body)
    if method == "POST" and parts.path == "/siteverify":
        return siteverify(form)
    provider, _, what = parts.path.strip("/").partition("/")
    if provider in ("heron", "ibis"):
        # A form's empty `deny` button is not in the query unless it was pressed.
        if method == "GET" and what == "authorize":
            if "deny" in query:
                query.pop("user", None)
            return providers.authorize(provider, query)
        if method == "POST" and what == "token":
            return providers.token(form)
        if method == "GET" and what == "userinfo":
            return providers.userinfo(headers.get("authorization", ""))
    return 404, "text/plain", "not found", {}


async def serve(providers, reader, writer):
    """One request, one answer, then the connection closes."""
    try:
        head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode("latin-1")
        first, *lines = head.split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {k.strip().lower(): v.strip() for k, _, v in (x.partition(":") for x in lines if x)}
        length = min(int(headers.get("content-length", 0)), MAX_BODY)
        body = (await asyncio.wait_for(reader.readexactly(length), 10)).decode()
        status, kind, text, extra = route(providers, method, target, headers, body)
        payload = text.encode()
        fields = {"Content-Type": kind, "Content-Length": len(payload), "Connection": "close", **extra}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        writer.write(f"HTTP/1.1 {status} .\r\n{lines}\r\n".encode() + payload)
        await writer.drain()
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ValueError) as error:
        print("dropped a request:", repr(error), file=sys.stderr)
    finally:
        writer.close()


async def main(folder):
    mailbox = Mailbox(folder / "mail")
    mailbox.folder.mkdir(parents=True, exist_ok=True)
    providers = Providers()
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    smtp = await loop.create_server(lambda: SMTP(mailbox, hostname="sink.invalid"), "127.0.0.1", 0)
    http = await asyncio.start_server(lambda r, w: serve(providers, r, w), "127.0.0.1", 0)
    ports = {"smtp": smtp.sockets[0].getsockname()[1], "http": http.sockets[0].getsockname()[1]}
    part = folder / "sink.json.part"
    part.write_text(json.dumps(ports))
    part.rename(folder / "sink.json")
    await stop.wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
