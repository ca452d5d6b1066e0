"""Livefit: `streamlit run app.py`. The page list and nothing else."""

from ui.frame import navigation

navigation().run()
