"""The steps of the control store's schema, oldest first."""
