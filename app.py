"""Livefit: `streamlit run app.py` serves the pages and, beside them, the routes under `api/`.

A host that runs this file as a plain script gets the pages alone, which ask again and again in place of being told.
"""

if __name__ == "__main__":
    from ui.frame import navigation

    navigation().run()
else:
    import streamlit as st

    from api import Live, Predict, Rows
    from ui.serving import MAIN, is_origin_allowed, lifespan, plotly_script, say_unexpected

    live, rows, predict = Live(is_origin_allowed), Rows(is_origin_allowed), Predict(is_origin_allowed)
    base = f"/{st.get_option('server.baseUrlPath').strip('/')}".rstrip("/")
    routes = [*live.routes(base), *rows.routes(base), *predict.routes(base), plotly_script(base)]
    app = st.App(MAIN, lifespan=lifespan(live, rows, predict), routes=routes, on_script_error=say_unexpected)
