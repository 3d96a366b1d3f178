"""Krippendorff's alpha gives what its author published."""

import pytest

from tracker.positions import agreement

CODERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
"""Four observers, twelve units: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), example C."""
UNITS = [[value for value in unit if value is not None] for unit in zip(*CODERS, strict=True)]


def test_the_published_example_has_its_published_values():
    assert agreement.ordinal(UNITS).alpha == pytest.approx(0.815, abs=0.0005)
    assert agreement.nominal([[str(value) for value in unit] for unit in UNITS]).alpha == pytest.approx(
        0.743, abs=0.0005
    )
    assert agreement.ordinal(UNITS).units == 11


@pytest.mark.parametrize(
    ("units", "alpha"),
    [([(1, 1), (2, 2), (5, 5)], 1.0), ([(3, 3), (3, 3)], None), ([], None), ([(1,), (2,)], None)],
)
def test_full_agreement_is_one_and_nothing_to_compare_is_told_as_such(units, alpha):
    assert agreement.ordinal(units).alpha == alpha


def test_a_disagreement_by_one_step_weighs_less_than_one_by_four():
    near = [(1, 2), (2, 2), (4, 4), (5, 5), (1, 1)]
    far = [(1, 5), (2, 2), (4, 4), (5, 5), (1, 1)]
    assert (agreement.ordinal(near).alpha or 0) > (agreement.ordinal(far).alpha or 0)
