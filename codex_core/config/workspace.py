"""What the sandbox mode `workspace-write` allows besides writing in the working folder."""

import msgspec

__all__ = ["WorkspaceWrite"]


class WorkspaceWrite(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `sandbox_workspace_write`; `writable_roots` start at the working folder."""

    writable_roots: tuple[str, ...] = ()
    network_access: bool = False
    exclude_tmpdir_env_var: bool = False
    exclude_slash_tmp: bool = False
