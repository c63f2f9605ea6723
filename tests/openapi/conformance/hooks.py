"""What schemathesis is told beside the document: the real ids among its random ones, so that calls get deep.

Three of four cases get what is real of a bearer, a device and the ids in the path; which ones depends on their order alone,
so that a run can be repeated. The fourth goes out as generated.
"""

import atexit
import copy
import json
import os
import re
import zlib
from collections import Counter
from collections.abc import MutableMapping
from typing import Any

import schemathesis

from conformance.world import BACK, DEVICE, DOMAIN, MVPD, RESOURCES, SERVICE_PROVIDER, TRIALS, World

WORLD = World(sp=os.environ["SANDBOX_SP"], control=os.environ["SANDBOX_CONTROL"])
WORLD.register()

# Which statuses came of each operation, for the harness to judge whether calls got deep.
STATUSES: Counter[str] = Counter()

# How many cases of each operation there have been.
PLACES: Counter[str] = Counter()


@atexit.register
def tell() -> None:
    with open(os.environ["SANDBOX_STATUSES"], "w", encoding="utf-8") as file:
        json.dump(STATUSES, file)


def lot(operation: str) -> int:
    """A number that the place of a case among those of its operation determines."""
    PLACES[operation] += 1
    return zlib.crc32(f"{operation} {PLACES[operation]}".encode())


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    # A redirection leads to the pages of a provider, which are no part of the document.
    kwargs["allow_redirects"] = False
    operation = f"{case.method.upper()} {case.path}"
    drawn = lot(operation)
    if drawn % 4 == 0:
        return
    drawn //= 4
    # Cases share what they are made of.
    for part in ("path_parameters", "query", "headers", "body"):
        if isinstance(getattr(case, part), MutableMapping):
            setattr(case, part, copy.deepcopy(getattr(case, part)))
    _headers(case)
    _path(case, operation, drawn // 4)
    _bodies(case, operation, drawn // 64)


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    STATUSES[f"{case.method.upper()} {case.path} {response.status_code}"] += 1
    if "/logout/" in case.path and response.status_code == 200:
        WORLD.signed_in = False


def _headers(case: Any) -> None:
    real = DEVICE | {"Authorization": f"Bearer {WORLD.bearer}"}
    for name, value in real.items():
        # One that is missing or unlike a true one is missing or unlike on purpose.
        found = case.headers and case.headers.get(name)
        if name == "Authorization" or (isinstance(found, str) and re.fullmatch(r"(fingerprint )?[A-Za-z0-9+/]+=*", found)):
            if found is not None:
                case.headers[name] = value


def _path(case: Any, operation: str, drawn: int) -> None:
    if not case.path_parameters:
        return
    real: dict[str, str] = {"serviceProvider": SERVICE_PROVIDER, "mvpd": [MVPD, MVPD, MVPD, *TRIALS][drawn % 5]}
    # The device of a decision, a profile and a logout is signed in more often than not.
    if "mvpd" in case.path_parameters and not WORLD.signed_in and drawn % 3:
        WORLD.sign_in()
    if "code" in case.path_parameters:
        if "/profiles/code/" in operation and drawn % 2:
            real["code"] = WORLD.sign_in()
        else:
            real["code"] = WORLD.code(complete=bool(drawn % 3) and not operation.startswith("POST"))
    for name in case.path_parameters:
        if name in real:
            case.path_parameters[name] = real[name]


def _bodies(case: Any, operation: str, drawn: int) -> None:
    if isinstance(case.query, dict) and isinstance(case.query.get("redirectUrl"), str):
        case.query["redirectUrl"] = BACK
    if not isinstance(case.body, dict):
        return
    real: dict[str, Any] = {
        "mvpd": [MVPD, MVPD, *TRIALS][drawn % 4],
        "domainName": DOMAIN,
        "redirectUrl": BACK,
        "software_statement": WORLD.statement,
        "client_id": WORLD.client_id,
        "client_secret": WORLD.client_secret,
        "redirect_uri": "app://lantern",
    }
    for name, value in real.items():
        if isinstance(case.body.get(name), str):
            case.body[name] = value
    resources = case.body.get("resources")
    if isinstance(resources, list) and all(isinstance(resource, str) for resource in resources) and (resources or drawn % 4):
        # One for a decision, some for a preauthorization.
        most = 1 if "/authorize/" in operation else 3
        case.body["resources"] = [RESOURCES[(drawn + at) % len(RESOURCES)] for at in range(max(1, min(len(resources), most)))]
