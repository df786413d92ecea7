"""From `config.toml` and `-c key=value` to a `Config`. Each error names the place it came from.

Later layers win: the file, then options, then arguments of the call. A key that only the reference
client uses is passed over; a key that nobody knows is a warning in the file, an error in an option.

Where nobody is there to answer (`attended=False`), the file's approval policy is not meant: nobody
is asked, and an option that asks is refused.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from codex_core.config.config import Config
from codex_core.config.errors import ConfigError
from codex_core.config.features import FEATURES
from codex_core.config.keys import ELSEWHERE, OWN, PROVIDER_REFUSED, Settings
from codex_core.config.models import ModelInfo, decode_models
from codex_core.config.providers import ModelProvider
from codex_core.protocol.policy import Granular, may_ask
from codex_core.runtime import Runtime

__all__ = ["codex_home", "load_config"]

_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_ALIKE = 0.75


def codex_home(runtime: Runtime) -> Path:
    """The folder of the user's settings: `$CODEX_HOME`, else `.codex` in the home folder."""
    named = runtime.env.get("CODEX_HOME")
    home = Path(named) if named else Path(runtime.env.get("HOME", "~")).expanduser() / ".codex"
    return runtime.root / home


def load_config(
    runtime: Runtime,
    *,
    overrides: Iterable[str] = (),
    cwd: Path | None = None,
    model: str | None = None,
    attended: bool = True,
) -> Config:
    """Reads the settings; raises `ConfigError`. `overrides` are texts like `model=gpt-5`."""
    home = codex_home(runtime)
    file = home / "config.toml"
    table = _read(file)
    warnings = _unknown_keys(table, file)
    options = [_parse_option(text) for text in overrides]
    if not attended:
        table["approval_policy"] = "never"
    for key, value in options:
        _put(table, key, value)
    if model is not None:
        table["model"] = model
    places = {key: f"option -c {key}" for key, _ in options}
    values = _checked(table, places, file)
    catalogue = values.pop("model_catalog_json", None)
    if catalogue is not None:
        place = _place("model_catalog_json", places, file)
        values["models"] = _catalogue(home / catalogue, place)
    try:
        config = Config(
            **values,
            cwd=runtime.root / cwd if cwd else None,
            codex_home=home,
            warnings=tuple(warnings),
        )
        if not attended:
            _check_nobody_asked(config)
    except ConfigError as error:
        raise error.at(_place(error.key, places, file)) from None
    return config


def _check_nobody_asked(config: Config) -> None:
    policy = config.approval_policy
    if may_ask(policy):
        name = "granular" if isinstance(policy, Granular) else policy
        raise ConfigError(
            key="approval_policy",
            problem=f"is {name!r}, which needs somebody to ask, and nobody is there",
            remedy="leave it out, or set never; the sandbox mode is what holds commands",
        )


def _read(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            place=str(file), key="*", problem=f"cannot be read: {error}", remedy="make it readable"
        ) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            place=str(file), key="*", problem=f"is not TOML: {error}", remedy="correct that line"
        ) from None


def _catalogue(file: Path, place: str) -> tuple[ModelInfo, ...]:
    """The models of a catalogue, in the stead of those that this core knows."""
    try:
        return decode_models(file.read_bytes())
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise ConfigError(
            place=place,
            key="model_catalog_json",
            problem=f"names {file}, which is no catalogue of models: {error}",
            remedy='name a JSON file like {"models": [{"slug": "..."}]}, or leave it out',
        ) from None


