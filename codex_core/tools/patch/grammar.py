"""The format of a patch for the model, as a grammar in Lark's notation.

The parser forgives more than the grammar allows: models without constrained output write patches
too.
"""

__all__ = ["GRAMMAR"]

GRAMMAR = r"""
start: BEGIN hunk+ END

hunk: added | deleted | updated

added: ADD NEW_LINE+
deleted: DELETE
updated: UPDATE (MOVE chunk* | chunk+)

chunk: PLACE? LINE+ END_OF_FILE?

BEGIN: "*** Begin Patch\n"
END: /\*\*\* End Patch\n?/
ADD: /\*\*\* Add File: [^\n]+\n/
DELETE: /\*\*\* Delete File: [^\n]+\n/
UPDATE: /\*\*\* Update File: [^\n]+\n/
MOVE: /\*\*\* Move to: [^\n]+\n/
PLACE: /@@( [^\n]*)?\n/
END_OF_FILE: "*** End of File\n"
NEW_LINE: /\+[^\n]*\n/
LINE: /[ +-][^\n]*\n/
""".lstrip()
