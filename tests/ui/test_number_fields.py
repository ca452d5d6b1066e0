"""Fields for numbers: what people type is understood, and what is no number takes nothing away."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from dl.runs import RunStore
from dl.workspace import Workspace
from ui.shared.number_fields import decimal_number, shown_number, whole_number

OpenPage = Callable[..., AppTest]
RATE, EPOCHS = "configure_0_Adam_learning_rate", "configure_0_epochs"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.01", 0.01),
        ("0,01", 0.01),
        (" 0,5 ", 0.5),
        ("1e-3", 0.001),
        ("-1.5", -1.5),
        ("\N{MINUS SIGN}1", -1.0),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("０．０１", 0.01),
        ("0。5", 0.5),
        ("1,122", 1.122),
    ],
)
def test_decimal_number_is_understood_as_people_type_it(text: str, number: float) -> None:
    assert decimal_number(text) == number


@pytest.mark.parametrize("text", ["", "abc", "1,2,3", "nan", "inf", "1e999", "0.1.2"])
def test_what_is_no_decimal_number_is_none(text: str) -> None:
    assert decimal_number(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("1122", 1122), ("1,122", 1122), ("1 122", 1122), ("1'122'000", 1_122_000), ("１２", 12), ("-3", -3)],
)
def test_whole_number_may_be_in_groups_of_three(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", "1.122", "1.5", "1,5", "12,34", "1e3", "five", "9" * 40])
def test_what_is_no_whole_number_is_none(text: str) -> None:
    assert whole_number(text) is None


@pytest.mark.parametrize(("value", "text"), [(128, "128"), (0.001, "0.001"), (1 / (1 / 255), "255"), (0.0, "0")])
def test_number_is_shown_without_digits_that_nobody_typed(value: float, text: str) -> None:
    assert shown_number(value) == text


def test_decimal_comma_reaches_the_run(open_app: OpenPage, quiet_server: Workspace) -> None:
    app = open_app("configure", dataset="digits")
    app.text_input(key=RATE).set_value("0,01").run()
    assert app.text_input(key=RATE).value == "0.01" and not app.error
    app.button(key="configure_train").click().run()
    (run,) = RunStore(quiet_server.runs).list()
    assert run.spec().training.optimizer.learning_rate == 0.01


def test_cleared_field_gets_its_last_valid_number_back(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    for typed in ("7", "0", "many", ""):
        app.text_input(key=EPOCHS).set_value(typed).run()
    assert app.text_input(key=EPOCHS).value == "7"
    assert app.session_state["session"].draft.training["epochs"] == 7 and not app.error


@pytest.mark.parametrize(
    ("key", "typed"), [(RATE, "fast"), (EPOCHS, "1.5"), (EPOCHS, "0"), ("configure_0_2_units", "x")]
)
def test_wrong_number_is_marked_and_takes_nothing_away(key: str, typed: str, open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    before, table = app.session_state["session"].draft.value, app.dataframe[0].value
    app.text_input(key=key).set_value(typed).run()
    assert app.text_input(key=key).value == typed
    assert app.session_state["session"].draft.value == before
    assert app.dataframe[0].value.equals(table) and app.get("plotly_chart")
    assert len(app.error) == 1 and app.button(key="configure_train").disabled
    assert any(app.error[0].value in str(mark.value) for mark in (*app.caption, *app.markdown))


def test_label_is_the_name_of_its_field(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    assert app.text_input(key="configure_0_2_units").label == "Units"
    app.text_input(key="configure_0_2_units").set_value("x").run()
    assert app.text_input(key="configure_0_2_units").label == "Units"
