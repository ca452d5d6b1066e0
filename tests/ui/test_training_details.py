"""What of the training is rarely changed, in the form of the Configure page."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from dl.datasets.catalogue import BUILTINS
from dl.runs import RunStore
from dl.specs import EarlyStopping, GradientClipping, TrainSpec
from dl.specs.layers import Dense
from dl.specs.presets import default_spec
from dl.specs.schedules import CosineDecay
from dl.workspace import Workspace
from ui.draft import plain_value

OpenPage = Callable[..., AppTest]


def test_everything_about_training_reaches_the_run(open_app: OpenPage, quiet_server: Workspace) -> None:
    app = open_app("configure", dataset="digits")
    app.selectbox(key="configure_0_learning_rate_schedule").set_value("CosineDecay").run()
    app.text_input(key="configure_0_CosineDecay_warmup_epochs").set_value("2")
    for name in ("early_stopping", "gradient_clipping", "class_weight", "precision"):
        app.toggle(key=f"configure_0_{name}").set_value(True).run()
    app.selectbox(key="configure_0_gradient_clipping_by").set_value("clipvalue")
    app.text_input(key="configure_0_2_kernel_l2").set_value("0.001").run()
    app.button_group(key="configure_0_metrics").set_value(["top_5_accuracy"]).run()
    app.button(key="configure_train").click().run()
    (run,) = RunStore(quiet_server.runs).list()
    assert run.spec().training == TrainSpec(
        metrics=("accuracy", "top_5_accuracy"),
        early_stopping=EarlyStopping(),
        learning_rate_schedule=CosineDecay(warmup_epochs=2),
        gradient_clipping=GradientClipping(by="clipvalue"),
        class_weight="balanced",
        precision="mixed_float16",
    )
    assert run.spec().model.layers[2] == Dense(units=128, kernel_l2=0.001)


def test_what_is_switched_off_again_is_gone(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    for on in (True, False):
        for name in ("reduce_on_plateau", "gradient_clipping", "class_weight"):
            app.toggle(key=f"configure_0_{name}").set_value(on).run()
    assert app.session_state["session"].draft.value == plain_value(default_spec(BUILTINS["digits"]))


def test_two_rules_for_one_learning_rate_are_cured(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    app.selectbox(key="configure_0_learning_rate_schedule").set_value("ExponentialDecay").run()
    app.toggle(key="configure_0_reduce_on_plateau").set_value(True).run()
    assert "Choose one of the two" in app.error[0].value and app.button(key="configure_train").disabled
    app.button(key="configure_cure_error_0").click().run()
    assert not app.error and app.selectbox(key="configure_1_learning_rate_schedule").value == "none"
    assert app.toggle(key="configure_1_reduce_on_plateau").value


def test_wrong_factor_is_named_by_its_own_label(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    app.toggle(key="configure_0_reduce_on_plateau").set_value(True).run()
    app.text_input(key="configure_0_reduce_on_plateau_factor").set_value("1.0").run()
    assert app.error[0].value.startswith("Factor is 1")
