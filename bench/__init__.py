"""The hot paths measured beside floors that do the same work bare, in one run on one machine.

`python -m bench` starts durable servers of its own (fsync and synchronous commit on), loads data,
measures ours and floor in alternating rounds and writes `bench/latest.json`. The machine may be
busy: what counts is the ratio of the two within one run, never the absolute numbers.
"""
