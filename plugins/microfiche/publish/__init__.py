"""Publication: what has to last beyond one build, and what stands before the public sees it.

``ledger.py`` keeps every address that was ever published, ``redirects.py`` finds where those lead
that have no page any more, ``gates.py`` stops a publication that would do harm,
``due.py`` keeps when the next is due, and ``publication.py`` puts the steps together.
"""
