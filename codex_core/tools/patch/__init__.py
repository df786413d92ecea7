"""Patches: their text, what it means for the files it names, and nothing of disks or turns.

`parser` makes hunks of a text, `plan` makes writes of hunks and file texts. No module here opens a
file.
"""
