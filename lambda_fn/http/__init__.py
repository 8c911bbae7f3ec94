"""HTTP: routing, routes, problems, limits and the OpenAPI description."""
