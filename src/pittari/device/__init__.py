"""What runs on the phone: bundles, matching, ranking, silence. What is typed never leaves it.

The browser module `web/static/device/` is the twin of this room: same names, same answers, bit for
bit. docs/bundle.md says byte by byte what both read.
"""
