"""The openai package's own types as a judge: what a payload lacks, or has too much or wrong.

The package's models let unknown fields pass, so those are looked for after validation.
"""

from collections.abc import Iterator
from typing import Any, get_args

from openai.types import responses
from pydantic import BaseModel

UNDOCUMENTED = {"response.store", "store"}
"""Fields that the API sends and the package's types do not have."""


def _models() -> dict[str, type[BaseModel]]:
    union = get_args(responses.ResponseStreamEvent)[0]
    by_type = {}
    for model in get_args(union):
        (name,) = get_args(model.model_fields["type"].annotation)
        by_type[name] = model
    return by_type


EVENTS: dict[str, type[BaseModel]] = _models()
"""The package's event models by `type`."""


def objections(payload: bytes, type: str) -> list[str]:
    """What the official model of this event type says against a payload. Raises ValidationError."""
    return _objections(EVENTS[type].model_validate_json(payload, strict=True))


def response_objections(payload: bytes) -> list[str]:
    """The same for a whole response object."""
    return _objections(responses.Response.model_validate_json(payload, strict=True))


def _objections(model: BaseModel) -> list[str]:
    extra = [path.lstrip(".") for path in _extra(model, "")]
    return [f"unknown field {path}" for path in extra if path not in UNDOCUMENTED]


def _extra(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from (f"{path}.{name}" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from _extra(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _extra(inner, f"{path}[{index}]")
