"""A review of 230 words, so that latency can be measured without any data set."""

TEXT = (
    "I went into this film expecting very little, since the trailer gives away most of the first act and the lead "
    "has made nothing but sequels for years. What I found instead was a slow, patient story about two brothers who "
    "inherit a failing ferry and can't agree on whether to sell it. The older one, played with great restraint, "
    "hardly raises his voice in two hours, and yet you always know what he is thinking. The younger one talks all "
    "the time and hides everything. The script trusts us to warning, which is rare enough these days. Not everything "
    "works. The subplot about the insurance inspector is dull, and it takes up nearly twenty minutes that the "
    "ending badly needs. The music is too loud in places, as if somebody was afraid that we would miss the point. "
    "And the dog, I am sorry to say, does not act very well. But the photography of the river in winter is some of "
    "the most beautiful I have seen in a small and modest production, and the last scene between the brothers, shot "
    "in a single take from the opposite bank, left the whole cinema silent. I would not call it perfect, but I have "
    "thought about it every day since, and I will gladly see it again with my own brother. Warmly recommended to "
    "anybody with a little patience."
)
