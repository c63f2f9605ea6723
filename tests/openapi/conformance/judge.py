"""Requests and answers before an independent validator, openapi-core."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Iterator
from urllib.parse import parse_qsl, unquote

from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

from .documents import BASE, FILES, mended, operations, slips
from .exchanges import Exchange, Message

# What any HTTP client may send, whatever the operation.
STANDARD_HEADERS = {
    "host",
    "accept",
    "accept-encoding",
    "user-agent",
    "content-type",
    "content-length",
    "connection",
}

# The origins of the sandbox that stand for the hosts of a document.
ORIGINS = {"v2": ("sp",), "dcr": ("sp",)}


@dataclass(frozen=True)
class Operation:
    document: str
    method: str
    path: str
    parameters: dict[str, frozenset[str]]
    # The fields of a form; None where a form is not due.
    form: frozenset[str] | None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def partner(self) -> bool:
        """Apple's calls, which no Fire TV makes."""
        return "/sso/" in self.path


class _Request:
    """A request as openapi-core wants to see it."""

    def __init__(self, document: str, method: str, path: str, query: Any, message: Message) -> None:
        self.host_url = f"http://sandbox{BASE[document]}"
        self.path = path
        self.method = method.lower()
        self.body = message.body
        self.content_type = _media_type(message)
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(query), header=Headers(message.headers), cookie=ImmutableMultiDict()
        )


class _Response:
    def __init__(self, status: int, message: Message) -> None:
        self.status_code = status
        self.data = message.body
        self.headers = Headers(message.headers)
        self.content_type = _media_type(message)


def _media_type(message: Message) -> str:
    # Whether it is sent is the matter of the header's own check; this one only finds the schema.
    return (message.header("content-type") or "").lower()


class Judge:
    """Both documents with their slips mended, or all but one."""

    def __init__(self, without: str | None = None) -> None:
        self._documents: dict[str, OpenAPI] = {}
        self._operations: list[tuple[re.Pattern[str], Operation]] = []
        for document in FILES:
            # A slip of the other document changes nothing here.
            content, self._documents[document] = _validator(document, without if _has(document, without) else None)
            for method, path, description in operations(content):
                operation = _operation(document, method, path, description, content["components"]["schemas"])
                self._operations.append((_pattern(BASE[document] + path), operation))
        # Fixed words go before parameters: profiles/code/{code} is no profiles/{mvpd}.
        self._operations.sort(key=lambda entry: entry[1].path.count("{"))

    def operations(self) -> list[Operation]:
        return [operation for _, operation in self._operations]

    def operation(self, method: str, path: str) -> Operation | None:
        found = (operation for pattern, operation in self._operations if pattern.fullmatch(path) and operation.method == method)
        return next(found, None)

    def with_other_method(self, path: str) -> Operation | None:
        """An operation of this path, whatever its method."""
        return next((operation for pattern, operation in self._operations if pattern.fullmatch(path)), None)

    def request(self, operation: Operation, exchange: Exchange) -> Iterator[str]:
        """What is wrong with a request."""
        if exchange.request.body is None:
            yield "request: its body was not kept, so it cannot be validated"
            return
        # A slash at the end would be taken for an empty code: it is reported by itself.
        path = exchange.path.removesuffix("/")
        request = _Request(operation.document, exchange.method, path, exchange.query, exchange.request)
        for error in self._documents[operation.document].iter_request_errors(request):
            yield f"request: {_words(error)}"
        yield from _strangers(operation, exchange)
        if exchange.origin not in ORIGINS[operation.document]:
            yield f"request: sent to the origin `{exchange.origin}`"

    def answer(self, operation: Operation, exchange: Exchange) -> Iterator[str]:
        """What is wrong with an answer."""
        if exchange.answer.body is None:
            yield "answer: its body was not kept, so it cannot be validated"
            return
        # The answer is judged by the operation, whatever the request was like; one of Adobe's samples ends in a slash.
        path = exchange.path.removesuffix("/")
        request = _Request(operation.document, operation.method, path, exchange.query, exchange.request)
        response = _Response(exchange.status, exchange.answer)
        for error in self._documents[operation.document].iter_response_errors(request, response):
            yield f"answer {exchange.status}: {_words(error)}"
        if exchange.status == 302 and not exchange.answer.header("location"):
            yield "answer 302: no Location"


