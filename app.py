"""The script of every visit and the server of all of them: `streamlit run app.py`.

Streamlit finds `app = st.App(...)`, imports this file as module `app` and serves it; then it runs
the same file as the script of each session, with `__name__ == "__main__"`.
"""

from pathlib import Path

import streamlit as st

if __name__ == "__main__":
    from pages.parts.shared.frame import open_frame

    open_frame().run()
else:
    from functools import partial

    from streamlit.runtime.pages_manager import PagesManager

    from core.web.edge.base_path import adopt_base_path
    from core.web.server import edge_middleware, lifespan, routes, url_of
    from pages.components.scripts import load_script
    from pages.parts.shared.frame import explain_breakage
    from pages.parts.shared.sign_in import login_secrets, take_broken_secrets_away

    # A folder `pages` switches Streamlit's old router on, which would run pages/history.py without
    # this file for the first visitor of a fresh process who opens /history.
    PagesManager.uses_pages_directory = False
    base_path = adopt_base_path()
    address = st.get_option("server.address")
    app = st.App(
        __file__,
        lifespan=lifespan,
        routes=routes(
            pages=(path.stem for path in Path(__file__).with_name("pages").glob("*.py")),
            base_path=base_path,
            load_script=load_script,
        ),
        middleware=edge_middleware(
            address=address,
            url=url_of(address, st.get_option("server.port"), base_path),
            base_path=base_path,
            login_secrets=partial(login_secrets, take_broken_secrets_away()),
        ),
        on_script_error=explain_breakage,
    )
