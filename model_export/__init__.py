"""From a checkpoint to a bundle: graphs, quantisation, checks against torch, description and model card."""
