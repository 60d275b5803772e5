"""How a clue is said: its state, what to do next and by when, and what was done with it."""

from __future__ import annotations

from shouwang.casework.models import Clue, ClueAct, ClueState
from shouwang.web.tables import Tag
from shouwang.web.templatetags.ui import day

WAITING = (ClueState.NEW, ClueState.TRIAGED)
_TONES = {ClueState.NEW: "brand", ClueState.TRIAGED: "brand"}
ACT_WORDS = {
    ClueState.TRIAGED: "安排走访",
    ClueState.DISMISSED: "核查后不立案",
    ClueState.MERGED: "并入另一条线索",
    ClueState.OPENED: "立案",
    "declined": "本人不愿申报",
}
_AFTER = {
    ClueState.DISMISSED: "已核查，不立案。同样的事实不会再次产生线索，有新的事实才会。",
    ClueState.MERGED: "已并入另一户的线索，在那里办理。",
    ClueState.OPENED: "已立案，在个案里办理。",
}


def state_tag(clue: Clue) -> Tag:
    state = ClueState(clue.state)
    return Tag(state.label, _TONES.get(state, "plain"))


def next_words(clue: Clue) -> str:
    """What is to be done next."""
    if clue.state == ClueState.NEW:
        return "走访核实，然后立案、并入另一条线索，或写明理由不立案。"
    if clue.state == ClueState.TRIAGED:
        return "按安排走访，然后立案或写明理由不立案。"
    return _AFTER[ClueState(clue.state)]


def act_events(acts: tuple[ClueAct, ...]) -> list[dict[str, object]]:
    """The acts as `ui/timeline.html` takes them, the last first."""
    return [
        {
            "title": ACT_WORDS.get(act.verb, act.verb),
            "when": act.at,
            "who": act.by.display_name,
            "text": f"{act.reason}{f'（{day(act.revisit_on)}前走访）' if act.revisit_on else ''}",
        }
        for act in reversed(acts)
    ]
