"""Scoring of visits: frozen revisions, receipts, findings that lead to their causes."""

from __future__ import annotations

import pytest

from csiapp.audits import receipts
from csiapp.audits.queries.scores import scores_of
from csiapp.core.tenancy import entered
from tests.factories import audits

pytestmark = pytest.mark.db


def test_submitting_freezes_a_provisional_score_with_a_receipt_that_recomputes(app, audited):
    with app.app_context():
        visit_id = audits.assign(audited)
        audits.submit(audited, visit_id)
        with entered(audited.tenant()):
            (score,) = scores_of(visit_id)
            assert (score.revision, score.kind, score.final_index, score.grade) == (
                0,
                "provisional",
                1000,
                "A",
            )
            assert receipts.verify_receipt(score.receipt)
            assert score.receipt["sha256"] == score.sha256
