"""One function an act: (desk, state, what was said) → (new state, reply). The state passed in is never changed."""

from collections.abc import Callable

from ..desk import Desk
from .asking import do_answer, do_ask, do_find, do_unknown
from .changing import do_back, do_change, do_choose
from .fielding import do_field
from .flow import Said, Turn
from .session import do_handover, do_progress, do_repeat, do_restart
from .state import DialogueState

ACTS: dict[str, Callable[[Desk, DialogueState, Said], Turn]] = {
    "find": do_find,
    "answer": do_answer,
    "choose": do_choose,
    "field": do_field,
    "change": do_change,
    "ask": do_ask,
    "unknown": do_unknown,
    "back": do_back,
    "restart": do_restart,
    "progress": do_progress,
    "handover": do_handover,
    "repeat": do_repeat,
}
