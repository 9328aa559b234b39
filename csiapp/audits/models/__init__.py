"""Tables of audits: forms and waves; visits, answers, evidence, scores and findings."""

from csiapp.audits.models.forms import FormTemplate, FormVersion, Wave
from csiapp.audits.models.visits import (
    Answer,
    AnswerConflict,
    AnswerEvent,
    Evidence,
    Finding,
    Visit,
    VisitOwned,
    VisitScore,
    VisitToken,
)

__all__ = [
    "Answer",
    "AnswerConflict",
    "AnswerEvent",
    "Evidence",
    "Finding",
    "FormTemplate",
    "FormVersion",
    "Visit",
    "VisitOwned",
    "VisitScore",
    "VisitToken",
    "Wave",
]
