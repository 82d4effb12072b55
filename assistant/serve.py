"""Serves the light model on loopback without importing TensorFlow; the same HTTP interface as `rasa run --enable-api`.

usage: python assistant/serve.py --model MODEL --port PORT   (MODEL: an archive, or a folder: its newest archive)

Rasa imports TensorFlow when serving for two reasons, neither used by a model without DIET and TED: the Keras callbacks
in rasa.utils.train_utils, and the recipe validator, which imports every classifier. Both are replaced by empty
stand-ins before Rasa is imported (2 s and 350 MB less). Should TensorFlow be imported after all, it stops at start.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import types
import warnings
from pathlib import Path
from typing import Any, Optional

ASSISTANT = Path(__file__).resolve().parent
WARM_UP = "ok"


def main() -> None:
    arguments = _arguments()
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    os.chdir(ASSISTANT.parent)
    sys.path.insert(0, str(ASSISTANT.parent))
    _leave_tensorflow_out()
    warnings.filterwarnings("ignore")
    _serve(arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serves the assistant's Rasa model on loopback.")
    parser.add_argument("--model", required=True, help="model archive, or a folder that holds some")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--interface", default="127.0.0.1")
    parser.add_argument("--endpoints", default=str(ASSISTANT / "endpoints.yml"))
    parser.add_argument("--credentials", default=str(ASSISTANT / "credentials.yml"))
    arguments = parser.parse_args()
    model = newest_archive(Path(arguments.model).resolve())
    if model is None:
        parser.error(f"no model at {arguments.model}: `train.py nlu` makes one")
    arguments.model = str(model)
    return arguments


def newest_archive(place: Path) -> Optional[Path]:
    """The archive at `place`, or the newest in the folder `place` and below; None where there is none."""
    archives = [place] if place.is_file() else sorted(place.rglob("*.tar.gz"), key=lambda p: p.stat().st_mtime)
    return archives[-1] if archives else None


def _leave_tensorflow_out() -> None:
    _stand_in("rasa.utils.tensorflow.callback", "RasaTrainingLogger", "RasaModelCheckpoint")
    _stand_in("rasa.utils.tensorflow.data_generator", "RasaDataGenerator", "RasaBatchDataGenerator")
    _stand_in("rasa.graph_components.validators.default_recipe_validator", "DefaultV1RecipeValidator")


def _stand_in(name: str, *classes: str) -> None:
    module = types.ModuleType(name)
    for class_name in classes:
        setattr(module, class_name, type(class_name, (), {}))
    sys.modules[name] = module


def _serve(arguments: argparse.Namespace) -> None:
    import rasa.core.run
    import rasa.utils.common
    import rasa.utils.log_utils
    from rasa.core.utils import AvailableEndpoints

    logging.basicConfig(level=logging.WARNING)
    rasa.utils.common.configure_logging_and_warnings(logging.WARNING, warn_only_once=True, filter_repeated_logs=True)
    # without it every word a person says is printed at debug level
    rasa.utils.log_utils.configure_structlog(logging.WARNING)
    _compile_the_action_schema()

    async def warm_up(app: Any, loop: Any) -> None:
        if app.ctx.agent is None or not app.ctx.agent.is_ready():
            raise SystemExit(f"the model at {arguments.model} could not be loaded")
        await app.ctx.agent.parse_message(WARM_UP)
        if loaded := sorted(name for name in sys.modules if name.split(".")[0] == "tensorflow"):
            raise SystemExit(f"TensorFlow was imported after all: {loaded[:3]}")
        print(f"rasa answers on {arguments.interface}:{arguments.port}", flush=True)

    rasa.core.run.serve_application(
        model_path=arguments.model,
        interface=arguments.interface,
        port=arguments.port,
        credentials=arguments.credentials,
        endpoints=AvailableEndpoints.read_endpoints(arguments.endpoints),
        enable_api=True,
        server_listeners=[(warm_up, "after_server_start")],
    )


def _compile_the_action_schema() -> None:
    """Rasa re-checks its own JSON schema at every custom action, 17 ms of CPU a turn: check and compile it once."""
    from jsonschema import exceptions, validators
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    kind = validators.validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def check(self: RemoteAction, result: Any) -> bool:
        error = exceptions.best_match(validator.iter_errors(result))
        if error is not None:
            error.message += ". Failed to validate Action server response from API."
            raise error
        return True

    RemoteAction._validate_action_result = check


if __name__ == "__main__":
    main()
