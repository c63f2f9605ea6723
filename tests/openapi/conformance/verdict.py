"""The verdict over all exchanges: what was validated, what deviates, what was never seen."""

import os
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Iterable

from .documents import BASE
from .exchanges import Exchange, read
from .judge import ORIGINS, Judge, Operation

# The web server in front of the service: Adobe tells of its 429 alone.
IN_FRONT = (413, 414)

BATCH = 400


@dataclass
class Verdict:
    requests: Counter[str] = field(default_factory=Counter)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    # What was left out, and why.
    left_out: Counter[str] = field(default_factory=Counter)
    # Operation and message, with where it was seen first.
    deviations: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: dict[tuple[str, str], str] = field(default_factory=dict)
    exchanges: int = 0

    def add(self, other: "Verdict") -> None:
        self.requests += other.requests
        self.answers += other.answers
        self.left_out += other.left_out
        self.deviations += other.deviations
        self.first = other.first | self.first
        self.exchanges += other.exchanges

    def deviates(self, operation: str, message: str, exchange: Exchange) -> None:
        self.deviations[operation, message] += 1
        self.first.setdefault((operation, message), f"{exchange.suite}/{Path(exchange.where).name}")


def of_exchanges(exchanges: Iterable[Exchange], judge: Judge, clients: frozenset[str]) -> Verdict:
    """Requests are validated where they are a client's, answers wherever they come from."""
    verdict = Verdict()
    for exchange in exchanges:
        verdict.exchanges += 1
        by_client = exchange.suite in clients
        operation = judge.operation(exchange.method, exchange.path)
        if operation is None or (not by_client and exchange.origin not in ORIGINS[operation.document]):
            _unknown(verdict, exchange, judge, by_client)
            continue
        if by_client:
            verdict.requests[operation.name] += 1
            for message in judge.request(operation, exchange):
                verdict.deviates(operation.name, message, exchange)
        _answer(verdict, exchange, judge, operation)
    return verdict


def _answer(verdict: Verdict, exchange: Exchange, judge: Judge, operation: Operation) -> None:
    if exchange.fault:
        verdict.left_out["answers that a fault has changed, delayed or cut"] += 1
    elif operation.partner and exchange.status == 404:
        verdict.left_out["answers to Apple's calls, which the sandbox does not offer"] += 1
    elif exchange.status in IN_FRONT:
        verdict.left_out["answers of the web server in front (413, 414), which no page describes"] += 1
    else:
        verdict.answers[operation.name, exchange.status] += 1
        for message in judge.answer(operation, exchange):
            verdict.deviates(operation.name, message, exchange)


def _unknown(verdict: Verdict, exchange: Exchange, judge: Judge, by_client: bool) -> None:
    """An exchange that is no operation of the documents."""
    if not exchange.path.startswith(tuple(f"{base}/" for base in BASE.values())):
        verdict.left_out["exchanges of v1 and of the second screen, which the documents do not describe"] += 1
        return
    if by_client:
        verdict.deviates(f"{exchange.method} (unknown)", "request: no such operation", exchange)
    sibling = judge.with_other_method(exchange.path)
    if sibling and exchange.origin in ORIGINS[sibling.document] and exchange.method not in ("HEAD", "OPTIONS"):
        if not exchange.fault and exchange.status not in (405, 429, *IN_FRONT):
            verdict.deviates(sibling.path, f"answer {exchange.status} to another method, where 405 is due", exchange)
    verdict.left_out["exchanges at addresses or with methods that are not there"] += 1


_judge: Judge


def _begin() -> None:
    global _judge
    _judge = Judge()


def _batch(work: tuple[list[Exchange], frozenset[str]]) -> Verdict:
    return of_exchanges(work[0], _judge, work[1])


def of_directory(directory: Path, clients: frozenset[str]) -> Verdict:
    verdict = Verdict()
    exchanges = read(directory)
    batches = iter(lambda: list(islice(exchanges, BATCH)), [])
    with ProcessPoolExecutor(os.cpu_count(), initializer=_begin) as pool:
        for part in pool.map(_batch, ((batch, clients) for batch in batches)):
            verdict.add(part)
    return verdict


def table(verdict: Verdict, operations: list[Operation]) -> str:
    statuses: dict[str, Counter[int]] = defaultdict(Counter)
    for (operation, status), count in verdict.answers.items():
        statuses[operation][status] += count
    deviations: Counter[str] = Counter()
    for (operation, _), count in verdict.deviations.items():
        deviations[operation] += count
    rows = [("operation", "requests", "answers", "deviations", "statuses")]
    for operation in operations:
        name, seen = operation.name, statuses[operation.name]
        told = ", ".join(f"{status}: {count}" for status, count in sorted(seen.items()))
        rows.append((name, str(verdict.requests[name]), str(seen.total()), str(deviations[name]), told))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(
        f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]:>{widths[3]}}  {row[4]}".rstrip()
        for row in rows
    )
