"""Transcripts beside a results file: stored once by the digest of what they say, plain or packed."""

from __future__ import annotations

import gzip
import json
import os
import re
import zlib
from pathlib import Path

from chatkit_harness.core.codec import from_document, to_document
from chatkit_harness.core.errors import ResultsError
from chatkit_harness.core.nouns import digest
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.results.files import without_secrets, write_whole
from chatkit_harness.results.records import TRANSCRIPTS, transcript_path

_LEVEL = 3
"""Of transcripts of 17 KB a fifth remains, in 0.14 ms; level 6 saves 8% more and takes half as long again."""

_FORMS = (".json", ".json.gz")
_DIGEST = re.compile("[0-9a-f]{64}")


def store_transcript(folder: Path, transcript: Transcript, *, packed: bool = False) -> str:
    """Store a transcript in a run's folder once, whole or not at all; the digest of what is stored.

    It needs no ResultsWriter: any process may call it, several at once. Secrets are left out of what is
    written. Raises OutputError where it cannot be written.
    """
    name, text = _stored_form(transcript)
    if find_transcript(folder, name) is None:
        content = _pack(text) if packed else text
        write_whole(transcript_path(folder, name, packed=packed), content)
    return name


def pack_transcript(transcript: Transcript) -> tuple[str, bytes]:
    """The digest of a transcript and its packed form, for `store_packed` on another machine."""
    name, text = _stored_form(transcript)
    return name, _pack(text)


def store_packed(folder: Path, name: str, content: bytes) -> None:
    """Store what `pack_transcript` gave, whole or not at all. Raises OutputError."""
    if find_transcript(folder, name) is None:
        write_whole(transcript_path(folder, name, packed=True), content)


def copy_transcript(source: Path, folder: Path, name: str) -> bool:
    """Give a run's transcript to another run too, as it is; whether it was there.

    The file is shared where the file system can do that. Raises OutputError where it cannot be written.
    """
    found = find_transcript(source, name)
    if found is None:
        return False
    target = folder / found.relative_to(source)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(found, target)
    except FileExistsError:
        pass
    except OSError:  # another file system, or one without links
        write_whole(target, found.read_bytes())
    return True


def find_transcript(folder: Path, name: str) -> Path | None:
    """The file of the transcript of that digest, in whichever form it is there."""
    for packed in (False, True) if _DIGEST.fullmatch(name) else ():
        path = transcript_path(folder, name, packed=packed)
        try:
            if path.stat().st_size:
                return path
        except OSError:
            continue
    return None


def stored_transcripts(folder: Path) -> frozenset[str]:
    """The digests of all transcripts in a run's folder; files without content are left out."""
    found = []
    for part in _folders(folder / TRANSCRIPTS):
        with os.scandir(part) as entries:
            for entry in entries:
                name, dot, form = entry.name.partition(".")
                if name and dot + form in _FORMS and entry.stat().st_size:
                    found.append(name)
    return frozenset(found)


def load_transcript(folder: Path, name: str) -> Transcript:
    """The transcript of that digest. Raises ResultsError where it is missing or not what was stored."""
    path = find_transcript(folder, name)
    if path is None:
        raise _bad(transcript_path(folder, name), "There is no transcript of that digest.")
    try:
        content = path.read_bytes()
        document = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
        transcript = from_document(Transcript, document)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise _bad(path, f"It cannot be unpacked: {error}.") from error
    except OSError as error:
        raise _bad(path, f"It cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise _bad(path, f"It is not a transcript: {error}.") from error
    if digest(document) != name:
        raise _bad(path, "Its contents do not have the digest that it was stored by.")
    return transcript


def _stored_form(transcript: Transcript) -> tuple[str, str]:
    document, text = without_secrets(to_document(transcript))
    # Two halves of a surrogate pair come back from a file as one character: digest what is read.
    return digest(json.loads(text) if "\\ud" in text else document), text + "\n"


def _pack(text: str) -> bytes:
    return gzip.compress(text.encode("ascii"), _LEVEL, mtime=0)


def _folders(folder: Path) -> list[Path]:
    try:
        return [each for each in folder.iterdir() if each.is_dir()]
    except OSError:
        return []


def _bad(path: Path, cause: str) -> ResultsError:
    return ResultsError(str(path), cause, "Copy the run's folder again whole, or run the case again.")