def _parse_option(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    key = key.strip()
    if not equals or not key:
        raise ConfigError(
            place=f"option -c {text}", key=text, problem="has no value", remedy="write key=value"
        )
    top = key.split(".")[0]
    if top not in OWN and top not in ELSEWHERE:
        raise ConfigError(
            place=f"option -c {text}", key=key, problem="is not a setting", remedy=_suggest(top)
        )
    return key, _parse_value(value.strip())


def _parse_value(text: str) -> Any:
    """A TOML value where it is one, else the text itself."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _put(table: dict[str, Any], dotted: str, value: Any) -> None:
    *tables, last = dotted.split(".")
    for name in tables:
        inner = table.get(name)
        if not isinstance(inner, dict):
            inner = table[name] = {}
        table = inner
    table[last] = value


def _unknown_keys(table: Mapping[str, Any], file: Path) -> list[str]:
    unknown = [key for key in table if key not in OWN and key not in ELSEWHERE]
    return [
        f"{file}: `{key}` is not a setting and has no effect; {_suggest(key)}" for key in unknown
    ]


def _suggest(key: str) -> str:
    from difflib import get_close_matches  # only a mistake needs it

    close = get_close_matches(key, OWN, n=1, cutoff=_ALIKE)
    return f"did you mean {close[0]}?" if close else f"known settings are {', '.join(sorted(OWN))}"


def _checked(table: dict[str, Any], places: Mapping[str, str], file: Path) -> dict[str, Any]:
    """The table as keyword arguments of `Config`."""
    own = {key: value for key, value in table.items() if key in OWN}
    try:
        settings = msgspec.convert(own, Settings)
        _check_values(settings)
    except msgspec.ValidationError as error:
        raise _typed(error, places, file) from None
    except ConfigError as error:
        raise error.at(_place(error.key, places, file)) from None
    values = {name: getattr(settings, name) for name in settings.__struct_fields__}
    given = {name: value for name, value in values.items() if value is not msgspec.UNSET}
    given["providers"] = _providers(given.pop("model_providers", {}), places, file)
    given["features"] = {k: v for k, v in given.get("features", {}).items() if k in FEATURES}
    return given


def _check_values(settings: Settings) -> None:
    for key in ("model", "model_provider"):
        if getattr(settings, key) == "":
            raise ConfigError(key=key, problem="is empty", remedy="name one or leave it out")


def _typed(
    error: msgspec.ValidationError, places: Mapping[str, str], file: Path, *, prefix: str = ""
) -> ConfigError:
    found = _PATH.search(str(error))
    key = (prefix + found["path"] if found else prefix.rstrip(".")).replace("[...]", ".*")
    problem = _PATH.sub("", str(error))
    return ConfigError(
        place=_place(key.removesuffix(".*"), places, file),
        key=key,
        problem=f"has a value of the wrong type: {problem[:1].lower()}{problem[1:]}",
        remedy=f"give it {OWN[key]}" if key in OWN else "give it a value of that type",
    )


def _providers(
    tables: Mapping[str, Mapping[str, Any]], places: Mapping[str, str], file: Path
) -> dict[str, ModelProvider]:
    return {name: _provider(name, table, places, file) for name, table in tables.items()}


def _provider(
    name: str, table: Mapping[str, Any], places: Mapping[str, str], file: Path
) -> ModelProvider:
    prefix = f"model_providers.{name}"
    place = _place(prefix, places, file)
    _check_provider_keys(table, prefix, place)
    try:
        return msgspec.convert({"name": name, **table}, ModelProvider)
    except msgspec.ValidationError as error:
        if isinstance(error.__cause__, ConfigError):
            raise error.__cause__.at(place, prefix=prefix) from None
        raise _typed(error, places, file, prefix=f"{prefix}.") from None


def _check_provider_keys(table: Mapping[str, Any], prefix: str, place: str) -> None:
    fields = ModelProvider.__struct_fields__
    for key in table:
        if key in PROVIDER_REFUSED:
            problem, remedy = "is not supported", PROVIDER_REFUSED[key]
        elif key not in fields:
            problem, remedy = "is not a provider's setting", f"known are {', '.join(fields)}"
        else:
            continue
        raise ConfigError(place=place, key=f"{prefix}.{key}", problem=problem, remedy=remedy)


def _place(key: str, places: Mapping[str, str], file: Path) -> str:
    for dotted, place in places.items():
        if key == dotted or key.startswith(f"{dotted}.") or dotted.startswith(f"{key}."):
            return place
    return str(file)
