"""What Rehearsal costs, as ratios against a bare baseline that is measured in the same run.

One module a benchmark; `python -m benchmarks` runs them. A timing never fails anything: machines
differ, and a goal that was missed is told, with the numbers.
"""
