"""What happens to runs between the page and its text: moved, printed again, lost, mixed with small print.

Every function takes the runs of a page in their printed order and returns a new list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

import opencc

from cleanpress.model import Role
from simulate import names
from simulate.columns import Piece, Run, furniture, keep_characters
from simulate.settings import PageStyle

Runs = list[Run]


def poisson(mean: float, rng: Random) -> int:
    """A Poisson draw (Knuth's product of uniforms; the means here are small)."""
    count, product, limit = 0, rng.random(), 2.718281828459045**-mean
    while product > limit:
        count, product = count + 1, product * rng.random()
    return count


# --- losses ---------------------------------------------------------------------------------------------


def lose(runs: Runs, style: PageStyle, rng: Random) -> Runs:
    """Take columns, ends of columns, or a headline off the page; the first column of a page's only article
    may go, its last piece of text never does."""
    articles = len({r.article for r in runs})
    for _ in range(poisson(style.losses * articles, rng)):
        k = rng.randrange(len(runs))
        run = runs[k]
        if sum(r.article == run.article for r in runs) < 3:
            continue
        if run.kind == "title":
            if rng.random() < 0.2:
                runs = runs[:k] + runs[k + 1 :]
        elif rng.random() < 0.35:
            runs = runs[:k] + runs[k + 1 :]
        else:
            kept = _shorten(run.pieces, rng)
            runs = [*runs[:k], replace(run, pieces=kept), *runs[k + 1 :]] if kept else runs
    return runs


def _shorten(pieces: Sequence[Piece], rng: Random) -> tuple[Piece, ...]:
    """The pieces with up to half of their characters gone from the end, or from the start."""
    total = sum(len(p.text) for p in pieces)
    gone = rng.randint(max(1, total // 12), max(1, total // 2))
    from_start = rng.random() < 0.3
    return keep_characters(pieces, gone if from_start else 0, total if from_start else total - gone)


# --- order ----------------------------------------------------------------------------------------------


def _of(runs: Runs, article: str) -> list[int]:
    return [k for k, r in enumerate(runs) if r.article == article]


def _moved(runs: Runs, taken: Sequence[int], target: Run | None) -> Runs:
    """The runs at ``taken`` put before ``target`` (at the end for ``None``)."""
    block = [runs[k] for k in taken]
    rest = [r for k, r in enumerate(runs) if k not in set(taken)]
    at = next((k for k, r in enumerate(rest) if r is target), len(rest)) if target else len(rest)
    return rest[:at] + block + rest[at:]


def headline_below(runs: Runs, article: str, rng: Random) -> Runs:
    """The title block is printed between two columns of its article or below the last."""
    own = _of(runs, article)
    title = next((k for k in own if runs[k].kind == "title"), None)
    columns = [k for k in own if runs[k].kind == "column"]
    if title is None or not columns:
        return runs
    after = rng.choice(columns)
    target = runs[after + 1] if after + 1 < len(runs) else None
    return runs if target is runs[title] else _moved(runs, [title], target)


def byline_apart(runs: Runs, article: str, rng: Random) -> Runs:
    """The byline leaves its title block: it is printed before the headline, after a column, or at the end."""
    title = next((k for k in _of(runs, article) if runs[k].kind == "title"), None)
    if title is None or len(runs[title].pieces) < 2 or runs[title].pieces[-1].role is not Role.BYLINE:
        return runs
    run = runs[title]
    byline = Run(article, "byline", run.pieces[-1:])
    runs = [*runs[:title], replace(run, pieces=run.pieces[:-1]), *runs[title + 1 :]]
    own = _of(runs, article)
    at = rng.choice([own[0], *(k + 1 for k in own if runs[k].kind == "column")])
    return [*runs[:at], byline, *runs[at:]]


def subhead_apart(runs: Runs, article: str, rng: Random) -> Runs:
    """A subhead set across columns leaves its own: it is printed before, below or far from its section."""
    places = [
        (k, p)
        for k in _of(runs, article)
        if runs[k].kind == "column" and len(runs[k].pieces) > 1
        for p, piece in enumerate(runs[k].pieces)
        if piece.role is Role.SUBHEAD and piece.start == 0
    ]
    if not places:
        return runs
    k, p = rng.choice(places)
    pieces = runs[k].pieces
    subhead = Run(article, "subhead", pieces[p : p + 1])
    above, below = pieces[:p], pieces[p + 1 :]
    parts = [replace(runs[k], pieces=part) for part in (above, below) if part]
    runs = [*runs[:k], *parts, *runs[k + 1 :]]
    own = _of(runs, article)
    at = rng.choice([k, k, k + len(parts), k + len(parts), rng.choice(own)])
    return [*runs[:at], subhead, *runs[at:]]


def headline_pulled_apart(runs: Runs, article: str, rng: Random) -> Runs:
    """The title block stays behind the first column while its byline stands before that column."""
    return headline_below(byline_apart(runs, article, rng), article, rng)


def tail_before_head(runs: Runs, article: str, rng: Random) -> Runs:
    """The last columns are printed before everything else of the article."""
    own = _of(runs, article)
    if len(own) < 2:
        return runs
    count = rng.randint(1, min(4, len(own) - 1))
    return _moved(runs, own[-count:], runs[own[0]])


def far_away(runs: Runs, article: str, rng: Random) -> Runs:
    """One to four neighbouring runs go to another place of the page."""
    own = _of(runs, article)
    first = rng.choice(own)
    taken = list(range(first, min(len(runs), first + rng.randint(1, 4))))
    rest = [r for k, r in enumerate(runs) if k not in taken]
    return _moved(runs, taken, rng.choice([*rest, None])) if rest else runs


def intrusion(runs: Runs, article: str, rng: Random) -> Runs:
    """A column of another article comes between two columns of this one."""
    own = [k for k in _of(runs, article) if runs[k].kind == "column"]
    others = [k for k, r in enumerate(runs) if r.article not in ("", article)]
    if len(own) < 2 or not others:
        return runs
    return _moved(runs, [rng.choice(others)], runs[rng.choice(own[1:])])


def swapped(runs: Runs, article: str, rng: Random) -> Runs:
    """Two columns of the article change places."""
    own = [k for k in _of(runs, article) if runs[k].kind == "column"]
    if len(own) < 2:
        return runs
    first = rng.randrange(len(own) - 1)
    a, b = own[first], own[first + 1] if rng.random() < 0.7 else rng.choice(own[first + 1 :])
    out = list(runs)
    out[a], out[b] = out[b], out[a]
    return out


def right_to_left(runs: Runs, article: str, rng: Random) -> Runs:
    """The columns of the article are printed in reverse."""
    own = [k for k in _of(runs, article) if runs[k].kind == "column"]
    out = list(runs)
    for a, b in zip(own, reversed(own), strict=True):
        out[a] = runs[b]
    return out


def read_across(runs: Runs, article: str, rng: Random) -> Runs:
    """Two articles that stand side by side are read across: a column of one, a column of the other."""
    others = list(dict.fromkeys(r.article for r in runs if r.article not in ("", article)))
    if not others:
        return runs
    other = rng.choice(others)
    a, b = _of(runs, article), _of(runs, other)
    woven = [k for pair in zip(a, b, strict=False) for k in pair]
    woven += a[len(b) :] + b[len(a) :]
    first = min(a[0], b[0])
    rest = [r for k, r in enumerate(runs) if k not in set(woven)]
    return rest[:first] + [runs[k] for k in woven] + rest[first:]


MOVES: tuple[tuple[Callable[[Runs, str, Random], Runs], float], ...] = (
    (headline_below, 4),
    (byline_apart, 1.5),
    (headline_pulled_apart, 1),
    (subhead_apart, 1),
    (tail_before_head, 3),
    (far_away, 4),
    (intrusion, 3),
    (swapped, 2),
    (right_to_left, 0.7),
    (read_across, 0.7),
)
"""The ways in which order is lost, each with its weight."""


def disorder(runs: Runs, style: PageStyle, rng: Random) -> Runs:
    """Move runs about, as often as the page's style says."""
    articles = list(dict.fromkeys(r.article for r in runs if r.article))
    moves, weights = zip(*MOVES, strict=True)
    for _ in range(poisson(style.disorder * len(articles), rng)):
        present = [a for a in articles if _of(runs, a)]
        runs = rng.choices(moves, weights)[0](runs, rng.choice(present), rng)
    return runs


# --- copies ---------------------------------------------------------------------------------------------


def repeat(runs: Runs, style: PageStyle, rng: Random) -> Runs:
    """Print runs of pieces again: below themselves, in a loop, above the article, or anywhere."""
    articles = len({r.article for r in runs if r.article})
    for _ in range(poisson(style.copies * articles, rng)):
        k = rng.choice([k for k, r in enumerate(runs) if r.article])
        run = runs[k]
        first = rng.randrange(len(run.pieces))
        pieces = run.pieces[first : first + rng.choice([1, 1, 2, 2, 3, 4, 6])]
        if rng.random() < 0.5 and first + len(pieces) == len(run.pieces) and k + 1 < len(runs):
            # The engine read on into the next run.
            pieces += runs[k + 1].pieces[: rng.choice([1, 2, 3])]
        if all(p.block < 0 or p.copy for p in pieces):
            continue
        pieces = tuple(replace(p, copy=True) for p in pieces if p.block >= 0)
        for time in range(rng.choice([1, 1, 1, 1, 2])):
            copy = pieces
            if rng.random() < 0.4:
                # A copy breaks off, or sets in late, often in mid-sentence.
                total = sum(len(p.text) for p in pieces)
                low = rng.randint(0, total // 2) if rng.random() < 0.35 else 0
                copy = keep_characters(pieces, low, rng.randint(low + max(1, (total - low) // 3), total))
            runs = _insert(runs, k, Run(copy[0].article, "copy", copy), time, rng)
    return runs


def _insert(runs: Runs, k: int, copy: Run, time: int, rng: Random) -> Runs:
    own = _of(runs, copy.article)
    place = rng.random()
    if time or place < 0.45:
        at = k + 1
    elif place < 0.6:
        at = k
    elif place < 0.75:
        at = own[0]
    elif place < 0.85:
        at = own[-1] + 1
    else:
        at = rng.randint(0, len(runs))
    return [*runs[:at], copy, *runs[at:]]


# --- small print ----------------------------------------------------------------------------------------


def add_furniture(runs: Runs, style: PageStyle, rng: Random) -> Runs:
    """Page heads at the top or the foot, notices and captions between runs."""
    if not style.furniture:
        return runs
    convert = opencc.OpenCC("s2t").convert if style.traditional else str
    for line in map(convert, names.page_heads(rng)):
        at = rng.choice([0, 0, 0, len(runs), rng.randint(0, len(runs))])
        runs = [*runs[:at], Run("", "furniture", (furniture(line),)), *runs[at:]]
    if rng.random() < 0.4:
        at = rng.choice([len(runs), rng.randint(0, len(runs))])
        pieces = tuple(furniture(convert(line)) for line in names.notices(rng))
        runs = [*runs[:at], Run("", "furniture", pieces), *runs[at:]]
    for _ in range(poisson(0.4, rng)):
        at = rng.randint(0, len(runs))
        body = [p.text for r in runs for p in r.pieces if p.role is Role.PARAGRAPH and len(p.text) > 30]
        if not body:
            break
        scene = max(rng.choice(body).split("，"), key=len).split("。")[0][:40]
        caption = furniture(convert(f"图为{scene.strip('“”')}。{names.photographer(rng)}"), Role.CAPTION)
        runs = [*runs[:at], Run("", "furniture", (caption,)), *runs[at:]]
    return runs


def add_jump(runs: Runs, style: PageStyle, rng: Random) -> Runs:
    """One article is continued on another page, or comes from one: the rest is not printed here."""
    if not style.jumps:
        return runs
    long = [a for a in dict.fromkeys(r.article for r in runs) if len(_of(runs, a)) >= 3]
    if not long:
        return runs
    own = _of(runs, rng.choice(long))
    page = rng.choice(
        ["第" + rng.choice(names.NUMERALS) + "版", f"第{rng.randint(2, 16):02d}版", f"{rng.randint(2, 16)}版"]
    )
    if rng.random() < 0.7:
        last = own[-2]
        line = furniture(f"（下转{page}）", Role.JUMP)
        out = [*runs[:last], replace(runs[last], pieces=(*runs[last].pieces, line)), *runs[last + 1 :]]
        return [r for k, r in enumerate(out) if k != own[-1]]
    first = own[2] if runs[own[0]].kind == "title" else own[1]
    line = furniture(f"（上接{page}）", Role.JUMP)
    out = [*runs[:first], replace(runs[first], pieces=(line, *runs[first].pieces)), *runs[first + 1 :]]
    return [r for k, r in enumerate(out) if k not in (own[0] if runs[own[0]].kind != "title" else own[1],)]


def add_junk(runs: Runs, style: PageStyle, rng: Random) -> Runs:
    """Stains that the engine took for a line of one character."""
    out: Runs = []
    for run in runs:
        out.append(run)
        if style.junk_lines and rng.random() < style.junk_lines:
            stain = furniture(rng.choice("囊昌<|=一工口丨·"))
            out.append(Run("", "furniture", (stain,)))
    return out
