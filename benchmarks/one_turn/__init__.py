"""The same one-turn tests twice, on our fixture and on a stub written by hand; `one_turn_tests`
runs them.
"""
