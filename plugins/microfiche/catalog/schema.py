"""The catalog's tables. A schema that this version does not know is thrown away, never migrated."""

from __future__ import annotations

import hashlib

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;

CREATE TABLE folder (
    path TEXT PRIMARY KEY,
    digest BLOB                     -- of its listing; NULL: to be compared file by file
) WITHOUT ROWID;

CREATE TABLE source (
    path TEXT PRIMARY KEY,
    folder TEXT NOT NULL,
    kind TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    ctime INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    digest BLOB,                    -- NULL: quarantined, read again at every build
    address TEXT,                   -- of a static file
    output TEXT
) WITHOUT ROWID;

CREATE TABLE problem (
    path TEXT NOT NULL,
    line INTEGER NOT NULL,
    severity TEXT NOT NULL,
    what TEXT NOT NULL,
    remedy TEXT NOT NULL
);

CREATE TABLE story (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    live INTEGER NOT NULL,          -- its page is published
    listed INTEGER NOT NULL,        -- lists and feeds show it
    original TEXT NOT NULL,         -- '' or, for a translation, its language
    stamp INTEGER NOT NULL,
    day TEXT NOT NULL,
    weight INTEGER NOT NULL,        -- how much it may lead its day
    grp TEXT NOT NULL,              -- translations of one story share it
    output TEXT NOT NULL,
    address TEXT NOT NULL,
    identity TEXT NOT NULL,         -- the UUID made of its name; see moved
    brief BLOB NOT NULL,            -- what lists show
    head BLOB NOT NULL,             -- all headers
    pack TEXT NOT NULL,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    digest BLOB NOT NULL
);

CREATE TABLE story_term (
    kind TEXT NOT NULL,
    slug TEXT NOT NULL,
    listed INTEGER NOT NULL,
    day TEXT NOT NULL,
    stamp INTEGER NOT NULL,
    tie INTEGER NOT NULL,           -- made of the path: the order of stories of one moment
    story INTEGER NOT NULL,
    label TEXT,                     -- as the story writes it; NULL: it names a narrower topic
    PRIMARY KEY (kind, slug, listed, day, stamp, tie, story)
) WITHOUT ROWID;

-- The parts of running stories in the order in which things happened.
CREATE TABLE part (
    slug TEXT NOT NULL,
    listed INTEGER NOT NULL,
    day TEXT NOT NULL,              -- of the event; of publication where that is not known
    stamp INTEGER NOT NULL,
    path TEXT NOT NULL,
    story INTEGER NOT NULL,
    PRIMARY KEY (slug, listed, day, stamp, path)
) WITHOUT ROWID;

-- Spellings in stories that the vocabulary takes for another's.
CREATE TABLE folded (kind TEXT NOT NULL, slug TEXT NOT NULL, story INTEGER NOT NULL);

-- What the vocabulary says of terms, and from the slugs of other spellings to those of the terms.
CREATE TABLE entry (
    kind TEXT NOT NULL,
    slug TEXT NOT NULL,
    rank INTEGER NOT NULL,          -- of sections, from 1; else 0
    label TEXT NOT NULL,
    broader TEXT NOT NULL,          -- slug of the broader topic, or ''
    picture TEXT NOT NULL,          -- path, or ''
    data BLOB NOT NULL,
    PRIMARY KEY (kind, slug)
) WITHOUT ROWID;
CREATE TABLE spelling (
    kind TEXT NOT NULL,
    slug TEXT NOT NULL,
    term TEXT NOT NULL,
    PRIMARY KEY (kind, slug)
) WITHOUT ROWID;

CREATE TABLE correction (
    day TEXT NOT NULL,              -- when it was made
    stamp INTEGER NOT NULL,
    path TEXT NOT NULL,
    number INTEGER NOT NULL,        -- among the story's own, from 0
    story INTEGER NOT NULL,
    PRIMARY KEY (day, stamp, path, number)
) WITHOUT ROWID;

CREATE TABLE reference (
    story INTEGER NOT NULL,
    what TEXT NOT NULL,
    target TEXT NOT NULL,
    line INTEGER NOT NULL
);

