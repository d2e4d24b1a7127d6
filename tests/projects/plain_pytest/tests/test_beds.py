from greenhouse.beds import moisture  # type: ignore[import-not-found]  # where the project is the root, it is


def test_a_bed_is_known_by_its_name() -> None:
    assert moisture("basil") == 61
    assert moisture("roses") is None
