"""The ledger is exactly what was accepted, whatever the client was told."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.fakes.bria import CATALOGUE, FakeBria, fault
from tests.fakes.bria_server.ledger import Ledger, read_ledger
from tests.fakes_contract.visitor import Visitor


def test_a_charge_names_the_request_its_hash_its_seed_and_its_prompt(fake: FakeBria) -> None:
    raw = '{"prompt": "ein Füchslein", "seed": 42, "sync": false}'.encode()
    headers = {"api_token": fake.token, "content-type": "application/json"}
    url = f"{fake.v2_url}/image/generate"
    answer = httpx.post(url, content=raw, headers=headers, trust_env=False, timeout=10).json()

    [charge] = fake.charges()

    assert charge.request_id == answer["request_id"]
    assert charge.body_sha256 == hashlib.sha256(raw).hexdigest()
    assert (charge.seed, charge.prompt, charge.number) == (42, "ein Füchslein", 1)
    assert charge.time.endswith("+00:00")


def test_many_callers_at_once_are_charged_once_each(fake: FakeBria, visitor: Visitor) -> None:
    lossy = [name for name, kind in CATALOGUE.items() if kind.phases == {"submit"}]
    lossy = [name for name in lossy if "stall" not in name and name != "stop_reading"]
    fake.plan("submit", *lossy, *lossy)

    def submit(seed: int) -> str:
        return visitor.submit(prompt="a fox", seed=seed)

    with ThreadPoolExecutor(8) as callers:
        list(callers.map(submit, range(60)))

    charges = fake.charges()
    free = sum(not CATALOGUE[name].charged for name in lossy) * 2
    assert len(charges) == 60 - free
    assert len({charge.request_id for charge in charges}) == len(charges)
    assert len({charge.seed for charge in charges}) == len(charges)
    assert [charge.number for charge in charges] == list(range(1, len(charges) + 1))


def test_the_same_body_twice_is_two_jobs_and_two_charges(fake: FakeBria, visitor: Visitor) -> None:
    assert visitor.accepted() != visitor.accepted()
    assert len(fake.charges()) == 2


def test_a_fault_that_charges_does_not_charge_an_illegal_request(
    fake: FakeBria, visitor: Visitor
) -> None:
    fake.plan("submit", "reset_after_acceptance", fault("http_500", charged=True))

    assert visitor.submit(prompt="a fox", nonsense=1) == "ReadError"
    assert visitor.submit(prompt="a fox", nonsense=1).startswith("500")
    assert fake.charges() == []


def test_starting_over_keeps_the_old_ledger_on_disk(fake: FakeBria, visitor: Visitor) -> None:
    visitor.accepted()
    before = fake.ledger_path

    fake.start_over()

    assert fake.charges() == []
    assert len(read_ledger(before)) == 1


def test_a_ledger_that_is_opened_again_goes_on_counting(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    for expected in (1, 2):
        charge = Ledger(path).append(request_id="a", endpoint="image/generate", raw=b"", body={})
        assert charge.number == expected
    assert len(read_ledger(path)) == 2
