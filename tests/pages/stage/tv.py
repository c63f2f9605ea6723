"""An app on a TV, which asks for a code by REST v1 or v2."""

import base64
import json
from typing import Any
from urllib.parse import urlencode

from .sandbox import JSON, Refused, Sandbox, call

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
INFO = base64.b64encode(b'{"model":"AFTKA","osName":"Android","osVersion":"9"}').decode()


class Tv:
    def __init__(self, sandbox: Sandbox, api: str, device: str = "the-tv-in-the-living-room") -> None:
        self.sandbox, self.api, self.device = sandbox, api, device
        statement = sandbox.ask("POST", "/statements", {"app": "Lantern TV"})["software_statement"]
        register = json.dumps({"software_statement": statement}).encode()
        client = call("POST", f"{sandbox.sp}/o/client/register", register, JSON | {"X-Device-Info": INFO})
        form = {key: client[key] for key in ("client_id", "client_secret")} | {"grant_type": "client_credentials"}
        token = call("POST", f"{sandbox.sp}/o/client/token", urlencode(form).encode(), FORM | {"X-Device-Info": INFO})
        self.bearer = token["access_token"]

    def ask(self, method: str, path: str, **parameters: str) -> Any:
        """A call with all that nearly every call needs. `path` is relative to the requestor in v2."""
        headers = {"Authorization": f"Bearer {self.bearer}", "X-Device-Info": INFO, "Accept": "application/json"}
        if self.api == "v1":
            query = urlencode({"deviceId": self.device, "requestor": "LANTERN"} | parameters)
            return call(method, f"{self.sandbox.api}{path}?{query}", None, headers)
        headers["AP-Device-Identifier"] = "fingerprint " + base64.b64encode(self.device.encode()).decode()
        form = urlencode(parameters).encode() if method == "POST" else None
        return call(method, f"{self.sandbox.sp}/api/v2/LANTERN/{path}", form, headers | FORM)

    def code(self) -> str:
        """A code that waits for its viewer."""
        if self.api == "v1":
            return self.ask("POST", "/reggie/v1/LANTERN/regcode")["code"]
        return self.ask("POST", "sessions")["code"]

    def look(self) -> Any:
        """Asks who is signed in, as an app does."""
        return self.ask("GET", "/api/v1/tokens/authn" if self.api == "v1" else "profiles")

    def signed_in(self) -> bool:
        if self.api == "v2":
            return bool(self.look()["profiles"])
        try:
            return bool(self.look()["mvpd"])
        except Refused as refused:
            assert refused.status == 404, refused
            return False
