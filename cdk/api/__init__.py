"""The public API: routes, keys, quotas, problems, firewall and domain."""
