"""The main script. It lies here and not beside `pages/`, or Streamlit would take that folder for its own old kind of
pages, and run one without this script when a new server is first asked for a deep link."""

from ui.frame import navigation

navigation().run()
