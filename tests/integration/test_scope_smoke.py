import pytest, sqlalchemy as sa
from csiapp.core.tenancy import entered
from csiapp.core.extensions import db
from csiapp.core.activity import record, first_broken_link
from csiapp.core.models import ActivityEntry
from csiapp.core.db import writing
from csiapp.training.models import StaffMember
import datetime as dt
pytestmark = pytest.mark.db

def test_rows_of_a_dealership_are_seen_by_it_and_its_network_only(app, world):
    with app.app_context():
        writing.set(True)
        with entered(world.tenant()):
            db.session.add(StaffMember(name="A", number="1", roles=["SA"], joined_on=dt.date(2026,1,1)))
            record("x.y", "a", "b", {"n": 1}); record("x.z", "a", "b", {"n": "中"})
            db.session.commit()
            assert first_broken_link() is None
            db.session.close()
        for scope, n in ((world.tenant(), 1), (world.tenant("next","next_manager"), 0), (world.network(), 1), (world.network("far","far_headoffice"), 0)):
            with entered(scope):
                assert len(db.session.scalars(sa.select(StaffMember)).all()) == n, scope
                db.session.close()
