"""Runs a certified OpenID Connect provider, and signs people in there as their browser would."""

import base64
import hashlib
import json
import re
import secrets
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2

from tests.clients import node

CALLBACK = "https://cafe.example/signed-in"
PATIENCE = 30.0
"""Seconds that it may take to start or to answer on a busy machine."""


class Provider:
    """A running provider; `url` is its issuer."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        self._process = process
        self._log = log
        self.url: str = self._said()["issuer"]

    def publish(self, *names: str) -> None:
        """Have it sign with the keys of the first name from now on, and publish those of the others too."""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(names) + "\n")
        self._process.stdin.flush()
        self._said()

    def sign_in(self, person: str, client: str = "cafe-web") -> dict[str, str]:
        """Sign somebody in by the authorization code flow with PKCE, and give the tokens that the client gets."""
        verifier = secrets.token_urlsafe(48)
        with httpx2.Client(base_url=self.url, trust_env=False, timeout=PATIENCE) as browser:
            code = self._code(browser, person, client, _challenge(verifier))
            exchange = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
            answer = browser.post("/token", data={**exchange, "client_id": client, "code_verifier": verifier})
        assert answer.status_code == 200, answer.text
        tokens: dict[str, str] = answer.json()
        return tokens

    def _code(self, browser: httpx2.Client, person: str, client: str, challenge: str) -> str:
        asked = {"client_id": client, "redirect_uri": CALLBACK, "response_type": "code", "nonce": secrets.token_hex()}
        proof = {"code_challenge": challenge, "code_challenge_method": "S256", "state": "till-1"}
        answer = browser.get("/auth", params={**asked, **proof, "scope": "openid email profile roles"})
        while not (place := answer.headers.get("Location", "")).startswith(CALLBACK):
            answer = browser.get(place) if answer.is_redirect else _send_form(browser, answer.text, person)
        query = parse_qs(urlsplit(place).query)
        assert query["state"] == ["till-1"]
        [code] = query["code"]
        return code

    def _said(self) -> dict[str, str]:
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], PATIENCE)
        line = self._process.stdout.readline() if ready else ""
        assert line, f"the provider does not answer:\n{self._log.read_text()}"
        said: dict[str, str] = json.loads(line)
        return said


@contextmanager
def running_provider(log: Path) -> Iterator[Provider]:
    """Run a provider until the block ends; what it complains of goes to `log`."""
    with node.running("oidc_provider.mjs", log) as process:
        yield Provider(process, log)


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _send_form(browser: httpx2.Client, page: str, person: str) -> httpx2.Response:
    """Send the form on the page as a person would: with their name and password, or just to consent."""
    form, prompt = re.search(r'<form[^>]* action="([^"]+)"', page), re.search(r'name="prompt" value="(\w+)"', page)
    assert form and prompt, page
    return browser.post(form[1], data={"prompt": prompt[1], "login": person, "password": "crema"})
