"""Examines whether a machine has what a run of the pipeline needs: environment, GPU, models and servers."""

import asyncio
import importlib
import importlib.metadata
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from blindspot.errors import BlindspotError, naming
from blindspot.extensions import load
from blindspot.model_parameters import PROMPT_PARAMETERS, models_in_use
from blindspot.models.description import (
    MODELS,
    Extension,
    Local,
    Nothing,
    Planted,
    PoolOfQuestions,
    Server,
    Templates,
    describe,
)
from blindspot.models.loading_errors import misfit
from blindspot.params import JUDGES, VERIFIERS
from blindspot.prompts.files import read_prompts
from blindspot.protocols import ImageSource, PhraseEmbedder, RewardComponent, Verifier

LOCK = "requirements.lock"
PROGRAMS = {"git": "install git", "dvc": "run `make .venv/ready`, then `source .venv/bin/activate`"}
FREE_GB = 2  # a run of the default parameters writes less
TIMEOUT, RETRY_WAIT = 10.0, 0.5  # s, for a server to list its models; before the second request


@dataclass(frozen=True)
class Check:
    """One thing that was examined. `state`: "note" is for what a run may need and the defaults do not."""

    name: str
    state: Literal["ok", "note", "missing"]
    found: str
    fix: str = ""

    @property
    def missing(self) -> bool:
        """Whether a run with these parameters fails without it."""
        return self.state == "missing"

    def line(self) -> str:
        """As a terminal shows it."""
        return f"{self.state:8}{self.name}: {self.found}{f' – {self.fix}' if self.fix else ''}"


def examine(folder: Path, values: Mapping[str, Any]) -> list[Check]:
    """Everything that a run in `folder`, the root of a checkout, depends on. Never raises for what is missing.

    `values`: the parameters of the run.
    """
    machine = [*_python(), *_programs(), *_packages(folder), *_torchvision(), _disk(folder), _gpu()]
    return [*machine, *_models(values), *_prompts(folder, values), *_extensions(values)]


def unready_servers(values: Mapping[str, Any]) -> list[str]:
    """Returns a sentence for each served model whose server does not answer, rejects the key or lacks the model."""
    named = models_in_use(values)
    served = {parameter: model for parameter, model in named.items() if isinstance(describe(model), Server)}
    checks = [check for parameter, model in served.items() if (check := _model(parameter, model))]
    return [f"{check.name}: {check.found}" for check in checks if check.missing]


def _python() -> Iterator[Check]:
    yield Check("python", "ok", f"{sys.version.split()[0]} at {sys.executable}")


def _programs() -> Iterator[Check]:
    beside = str(Path(sys.executable).parent)
    for name, fix in PROGRAMS.items():
        found = shutil.which(name, path=f"{beside}{os.pathsep}{os.environ.get('PATH', '')}")
        yield Check(name, "ok", found) if found else Check(name, "missing", "not found", fix)


def _packages(folder: Path) -> Iterator[Check]:
    """Whether the pinned packages are installed in the pinned versions."""
    lock = folder / LOCK
    if not lock.is_file():
        yield Check("packages", "missing", f"{lock} is not there", "change to the root of a checkout")
        return
    lines = lock.read_text(encoding="utf-8").splitlines()
    pins = [line.split(";")[0].strip().split("==") for line in lines if "==" in line and not line.startswith("#")]
    absent, other = list[str](), list[str]()
    for name, version in pins:
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            absent.append(name)
            continue
        if installed.split("+")[0] != version.split("+")[0]:
            other.append(f"{name} {installed} in place of {version}")
    if absent:
        yield Check("packages", "missing", f"{len(absent)} absent: {', '.join(absent[:5])}", "run `make .venv/ready`")
    if other:
        yield Check("packages", "note", f"{len(other)} differ from {LOCK}: {', '.join(other[:5])}")
    if not absent and not other:
        yield Check("packages", "ok", f"all {len(pins)} of {LOCK}")


def _torchvision() -> Iterator[Check]:
    """Whether torchvision, which many processors require and the lock file has not, fits the installed torch."""
    if importlib.util.find_spec("torchvision") is None:
        return
    try:
        importlib.import_module("torchvision")
        yield Check("torchvision", "ok", importlib.metadata.version("torchvision"))
    except Exception as error:  # noqa: BLE001 - the errors of compiled libraries have any type
        yield Check("torchvision", "missing", str(misfit(str(error))))


