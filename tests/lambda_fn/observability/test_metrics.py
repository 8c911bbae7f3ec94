from lambda_fn.observability import metrics


def test_every_metric_has_dimensions_and_a_unit() -> None:
    assert metrics.DIMENSIONS.keys() == metrics.UNITS.keys()
    assert {names[0] for names in metrics.DIMENSIONS.values()} == {metrics.SERVICE_DIMENSION}
