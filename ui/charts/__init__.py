"""Charts as pure functions: numbers and translated labels in, a Plotly figure out. No streamlit here."""
