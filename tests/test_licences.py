"""The page of licences lists what is really installed with the app."""

from __future__ import annotations

from tests.licences import licence_of, names_on_page, needed


def test_the_page_lists_every_package_that_the_requirements_bring() -> None:
    assert names_on_page() == list(needed()), "run: python -m tests.licences"


def test_every_package_says_under_which_licence_it_comes() -> None:
    silent = [name for name, package in needed().items() if licence_of(package) == "not told"]

    assert silent == []


def test_what_is_needed_only_by_what_is_needed_is_listed_too() -> None:
    assert {"streamlit", "psycopg", "psycopg-binary", "starlette", "pydantic-core"} <= set(needed())
