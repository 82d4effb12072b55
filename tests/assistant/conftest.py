from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.assistant.processes import StandInProduct, action_server, rasa_server, reply, serving


@dataclass
class Bot:
    """Rasa with its action server, real both, before a stand-in for the product."""

    rasa: str
    actions: str
    product: StandInProduct
    http: httpx.Client

    def intent(self, text: str) -> str:
        parsed = self.http.post(f"{self.rasa}/model/parse", json={"text": text}).json()
        return str(parsed["intent"]["name"])

    def say(self, who: str, message: str) -> list[dict[str, Any]]:
        answer = self.http.post(f"{self.rasa}/webhooks/rest/webhook", json={"sender": who, "message": message})
        answer.raise_for_status()
        said: list[dict[str, Any]] = answer.json()
        return said

    def act(self, who: str, message: str) -> dict[str, Any]:
        """The one request that the message came to."""
        self.product.asked.clear()
        self.say(who, message)
        (asked,) = self.product.asked
        return asked


@pytest.fixture(scope="session")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    logs = tmp_path_factory.mktemp("assistant")
    product = StandInProduct(lambda asked: reply("no_target"))
    with (
        serving(product) as product_url,
        action_server(product_url, logs / "actions.log") as actions,
        rasa_server(actions, logs / "rasa.log") as rasa,
        httpx.Client(timeout=30, trust_env=False) as http,
    ):
        yield Bot(rasa, actions, product, http)


@pytest.fixture(autouse=True)
def _fresh_answers(request: pytest.FixtureRequest) -> None:
    """Each test starts with a product that knows nothing."""
    if "bot" in request.fixturenames:
        bot: Bot = request.getfixturevalue("bot")
        bot.product.answer = lambda asked: reply("no_target")
        bot.product.asked.clear()
        bot.product.tokens.clear()
