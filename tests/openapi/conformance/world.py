"""A running sandbox as a device and a tester see it: real credentials, codes that are alive, a viewer who signs in."""

import base64
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

# Of the sandbox's built-in configuration.
APP = "Lantern TV"
SERVICE_PROVIDER, MVPD, ACCOUNT = "LANTERN", "Northwind", "everything"
RESOURCES = ["LanternOne", "LanternNight", "Nowhere"]
TRIALS = ["LanternPreview", "LanternGift"]
DOMAIN, BACK = "lantern.example", "https://lantern.example/done"

DEVICE = {
    "AP-Device-Identifier": "fingerprint " + base64.b64encode(b"living-room").decode(),
    "X-Device-Info": base64.b64encode(b'{"model":"AFTKA","osName":"Android","osVersion":"9"}').decode(),
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Stuck(Exception):
    """The sandbox did not do what the harness needs."""


@dataclass
class World:
    """`sp` and `control` are addresses of the sandbox."""

    sp: str
    control: str
    statement: str = ""
    client_id: str = ""
    client_secret: str = ""
    bearer: str = ""
    signed_in: bool = False

    def register(self) -> None:
        """By the real calls: statement, credentials, bearer token."""
        self.statement = self._control("/statements", {"app": APP})["software_statement"]
        registered = self._sp(
            "/o/client/register",
            json.dumps({"software_statement": self.statement}),
            {"Content-Type": "application/json"} | DEVICE,
        )
        self.client_id, self.client_secret = registered["client_id"], registered["client_secret"]
        form = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self.client_secret}
        self.bearer = self._sp("/o/client/token", urlencode(form), FORM | DEVICE)["access_token"]

    def code(self, complete: bool) -> str:
        """A code that is alive: of a session that waits for its viewer, or for the rest of its parameters."""
        form = {"mvpd": MVPD, "domainName": DOMAIN, "redirectUrl": BACK} if complete else {}
        headers = FORM | DEVICE | {"Authorization": f"Bearer {self.bearer}"}
        session = self._sp(f"/api/v2/{SERVICE_PROVIDER}/sessions", urlencode(form), headers)
        if "code" not in session:
            # The device is signed in already: so it has to be signed out for a session to have a code.
            self.sign_out()
            session = self._sp(f"/api/v2/{SERVICE_PROVIDER}/sessions", urlencode(form), headers)
        return session["code"]

    def sign_in(self) -> str:
        """A viewer signs in; the code is the one that they did it with."""
        code = self.code(complete=True)
        self._control(f"/codes/{code}/approve", {"account": ACCOUNT})
        self.signed_in = True
        return code

    def sign_out(self) -> None:
        self._control("/authentications", None, "DELETE")
        self.signed_in = False

    def _control(self, path: str, body: Any, method: str = "POST") -> Any:
        data = None if body is None else json.dumps(body)
        return self._call(self.control + path, data, {"Content-Type": "application/json", "Couchpass-Control": "1"}, method)

    def _sp(self, path: str, body: str, headers: dict[str, str]) -> Any:
        return self._call(self.sp + path, body, headers, "POST")

    def _call(self, url: str, body: str | None, headers: dict[str, str], method: str) -> Any:
        data = None if body is None else body.encode()
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise Stuck(f"{method} {url}: {error.code} {error.read().decode(errors='replace')}") from error
        return json.loads(text) if text else None
