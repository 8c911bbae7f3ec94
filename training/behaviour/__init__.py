"""What a model does with sentences that are made for one question each, in the manner of CheckList.

Ribeiro et al. 2020, Beyond Accuracy: Behavioral Testing of NLP Models with CheckList (arXiv:2005.04118). Words and
templates are Valence's own, and lie in `data/`: `words.yaml`, and a file by capability.

    suite = load_suite()
    figures = measure_behaviour(Predictor.open(Path("models/reviews")), suite, seed=0)
"""

from training.behaviour.figures import measure_behaviour
from training.behaviour.suite import Suite, load_suite

__all__ = ["Suite", "load_suite", "measure_behaviour"]
