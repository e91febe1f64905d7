"""The remedy: for each cause that can be undone without asking the plan that does it."""

from __future__ import annotations

from dataclasses import replace

from coldbyte.core.cause import Cause, CauseId
from coldbyte.core.repair.block_repair import BLOCKS, block_plan
from coldbyte.core.repair.json_repair import json_plan
from coldbyte.core.repair.marker_repair import MARKERS, marker_plan
from coldbyte.core.repair.order_repair import ORDERS, order_plan
from coldbyte.core.repair.repair_plan import Plan, Scene
from coldbyte.core.repair.text_repair import CARRIED, MEANINGLESS, text_plan
from coldbyte.core.rule.report import Report

AUTOMATIC: frozenset[CauseId] = CARRIED | MEANINGLESS | BLOCKS | ORDERS | MARKERS
"""The causes that can be repaired without asking, where their place allows it (`repairable`)."""

_PLANS = ((BLOCKS, block_plan), (ORDERS, order_plan), (MARKERS, marker_plan))


def repairable(report: Report) -> tuple[Cause, ...]:
    """The causes of a report for which there is a plan. Whether it helps is known once it is carried out."""
    if is_stranger(report):
        return ()
    scene = Scene(report)
    return tuple(cause for cause in report.causes if plan_for(scene, cause) is not None)


def with_remedies(report: Report) -> Report:
    """The report with its fixes marked as automatic where there is a plan, and nowhere else."""
    able = repairable(report) if report.causes else ()
    causes = tuple(_marked(cause, automatic=cause in able) for cause in report.causes)
    harmless = tuple(_marked(cause, automatic=False) for cause in report.harmless)
    return replace(report, causes=causes, harmless=harmless)


def _marked(cause: Cause, *, automatic: bool) -> Cause:
    return replace(cause, fix=replace(cause.fix, automatic=automatic)) if cause.fix else cause


def is_stranger(report: Report) -> bool:
    """Whether BEFORE is another conversation: nothing of it is to be restored then."""
    return any(cause.id == "wrong-predecessor" for cause in report.causes)


def plan_for(scene: Scene, cause: Cause) -> Plan | None:
    """How AFTER is to change so that this cause is gone. None where only a person can decide that."""
    if cause.id not in AUTOMATIC:
        return None
    try:
        plan = _plan(scene, cause)
    except (KeyError, ValueError):  # a place that only one of the bodies has
        return None
    if plan is None or not plan.changes or (plan.at_end and scene.newest is None):
        return None
    return plan


def _plan(scene: Scene, cause: Cause) -> Plan | None:
    if cause.hunks:
        return text_plan(scene, cause)
    for names, plan in _PLANS:
        if cause.id in names:
            return plan(scene, cause)
    return json_plan(scene, cause)
