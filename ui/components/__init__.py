"""Small inline components for what Streamlit has no element for."""
