"""Intent by multinomial logistic regression over the sentence vector, character n-grams and look-up hits.

Trained with scikit-learn, stored as one .npz, served with numpy alone. Rasa's own LogisticRegressionClassifier imports
skops at load (it walks every loaded module, seconds), fixes C at 1 and raises on a message without features.
"""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional, Text, Type, cast

import numpy as np
import scipy.sparse as sp
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.nlu.utils import pattern_utils
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.components.sentence_encoder import fold

Weights = Dict[Text, np.ndarray]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LightIntentClassifier(IntentClassifier, GraphComponent):
    """`chars: n` counts n-grams of the raw text up to n, its ends marked; a look-up hit is one feature a table, and the
    found name is replaced by a sign in the n-grams, so that a district never named in training counts like one that was."""

    @classmethod
    def required_components(cls) -> List[Type[Any]]:
        return [Featurizer]

    @staticmethod
    def required_packages() -> List[Text]:
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"C": 1.0, "max_iter": 300, "tol": 1e-2, "ranking_length": 5, "chars": 2, "masked": []}

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """scikit-learn checks its own settings."""

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        weights: Optional[Weights] = None,
    ) -> None:
        self._config = config
        self._model_storage, self._resource = model_storage, resource
        self._use(weights or {})

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LightIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(  # Rasa reads these annotations
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LightIntentClassifier:
        with model_storage.read_from(resource) as folder, np.load(folder / "weights.npz", allow_pickle=False) as stored:
            return cls(config, model_storage, resource, {name: stored[name] for name in stored.files})

    def _use(self, weights: Weights) -> None:
        self._weights = weights
        self._column = {str(gram): i for i, gram in enumerate(weights.get("grams", ()))}
        names, patterns = weights.get("tables", ()), weights.get("patterns", ())
        self._tables = {str(n): re.compile(str(p), re.IGNORECASE) for n, p in zip(names, patterns, strict=True)}

    def _grams(self, text: Text) -> List[Text]:
        marked = fold(text)
        for name in self._config["masked"]:
            if name in self._tables:
                marked = self._tables[name].sub(f"<{name}>", marked)
        units = ["^", *re.findall(r"<\w+>|.", marked), "$"]
        sizes = range(1, self._config["chars"] + 1)
        return ["".join(units[i : i + n]) for n in sizes for i in range(len(units) - n + 1)]

    def _row(self, message: Message) -> Optional[sp.csr_matrix]:
        """1 × features, or None where the message has no words (an intent sent by the gateway, a blank)."""
        text = message.get(TEXT)
        if not text or not fold(text):
            return None
        dense = message.get_dense_features(TEXT)[1]
        columns = sorted({self._column[g] for g in self._grams(text) if g in self._column})
        grams = sp.csr_matrix((np.ones(len(columns)), ([0] * len(columns), columns)), shape=(1, len(self._column)))
        hits = np.array([[bool(p.search(text)) for p in self._tables.values()]], float).reshape(1, len(self._tables))
        parts = [grams, sp.csr_matrix(hits)]
        return sp.hstack([sp.csr_matrix(dense.features), *parts] if dense else parts, format="csr")

    def train(self, training_data: TrainingData) -> Resource:
        from sklearn.linear_model import LogisticRegression  # two seconds that serving does not need

        examples = [m for m in training_data.intent_examples if m.get(INTENT) and m.get(TEXT)]
        found = pattern_utils.extract_patterns(training_data, use_word_boundaries=False)
        weights: Weights = {
            "tables": np.array([p["name"] for p in found], dtype=str),
            "patterns": np.array([p["pattern"] for p in found], dtype=str),
        }
        self._use(weights)
        weights["grams"] = np.array(sorted({g for m in examples for g in self._grams(m.get(TEXT))}), dtype=str)
        self._use(weights)
        settings = {name: self._config[name] for name in ("C", "max_iter", "tol")}
        model = LogisticRegression(class_weight="balanced", **settings)
        model.fit(sp.vstack([self._row(m) for m in examples], format="csr"), [m.get(INTENT) for m in examples])
        weights["coef"] = model.coef_.astype(np.float32)
        weights["bias"] = model.intercept_.astype(np.float32)
        weights["labels"] = np.array(model.classes_, dtype=str)
        self._use(weights)
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / "weights.npz", **cast(Dict[Text, Any], weights))
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            row = self._row(message)
            ranking = [] if row is None else self._ranking(row)
            # without words there is no opinion, and the fallback takes it
            message.set("intent", ranking[0] if ranking else {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _ranking(self, row: sp.csr_matrix) -> List[Dict[Text, Any]]:
        scores = np.asarray(row @ self._weights["coef"].T).ravel() + self._weights["bias"]
        likely = np.exp(scores - scores.max())
        likely /= likely.sum()
        best = np.argsort(-likely)[: self._config["ranking_length"]]
        return [{"name": str(self._weights["labels"][i]), "confidence": float(likely[i])} for i in best]