def _has(document: str, slip: str | None) -> bool:
    return any(each.document == document and each.name == slip for each in slips())


@lru_cache(maxsize=4)
def _validator(document: str, without: str | None) -> tuple[dict[str, Any], OpenAPI]:
    content = mended(document, without)
    # Where an operation is found is the matter of `operation`; the hosts in the documents are Adobe's own.
    content["servers"] = [{"url": f"http://sandbox{BASE[document]}"}]
    return content, OpenAPI.from_dict(content)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path)) + "/?")


def _operation(
    document: str, method: str, path: str, description: dict[str, Any], schemas: dict[str, Any]
) -> Operation:
    parameters: dict[str, set[str]] = {"header": set(), "query": set(), "path": set()}
    for parameter in description.get("parameters", []):
        parameters[parameter["in"]].add(parameter["name"].lower() if parameter["in"] == "header" else parameter["name"])
    content = description.get("requestBody", {}).get("content", {})
    frozen = {place: frozenset(names) for place, names in parameters.items()}
    form = None
    if media := content.get("application/x-www-form-urlencoded"):
        schema = media["schema"]
        form = frozenset(schemas.get(schema.get("$ref", "").split("/")[-1], schema)["properties"])
    return Operation(document, method, path, frozen, form)


def _strangers(operation: Operation, exchange: Exchange) -> Iterator[str]:
    """What no page expects, or what is there twice: validators let both pass."""
    headers = [name.lower() for name, _ in exchange.request.headers]
    for name in sorted(set(headers)):
        if name not in operation.parameters["header"] and name not in STANDARD_HEADERS:
            yield f"request: the header {name} is not expected here"
        if headers.count(name) > 1:
            yield f"request: the header {name} comes more than once"
    query = [name for name, _ in exchange.query]
    for name in sorted(set(query)):
        if name not in operation.parameters["query"]:
            yield f"request: the query parameter {name} is not expected here"
        if query.count(name) > 1:
            yield f"request: the query parameter {name} comes more than once"
    if operation.form is not None and exchange.request.body:
        form = [name for name, _ in parse_qsl(exchange.request.body.decode(errors="replace"), keep_blank_values=True)]
        for name in sorted(set(form)):
            if name not in operation.form:
                yield f"request: the form field {name} is not expected here"
            if form.count(name) > 1:
                yield f"request: the form field {name} comes more than once"
    if exchange.request.body and not exchange.request.header("content-type"):
        yield "request: a body without Content-Type"
    if exchange.path.endswith("/"):
        yield "request: a path with a slash at its end"
    if "//" in exchange.path or ".." in unquote(exchange.path).split("/"):
        yield "request: a path with empty or dotted parts"


def _words(error: BaseException) -> str:
    """The error with what is below it, without values: these differ from run to run, and may be secrets."""
    found: list[str] = []
    at: BaseException | None = error
    while at is not None:
        schema_errors = getattr(at, "schema_errors", None)
        if schema_errors:
            return "; ".join(sorted({_schema_words(each) for each in schema_errors}))
        words = str(at).splitlines()[0] if str(at) else type(at).__name__
        if words not in found:
            found.append(words)
        at = at.__cause__
    return ": ".join(found)


def _schema_words(error: Any) -> str:
    place = "/".join("*" if isinstance(part, int) else str(part) for part in error.absolute_path)
    place = f"at {place}: " if place else ""
    match error.validator:
        case "type":
            return f"{place}{error.validator_value} expected, {type(error.instance).__name__} found"
        case "pattern" | "enum" | "format":
            return f"{place}the value is not of {error.validator} {error.validator_value}"
        case "anyOf" | "oneOf":
            return f"{place}the value fits none of the {error.validator}"
        case _:
            return f"{place}{error.message}"
