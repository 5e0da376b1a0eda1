"""Small questions over one connection that is kept."""

from functools import partial

import pytest

from schemas.errors import Unavailable
from store.database import Asking, connect
from store.settings import StoreSettings

PID = "SELECT pg_backend_pid() AS pid"


def test_one_connection_answers_all_and_a_lost_one_is_replaced(database: StoreSettings) -> None:
    asking = Asking(partial(connect, database.owner_dsn, "test-asking"))
    (first,), (second,) = asking.ask(PID, ()), asking.ask(PID, ())
    assert first == second
    with connect(database.owner_dsn, "test") as other:
        other.execute("SELECT pg_terminate_backend(%s)", (first["pid"],))
    (third,) = asking.ask(PID, ())
    assert third["pid"] != first["pid"]


def test_a_server_that_is_away_is_told() -> None:
    asking = Asking(partial(connect, "host=127.0.0.1 port=1 dbname=none", "test-asking"))
    with pytest.raises(Unavailable, match="PostgreSQL is away"):
        asking.ask(PID, ())
