from dl.datasets.catalogue import BUILTINS
from dl.specs import parse_spec
from dl.specs.presets import default_spec
from ui.draft import UNDO_LIMIT, Draft


def textbook() -> Draft:
    return Draft(default_spec(BUILTINS["mnist"]))


def types(draft: Draft) -> list[str]:
    return [layer["type"] for layer in draft.layers]


def test_draft_is_the_specification_it_was_made_of() -> None:
    assert parse_spec(textbook().value) == default_spec(BUILTINS["mnist"])
    assert not textbook().can_undo


def test_move_remove_insert_change_the_order_of_layers() -> None:
    draft = textbook()
    draft.move(0, 1)
    assert types(draft) == ["Flatten", "Rescaling", "Dense", "Dense"]
    draft.remove(1)
    draft.insert(2, {"type": "Dropout", "rate": 0.5})
    assert types(draft) == ["Flatten", "Dense", "Dropout", "Dense"]


def test_undo_takes_back_one_change_after_the_other() -> None:
    draft = textbook()
    draft.remove(0)
    draft.training["epochs"] = 7
    draft.keep()
    draft.undo()
    assert draft.training["epochs"] == 5 and len(draft.layers) == 3
    draft.undo()
    assert draft.value == textbook().value and not draft.can_undo
    draft.undo()
    assert draft.value == textbook().value


def test_redo_takes_back_an_undo_until_something_else_is_changed() -> None:
    draft = textbook()
    draft.remove(0)
    draft.undo()
    draft.redo()
    assert len(draft.layers) == 3 and not draft.can_redo and draft.can_undo
    draft.undo()
    draft.training["epochs"] = 7
    draft.keep()
    assert not draft.can_redo
    draft.redo()
    assert draft.training["epochs"] == 7


def test_draft_is_saved_until_it_is_changed() -> None:
    draft = textbook()
    assert draft.is_saved and draft.id is None
    draft.training["epochs"] = 7
    assert not draft.is_saved
    draft.saved_as("name")
    assert draft.is_saved and (draft.id, draft.is_own) == ("name", True)
    draft.undo()
    assert draft.is_saved
    draft.keep()
    draft.undo()
    assert not draft.is_saved


def test_keep_without_a_change_leaves_nothing_to_undo() -> None:
    draft = textbook()
    draft.keep()
    assert not draft.can_undo


def test_widgets_are_made_anew_only_when_the_change_did_not_come_from_them() -> None:
    draft = textbook()
    draft.training["epochs"] = 7
    draft.keep()
    assert draft.revision == 0
    draft.replace(default_spec(BUILTINS["mnist"], "convolutional"))
    assert draft.revision == 1


def test_undo_forgets_what_is_long_ago() -> None:
    draft = textbook()
    for epochs in range(10, 10 + UNDO_LIMIT + 20):
        draft.training["epochs"] = epochs
        draft.keep()
    undone = 0
    while draft.can_undo:
        draft.undo()
        undone += 1
    assert undone == UNDO_LIMIT
