"""What can only be seen with all packs side by side: overlaps, layers, rings, bounds, values that nobody states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from songhe.policy.pack import Bound, Condition, DatedValue, Pack, lies_in
from songhe.policy.problem import BAD_FILE, BOUNDS, CYCLE, NOT_SET, OUTSIDE_UPPER, OVERLAP, UNKNOWN_NAME, Problem


def chain(pack: Pack, packs: Mapping[str, Pack]) -> tuple[Pack, ...] | None:
    """The packs that make up ``pack``, from the uppermost down to it; ``None`` for a ring or a missing pack."""
    links = [pack]
    while (upper := links[-1].extends) is not None:
        following = packs.get(upper)
        if following is None or following in links:
            return None
        links.append(following)
    return tuple(reversed(links))


def check(packs: Mapping[str, Pack], *, faulty: frozenset[str] = frozenset()) -> list[Problem]:
    """Every problem between packs, in the order of their files.

    ``faulty`` are the files that have a problem already: a name that is missing because its line cannot be read is
    not reported a second time.
    """
    found = [*_overlaps(list(packs.values()))]
    for pack in packs.values():
        rings = list(_ring(pack, packs))
        found += rings
        if rings:
            continue
        found += _upper(pack, packs, faulty)
        links = chain(pack, packs)
        if links is not None:
            found += _bounds(pack, links[:-1])
            if not any(f"{link.id}/{file}" in faulty for link in links for file in ("values.yaml", "benefit.yaml")):
                found += _names(pack, links)
    return sorted(found)


def _overlaps(packs: Sequence[Pack]) -> Iterator[Problem]:
    """Two editions of one place may not both be in force anywhere on any day."""
    ordered = sorted(packs, key=lambda pack: (pack.place, pack.programme, pack.window.first, pack.edition))
    for position, pack in enumerate(ordered):
        for other in ordered[position + 1 :]:
            if (other.place, other.programme) != (pack.place, pack.programme):
                break
            where = _shared(pack, other)
            if where is not None:
                place, day = where
                yield Problem(
                    other.file,
                    other.window_line,
                    OVERLAP,
                    f"{day}在{place}与版本“{pack.edition}”同时有效；请改 window 或 areas。",
                    f"On {day} in {place} it is in force together with edition {pack.edition}; change window or areas.",
                )


def _shared(pack: Pack, other: Pack) -> tuple[str, date] | None:
    for place in [area.place for area in (*pack.areas, *other.areas)]:
        one, two = pack.period_at(place), other.period_at(place)
        if one is not None and two is not None and one.overlaps(two):
            return place, max(one.first, two.first)
    return None


def _ring(pack: Pack, packs: Mapping[str, Pack]) -> Iterator[Problem]:
    seen = [pack]
    while (upper := seen[-1].extends) is not None:
        following = packs.get(upper)
        if following is None:
            return
        if following is pack:
            around = " → ".join([*(link.id for link in seen), pack.id])
            yield Problem(
                pack.file,
                pack.extends_line,
                CYCLE,
                f"extends 成环：{around}；请让其中一个包不再引用下级。",
                f"extends goes round in a ring: {around}; let one of them extend nothing below it.",
            )
            return
        if following in seen:
            return
        seen.append(following)


def _upper(pack: Pack, packs: Mapping[str, Pack], faulty: frozenset[str]) -> Iterator[Problem]:
    """A pack extends the closest pack above it that is in force in its whole window."""

    def problem(code: str, zh: str, en: str) -> Problem:
        return Problem(pack.file, pack.extends_line, code, zh, en)

    above = [
        other
        for other in packs.values()
        if other.programme == pack.programme and other.place != pack.place and lies_in(pack.place, other.place)
    ]
    if pack.continues is not None and pack.continues not in packs:
        yield problem(
            BAD_FILE, f"continues 引用的“{pack.continues}”不存在。", f"There is no pack {pack.continues} to continue."
        )
    if pack.extends is None:
        for other in above:
            if _shared_at(pack, other) is not None:
                yield problem(
                    OUTSIDE_UPPER,
                    f"上级已有“{other.id}”，请写 extends: {other.id}。",
                    f"Above it {other.id} is in force; write extends: {other.id}.",
                )
                return
        if pack.benefit is None and f"{pack.id}/benefit.yaml" not in faulty:
            yield Problem(
                f"{pack.id}/benefit.yaml",
                1,
                BAD_FILE,
                "没有上级的包要写明待遇，请补上 benefit.yaml。",
                "A pack that extends nothing states its benefit; add benefit.yaml.",
            )
        return
    upper = packs.get(pack.extends)
    if upper is None:
        yield problem(
            BAD_FILE,
            f"extends 引用的“{pack.extends}”不存在，应写成“区划/项目/版本”。",
            f"There is no pack {pack.extends} to extend; it is written <place>/<programme>/<edition>.",
        )
        return
    if upper not in above:
        yield problem(
            OUTSIDE_UPPER,
            f"“{upper.id}”不是本地的上级或不是同一项目，请改 extends。",
            f"{upper.id} is not of a place above, or of another programme; change extends.",
        )
        return
    for area in pack.areas:
        mine, theirs = pack.period_at(area.place), upper.period_at(area.place)
        if mine is None or theirs is None or mine.first < theirs.first or _later(mine.last, theirs.last):
            yield Problem(
                pack.file,
                pack.window_line,
                OUTSIDE_UPPER,
                f"在{area.place}的有效期超出了上级“{upper.id}”，请缩短 window。",
                f"Its window in {area.place} goes beyond that of {upper.id}; shorten it.",
            )
            return
    for other in above:
        if other is not upper and lies_in(other.place, upper.place) and _shared_at(pack, other) is not None:
            yield problem(
                OUTSIDE_UPPER,
                f"中间一级还有“{other.id}”，请写 extends: {other.id}。",
                f"{other.id} lies between; write extends: {other.id}.",
            )
            return


def _shared_at(pack: Pack, upper: Pack) -> str | None:
    for area in pack.areas:
        mine, theirs = pack.period_at(area.place), upper.period_at(area.place)
        if mine is not None and theirs is not None and mine.overlaps(theirs):
            return area.place
    return None


def _later(mine: date | None, theirs: date | None) -> bool:
    return theirs is not None and (mine is None or mine > theirs)


def _bounds(pack: Pack, above: tuple[Pack, ...]) -> Iterator[Problem]:
    """A lower place changes only what every pack above allows, and only as far as they allow."""
    inherited = {condition.id for upper in above for condition in upper.conditions}
    for upper in above:
        for name, series in pack.values.items():
            bound = upper.allows.get(name)
            for entry in series:
                if bound is None:
                    yield Problem(
                        entry.file,
                        entry.line,
                        BOUNDS,
                        f"上级“{upper.id}”不允许调整“{name}”，请删去。",
                        f"{upper.id} does not allow {name} to be changed; remove it.",
                    )
                    break
                if not _within(entry, bound):
                    yield Problem(
                        entry.file,
                        entry.line,
                        BOUNDS,
                        f"“{name}”应在{written(bound.least)}至{written(bound.most)}之间（上级“{upper.id}”）。",
                        f"{name} must lie from {written(bound.least)} to {written(bound.most)} ({upper.id}).",
                    )
        for condition in pack.conditions:
            theirs = next((each for each in upper.conditions if each.id == condition.id), None)
            if theirs is not None and _asks(theirs) != _asks(condition):
                yield Problem(
                    condition.file,
                    condition.line,
                    BOUNDS,
                    f"“{condition.id}”是上级“{upper.id}”的条件，只能改写说明文字，不能改事实、算子和取值。",
                    f"{condition.id} is a condition of {upper.id}: word it anew, but keep fact, operator and value.",
                )
            elif theirs is None and not upper.allows_conditions and condition.id not in inherited:
                yield Problem(
                    condition.file,
                    condition.line,
                    BOUNDS,
                    f"上级“{upper.id}”不允许增加条件“{condition.id}”，请删去。",
                    f"{upper.id} allows no further conditions; remove {condition.id}.",
                )
        if pack.benefit is not None:
            yield Problem(
                pack.benefit.file,
                1,
                BOUNDS,
                f"待遇结构由上级“{upper.id}”规定，请删去 benefit.yaml。",
                f"The shape of the benefit is set by {upper.id}; remove benefit.yaml.",
            )


def _asks(condition: Condition) -> tuple[str, str, str | None]:
    return condition.fact, condition.operator, condition.value


def _within(entry: DatedValue, bound: Bound) -> bool:
    if entry.value is None or bound.least is None or bound.most is None:
        return True
    assert isinstance(entry.value, (Fraction, int))
    return bound.least <= entry.value <= bound.most


def _names(pack: Pack, links: tuple[Pack, ...]) -> Iterator[Problem]:
    """Whatever a condition or a line of the benefit names is stated by the pack or above it."""
    stated = {name: series for link in links for name, series in link.values.items()}
    for link in links:
        for condition in link.conditions:
            if condition.value is None:
                continue
            series = stated.get(condition.value)
            if series is None:
                if link is pack:
                    yield Problem(
                        condition.file,
                        condition.line,
                        UNKNOWN_NAME,
                        f"条件“{condition.id}”用到的“{condition.value}”没有写入 values.yaml。",
                        f"Condition {condition.id} uses {condition.value}, which values.yaml does not state.",
                    )
                continue
            for entry in series:
                if entry.value is None and (link is pack or entry.file.startswith(pack.id)):
                    yield Problem(
                        entry.file,
                        entry.line,
                        NOT_SET,
                        f"“{condition.value}”是条件“{condition.id}”的比较值，不能为 null。",
                        f"{condition.value} is what condition {condition.id} compares with; it cannot be null.",
                    )
    if pack.benefit is not None:
        for line in pack.benefit.lines:
            named = (line.ratio, line.cap, line.ceiling, line.price, line.table, line.limit)
            for name in (*named, *(each.value for each in line.when)):
                if name is not None and name not in stated:
                    yield Problem(
                        pack.benefit.file,
                        1,
                        UNKNOWN_NAME,
                        f"“{line.id}”用到的“{name}”没有写入 values.yaml;未设定的写 null。",
                        f"{line.id} uses {name}, which values.yaml does not state; write null where it is not set.",
                    )


def written(value: Fraction | int | None) -> str:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    return str(value)
