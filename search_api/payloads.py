"""What the HTTP interface takes and gives. Names and fields are the public contract; text is plain, never markup."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StringConstraints

from answers.ask import AskOutcome
from knowledge_base.outcome import AskedQuestion, Cited, DroppedFact, KnownFact, Outcome

Kind = Literal["item", "bundle", "faq", "policy", "material", "place"]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
"""What a person says in one go."""
TargetId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
FactName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
Said = Annotated[
    StrictBool | StrictFloat | Annotated[str, StringConstraints(max_length=200)], Field(union_mode="left_to_right")
]
"""Strict: a region's code in quotes stays text, and "no" is a word, not false."""
Facts = Annotated[dict[FactName, Said], Field(max_length=60)]


class Payload(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Problem(Payload):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = []


class Highlight(Payload):
    """Offsets into a text field, in Unicode code points; end exclusive."""

    field: Literal["title", "snippet"]
    start: int
    end: int


class OtherOfGroup(Payload):
    """Something with a hit's name for another region or by another department."""

    id: str
    title: str
    region: str
    department: str


class Hit(Payload):
    """`group` counts the records of one kind and name that this hit stands for; `others` are the rest, nearest first. Only
    of a group `region` says which one this is for."""

    id: str
    kind: Kind
    title: str
    snippet: str
    highlights: list[Highlight]
    score: float
    why: dict[str, Any]
    department: str = ""
    region: str = ""
    group: int = 1
    others: list[OtherOfGroup] = []


class SearchResult(Payload):
    """`facets` counts what each filter would leave; `degraded`: the dense leg is missing; `confidence` that the top hit is right."""

    query: str
    hits: list[Hit]
    total: int
    facets: dict[str, dict[str, int]]
    confidence: float
    did_you_mean: str | None = None
    degraded: bool
    index_version: str
    took_ms: float


class Suggestion(Payload):
    text: str
    kind: Kind
    id: str


class Suggestions(Payload):
    suggestions: list[Suggestion]


class RelatedEntry(Payload):
    id: str
    kind: Kind
    title: str
    why: str


class RelatedList(Payload):
    related: list[RelatedEntry]


class Link(Payload):
    """A reference to another page."""

    id: str
    kind: Kind
    title: str
    summary: str = ""


class NavigateRequest(Payload):
    target: TargetId
    facts: Facts = {}


class NavigateResponse(Payload):
    """`question` or `outcome`, never both. `state` is the link's query string that brings this state back."""

    target: str
    target_kind: Literal["item", "bundle"]
    title: str
    question: AskedQuestion | None
    outcome: Outcome | None
    facts: list[KnownFact]
    dropped: list[DroppedFact]
    state: str


class GraphNode(Payload):
    """One state of the question graph: the question asked there, or the outcome reached."""

    id: str
    question: AskedQuestion | None = None
    outcome: str = ""
    situation: str = ""


class GraphEdge(Payload):
    source: str
    target: str
    label: str


class QuestionGraph(Payload):
    target: str
    title: str
    expected_questions: float
    nodes: list[GraphNode]
    edges: list[GraphEdge]


class AskRequest(Payload):
    text: Words
    facts: Facts = {}


class AskResponse(Payload):
    """`confidence` is a calibrated probability that the answer is right; `candidates` the nearest when it is not answered."""

    outcome: AskOutcome
    answer: str
    source: list[Cited]
    confidence: float
    candidates: list[Link]
    target: Link | None = None
    question: AskedQuestion | None = None


class ChatRequest(Payload):
    """One turn: either what the person wrote, or the id of the option that was pressed."""

    conversation: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    text: Words | None = None
    choice: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None


class ChatOption(Payload):
    id: str
    label: str
    hint: str = ""


class ChatMessage(Payload):
    """`card` fits the type: Outcome for guide and bundle, PlaceShown list for place, Link list for related, phones for handover."""

    type: Literal["text", "options", "guide", "bundle", "place", "related", "rehearsal", "handover", "notice"]
    text: str | None = None
    card: dict[str, Any] | None = None
    options: list[ChatOption] | None = None


class ChatResponse(Payload):
    conversation: str
    messages: list[ChatMessage]


class ChatTurn(Payload):
    """`said` is what the person wrote or the label of the option pressed, personal data masked."""

    said: str
    at: str
    messages: list[ChatMessage]


class Conversation(Payload):
    conversation: str
    turns: list[ChatTurn]
    target: Link | None
    facts: list[KnownFact]
    question: AskedQuestion | None


class Readiness(Payload):
    ready: bool
    parts: dict[str, str]
