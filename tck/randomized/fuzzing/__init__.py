"""Generated requests, drawn by Schemathesis from the contract's OpenAPI document.

Importing it loads Schemathesis, which takes a second; a suite imports it where cases are needed.
"""

from tck.randomized.fuzzing.bodies import as_bytes
from tck.randomized.fuzzing.body_oracle import Schema, unambiguous, violations
from tck.randomized.fuzzing.case import NOTHING, Answer, Bearer, Case, CaseResult, Rule, SchemathesisCase
from tck.randomized.fuzzing.driver import BodyDriver, label_of
from tck.randomized.fuzzing.edge_payloads import Oddity, odd_bodies, oddities
from tck.randomized.fuzzing.engine import Fuzz
from tck.randomized.fuzzing.rules import COMMON_RULES, Spoken, is_call, rules_of_monitor

__all__ = [
    "COMMON_RULES",
    "NOTHING",
    "Answer",
    "Bearer",
    "BodyDriver",
    "Case",
    "CaseResult",
    "Fuzz",
    "Oddity",
    "Rule",
    "Schema",
    "SchemathesisCase",
    "Spoken",
    "as_bytes",
    "is_call",
    "label_of",
    "odd_bodies",
    "oddities",
    "rules_of_monitor",
    "unambiguous",
    "violations",
]
