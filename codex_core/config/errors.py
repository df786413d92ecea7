"""The one error of the configuration: where it stands, what is wrong, what to write instead."""

__all__ = ["ConfigError"]


class ConfigError(ValueError):
    """A setting that cannot be used; `place` is a file or an option, `key` its dotted name."""

    def __init__(self, *, key: str, problem: str, remedy: str, place: str = "Config") -> None:
        super().__init__(f"{place}: `{key}` {problem}; {remedy}")
        self.place = place
        self.key = key
        self.problem = problem
        self.remedy = remedy

    def at(self, place: str, *, prefix: str = "") -> "ConfigError":
        """The same error, found in `place` below the table `prefix`."""
        key = f"{prefix}.{self.key}" if prefix else self.key
        return ConfigError(key=key, problem=self.problem, remedy=self.remedy, place=place)
