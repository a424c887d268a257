# The four things one types most; install first: pip install -r .ci/requirements.txt
.PHONY: run test check bench

run:
	streamlit run app.py

test:
	pytest

check:
	ruff format --check .
	ruff check .
	mypy
	lint-imports
	codespell

bench:
	python -m tests.bench
