"""The city's one vocabulary of facts: what may be asked of an applicant, and how people say the answers."""

from enum import StrEnum

from .common import FactId, Record, Text


class FactType(StrEnum):
    CHOICE = "choice"
    QUANTITY = "quantity"
    DATE = "date"
    REGION = "region"
    YES_NO = "yes_no"


class Choice(Record):
    """One value of a choice fact. `synonyms` are words that people say for it."""

    value: FactId
    label: Text
    synonyms: tuple[str, ...] = ()
    hint: str = ""


class Fact(Record):
    """`question` is the wording used unless an item's question gives its own; `yes_synonyms`/`no_synonyms` are sayings of a yes/no fact."""

    id: FactId
    type: FactType
    label: Text
    question: Text
    why: str = ""
    unit: str = ""
    synonyms: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    yes_synonyms: tuple[str, ...] = ()
    no_synonyms: tuple[str, ...] = ()
    yes_range: str = ""
    yes_label: str = "是"
    no_label: str = "否"
    help: str = ""
