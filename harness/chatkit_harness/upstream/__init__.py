"""The model on loopback: cassettes, scripts, matching by meaning, replay and recording."""

from chatkit_harness.upstream.cassette import Cassette, Chunk, Fault, Interaction, Provenance
from chatkit_harness.upstream.cassette_reader import parse_cassette, read_cassette
from chatkit_harness.upstream.cassette_writer import cassette_text, write_cassette
from chatkit_harness.upstream.elsewhere import ModelElsewhere
from chatkit_harness.upstream.features import RequestFeatures, features
from chatkit_harness.upstream.free_play import Piece
from chatkit_harness.upstream.match import Matcher, Verdict
from chatkit_harness.upstream.probe import ProbeSpec, played, probe_spec
from chatkit_harness.upstream.recorder import RecordingProxy
from chatkit_harness.upstream.script import fault_of, render, render_script
from chatkit_harness.upstream.server import ReplayServer
from chatkit_harness.upstream.session import Session, SessionReport
from chatkit_harness.upstream.standing import StandingModel

__all__ = [
    "Cassette",
    "Chunk",
    "Fault",
    "Interaction",
    "Matcher",
    "ModelElsewhere",
    "Piece",
    "ProbeSpec",
    "Provenance",
    "RecordingProxy",
    "ReplayServer",
    "RequestFeatures",
    "Session",
    "SessionReport",
    "StandingModel",
    "Verdict",
    "cassette_text",
    "fault_of",
    "features",
    "parse_cassette",
    "played",
    "probe_spec",
    "read_cassette",
    "render",
    "render_script",
    "write_cassette",
]