-- The same of sources that cannot be published, so that all that is wrong is said at once.
CREATE TABLE broken_reference (
    path TEXT NOT NULL,
    what TEXT NOT NULL,
    target TEXT NOT NULL,
    line INTEGER NOT NULL
);

-- Files that are pictures, and the stories that show them.
CREATE TABLE picture (
    path TEXT PRIMARY KEY,
    digest BLOB NOT NULL,
    facts BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE shown (
    story INTEGER NOT NULL,
    path TEXT NOT NULL,
    linked INTEGER NOT NULL         -- 0: by the address of a static file
);
-- What became of a picture, by the digest of its file.
CREATE TABLE made (
    digest BLOB PRIMARY KEY,
    renditions BLOB NOT NULL,
    what TEXT NOT NULL,             -- what was wrong with it; '' nothing
    remedy TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE identity (name TEXT NOT NULL, story INTEGER NOT NULL);
CREATE TABLE extra (name TEXT NOT NULL, story INTEGER NOT NULL);

-- Former addresses that stories state, as output files.
CREATE TABLE alias (story INTEGER NOT NULL, path TEXT NOT NULL);

-- The lines of the ledger, taken apart; live: its address is that of a page in the output.
CREATE TABLE ledger (
    line TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    identity TEXT NOT NULL,         -- '' in a line of the owner's
    since TEXT NOT NULL,
    known TEXT NOT NULL,            -- the UUID made of the name that the story has now, or ''
    leads TEXT NOT NULL,            -- 'gone', an output file, or '' in a line of a publication
    live INTEGER NOT NULL
) WITHOUT ROWID;

-- Stories that keep an identity that is not the one made of their name.
CREATE TABLE moved (story INTEGER PRIMARY KEY, identity TEXT NOT NULL);

-- Addresses without a page, as output files.
CREATE TABLE redirect (
    path TEXT PRIMARY KEY,
    target TEXT NOT NULL,           -- an output file, '' where the address is gone
    page INTEGER NOT NULL           -- whether a page at the address says where it leads
) WITHOUT ROWID;

CREATE TABLE calendar (day TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE term (
    kind TEXT NOT NULL,
    slug TEXT NOT NULL,
    label TEXT NOT NULL,
    n INTEGER NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    spellings INTEGER NOT NULL,
    PRIMARY KEY (kind, slug)
) WITHOUT ROWID;

-- What changed since the output was last in step: every story as it was and as it is.
CREATE TABLE delta (
    path TEXT NOT NULL,
    stamp INTEGER NOT NULL,
    day TEXT NOT NULL,
    grp TEXT NOT NULL
);
CREATE TABLE delta_term (
    kind TEXT NOT NULL,
    slug TEXT NOT NULL,
    day TEXT NOT NULL,
    stamp INTEGER NOT NULL,
    tie INTEGER NOT NULL
);
CREATE TABLE delta_part (
    slug TEXT NOT NULL,
    day TEXT NOT NULL,
    stamp INTEGER NOT NULL,
    path TEXT NOT NULL
);
CREATE TABLE delta_correction (day TEXT NOT NULL);
CREATE TABLE delta_source (path TEXT PRIMARY KEY) WITHOUT ROWID;
-- Where links to a changed source led then, as Store.address has it.
CREATE TABLE delta_address (path TEXT PRIMARY KEY, address TEXT NOT NULL) WITHOUT ROWID;
-- Files of pictures that came or went, or that a changed story shows or showed.
CREATE TABLE delta_picture (digest BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE delta_identity (identity TEXT NOT NULL, output TEXT NOT NULL);
CREATE TABLE delta_redirect (path TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE job (
    id INTEGER PRIMARY KEY,
    rank INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    path TEXT,                      -- NULL: the page is no more
    folded TEXT                     -- the path as a file system knows it that heeds no case
);

CREATE TABLE rendered (
    job INTEGER PRIMARY KEY,
    template BLOB NOT NULL,
    view BLOB NOT NULL,
    digest BLOB NOT NULL,
    size INTEGER NOT NULL,
    staged INTEGER NOT NULL,        -- 0: the file in place has these bytes already
    reason TEXT NOT NULL,
    looked INTEGER NOT NULL         -- 0: its twins are as they were
);
CREATE TABLE pressed (
    path TEXT PRIMARY KEY,
    page TEXT NOT NULL,
    job INTEGER NOT NULL,
    form TEXT NOT NULL,
    size INTEGER NOT NULL,
    digest BLOB NOT NULL,
    staged INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE removal (path TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE output (
    path TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    template BLOB,
    view BLOB,                      -- NULL: in doubt, to be rendered whatever its view
    digest BLOB,
    size INTEGER NOT NULL,
    reason TEXT NOT NULL,
    folded TEXT NOT NULL            -- as in job
) WITHOUT ROWID;

-- Files compressed ahead of time, and the outputs that they are made of.
CREATE TABLE twin (
    path TEXT PRIMARY KEY,
    page TEXT NOT NULL,
    size INTEGER NOT NULL,
    digest BLOB NOT NULL
) WITHOUT ROWID;
"""

INDEXES = """
CREATE INDEX source_folder ON source (folder);
CREATE INDEX source_output ON source (output) WHERE output IS NOT NULL;
CREATE INDEX source_file ON source (kind) WHERE kind NOT IN ('story', 'page', 'irregular');
CREATE INDEX source_doubt ON source (folder) WHERE mtime = -1;
CREATE UNIQUE INDEX story_path ON story (path);
CREATE INDEX story_order ON story (day, stamp, path) WHERE listed = 1;
CREATE INDEX story_aside ON story (day) WHERE listed = 0;
CREATE INDEX story_state ON story (kind, status, live);
CREATE INDEX story_language ON story (original, kind, status, live, day, stamp, path)
    WHERE original != '';
CREATE INDEX story_public ON story (kind, day, stamp, path)
    WHERE live = 1 AND status = 'published';
CREATE INDEX story_stamp ON story (stamp) WHERE kind = 'story';
CREATE INDEX story_group ON story (grp);
CREATE INDEX calendar_date ON calendar (substr(day, 6), day, n);
CREATE INDEX story_identity ON story (identity);
CREATE INDEX story_output ON story (output);
CREATE INDEX story_term_story ON story_term (story);
CREATE INDEX part_story ON part (story);
CREATE INDEX folded_slug ON folded (kind, slug);
CREATE INDEX folded_story ON folded (story);
CREATE INDEX entry_broader ON entry (broader) WHERE broader != '';
CREATE INDEX entry_picture ON entry (picture) WHERE picture != '';
CREATE INDEX correction_story ON correction (story);
CREATE INDEX reference_story ON reference (story);
CREATE INDEX reference_target ON reference (target);
CREATE INDEX reference_term ON reference (what)
    WHERE what NOT IN ('filename', 'static', 'attach', 'image');
CREATE INDEX broken_reference_path ON broken_reference (path);
CREATE INDEX picture_digest ON picture (digest);
CREATE INDEX made_faulty ON made (digest) WHERE what != '';
CREATE INDEX shown_story ON shown (story);
CREATE INDEX shown_path ON shown (path);
CREATE INDEX identity_name ON identity (name);
CREATE INDEX identity_story ON identity (story);
CREATE INDEX alias_story ON alias (story);
CREATE INDEX alias_path ON alias (path);
CREATE INDEX ledger_path ON ledger (path);
CREATE INDEX ledger_identity ON ledger (identity);
CREATE INDEX ledger_known ON ledger (known) WHERE known != '';
CREATE INDEX ledger_leads ON ledger (path) WHERE leads != '';
CREATE INDEX ledger_dead ON ledger (path) WHERE live = 0;
CREATE INDEX moved_identity ON moved (identity);
CREATE INDEX extra_story ON extra (story);
CREATE INDEX job_owner ON job (kind, key);
CREATE INDEX job_path ON job (path);
CREATE INDEX job_folded ON job (folded);
CREATE INDEX problem_path ON problem (path);
CREATE INDEX twin_page ON twin (page);
CREATE INDEX output_owner ON output (kind, key);
CREATE INDEX output_doubt ON output (path) WHERE view IS NULL;
CREATE INDEX output_folded ON output (folded);
"""

VERSION = hashlib.blake2b((TABLES + INDEXES).encode(), digest_size=8).hexdigest()
"""Names this schema: any change of a word above is another version."""
