"""What a service does under attack, and what its well-behaved clients warning: `make stress`."""
