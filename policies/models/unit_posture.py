from django.db import models

from accounts.snapshot import AccountState
from policies.models.posture import Posture
from policies.models.version import UnitVersion, Version, VersionQuerySet, once_now


class UnitPosture(Version):
    """How many accounts right in a unit are alike: of one posture and in one state.

    Counted as accounts are stored, so that no page counts 50,000 of them: of these there are
    some thousand. Its fields are named as those of `AccountVersion`, and the same filter
    narrows both.
    """

    unit = models.ForeignKey(UnitVersion, models.RESTRICT, related_name="postures")
    posture = models.ForeignKey(Posture, models.RESTRICT, related_name="unit_postures")
    state = models.CharField(max_length=18, choices=[(s.value, s.value) for s in AccountState])
    lacking = models.PositiveSmallIntegerField()
    accounts = models.PositiveIntegerField()

    objects = VersionQuerySet["UnitPosture"].as_manager()

    class Meta:
        constraints = [once_now("unit", "posture", "state", name="one_unit_posture_now")]
        indexes = [models.Index(fields=["organization"], name="unit_postures_of")]

    def __str__(self) -> str:
        return f"{self.accounts} {self.state} in {self.unit_id} with posture {self.posture_id}"
