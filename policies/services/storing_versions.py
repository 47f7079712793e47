"""Versions brought up to the rows of now: what differs is closed, what is new is opened.

Set-based, so that 50,000 accounts cost a join and not a loop; what did not change is not
written.
"""

from __future__ import annotations

from typing import Final

from django.db import connection

from policies.models import Assessment

# Units before accounts, a version of which ends with that of its unit; then what counts these.
_STATEMENTS: Final = (
    """
    UPDATE policies_unitversion AS version SET until_id = %(assessment)s
    WHERE version.organization_id = %(organization)s AND version.until_id IS NULL
    AND NOT EXISTS (
        SELECT FROM accounts_unit AS now
        LEFT JOIN accounts_unit AS parent ON parent.id = now.parent_id
        WHERE now.organization_id = version.organization_id
        AND now.aws_id = version.aws_id AND now.name = version.name
        AND coalesce(parent.aws_id, '') = version.parent_aws_id
        AND now.path = version.path AND now.display_path = version.display_path
    )
    """,
    """
    INSERT INTO policies_unitversion
        (organization_id, since_id, aws_id, name, parent_aws_id, path, display_path)
    SELECT now.organization_id, %(assessment)s, now.aws_id, now.name,
        coalesce(parent.aws_id, ''), now.path, now.display_path
    FROM accounts_unit AS now
    LEFT JOIN accounts_unit AS parent ON parent.id = now.parent_id
    WHERE now.organization_id = %(organization)s
    AND NOT EXISTS (
        SELECT FROM policies_unitversion AS version
        WHERE version.organization_id = now.organization_id
        AND version.aws_id = now.aws_id AND version.until_id IS NULL
    )
    """,
    """
    UPDATE policies_accountversion AS version SET until_id = %(assessment)s
    WHERE version.organization_id = %(organization)s AND version.until_id IS NULL
    AND NOT EXISTS (
        SELECT FROM accounts_account AS now
        JOIN accounts_unit AS unit ON unit.id = now.unit_id
        JOIN policies_unitversion AS place ON place.organization_id = now.organization_id
            AND place.aws_id = unit.aws_id AND place.until_id IS NULL
        JOIN policies_accountposture AS has ON has.account_id = now.id
        WHERE now.organization_id = version.organization_id
        AND now.aws_id = version.aws_id AND now.name = version.name
        AND now.email = version.email AND now.state = version.state
        AND place.id = version.unit_id AND has.posture_id = version.posture_id
    )
    """,
    """
    INSERT INTO policies_accountversion
        (organization_id, since_id, aws_id, name, email, state, unit_id, posture_id, lacking)
    SELECT now.organization_id, %(assessment)s, now.aws_id, now.name, now.email, now.state,
        place.id, has.posture_id, posture.lacking
    FROM accounts_account AS now
    JOIN accounts_unit AS unit ON unit.id = now.unit_id
    JOIN policies_unitversion AS place ON place.organization_id = now.organization_id
        AND place.aws_id = unit.aws_id AND place.until_id IS NULL
    JOIN policies_accountposture AS has ON has.account_id = now.id
    JOIN policies_posture AS posture ON posture.id = has.posture_id
    WHERE now.organization_id = %(organization)s
    AND NOT EXISTS (
        SELECT FROM policies_accountversion AS version
        WHERE version.organization_id = now.organization_id
        AND version.aws_id = now.aws_id AND version.until_id IS NULL
    )
    ORDER BY now.aws_id
    """,
    """
    UPDATE policies_unitposture AS version SET until_id = %(assessment)s
    WHERE version.organization_id = %(organization)s AND version.until_id IS NULL
    AND NOT EXISTS (
        SELECT FROM (
            SELECT unit_id, posture_id, state, count(*) AS accounts
            FROM policies_accountversion
            WHERE organization_id = %(organization)s AND until_id IS NULL
            GROUP BY unit_id, posture_id, state
        ) AS now
        WHERE now.unit_id = version.unit_id AND now.posture_id = version.posture_id
        AND now.state = version.state AND now.accounts = version.accounts
    )
    """,
    """
    INSERT INTO policies_unitposture
        (organization_id, since_id, unit_id, posture_id, state, lacking, accounts)
    SELECT now.organization_id, %(assessment)s, now.unit_id, now.posture_id, now.state,
        now.lacking, count(*)
    FROM policies_accountversion AS now
    WHERE now.organization_id = %(organization)s AND now.until_id IS NULL
    AND NOT EXISTS (
        SELECT FROM policies_unitposture AS version
        WHERE version.unit_id = now.unit_id AND version.posture_id = now.posture_id
        AND version.state = now.state AND version.until_id IS NULL
    )
    GROUP BY now.organization_id, now.unit_id, now.posture_id, now.state, now.lacking
    """,
)


def store_versions(assessment: Assessment) -> None:
    """To be called when the rows of now and the postures are those of the assessment.

    Eight statements, whatever the size. Needs a transaction around it.
    """
    of = {"assessment": assessment.pk, "organization": assessment.organization_id}
    with connection.cursor() as cursor:
        # The planner knows little of rows that were written a moment ago, takes them for few,
        # and would compare each with each. Hashes cost what there is, however many it is.
        cursor.execute("SET LOCAL enable_nestloop = off")
        for statement in _STATEMENTS:
            cursor.execute(statement, of)
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
