"""A verdict written down, and put in another account's words: nothing of it is lost."""

from __future__ import annotations

from policies.analysis.verdict import Effect, Evidence, Request, Status, Verdict

CONTEXT = {"aws:RequestedRegion": ("us-east-1",), "aws:PrincipalAccount": ("2",)}


def verdict(account: str) -> Verdict:
    context = {**CONTEXT, "aws:PrincipalAccount": (account,)}
    return Verdict(
        "guard",
        Status.PARTIAL,
        f"`a:B` is open at {account}.",
        open_actions=("a:B", "a:C"),
        closed_actions=("a:D",),
        witnesses=(
            Request("a:B", f"arn:{account}", f"root of {account}", context),
            Request("a:C", "*", f"root of {account}", context),
        ),
        evidence=(Evidence("p-1", 3, "Guard", account, Effect.DENY),),
        notes=(f"Look at {account}.",),
    )


def test_all_of_it_is_written_down() -> None:
    context = {"aws:PrincipalAccount": ["2"], "aws:RequestedRegion": ["us-east-1"]}
    written = verdict("2").to_json()
    assert written == {
        "guardrail": "guard",
        "status": "partial",
        "reason": "`a:B` is open at 2.",
        "open_actions": ["a:B", "a:C"],
        "closed_actions": ["a:D"],
        "witnesses": [
            {
                "action": "a:B",
                "resource": "arn:2",
                "principal_arn": "root of 2",
                "context": context,
            },
            {"action": "a:C", "resource": "*", "principal_arn": "root of 2", "context": context},
        ],
        "evidence": [
            {
                "policy_id": "p-1",
                "statement": 3,
                "sid": "Guard",
                "target_id": "2",
                "effect": "Deny",
            }
        ],
        "notes": ["Look at 2."],
    }
    assert written["witnesses"][0] == verdict("2").witnesses[0].to_json()
    assert list(written["witnesses"][0]["context"]) == sorted(context)


def test_all_that_may_name_an_account_is_rewritten_and_nothing_else() -> None:
    assert verdict("${Account}").rewritten(lambda text: text.replace("${Account}", "2")) == (
        verdict("2")
    )
