"""Tables of audits: forms and waves; visits, answers, evidence, scores and findings."""

from csiapp.audits.models.designs import (
    FormDesign,
    FormDesignEdit,
    NetworkDesign,
    NetworkDesignEdit,
    VisitMove,
)
from csiapp.audits.models.forms import FormTemplate, FormVersion, Wave
from csiapp.audits.models.ties import ShopperTie
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
    "FormDesign",
    "FormDesignEdit",
    "FormTemplate",
    "FormVersion",
    "NetworkDesign",
    "NetworkDesignEdit",
    "ShopperTie",
    "Visit",
    "VisitMove",
    "VisitOwned",
    "VisitScore",
    "VisitToken",
    "Wave",
]
