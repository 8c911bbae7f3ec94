from lambda_fn.observability import metrics


def test_every_metric_has_dimensions_and_a_unit() -> None:
    assert metrics.DIMENSIONS.keys() == metrics.UNITS.keys()
    assert {names[:2] for names in metrics.DIMENSIONS.values()} == {("service", "deployment")}


def test_a_figure_that_belongs_to_a_head_says_to_which() -> None:
    of_heads = {metrics.CONFIDENCE, metrics.PREDICTED_CLASS, metrics.CLASS_SHARE_DRIFT}
    assert {name for name, names in metrics.DIMENSIONS.items() if metrics.HEAD in names} == of_heads
