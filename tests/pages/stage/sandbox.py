"""`couchpass sandbox` as a process of ours, and its control API."""

import json
import os
import subprocess
import threading
import urllib.error
import urllib.request
from typing import Any

JSON = {"Content-Type": "application/json"}


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status} {text}")
        self.status = status


def call(method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
    """The JSON of an answer, or nothing."""
    request = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        raise Refused(error.code, error.read().decode(errors="replace")) from error
    return json.loads(text) if text else None


class Sandbox:
    def __init__(self, command: str, control_port: int = 0) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "COUCHPASS_SANDBOX_EXCHANGES"}
        words = [command, "sandbox", "--control-port", str(control_port), "--throttling", "off", "--json"]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)
        assert self._process.stdout
        told = json.loads(self._process.stdout.readline() or "{}")
        assert told.get("event") == "sandbox_started", told
        self.api, self.sp, self.web, self.control = (told[name] for name in ("api", "sp", "web", "control"))
        # It tells of every request, and would stand still if nobody listened.
        threading.Thread(target=lambda: all(True for _ in self._process.stdout), daemon=True).start()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the control API."""
        data = None if body is None else json.dumps(body).encode()
        return call(method, self.control + path, data, JSON | {"Couchpass-Control": "1"})

    def signed_in(self) -> list[str]:
        return [one["account"] for one in self.ask("GET", "/authentications")["authentications"]]
