"""What a head leaves out and takes from elsewhere: from the words before it, the lead-ins and headings above it, and
the payments it refers to (上述, 前条).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from knowledge.drafting.asked import payee_of_all
from knowledge.drafting.axes import AXES, REST, Axis, Choice, Head
from knowledge.drafting.context import Context
from knowledge.drafting.heads import alike, fitting_levels, implied_activity, united
from knowledge.drafting.prizes import Prizes
from knowledge.drafting.ranks import rest_after
from knowledge.drafting.statements import Shape, Statement
from knowledge.drafting.stretches import Reading
from knowledge.drafting.vocabulary import any_of, load_vocabulary
from knowledge.rule_schema import DRAFTING

# 按上述三个位次, 按前款所列名次: the ranks that were paid before.
_PLACES_AGAIN = re.compile(
    r"(?:上述|前述|前款|前条|前项|上款|以上|相同|同样)[^,;。]{0,8}(?:位次|名次|排名|顺序|序位|位序|次序)"
)
_SHARED_BY_ADDED: tuple[Axis, ...] = ("level", "role", "committee", "grade")
# 这两类标准奖励额度相同，主持的…: of all levels that the question names.
_ALL_ALIKE = re.compile(r"相同|一样|一致|同等|同样|不分")
# What 国家级项目 may be, where its item says so.
_PROJECTS = ("pilot_project", "research")
# Activities whose level a later part of the sentence may leave out though it names the activity again.
_GAPPING = ("formulate_standard", "revise_standard", "host_committee")
# 牵头单位 leads anything (标准联合体), 起草单位 a standard.
_DRAFTS = re.compile("起草|编")


class EllipsisResolver:
    """Completes heads from what the context says."""

    def __init__(self, reading: Reading, context: Context) -> None:
        self._reading = reading
        self._plain = reading.plain
        self._context = context
        self._prizes = Prizes(reading, context)

    def resolved(self, explicit: Head, count: int, shape: Shape, *, anew: bool = False) -> Head:
        """The head with what it leaves out taken from before and above; only from above where it begins `anew`."""
        above = next(
            (frame for frame in self._context.frames() if frame.alternatives and frame.head.of("activity")), None
        )
        if above is not None:
            return above.head
        last = self._context.said[-1][1].head if self._context.said and not anew else None
        if not explicit and last is not None and shape == "amount" and not anew:
            single = {axis: last.of(axis) for axis in AXES if len(last.of(axis)) == 1}
            lists = {axis: last.of(axis) for axis in AXES if len(last.of(axis)) == count > 1}
            return Head({**single, **lists}, last.nouns)
        head = self._with_activity(explicit, last, shape)
        activity = head.single("activity")
        head = fitting_levels(head, activity)
        follows = last is not None and (last.single("activity") is None or alike(last.single("activity"), activity))
        added = shape in ("bonus", "further")
        if added:
            # It goes to all that was paid before, and has of each axis what these share.
            for axis in _SHARED_BY_ADDED:
                if not head.of(axis):
                    head = head.with_axis(axis, self._shared(axis, activity))
        if (shape != "delegated" or explicit.of("role")) and not (added and self._paid_so_far(activity)):
            head = self._with_role(head, explicit, last if follows else None)
        # 国际标准第一起草单位50万元，其他起草单位的奖励金额另行确定: at the level before it.
        goes_on = shape == "delegated" and explicit.of("role") and self._context.last() is not None
        if shape in ("amount", "honour") or goes_on:
            head = self._with_level(head, explicit, last if follows else None)
        elif shape != "delegated" and len(head.of("level")) > 1 and len(head.of("level")) != count:
            head = head.with_axis("level", ())
        if (shape == "ratio" or added) and not head.of("level"):
            head = head.with_axis("level", self._level_of_item(activity, explicit))
        for axis in ("committee", "grade"):
            if not added and not head.of(axis) and activity in ("host_committee", "award", "certification"):
                head = self._with_single(head, axis, last if follows and not explicit.of("activity") else None)
        if set(explicit.lists) == {"place_group"} and count == 1 and self._context.last() is not None:
            head = self._with_same(head)
        if not head.of("place_group"):
            head = self._with_single(head, "place_group", self._last_of_sentence())
        if activity not in (*DRAFTING, "research", None):
            head = head.with_axis("role", ())  # 在行业排名首位的“领跑者”
        return self.with_list(head, count, last if follows else None)

    def matched_level(self, head: Head, explicit: Head) -> tuple[Choice, ...]:
        """The level at which another government's award is matched, left to the payments before: 验收后按1:1配套."""
        if explicit.of("activity") or not self._context.said:
            return ()
        return self._shared("level", head.single("activity"))

    def with_list(self, head: Head, count: int, last: Head | None) -> Head:
        """The head with a list from before or above where several amounts have none to go with."""
        if count == 1:
            return head
        if (
            last is not None
            and len(last.of("level")) == count
            and head.of("level") in ((), last.of("level"))
            and _is_chain(head)
        ):
            # 第二、三起草单位 behind a list of levels: the amounts go by level again.
            roles = tuple(replace(role, join="or" if index else "first") for index, role in enumerate(head.of("role")))
            return head.with_axis("role", roles).with_axis("level", last.of("level"))
        if any(len(choices) == count for choices in head.lists.values()):
            return head
        known = [last] if last is not None else []
        known += [united([statement for _, statement in self._context.said])] if self._context.said else []
        known += [frame.head for frame in self._context.frames()]
        if self._context.refers and (earlier := self._context.earlier()):
            known.append(united(earlier))
            if (ranks := self._places_named(known[-1])) and len(ranks) == count and not _is_ranked(head):
                return head.with_axis("role", ranks)
        for other in known:
            for axis in ("level", "grade", "committee", "role"):
                levels = {value for choice in other.of("level") for value in choice.values}
                if axis == "grade" and levels and head.single("level") not in {None, *levels}:
                    continue  # another prize has grades of its own
                same = [choice.values for choice in other.of(axis)] == [c.values for c in head.of(axis)] * count
                if len(other.of(axis)) == count and (same or not head.of(axis)):
                    return head.with_axis(axis, other.of(axis))
        return head

    def _with_activity(self, head: Head, last: Head | None, shape: Shape) -> Head:
        if head.of("activity"):
            drafting = head.of("activity")[0].values[0] in ("formulate_standard", "revise_standard")
            if not (drafting and head.of("committee") and "standard" not in head.nouns):
                return head
        implied = implied_activity(head)
        if implied is None and "thing" in head.nouns and not (self._context.refers and self._context.said):
            return head
        known = [last] if last is not None else []
        known += [frame.head for frame in self._context.frames()]
        if self._context.refers and (earlier := self._context.earlier()):
            # 上述标准 below the heading 专利与标准融合: of what is referred to, and not of what is no activity.
            unlike = next((head.single("activity") for head in known if head.of("activity")), None) == "other"
            known.insert(0 if self._context.named or unlike else len(known), united(earlier))
        if self._context.named and not _of_one_kind(known[0].of("activity")):
            # In addition to what 第五条至第八条 pay, for drafting and for other things.
            known = [known[0].with_axis("activity", ())] if implied == "formulate_standard" else []
        if implied == "formulate_standard":
            for other in known:
                if other.single("activity") in ("formulate_standard", "revise_standard"):
                    return head.with_axis("activity", other.of("activity"))
            return head.with_axis("activity", (Choice((implied,), ""),))
        if implied is not None:
            return head.with_axis("activity", (Choice((implied,), ""),))
        for other in known:
            if other.of("activity"):
                unlike = "project" in head.nouns and other.single("activity") not in _PROJECTS
                return head if unlike else head.with_axis("activity", other.of("activity"))
            if other.of("level") and not head.of("level") and implied_activity(other) == "formulate_standard":
                return head.with_axis("activity", (Choice(("formulate_standard",), ""),))
        if head.of("role") and (shape != "amount" or head.of("level") or _DRAFTS.search(_said(head, "role"))):
            return head.with_axis("activity", (Choice(("formulate_standard",), ""),))
        return head

    def _with_role(self, head: Head, explicit: Head, last: Head | None) -> Head:
        activity = head.single("activity")
        if activity not in ("formulate_standard", "revise_standard", "research", None) and head.of("role"):
            return head.with_axis("role", ())
        if activity not in ("formulate_standard", "revise_standard", None):
            return head
        if head.of("role"):
            if (
                head.single("role") == "lead"
                and last is not None
                and last.definition == last.single("role") is not None
            ):
                # 第一起草单位牵头制定国际标准的…；牵头制定国家标准的…: the same lead again.
                return replace(head.with_axis("role", last.of("role")), definition=last.definition)
            return self._ranked(head, last)
        goes_on = (
            not explicit.of("activity")
            or self._context.last() is not None
            or not (self._context.names_subject or self._context.opened)
        )
        role = last.single("role") if last is not None else None
        # 参与制定国际标准的…；制定国家标准的…: taking part is told apart from drafting, and not carried on.
        if last is not None and role and goes_on and not (role == "participate" and explicit.of("activity")):
            return head.with_axis("role", last.of("role"))
        asked = next((asked.head.of("role") for asked in self._context.asked if asked.head.of("role")), ())
        titled = any(frame.titles and frame.head.single("role") == "lead" for frame in self._context.frames())
        # 主导制定国家标准。支持对象：排名首位的单位: what the lead is.
        if asked and not (titled and [choice.values for choice in asked] == [("rank:1",)]):
            return head.with_axis("role", asked)
        for frame in self._context.frames():
            above = frame.head.single("activity")
            if frame.head.single("role") and (above is None or alike(above, activity)):
                return head.with_axis("role", frame.head.of("role"))
        return head.with_axis("role", self._payee_of_all) if activity in DRAFTING else head

    @cached_property
    def _payee_of_all(self) -> tuple[Choice, ...]:
        """The one role that an article without amounts says is paid; none without such an article."""
        return payee_of_all(self._reading, self._context.head)

    def _ranked(self, head: Head, last: Head | None) -> Head:
        """The head with its ranks made exact by the ranks in front: the rest, and an open band that excludes its start."""
        before = last.of("role")[-1].values[0] if last is not None and last.of("role") else None
        entries = []
        for choice in head.of("role"):
            value = choice.values[0]
            if value.startswith(REST):
                value = _rest(value, before)
            elif "open_end" in head.nouns and value.endswith("-") and before is not None:
                after = rest_after(before)
                if after is not None and int(value[5:-1]) + 1 == int(after[5:-1]):
                    value = after
            entries.append(replace(choice, values=(value,)))
            before = value
        return head.with_axis("role", tuple(entries))

    def _with_level(self, head: Head, explicit: Head, last: Head | None) -> Head:
        activity = head.single("activity")
        if head.of("level") or activity in ("adopt_standard", "front_runner"):
            return head
        goes_on = last is not None and not explicit.of("activity") and last.single("level") is not None
        if activity == "award" and not goes_on and (levels := self._prizes.levels(explicit)):
            return head.with_axis("level", levels)
        if explicit.of("activity") and activity == "award":
            return head
        if activity == "other" and explicit.of("activity") and not _is_edition(explicit):
            return head  # 注册专家: of what a heading says of standards it has no level
        here = self._context.levels_said(activity, in_stretch=True)
        if explicit.of("activity") and activity not in _GAPPING and not here:
            return self._with_single(head, "level", None)
        # A committee named in full is another one; TC, SC or 分技术委员会 alone go on with the last.
        whole = any("标准化" in choice.said for choice in explicit.of("committee"))
        said = here or ([] if whole else self._context.levels_said(activity, in_stretch=False))
        if len(set(said)) == 1 and last is not None:
            return head.with_axis("level", (Choice((said[0],), ""),))
        narrowed = head.of("role") or explicit.of("grade") or (explicit.of("activity") and activity in DRAFTING)
        if not said and last is not None and narrowed and (levels := self._levels_here(activity)):
            return head.with_axis("level", levels)
        if len(set(here)) > 1 and last is not None and head.of("committee") and not whole:
            return head.with_axis("level", (Choice((here[-1],), ""),))
        # The level of a prize in any other title or heading is the policy's own, and tells no rows apart.
        if said or activity == "award":
            return head
        if self._context.refers and self._context.earlier():
            return head  # 上述标准: the levels are those of the payments before, not the title's
        return self._with_item_levels(self._with_single(head, "level", None), activity)

    def _paid_so_far(self, activity: str | None) -> list[tuple[int, Statement]]:
        """The payments for the activity in this item, each with the index of its stretch."""
        paid = [*self._context.said] or [(-1, statement) for statement in self._context.named]
        return [(i, s) for i, s in paid if s.combinations and alike(s.head.single("activity"), activity)]

    def _shared(self, axis: Axis, activity: str | None) -> tuple[Choice, ...]:
        """The one value of an axis that the payments of this stretch have, or those of its item; none where they differ.

        What begins with 其中 is of the payments just before it.
        """
        # Shares of revising are none of what drafting is paid.
        paid = self._paid_so_far(activity)
        paid = [(i, s) for i, s in paid if s.shape != "ratio" or s.head.single("activity") == activity]
        near = [self._context.index, *(index for index, _ in paid[-1:] if self._context.goes_on_within)]
        here = [statement for index, statement in paid if index in near]
        here = here or [statement for _, statement in paid]
        if axis == "level" and activity and any(statement.shape == "unclear" for statement in here):
            return ()  # what was refused may be of another level
        alike_in = {
            statement.head.of(axis)[0].values if len(statement.head.of(axis)) == 1 else () for statement in here
        }
        if len(alike_in) == 1 and len(only := alike_in.pop()) > 1:
            return (Choice(only, ""),)  # 团体标准（含联盟标准）: of both
        values = {row[axis] for statement in here for row in statement.combinations}
        value = values.pop() if len(values) == 1 else None
        return (Choice((value,), ""),) if value else ()

    def _with_same(self, head: Head) -> Head:
        """The head with all that the amount in front was for: 承担TC或SC秘书处的，市区企业奖励50万元，县企业奖励20万元."""
        last = self._context.said[-1][1]
        axes: tuple[Axis, ...] = ("level", "committee", "grade")
        for axis in axes:
            paid = {row[axis] for row in last.combinations}
            if not head.of(axis):
                head = head.with_axis(axis, tuple(c for c in last.head.of(axis) if paid.issuperset(c.values)))
        return head

    def _level_of_item(self, activity: str | None, explicit: Head) -> tuple[Choice, ...]:
        """The level that the line's label or the item's title gives to shares and surcharges; none without one."""
        before = self._shared("level", activity) if not explicit.of("activity") else ()
        if activity == "award" and before:
            return before  # 提名奖 of the one prize before it
        if activity == "award" and (named := self._prizes.levels(explicit)):
            return named if len(named) == 1 else ()
        # The title of an item is that of its own lines, and not of what they refer to (上述额度的50%).
        own_lines = self._context.said and not self._context.refers
        titled = self._context.item_title if own_lines else None
        paid = {row["level"] for _, s in self._paid_so_far(activity) for row in s.combinations}
        for above in (self._context.label, titled):
            if above is not None and above.single("level") and paid - {above.single("level"), None}:
                return ()  # 地方标准。…省地方标准…，市地方标准…；修订的减半: of both
            if above is not None and fitting_levels(above, activity).single("level"):
                return fitting_levels(above, activity).of("level")
        return ()

    def _with_item_levels(self, head: Head, activity: str | None) -> Head:
        """The head with all levels that the title of its own item names: 3.行业标准和地方标准。第一起草单位资助20万元."""
        if head.of("level") or (asked := self._context.asked_levels(activity, head.single("committee"))):
            return head if head.of("level") else head.with_axis("level", asked)
        frame = next(iter(self._context.frames()), None)
        alike_all = frame is not None and frame.leads_in and _ALL_ALIKE.search(self._plain, *self._context.sentence)
        if frame is None or not (frame.titles or alike_all) or activity not in DRAFTING:
            return head
        return head.with_axis("level", fitting_levels(frame.head, activity).of("level"))

    def _levels_here(self, activity: str | None) -> tuple[Choice, ...]:
        """The several levels that were paid last in this sentence, at which the next role is paid too; else none.

        Of committees only those that one amount was for.
        """
        here = self._reading.sentence_at(self._reading.stretches[self._context.index].span.start)
        last = self._context.said[-1][1] if self._context.said else None
        if last is None or last.span.start < here.start or not alike(last.head.single("activity"), activity):
            return ()
        levels = last.head.of("level")
        if activity in DRAFTING:
            paid = {value for choice in levels for value in choice.values}
        else:
            paid = {row["level"] or "" for row in last.combinations}
        return levels if len(paid) > 1 else ()

    def _with_single(self, head: Head, axis: Axis, last: Head | None) -> Head:
        if last is not None and last.single(axis):
            return head.with_axis(axis, last.of(axis))
        activity = head.single("activity")
        for frame in self._context.frames():
            above = fitting_levels(frame.head, activity)
            if above.single(axis) and above.single("activity") in (activity, None):
                return head.with_axis(axis, above.of(axis))
            if above.of(axis):
                return head
        return head

    def _last_of_sentence(self) -> Head | None:
        """What the last statement of the same sentence is for: 市区企业主导…的，奖励20万元；主导…的，奖励10万元."""
        start = self._context.sentence.start
        return next((said.head for _, said in reversed(self._context.said) if said.span.start >= start), None)

    def _places_named(self, earlier: Head) -> tuple[Choice, ...]:
        """The ranks of the payments before, where the stretch refers to their places: 按上述三个位次，依次奖励…."""
        if not _PLACES_AGAIN.search(self._plain, *self._reading.stretches[self._context.index].span):
            return ()
        return earlier.of("role") if all(c.values[0].startswith("rank:") for c in earlier.of("role")) else ()


def _is_ranked(head: Head) -> bool:
    return any(value.startswith(("rank:", REST)) for choice in head.of("role") for value in choice.values)


def _said(head: Head, axis: Axis) -> str:
    return "".join(choice.said for choice in head.of(axis))


def _is_edition(head: Head) -> bool:
    return any_of(load_vocabulary().editions).search(_said(head, "activity")) is not None


def _of_one_kind(activities: Sequence[Choice]) -> bool:
    named = {value for choice in activities for value in choice.values}
    return len(named) <= 1 or named <= set(DRAFTING)


def _rest(value: str, before: str | None) -> str:
    """The ranks behind those before: all of them, or up to the place that the text names (rest-5)."""
    after = rest_after(before) if before else None
    last = value.removeprefix(REST)
    if after is None:
        return "participate"
    return after.removesuffix("-") + last if last else after


def _is_chain(head: Head) -> bool:
    """Whether the roles are ranks that share one noun: 第二、三起草单位."""
    return "chain" in head.nouns and all(role.values[0].startswith("rank:") for role in head.of("role"))
