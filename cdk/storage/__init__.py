"""Private buckets."""
