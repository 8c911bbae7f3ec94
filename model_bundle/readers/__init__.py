"""One reader per modality: an item becomes a graph's input arrays."""