def _disk(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free / 1e9
    if free >= FREE_GB:
        return Check("disk", "ok", f"{free:,.0f} GB free")
    return Check("disk", "note", f"{free:,.1f} GB free", "`blindspot estimate` prints what a run writes")


def _gpu() -> Check:
    """The CUDA devices, with their memory; none is needed for the embedded models."""
    if importlib.util.find_spec("torch") is None:
        return Check("gpu", "missing", "torch is not installed", "run `make .venv/ready`")
    import torch

    if torch.cuda.is_available():
        devices = [torch.cuda.get_device_properties(index) for index in range(torch.cuda.device_count())]
        named = ", ".join(f"{device.name} ({device.total_memory / 2**30:.0f} GiB)" for device in devices)
        return Check("gpu", "ok", named)
    build = torch.version.cuda or "CPU only"
    fix = "models of 2 B parameters and more need one here, or a server: docs/models.md, docs/served_models.md"
    return Check("gpu", "note", f"none found (torch {torch.__version__}, build: {build})", fix)


def _models(values: Mapping[str, Any]) -> Iterator[Check]:
    """Every model that a run uses: that its weights are there and its processor loads, or that its server lists it."""
    for parameter, model in models_in_use(values).items():
        if check := _model(parameter, model):
            yield check


def _prompts(folder: Path, values: Mapping[str, Any]) -> Iterator[Check]:
    """Whether the prompts files that the parameters name are valid and have the roles that they need."""
    for name, roles in PROMPT_PARAMETERS.items():
        section, key = name.split(".")
        file = values[section][key]
        try:
            for role in roles:
                read_prompts(folder / file, role)
            yield Check(name, "ok", file)
        except BlindspotError as error:
            yield Check(name, "missing", str(error))


def _model(parameter: str, model: str) -> Check | None:
    """None where the parameter names no model."""
    try:
        with naming(parameter):
            found = describe(model)
            if isinstance(found, Nothing):
                return None
            if isinstance(found, Planted):
                return Check(parameter, "ok", f"{model}, a planted candidate")
            if isinstance(found, Templates):
                return Check(parameter, "ok", f"{model}, templates instead of a model")
            if isinstance(found, PoolOfQuestions):
                return Check(parameter, "ok", f"{model}, the questions of a pool")
            if isinstance(found, Server):
                return Check(parameter, "ok", f"{model}: {asyncio.run(_served(found))}")
            if isinstance(found, Extension):
                return Check(parameter, "ok", f"{model}, {_extension(parameter, found)}")
            return _weights(parameter, found)
    except BlindspotError as error:
        return Check(parameter, "missing", str(error).removeprefix(f"{parameter}: "))


def _extensions(values: Mapping[str, Any]) -> Iterator[Check]:
    """Whether the extensions that the parameters name, except models, can be loaded."""
    from blindspot.images.sources import SEAM, SOURCES
    from blindspot.rewards.components import SEAM as REWARDS
    from blindspot.taxonomy.clustering.embedding import SEAM as EMBEDDINGS
    from blindspot.taxonomy.clustering.embedding import is_own

    source, kind, embedding = values["prepare"]["source"], values["verifier"]["kind"], values["taxonomy"]["embedding"]
    named: list[tuple[str, str, str, type]] = []
    named += [("train.rewards", one, REWARDS, RewardComponent) for one in values["train"]["rewards"]]
    named += [("prepare.source", source, SEAM, ImageSource)] * (source not in SOURCES)
    named += [("verifier.kind", kind, JUDGES, Verifier)] * (kind not in VERIFIERS)
    named += [("taxonomy.embedding", embedding, EMBEDDINGS, PhraseEmbedder)] * is_own(embedding)
    for parameter, one, seam, protocol in named:
        try:
            load(one, seam, protocol)
            yield Check(parameter, "ok", one)
        except BlindspotError as error:
            yield Check(parameter, "missing", str(error))


def _extension(parameter: str, found: Extension) -> str:
    """Returns what the extension is. Raises BlindspotError where it cannot be loaded, or is no model for the role."""
    from blindspot.models.extension import PROTOCOLS

    return f"the class {load(found.kind, MODELS, *PROTOCOLS[parameter]).__name__}"


def _weights(parameter: str, source: Local) -> Check:
    from blindspot.models.loading import load_processor, refuse_missing

    refuse_missing(source)
    if Path(source.model).is_dir():
        load_processor(source)
        return Check(parameter, "ok", source.model)
    return Check(parameter, "note", f"{source.model} is not a local folder", "the hub must have a model of this id")


async def _served(server: Server) -> str:
    """What the server says of the model. Raises BlindspotError where it cannot be reached, or lists other models."""
    from blindspot.models.connection import Connection
    from blindspot.models.server import shown

    url = shown(server.base_url)
    names = await Connection(server.model_copy(update={"timeout": TIMEOUT}), RETRY_WAIT).reach()
    if not names:
        return f"{url} answers, and lists no models"
    if server.model not in names:
        raise BlindspotError(f"{url} serves no model {server.model}", f"set model to one of: {', '.join(names[:5])}")
    return f"{server.model} at {url}"
