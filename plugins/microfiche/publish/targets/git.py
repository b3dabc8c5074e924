"""``git:REMOTE#BRANCH``: a branch that a Pages host serves; one commit a publication.

The commit is made in a repository of our own beside what builds know, by ``git fast-import``: no
work tree and no checkout are needed. One push puts it before the public, if the branch is as it was
when the publication began. The commit's message says what is not ours in its tree, so that any
machine knows.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from microfiche.errors import LockedError, Problem
from microfiche.publish.manifest import Entry, ManifestError, Release
from microfiche.publish.targets import programs
from microfiche.publish.targets.mirror import digest_of
from microfiche.publish.targets.programs import Answer
from microfiche.publish.targets.target import (
    NOTHING,
    Advance,
    Plan,
    Standing,
    Surroundings,
    parents,
    refused,
)

_MARK = "Microfiche-Release: "
_KEPT = "Microfiche-Kept: "
_LINGERING = "Microfiche-Lingering: "
_NOT_JEKYLL = ".nojekyll"
"""Tells Pages hosts that the files are the site, and no source of one."""
_IDENTITY = {
    "GIT_AUTHOR_NAME": "Microfiche",
    "GIT_AUTHOR_EMAIL": "microfiche@localhost",
    "GIT_COMMITTER_NAME": "Microfiche",
    "GIT_COMMITTER_EMAIL": "microfiche@localhost",
}
"""Who makes a commit where git was told of nobody."""
_ENVIRONMENT = {
    **dict.fromkeys(
        (
            "GIT_ALTERNATE_OBJECT_DIRECTORIES",
            "GIT_DIR",
            "GIT_INDEX_FILE",
            "GIT_OBJECT_DIRECTORY",
            "GIT_PREFIX",
            "GIT_WORK_TREE",
        )
    ),
    "GIT_TERMINAL_PROMPT": "0",
}
"""Nothing of a repository in whose hook a publication is begun."""
_OVERTAKEN = ("stale info", "[rejected]", "cannot lock ref", "fetch first")
_DEPTH = 100
"""Commits of others through which ours is looked for."""
_NEW = "refs/microfiche/new"
_TIP = "refs/microfiche/tip"


def target(name: str, place: str, around: Surroundings) -> Git:
    """The branch that a text names.

    Raises:
        TargetError: for what is no name of a branch.
    """
    remote, hash_, branch = place.rpartition("#")
    if not hash_ or not remote:
        raise refused(name, "it names no branch", "write git:REMOTE#BRANCH, such as …#gh-pages")
    ref = f"refs/heads/{branch}"
    if branch.startswith("-") or programs.run(["git", "check-ref-format", ref], name).code:
        raise refused(name, f"{branch} is no name of a branch", "write git:REMOTE#BRANCH")
    local = around.base / Path(remote).expanduser()
    return Git(name, str(local.resolve()) if local.exists() else remote, ref, around)


class Git:
    """A branch of a repository; see ``Target`` for what its methods do."""

    heeds_headers = False

    def __init__(self, name: str, remote: str, ref: str, around: Surroundings) -> None:
        self.name = name
        self._remote = remote
        self._ref = ref
        self._public = around.public
        self._squash = around.releases == 1
        self._folder = around.state / "branches" / digest_of(name.encode())[:16]
        self._tip = ""
        self._ours = False
        self._kept: frozenset[str] = frozenset()
        self._import: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes]
        self._plan: Plan

    def standing(self, after: Release) -> Standing:
        """What the branch has, by what is known of it here or by comparing it with ``after``."""
        if not (self._folder / "HEAD").exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._git("init", "--quiet", "--bare", doing="preparing a repository")
        listed = self._git(
            "ls-remote", "--", self._remote, self._ref, doing="asking for the branch"
        )
        self._tip = listed.out.decode().partition("\t")[0]
        if not self._tip:
            return NOTHING
        if self._git("cat-file", "-e", f"{self._tip}^{{tree}}", well=(0, 1, 128)).code:
            self._fetch(1)
        commit, message = self._last()
        if not commit:
            self._fetch(_DEPTH)
            commit, message = self._last()
        tree = dict(self._tree(self._tip))
        self._ours = bool(commit)
        if not commit:
            self._kept = frozenset(tree)
            return NOTHING
        mine = tree if commit == self._tip else dict(self._tree(commit))
        self._kept = frozenset(tree.keys() - mine.keys()) | frozenset(_listed(message, _KEPT))
        release = self._remembered(message) if commit == self._tip else None
        if release:
            return Standing(release, lingering=frozenset(_listed(message, _LINGERING)))
        return self._compared(tree, after)

    def _fetch(self, depth: int) -> None:
        words = ("fetch", "--quiet", f"--depth={depth}", "--no-tags", "--no-write-fetch-head", "--")
        self._git(*words, self._remote, f"+{self._ref}:{_TIP}", doing="fetching the branch")

    def _last(self) -> tuple[str, str]:
        """Our newest commit in what is here of the branch, and its message; empty for none."""
        words = ("log", "-1", "--first-parent", f"--grep=^{_MARK}", "--format=%H%n%B", self._tip)
        commit, _, message = self._git(*words).out.decode("utf-8", "replace").partition("\n")
        return commit, message

    def _compared(self, tree: dict[str, str], after: Release) -> Standing:
        """What is ours in the tip's tree, where another machine has put it there."""
        mine = tree.keys() - self._kept
        entries = [entry for entry in after if entry.path in mine]
        blobs = self._blobs(entry.path for entry in entries)
        same = [e for e, blob in zip(entries, blobs, strict=True) if tree[e.path] == blob]
        return Standing(Release.of(same), frozenset(mine.difference(e.path for e in same)))

    def _remembered(self, message: str) -> Release | None:
        """The release that this machine published last, if it is the branch's."""
        with suppress(FileNotFoundError, ManifestError):
            release = Release.read((self._folder / "release").read_bytes())
            return release if f"\n{_MARK}{release.digest}\n" in message else None
        return None

    def foreign(self, entries: Sequence[Entry]) -> list[str]:
        """All of a branch that nothing was published to; else the paths that are another's."""
        if self._tip and not self._ours:
            return sorted(self._kept)
        taken = self._kept
        return [e.path for e in entries if not taken.isdisjoint((e.path, *parents(e.path)))]

    def begin(self, plan: Plan) -> None:
        """Begin a commit here; nothing is noted at the branch, for the push is all or nothing."""
        self._plan = plan
        self._complaints = open(self._folder / "complaints", "w+b")  # noqa: SIM115 - until close
        self._import = subprocess.Popen(  # noqa: S603 - no shell, and no word of others
            self._words("fast-import", "--quiet", "--force"),
            env=programs.environment(_ENVIRONMENT),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._complaints,
            preexec_fn=programs.end_with_parent,  # noqa: PLW1509 - it calls the kernel alone
        )
        start = f"commit {_NEW}\ncommitter Microfiche <> 0 +0000\ndata 0\n"
        self._feed(f"{start}from {self._tip}^0\n" if self._tip else start)
        if _NOT_JEKYLL not in self._kept:
            self._feed(f"M 100644 inline {_NOT_JEKYLL}\ndata 0\n\n")

    def put(self, entries: Sequence[Entry], advance: Advance, *, guarded: bool) -> None:
        """Put files into the commit."""
        for entry in entries:
            data = (self._public / entry.path).read_bytes()
            self._feed(f"M 100644 inline {_quoted(entry.path)}\ndata {len(data)}\n", data, b"\n")
            advance(1)

    def remove(self, paths: Sequence[str]) -> None:
        """Take files out of the commit."""
        for path in paths:
            self._feed(f"D {_quoted(path)}\n")

    def finish(self) -> list[str]:
        """Push the commit, if the branch is as it was."""
        assert self._import
        self._import.communicate()
        if self._import.returncode:
            self._complaints.seek(0)
            said = self._complaints.read().decode("utf-8", "replace")
            answer = Answer(self._import.returncode, b"", said)
            raise programs.failure(answer, self.name, "making a commit")
        release = self._manifest()
        commit = self._commit(release)
        self._push(commit)
        self._git("update-ref", _TIP, commit)
        fresh = self._folder / "release.new"
        fresh.write_bytes(release.text)
        os.replace(fresh, self._folder / "release")
        self._git("-c", "gc.autoDetach=false", "gc", "--auto", "--quiet", well=range(256))
        return []

    def close(self) -> None:
        """End what is left of a commit that was not finished."""
        if self._import:
            self._import.kill()
            self._import.wait()
            with suppress(BrokenPipeError):  # what was not sent is of no use any more
                assert self._import.stdin
                self._import.stdin.close()
            self._complaints.close()
            self._import = None

    def rollback(self) -> str:
        """Never: git itself goes back."""
        branch = self._ref.removeprefix("refs/heads/")
        remedy = f"with git, push the commit before onto {branch}; then publish what is to follow"
        raise refused(self.name, "this target is rolled back with git", remedy)

    # The commit

    def _manifest(self) -> Release:
        """The files of the commit that are ours."""
        lingering = self._plan.lingering
        old = [entry for entry in self._plan.before.release if entry.path in lingering]
        return Release.of([*self._plan.after, *old]) if old else self._plan.after

    def _commit(self, release: Release) -> str:
        """The commit to push: with what is known of it, after the tip or alone."""
        tree = self._git("rev-parse", f"{_NEW}^{{tree}}").out.decode().strip()
        kept = sorted({*self._kept.difference(e.path for e in self._plan.puts), _NOT_JEKYLL})
        lines = [f"Publish {len(self._plan.after):,} files", "", _MARK + release.digest]
        lines += [_KEPT + json.dumps(path) for path in kept]
        lines += [_LINGERING + json.dumps(path) for path in sorted(self._plan.lingering)]
        message = "".join(f"{line}\n" for line in lines).encode()
        parent = ["-p", self._tip] if self._tip and not self._squash else []
        env = {} if not self._git("var", "GIT_COMMITTER_IDENT", well=(0, 128)).code else _IDENTITY
        made = self._git("commit-tree", "-F", "-", *parent, tree, stdin=message, env=env)
        return made.out.decode().strip()

    def _push(self, commit: str) -> None:
        lease = f"--force-with-lease={self._ref}:{self._tip}"
        words = ("push", "--quiet", "--no-verify", lease, "--", self._remote)
        answer = self._git(*words, f"{commit}:{self._ref}", well=range(256))
        if any(sign in answer.complaint for sign in _OVERTAKEN):
            what = "somebody has pushed to the branch since the publication began"
            raise LockedError([Problem(self.name, 0, what, "publish again", inside=False)])
        if answer.code:
            raise programs.failure(answer, self.name, "pushing")

    def _feed(self, text: str, *data: bytes) -> None:
        assert self._import
        assert self._import.stdin
        try:
            self._import.stdin.writelines((text.encode(), *data))
        except BrokenPipeError:
            return  # it has ended; why, is told at the end

    # The repository

    def _tree(self, commit: str) -> Iterator[tuple[str, str]]:
        """The paths of a commit, and what is there."""
        listed = self._git("ls-tree", "-r", "-z", "--full-tree", commit).out
        for line in filter(None, listed.split(b"\0")):
            about, _, path = line.partition(b"\t")
            yield path.decode("utf-8", "surrogateescape"), about.split()[2].decode()

    def _blobs(self, paths: Iterable[str]) -> list[str]:
        """What git calls the contents of files."""
        stdin = "".join(f"{self._public}/{path}\n" for path in paths).encode()
        words = ("hash-object", "--no-filters", "--stdin-paths")
        return self._git(*words, stdin=stdin).out.decode().split()

    def _git(
        self,
        *words: str,
        doing: str = "git",
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        well: Collection[int] = (0,),
    ) -> Answer:
        """Run git in our repository; ``well`` are codes of success."""
        together = {**_ENVIRONMENT, **(env or {})}
        answer = programs.run(self._words(*words), self.name, stdin=stdin, env=together)
        if answer.code not in well:
            raise programs.failure(answer, self.name, doing)
        return answer

    def _words(self, *words: str) -> list[str]:
        return ["git", f"--git-dir={self._folder}", "-c", "core.hooksPath=/dev/null", *words]


def _quoted(path: str) -> str:
    """A path as fast-import reads it."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _listed(message: str, mark: str) -> Iterator[str]:
    """The paths that a commit's message lists under a mark; what is no path is passed over."""
    for line in message.splitlines():
        if line.startswith(mark):
            with suppress(ValueError):
                yield str(json.loads(line.removeprefix(mark)))
