"""Lets the assertions of the shared suite explain themselves."""

import pytest

pytest.register_assert_rewrite("tests.connectors.conformance", "tests.connectors.fakes")
