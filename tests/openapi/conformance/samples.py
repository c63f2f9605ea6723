"""Exchanges made by hand, from a few words: for the entries of slips.yaml and for the tests of the validator."""

import json
import re
from typing import Any
from urllib.parse import urlencode

from .documents import BASE
from .exchanges import Exchange, Message
from .judge import ORIGINS

PLACES = {"serviceProvider": "S", "mvpd": "Cable", "code": "8ER640M", "partner": "Apple"}

# The least that a call is sent with.
DEVICE = {"AP-Device-Identifier": "fingerprint YQ==", "X-Device-Info": "e30="}
BEARER = {"Authorization": "Bearer a"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}

LEAST: dict[str, dict[str, Any]] = {
    "POST /client/register": {
        "headers": JSON | {"X-Device-Info": "e30="},
        "json": {"software_statement": "a", "redirect_uri": "app://a"},
    },
    "POST /client/token": {
        "headers": FORM | {"X-Device-Info": "e30="},
        "form": {"client_id": "a", "client_secret": "b", "grant_type": "client_credentials"},
    },
    "GET /authenticate/{serviceProvider}/{code}": {"headers": {}},
    "GET /{serviceProvider}/configuration": {"headers": BEARER},
    "GET /{serviceProvider}/sessions/{code}": {"headers": BEARER},
    "GET /{serviceProvider}/profiles/code/{code}": {"headers": BEARER},
    "POST /{serviceProvider}/sessions/{code}": {"headers": BEARER | FORM, "form": {"mvpd": "Cable"}},
    "POST /{serviceProvider}/sessions": {"headers": BEARER | FORM | DEVICE, "form": {"mvpd": "Cable"}},
    "POST /{serviceProvider}/sessions/sso/{partner}": {
        "headers": BEARER | FORM | DEVICE,
        "form": {"domainName": "d", "redirectUrl": "r"},
    },
    "POST /{serviceProvider}/profiles/sso/{partner}": {
        "headers": BEARER | FORM | DEVICE,
        "form": {"SAMLResponse": "a"},
    },
    "GET /{serviceProvider}/profiles": {"headers": BEARER | DEVICE},
    "GET /{serviceProvider}/profiles/{mvpd}": {"headers": BEARER | DEVICE},
    "GET /{serviceProvider}/logout/{mvpd}": {"headers": BEARER | DEVICE, "query": {"redirectUrl": "https://d.example"}},
    "POST /{serviceProvider}/decisions/authorize/{mvpd}": {
        "headers": BEARER | JSON | DEVICE,
        "json": {"resources": ["r"]},
    },
    "POST /{serviceProvider}/decisions/preauthorize/{mvpd}": {
        "headers": BEARER | JSON | DEVICE,
        "json": {"resources": ["r"]},
    },
}


def sample(words: dict[str, Any]) -> Exchange:
    """The exchange that the words describe; what they leave out of a request is as it should be, unless a slip says so."""
    method, path = words["operation"].split(" ")
    document = "dcr" if path.startswith("/client/") else "v2"
    least = LEAST[words["operation"]]
    headers = least["headers"] | words.get("headers", {})
    headers = {name: value for name, value in headers.items() if name not in words.get("without", [])}
    query = words.get("query", {}) if "status" not in words else least.get("query", {})
    if "form" in words or ("json" not in words and "form" in least):
        body = urlencode(words.get("form", least.get("form")))
    elif "json" in words or "json" in least:
        body = json.dumps(words.get("json", least.get("json")))
    else:
        body = ""
    media_type, answer = "application/json;charset=UTF-8", json.dumps(words.get("answer"))
    if "html" in words:
        media_type, answer = "text/html", words["html"]
    return Exchange(
        where="by hand",
        suite="",
        method=method,
        path=BASE[document] + re.sub(r"{(\w+)}", lambda found: PLACES[found[1]], path),
        query=list(query.items()),
        request=Message(list(headers.items()), body.encode()),
        status=words.get("status", 0),
        answer=Message([("Content-Type", words.get("type", media_type))], answer.encode()),
        origin=ORIGINS[document][0],
        fault=None,
    )
