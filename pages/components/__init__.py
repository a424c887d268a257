"""Our own components of Streamlit: plain modules and styles, sent as they are."""
