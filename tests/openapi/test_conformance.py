"""The validator itself: it has to see what is wrong, and every slip has to be needed."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openapi_core.templating.paths.finders import APICallPathFinder

from conformance import judge
from conformance.documents import HERE, Slip, slips
from conformance.exchanges import Exchange, Message
from conformance.judge import Judge
from conformance.samples import LEAST, sample
from conformance.verdict import of_exchanges

SLIPS = slips()
JUDGE = Judge()
SESSION = {
    "actionName": "authenticate",
    "actionType": "interactive",
    "reasonType": "none",
    "serviceProvider": "S",
    "sessionId": "a",
    "notBefore": "1",
    "notAfter": "2",
}


def wrong(exchange: Exchange, by: Judge = JUDGE) -> list[str]:
    """All that is wrong with an exchange: with its request, or with its answer if it has one."""
    operation = by.operation(exchange.method, exchange.path)
    assert operation, f"{exchange.method} {exchange.path} is no operation"
    side = by.answer if exchange.status else by.request
    return list(side(operation, exchange))


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_a_slip_is_needed(slip: Slip) -> None:
    """Without it, its exchange comes out otherwise. And so it leaves when Adobe mends the document."""
    without = Judge(without=slip.name)
    assert bool(slip.accepts) != bool(slip.refuses), "one of accepts and refuses"
    if slip.accepts:
        assert wrong(sample(slip.accepts)) == []
        assert wrong(sample(slip.accepts), without) != []
    else:
        assert wrong(sample(slip.refuses)) != []
        assert wrong(sample(slip.refuses), without) == []


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_a_slip_has_its_row_in_the_documentation(slip: Slip) -> None:
    text = (HERE.parent.parent / "docs" / "openapi.md").read_text(encoding="utf-8")
    assert f"| `{slip.name}` | {slip.why} |\n" in text


def test_the_documentation_has_no_other_slips() -> None:
    text = (HERE.parent.parent / "docs" / "openapi.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([a-z0-9-]+)` \|", text, flags=re.MULTILINE) == [slip.name for slip in SLIPS]


@pytest.mark.parametrize("operation", LEAST)
def test_the_least_request_is_right(operation: str) -> None:
    words = {"operation": operation}
    if "query" in LEAST[operation]:
        words["query"] = LEAST[operation]["query"]
    assert wrong(sample(words)) == []


@pytest.mark.parametrize("operation", LEAST)
def test_both_sides_mean_the_same_operation(operation: str) -> None:
    """The validator looks a path up by itself."""
    exchange = sample({"operation": operation})
    document = JUDGE.operation(exchange.method, exchange.path).document
    _, validator = judge._validator(document, None)
    finder = APICallPathFinder(validator.spec)
    found = finder.find(exchange.method.lower(), f"http://sandbox{exchange.path}")
    assert found.path.parts[-1] == operation.split(" ")[1]


def test_every_operation_has_a_least_request() -> None:
    assert {operation.name for operation in JUDGE.operations()} == set(LEAST)


# A request that is broken in one place, and a word of what must be said about it.
BROKEN_REQUESTS: list[tuple[str, dict[str, Any], str]] = [
    ("no bearer", {"operation": "GET /{serviceProvider}/profiles", "without": ["Authorization"]}, "Authorization"),
    ("no device", {"operation": "POST /{serviceProvider}/sessions", "without": ["AP-Device-Identifier"]}, "AP-Device-Id"),
    ("no device info", {"operation": "POST /client/token", "without": ["X-Device-Info"]}, "X-Device-Info"),
    ("a stray header", {"operation": "GET /{serviceProvider}/profiles", "headers": {"X-Mine": "1"}}, "x-mine"),
    (
        "a header of another call",
        {"operation": "GET /{serviceProvider}/configuration", "headers": {"AP-TempPass-Identity": "e30="}},
        "ap-temppass-identity",
    ),
    ("a stray parameter", {"operation": "GET /{serviceProvider}/profiles", "query": {"deviceId": "1"}}, "deviceId"),
    ("no way back", {"operation": "GET /{serviceProvider}/logout/{mvpd}", "query": {}}, "redirectUrl"),
    ("a stray field", {"operation": "POST /{serviceProvider}/sessions", "form": {"mvdp": "Cable"}}, "mvdp"),
    ("a field too few", {"operation": "POST /client/token", "form": {"client_id": "a", "client_secret": "b"}}, "grant_type"),
    (
        "another grant",
        {"operation": "POST /client/token", "form": {"client_id": "a", "client_secret": "b", "grant_type": "password"}},
        "grant_type",
    ),
    ("no statement", {"operation": "POST /client/register", "json": {"redirect_uri": "app://a"}}, "software_statement"),
    (
        "a text for a list",
        {"operation": "POST /{serviceProvider}/decisions/authorize/{mvpd}", "json": {"resources": "r"}},
        "resources",
    ),
    (
        "numbers for texts",
        {"operation": "POST /{serviceProvider}/decisions/preauthorize/{mvpd}", "json": {"resources": [1]}},
        "string expected",
    ),
    (
        "a form where JSON is due",
        {
            "operation": "POST /{serviceProvider}/decisions/authorize/{mvpd}",
            "headers": {"Content-Type": "application/x-www-form-urlencoded"},
        },
        "x-www-form-urlencoded",
    ),
    (
        "JSON where a form is due",
        {"operation": "POST /{serviceProvider}/sessions", "headers": {"Content-Type": "application/json"}},
        "application/json",
    ),
    (
        "a body of no type",
        {"operation": "POST /{serviceProvider}/sessions", "without": ["Content-Type"]},
        "Content-Type",
    ),
]


@pytest.mark.parametrize(("words", "told"), [case[1:] for case in BROKEN_REQUESTS], ids=[case[0] for case in BROKEN_REQUESTS])
def test_a_broken_request_is_reported(words: dict[str, Any], told: str) -> None:
    found = wrong(sample(words))
    assert any(told in message for message in found), found


def test_a_header_or_parameter_that_comes_twice_is_reported() -> None:
    exchange = sample({"operation": "GET /{serviceProvider}/profiles"})
    twice = Message([*exchange.request.headers, ("x-device-info", "e30=")], b"")
    assert any("more than once" in message for message in wrong(replace(exchange, request=twice)))
    logout = sample({"operation": "GET /{serviceProvider}/logout/{mvpd}", "query": {"redirectUrl": "a"}})
    assert any("more than once" in message for message in wrong(replace(logout, query=logout.query * 2)))
    form = sample({"operation": "POST /{serviceProvider}/sessions"})
    repeated = Message(form.request.headers, b"mvpd=Cable&mvpd=Cable")
    assert any("more than once" in message for message in wrong(replace(form, request=repeated)))


def test_a_call_of_another_host_is_reported() -> None:
    exchange = sample({"operation": "POST /client/token"})
    assert any("origin" in message for message in wrong(replace(exchange, origin="api")))


# An answer that is broken in one place, and a word of what must be said about it.
BROKEN_ANSWERS: list[tuple[str, dict[str, Any], str]] = [
    (
        "an unknown status",
        {"operation": "GET /{serviceProvider}/profiles", "status": 418, "answer": {}},
        "418",
    ),
    (
        "another type of body",
        {"operation": "GET /{serviceProvider}/profiles", "status": 200, "html": "<p>Welcome"},
        "text/html",
    ),
    ("no JSON", {"operation": "GET /{serviceProvider}/profiles", "status": 200, "html": "{", "type": "application/json"}, ""),
    (
        "an instant as a number",
        {"operation": "POST /{serviceProvider}/sessions", "status": 200, "answer": SESSION | {"notAfter": 2}},
        "string expected",
    ),
    (
        "an instant as a text",
        {
            "operation": "GET /{serviceProvider}/profiles",
            "status": 200,
            "answer": {
                "profiles": {
                    "Cable": {"notBefore": "1", "notAfter": 2, "issuer": "Cable", "type": "regular", "attributes": {}}
                }
            },
        },
        "integer expected",
    ),
    (
        "a field too few",
        {
            "operation": "POST /{serviceProvider}/sessions",
            "status": 200,
            "answer": {name: value for name, value in SESSION.items() if name != "sessionId"},
        },
        "sessionId",
    ),
    (
        "a field too many",
        {"operation": "POST /{serviceProvider}/sessions", "status": 200, "answer": SESSION | {"session_id": "a"}},
        "session_id",
    ),
    (
        "a field too many, deep down",
        {
            "operation": "POST /{serviceProvider}/decisions/authorize/{mvpd}",
            "status": 200,
            "answer": {
                "decisions": [
                    {
                        "resource": "r",
                        "serviceProvider": "S",
                        "mvpd": "Cable",
                        "source": "mvpd",
                        "authorized": True,
                        "token": {"serializedToken": "t", "notBefore": 1, "notAfter": 2, "ttl": 420},
                    }
                ]
            },
        },
        "ttl",
    ),
    (
        "a null",
        {"operation": "POST /{serviceProvider}/sessions", "status": 200, "answer": SESSION | {"mvpd": None}},
        "string expected",
    ),
    (
        "an error inside an error",
        {"operation": "GET /{serviceProvider}/profiles", "status": 400, "answer": {"error": "access_denied"}},
        "error",
    ),
    (
        "a redirection to nowhere",
        {"operation": "GET /authenticate/{serviceProvider}/{code}", "status": 302, "html": ""},
        "no Location",
    ),
]


@pytest.mark.parametrize(("words", "told"), [case[1:] for case in BROKEN_ANSWERS], ids=[case[0] for case in BROKEN_ANSWERS])
def test_a_broken_answer_is_reported(words: dict[str, Any], told: str) -> None:
    found = wrong(sample(words))
    assert found and any(told in message for message in found), found


def test_a_right_answer_passes() -> None:
    assert wrong(sample({"operation": "POST /{serviceProvider}/sessions", "status": 200, "answer": SESSION})) == []


def test_requests_are_the_clients_and_answers_everybodys() -> None:
    stray = sample({"operation": "GET /{serviceProvider}/profiles", "headers": {"X-Mine": "1"}})
    bad = replace(stray, status=200, answer=Message([("Content-Type", "application/json")], b"{}"))
    verdict = of_exchanges(
        [replace(bad, suite="client"), replace(bad, suite="probes"), replace(bad, suite="probes", fault="mangle")],
        JUDGE,
        frozenset({"client"}),
    )
    assert (verdict.requests.total(), verdict.answers.total(), verdict.deviations.total()) == (1, 2, 3)


def test_a_slash_at_the_end_is_a_matter_of_the_request_alone() -> None:
    exchange = sample({"operation": "POST /{serviceProvider}/sessions", "status": 200, "answer": SESSION})
    slashed = replace(exchange, path=f"{exchange.path}/")
    assert wrong(slashed) == []
    assert wrong(replace(slashed, status=0)) != []


def test_a_call_that_is_not_there_is_reported_of_a_client() -> None:
    known = sample({"operation": "GET /{serviceProvider}/profiles", "status": 200, "answer": {}})
    nowhere = replace(known, path="/api/v2/S/profile", status=404, suite="client")
    verdict = of_exchanges([nowhere, replace(nowhere, suite="probes")], JUDGE, frozenset({"client"}))
    assert list(verdict.deviations) == [("GET (unknown)", "request: no such operation")]
    other = replace(known, method="PUT", suite="probes")
    assert of_exchanges([other], JUDGE, frozenset()).deviations.total() == 1
    assert of_exchanges([replace(other, status=405)], JUDGE, frozenset()).deviations.total() == 0


class TestTheProgram:
    """What the program says at its end, over logs of a few lines."""

    def run(self, directory: Path, *more: str) -> tuple[int, str]:
        import contextlib
        import importlib.machinery
        import importlib.util
        import io

        loader = importlib.machinery.SourceFileLoader("validate", str(HERE / "validate"))
        program = importlib.util.module_from_spec(importlib.util.spec_from_loader("validate", loader))
        loader.exec_module(program)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            status = program.main([str(directory), "--client", "client", *more])
        return status, said.getvalue()

    def log(self, directory: Path, exchanges: list[Exchange]) -> None:
        (directory / "client").mkdir()
        lines = [json.dumps(entry(exchange)) for exchange in exchanges]
        (directory / "client" / "1-0.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def test_nothing_is_not_right(self, tmp_path: Path) -> None:
        status, said = self.run(tmp_path)
        assert status == 1 and "there is no exchange" in said

    def test_an_operation_that_was_never_seen_is_not_right(self, tmp_path: Path) -> None:
        self.log(tmp_path, [answered(operation) for operation in LEAST if "/profiles/{mvpd}" not in operation])
        status, said = self.run(tmp_path)
        assert status == 1
        assert "WRONG: no requests of GET /{serviceProvider}/profiles/{mvpd} were seen" in said
        assert said.count("WRONG") == 2, said

    def test_all_of_them_without_a_deviation_are_right(self, tmp_path: Path) -> None:
        self.log(tmp_path, [answered(operation) for operation in LEAST if "/sso/" not in operation])
        status, said = self.run(tmp_path)
        assert status == 0, said

    def test_a_torn_line_is_not_right(self, tmp_path: Path) -> None:
        self.log(tmp_path, [answered("POST /client/token")])
        with (tmp_path / "client" / "1-0.jsonl").open("a", encoding="utf-8") as log:
            log.write('{"request": {"method": "GE')
        status, said = self.run(tmp_path)
        assert status == 1 and "1-0.jsonl:2: no HAR entry" in said


def answered(operation: str) -> Exchange:
    """The least request and an error that every operation knows."""
    words: dict[str, Any] = {"operation": operation, "status": 400}
    if operation.startswith("POST /client/"):
        words["answer"] = {"error": "invalid_request"}
    elif "/authenticate/" in operation:
        words["html"] = "Not this code."
    else:
        words["answer"] = {"action": "none", "status": 400, "code": "invalid_parameter_mvpd", "message": "m"}
    return sample(words)


def entry(exchange: Exchange) -> dict[str, Any]:
    """The line of a log."""

    def pairs(of: list[tuple[str, str]]) -> list[dict[str, str]]:
        return [{"name": name, "value": value} for name, value in of]

    def text(message: Message) -> str:
        return (message.body or b"").decode()

    return {
        "request": {
            "method": exchange.method,
            "url": f"http://127.0.0.1:1{exchange.path}",
            "queryString": pairs(exchange.query),
            "headers": pairs(exchange.request.headers),
            "postData": {"text": text(exchange.request)},
        },
        "response": {
            "status": exchange.status,
            "headers": pairs(exchange.answer.headers),
            "content": {"text": text(exchange.answer)},
        },
        "_origin": exchange.origin,
    }
