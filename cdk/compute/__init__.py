"""Functions, their image, roles and logs."""
