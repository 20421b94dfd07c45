"""What checks are written in: findings, sessions and their rows, rules of replies, tokens and values.

A suite imports these names from here, the run from `tck.run`, and the generated checks from `tck.randomized`.
"""

from tck.checking import near_json, response_rules
from tck.checking.check import FITS_A_BAD_BODY, Check, taken_or_refused
from tck.checking.clocks import about, in_good_time, let_pass, order_is_certain
from tck.checking.combined_requests import Asked, asked, words_of
from tck.checking.comparison import compared
from tck.checking.equivalent_paths import EQUIVALENT
from tck.checking.jwt import Token, read_token
from tck.checking.live_session import LiveSession, Written
from tck.checking.near_miss_keys import near_keys
from tck.checking.operations import Operations, encoded
from tck.checking.record_log import Append, Fate, LogProblem, LogRecord, Reading, RecordLog
from tck.checking.reply_monitor import Judgement, ReplyMonitor
from tck.checking.round_trip_texts import DELICATE_TEXTS, ODD_VALUES, ORDINARY_LENGTHS, odd_members
from tck.checking.wire_forms import PLAIN, in_escapes, reading, sending, spaced_to
from tck.contract.combinations import Combination, load_doors
from tck.contract.openapi import Api
from tck.errors import Broken, Indeterminate
from tck.paths import spec_dir
from tck.recording.presented import COMMON_WORDS
from tck.results.outcomes import Finding
from tck.transport.event_stream import Listened, StreamEvent
from tck.transport.messages import REFUSAL, SUCCESS, Call, Reply
from tck.unjudged import NotApplicable, NotTested
from tck.values.deadlines import weeks_ahead
from tck.values.json_equality import FALSE, NULL, TRUE, JsonValue, Kind, contains_json, shown
from tck.values.mismatch import Mismatch, joined
from tck.values.origin import Origin, Status, Text, exchanges_of
from tck.values.rfc3339 import Instant, is_date_time, parse_instant
from tck.values.row import Row
from tck.waiting import (
    CLOCKS_DIFFER,
    LONGEST_WAIT,
    VISIBLE_WITHIN,
    Waited,
    eventually,
    listed_within,
    loaded_wait,
    pause,
)

__all__ = [
    "CLOCKS_DIFFER",
    "COMMON_WORDS",
    "DELICATE_TEXTS",
    "EQUIVALENT",
    "FALSE",
    "FITS_A_BAD_BODY",
    "LONGEST_WAIT",
    "NULL",
    "ODD_VALUES",
    "ORDINARY_LENGTHS",
    "PLAIN",
    "REFUSAL",
    "SUCCESS",
    "TRUE",
    "VISIBLE_WITHIN",
    "Api",
    "Append",
    "Asked",
    "Broken",
    "Call",
    "Check",
    "Combination",
    "Fate",
    "Finding",
    "Indeterminate",
    "Instant",
    "JsonValue",
    "Judgement",
    "Kind",
    "Listened",
    "LiveSession",
    "LogProblem",
    "LogRecord",
    "Mismatch",
    "NotApplicable",
    "NotTested",
    "Operations",
    "Origin",
    "Reading",
    "RecordLog",
    "Reply",
    "ReplyMonitor",
    "Row",
    "Status",
    "StreamEvent",
    "Text",
    "Token",
    "Waited",
    "Written",
    "about",
    "asked",
    "compared",
    "contains_json",
    "encoded",
    "eventually",
    "exchanges_of",
    "in_escapes",
    "in_good_time",
    "is_date_time",
    "joined",
    "let_pass",
    "listed_within",
    "load_doors",
    "loaded_wait",
    "near_json",
    "near_keys",
    "odd_members",
    "order_is_certain",
    "parse_instant",
    "pause",
    "read_token",
    "reading",
    "response_rules",
    "sending",
    "shown",
    "spaced_to",
    "spec_dir",
    "taken_or_refused",
    "weeks_ahead",
    "words_of",
]
