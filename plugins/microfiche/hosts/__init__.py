"""What hosts are told: where former addresses lead, and the headers of what they send.

One module writes for one host, from one frozen record: ``rules.py`` has it. ``profiles.py`` knows
the limits of hosts.
"""
