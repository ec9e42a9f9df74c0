"""Records one execution of a stage. An outage of MLflow costs a warning: the records are kept and sent later."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from blindspot.recording.delivery import deliver, execute_or_ask, refused, settle, start, update_parent
from blindspot.recording.operations import Operation, Target
from blindspot.recording.outbox import Outbox
from blindspot.recording.refusals import is_refusal, short, warn
from blindspot.recording.server import is_server, require_answer

ASK_AGAIN = 10.0  # s without a request, after which a server is asked first whether it answers
WAIT, LONGEST_WAIT = 15.0, 240.0  # s before a server that was away is tried again; doubles


class Recorder:
    """What stages log to. Attributes that it does not have are those of the module mlflow, for the same store.

    `postpone`: keep the records that MLflow does not take, instead of raising the error.
    """

    def __init__(self, box: Outbox, postpone: bool = True) -> None:
        self._box, self._postpone = box, postpone
        self._target: Target | None = None
        self._asked = 0.0
        self._away_until, self._wait = 0.0, WAIT
        self._warned, self._refused = False, set[str]()
        self._rows: Counter[str] = Counter()  # of the tables, by name

    def __getattr__(self, name: str) -> Any:
        import mlflow

        return getattr(mlflow, name)

    def log_params(self, values: Mapping[str, Any]) -> None:
        """Logs parameters under names that MLflow takes; long values are cut."""
        self.record({"kind": "params", "values": {key: str(value) for key, value in values.items()}})

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None, model_id: str | None = None) -> None:
        """Logs numbers. Values that are no numbers are left out with a warning."""
        values = {}
        for key, value in metrics.items():
            try:
                values[str(key)] = float(value)
            except (TypeError, ValueError):
                warn(f"the metric {key} is not recorded in MLflow: {str(value)[:100]!r} is not a number")
        if values:
            self.record({"kind": "metrics", "values": values, "step": step or 0, "time": now(), "model": model_id})

    def log_metric(self, key: str, value: Any, step: int | None = None) -> None:
        """Logs one number."""
        self.log_metrics({key: value}, step)

    def set_tags(self, tags: Mapping[str, Any]) -> None:
        """Sets tags of the run."""
        self.record({"kind": "tags", "values": {key: str(value) for key, value in tags.items()}})

    def log_artifact(self, file: str | Path, folder: str | None = None) -> None:
        """Logs a file."""
        self.record({"kind": "artifact", "file": str(file), "folder": folder})

    def log_artifacts(self, directory: str | Path, folder: str | None = None) -> None:
        """Logs the contents of a folder."""
        self.record({"kind": "artifact", "file": str(directory), "folder": folder})

    def log_table(self, data: Any, name: str) -> None:
        """Logs a table (a data frame, or a list for each column), also with images; later calls append rows."""
        columns = data if isinstance(data, dict) else data.to_dict("list")
        table = {str(key): list(values) for key, values in columns.items()}
        images = [key for key, values in table.items() if values and all(map(_is_image, values))]
        self.record({"kind": "table", "table": table, "images": images, "name": name, "at": self._rows[name]})
        self._rows[name] += max(map(len, table.values()), default=0)

    def log_model(self, name: str, files: Sequence[Path], kind: str) -> str:
        """Logs a model with its files. Returns a reference: its id in MLflow, or where MLflow is away another text."""
        reference = f"{self._box.folder.name}/{name}"
        self.record({
            "kind": "model", "name": name, "type": kind, "files": [*map(str, files)], "reference": reference,
        })  # fmt: skip
        return (self._target.models if self._target else {}).get(reference, reference)

    def register(self, model: str, failure_rate: float, name: str, data: str) -> None:
        """Registers a logged model, by its reference, as a new version of `name`. `data`: a digest of the images."""
        self.record({"kind": "register", "model": model, "rate": failure_rate, "name": name, "data": data})

    def open(self) -> None:
        """Starts the run in MLflow."""
        self._attempt(self._connect)

    def close(self, status: str) -> None:
        """Ends the run. Sends what waits; what MLflow still does not take stays in the outbox, with a warning."""
        self._away_until = 0.0  # the last chance of this process
        try:
            self.record({"kind": "end", "status": status, "time": now()})
        finally:
            if not self._postpone or not self._waiting():
                settle(self._box)
            else:
                warn(
                    f"the records of the stage {self._box.run['name']} are kept in {self._box.folder}: "
                    f"the next stage, run or `make ui` sends them to {self._store()}"
                )
                self._box.release()

    @property
    def pipeline(self) -> str:
        """The id of the pipeline run that the stage belongs to, empty if it belongs to none."""
        return str(self._box.run.get("pipeline", ""))

    def update_parent(self) -> None:
        """Brings the parent run in MLflow up to date. If MLflow is away, the next stage or run does it."""
        self._attempt(lambda: update_parent(self._box.work, self.pipeline))

    def record(self, operation: Operation) -> None:
        """Sends an operation to MLflow, after those that wait, or lets it wait."""
        if self._attempt(lambda: self._send(operation)):
            return
        try:
            self._box.keep(operation | {"again": True})
        except OSError as error:  # a full disk, a file that is gone: recording never ends a stage
            warn(f"a record of the stage {self._box.run['name']} is lost, it could not be kept ({short(error)})")

    def _waiting(self) -> bool:
        return len(self._box.operations()) > self._box.state.sent

    def _send(self, operation: Operation) -> None:
        target = self._connect()
        try:
            execute_or_ask(operation, target, self._box.run["uri"])
        except Exception as error:
            if not is_refusal(error) or not self._postpone:
                raise
            if operation["kind"] not in self._refused:  # one warning, not one per step of a training
                warn(refused(self._box.run["name"], operation, error))
            self._refused.add(operation["kind"])

    def _connect(self) -> Target:
        """Returns the target, after everything that waits was sent. Raises the error that prevents it."""
        if is_server(self._box.run["uri"]) and time.monotonic() - self._asked > ASK_AGAIN:
            require_answer(self._box.run["uri"])
        if self._target is None:
            self._target = start(self._box)
        if self._waiting():
            self._target = deliver(self._box)
        return self._target

    def _attempt(self, send: Callable[[], Any]) -> bool:
        """Returns whether it succeeded. While MLflow is away it is not tried."""
        if time.monotonic() < self._away_until:
            return False
        try:
            send()
        except Exception as error:
            if not self._postpone:
                raise
            self._away_until = time.monotonic() + self._wait
            self._wait = min(2 * self._wait, LONGEST_WAIT)
            self._asked = 0.0
            self._say_away(error)
            return False
        self._asked, self._wait = time.monotonic(), WAIT
        return True

    def _say_away(self, error: Exception) -> None:
        if not self._warned:
            self._warned = True
            warn(f"{self._store()} does not answer ({short(error)}): the stage goes on, its records are sent later")

    def _store(self) -> str:
        uri = self._box.run["uri"]
        return f"MLflow at {uri} (MLFLOW_TRACKING_URI)" if is_server(uri) else f"MLflow's database {uri}"


class Unrecorded(Recorder):
    """Records nothing: for a work folder that cannot be written."""

    pipeline = ""

    def __init__(self) -> None:
        pass

    def record(self, operation: Operation) -> None:
        """Does nothing."""

    def log_model(self, name: str, files: Sequence[Path], kind: str) -> str:
        """Returns the name of the model."""
        return name

    def open(self) -> None:
        """Does nothing."""

    def close(self, status: str) -> None:
        """Does nothing."""


def now() -> int:
    """Returns the time in milliseconds, as MLflow counts it."""
    return int(time.time() * 1000)


def _is_image(value: Any) -> bool:
    return hasattr(value, "save") and hasattr(value, "resize") and hasattr(value, "size")
