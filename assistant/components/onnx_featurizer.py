"""The encoder's sentence vector as a Rasa feature."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional, Text, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.components.sentence_encoder import OtherEncoder, SentenceEncoder, find_encoder, fingerprint_of


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class OnnxSentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """One dense sentence feature: (unit vector − mean of the training vectors) × scale.

    The mean is what training is: sentence vectors share a direction, and without it the classifier's penalty is
    spent on that direction. The stored fingerprint keeps a model from being served with other weights. Without an ONNX
    encoder there is no such feature and the classifier goes by characters alone.
    """

    @classmethod
    def required_components(cls) -> List[Type[Any]]:
        return []

    @staticmethod
    def required_packages() -> List[Text]:
        return ["onnxruntime", "tokenizers"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            **DenseFeaturizer.get_default_config(),
            "encoder_root": "var/encoder",
            "encoders": [],
            "scale": 1.0,
            "max_tokens": 128,
        }

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Nothing to check beyond what opening the encoder checks."""

    @classmethod
    def fingerprint_addon(cls, config: Dict[Text, Any]) -> Optional[Text]:
        """Rasa's training cache would otherwise answer for another encoder. Rasa also asks with the configuration of
        a cached node, which names no encoder."""
        if "encoder_root" not in config:
            return None
        return fingerprint_of(_folder(config))

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        mean: Optional[np.ndarray] = None,
    ) -> None:
        super().__init__(execution_context.node_name, config)
        self._model_storage, self._resource, self._mean = model_storage, resource, mean
        folder = _folder(config)
        self._encoder = SentenceEncoder(folder, config["max_tokens"]) if folder else None

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OnnxSentenceFeaturizer:
        return cls(config, model_storage, resource, execution_context)

    @classmethod
    def load(  # Rasa reads these annotations
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> OnnxSentenceFeaturizer:
        with model_storage.read_from(resource) as folder:
            mean = np.load(folder / "mean.npy")
            trained_with = (folder / "encoder.txt").read_text()
        here = _folder(config)
        if fingerprint_of(here) != trained_with:
            raise OtherEncoder(f"{here} is not the encoder this model was trained with; `train.py nlu` trains anew")
        return cls(config, model_storage, resource, execution_context, mean)

    def train(self, training_data: TrainingData) -> Resource:
        texts = sorted({m.get(TEXT) for m in training_data.intent_examples if m.get(TEXT)})
        self._mean = self._encoder.encode(texts).mean(0) if self._encoder else np.zeros(0, np.float32)
        with self._model_storage.write_to(self._resource) as folder:
            np.save(folder / "mean.npy", self._mean)
            (folder / "encoder.txt").write_text(fingerprint_of(_folder(self._config)))
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        spoken = [m for m in messages if m.get(TEXT)]
        if not spoken or self._encoder is None:
            return messages
        centred = self._encoder.encode([m.get(TEXT) for m in spoken]) - self._mean
        for message, vector in zip(spoken, (centred * self._config["scale"]).astype(np.float32), strict=True):
            alias = self._config[FEATURIZER_CLASS_ALIAS]
            message.add_features(Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, alias))
        return messages


def _folder(config: Dict[Text, Any]) -> Optional[Path]:
    return find_encoder(Path(config["encoder_root"]), config["encoders"])
