"""Why a prediction is what it is: modalities by Shapley values, words by leaving them out."""
