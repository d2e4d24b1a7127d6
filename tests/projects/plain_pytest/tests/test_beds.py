from greenhouse.beds import moisture


def test_a_bed_is_known_by_its_name():
    assert moisture("basil") == 61
    assert moisture("roses") is None
