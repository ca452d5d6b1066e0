"""The network that is being configured: a reload finds it again, a link shows it, and nobody writes over another's."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dl.datasets.catalogue import BUILTINS
from dl.drafts import DraftStore
from dl.specs.presets import default_spec
from dl.workspace import Workspace

OpenPage = Callable[..., AppTest]
UNITS, EPOCHS = "configure_0_2_units", "configure_0_epochs"


def name_of(app: AppTest) -> str:
    return str(app.query_params["draft"])


def change(app: AppTest, units: int) -> str:
    app.text_input(key=UNITS).set_value(str(units)).run()
    return name_of(app)


def units(app: AppTest) -> str:
    return str(app.text_input(key=UNITS).value)


def test_network_that_nobody_changed_is_not_kept(open_app: OpenPage, quiet_server: Workspace) -> None:
    app = open_app("configure", dataset="digits")
    assert "draft" not in app.query_params and not quiet_server.drafts.exists()


def test_changed_network_is_there_again_after_a_reload(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    draft = change(app, 77)
    app.text_input(key=EPOCHS).set_value("9").run()
    again = open_app("configure", draft=draft)
    assert units(again) == "77" and again.text_input(key=EPOCHS).value == "9"
    assert again.query_params["dataset"] == "digits" and name_of(again) == draft


def test_session_goes_on_writing_its_own_draft(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    assert change(app, 77) == change(app, 78)
    assert units(open_app("configure", draft=name_of(app))) == "78"


def test_two_who_change_the_same_draft_keep_their_own(open_app: OpenPage) -> None:
    first = open_app("configure", dataset="digits")
    link = change(first, 77)
    second = open_app("configure", draft=link)
    copy = change(second, 99)
    assert copy != link
    change(first, 78)
    assert [units(open_app("configure", draft=draft)) for draft in (link, copy)] == ["78", "99"]


def test_link_wins_over_the_network_of_the_session(open_app: OpenPage) -> None:
    link = change(open_app("configure", dataset="digits"), 77)
    app = open_app("configure", dataset="mnist")
    app.query_params["draft"] = link
    app.run()
    assert app.text_input(key="configure_1_2_units").value == "77" and app.query_params["dataset"] == "digits"


def test_click_with_the_old_name_in_the_url_takes_nothing_back(open_app: OpenPage) -> None:
    """The browser has sent it before it heard of the copy's name."""
    link = change(open_app("configure", dataset="digits"), 77)
    app = open_app("configure", draft=link)
    copy = change(app, 99)
    app.query_params["draft"] = link
    app.text_input(key=EPOCHS).set_value("9").run()
    assert (units(app), app.text_input(key=EPOCHS).value, name_of(app)) == ("99", "9", copy)


@pytest.mark.parametrize("wanted", ["nonsense", "../../etc/passwd", "A" * 16, "**bold**"])
def test_link_to_no_draft_gives_a_sentence(wanted: str, open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits", draft=wanted)
    assert not app.exception and "no longer here" in app.warning[0].value
    assert units(app) == "128" and "draft" not in app.query_params


def test_draft_of_data_that_are_not_known_gives_a_sentence(open_app: OpenPage, quiet_server: Workspace) -> None:
    spec = default_spec(BUILTINS["digits"])
    elsewhere = spec.model_copy(update={"data": spec.data.model_copy(update={"dataset": "elsewhere"})})
    app = open_app("configure", draft=DraftStore(quiet_server.drafts).create(elsewhere))
    assert "no data set called" in app.error[0].value
    app.selectbox[0].set_value("digits").run()
    assert not app.exception and not app.error and app.text_input(key="configure_1_2_units").value == "128"


def test_disk_that_takes_nothing_gives_a_sentence(open_app: OpenPage, quiet_server: Workspace) -> None:
    Path(quiet_server.drafts).write_text("in the way of the folder")
    app = open_app("configure", dataset="digits")
    app.text_input(key=UNITS).set_value("77").run()
    assert not app.exception and "does not take the network" in app.warning[0].value
    assert units(app) == "77" and not app.button(key="configure_train").disabled


def test_change_can_be_undone_and_done_again(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    assert app.button(key="configure_undo").disabled and app.button(key="configure_redo").disabled
    app.button(key="configure_0_2_remove").click().run()
    app.button(key="configure_undo").click().run()
    assert len(app.dataframe[0].value) == 5 and not app.button(key="configure_redo").disabled
    app.button(key="configure_redo").click().run()
    assert len(app.dataframe[0].value) == 4 and app.button(key="configure_redo").disabled


def test_convolution_is_added_where_it_fits(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    app.selectbox(key="configure_new_layer").set_value("Conv2D").run()
    assert app.button(key="configure_add_0").label == "Add as layer 2"
    app.button(key="configure_add_0").click().run()
    assert list(app.dataframe[0].value["layer"])[2] == "2 · Conv2D" and not app.error


def test_deleted_output_is_added_again_with_one_click(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    app.button(key="configure_0_3_remove").click().run()
    assert "Add a Dense layer with 10 units and softmax" in app.error[0].value
    app.button(key="configure_add_output_1").click().run()
    assert not app.error and app.session_state["session"].draft.layers[3]["activation"] == "softmax"


def test_code_opens_in_a_dialog_with_its_downloads(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    assert not app.code
    app.button(key="configure_code").click().run()
    assert "keras.Sequential" in app.code[0].value
    assert [button.label for button in app.get("download_button")] == ["Script (.py)", "Configuration (.json)"]


def test_high_learning_rate_is_cautioned_and_cured(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    app.text_input(key="configure_0_Adam_learning_rate").set_value("0,5").run()
    assert "is high for Adam" in app.warning[0].value and not app.button(key="configure_train").disabled
    app.button(key="configure_cure_lightbulb_0").click().run()
    assert not app.warning and app.session_state["session"].draft.training["optimizer"]["learning_rate"] == 0.001


def test_misfit_is_said_at_its_layer_too(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    app.pills[0].set_value("convolutional").run()
    app.button(key="configure_1_5_move_up").click().run()  # Flatten before the last pooling
    marks = [element.value for element in app.markdown if str(element.value).startswith(":small[:red[")]
    assert any(app.error[0].value in mark for mark in marks)


def test_code_stays_open_when_the_page_is_drawn_again(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    app.button(key="configure_code").click().run()
    assert "import keras" in app.run().code[0].value
