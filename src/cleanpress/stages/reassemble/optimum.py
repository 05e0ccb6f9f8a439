"""The best page: chains of fragments that together score highest.

A page is a set of chains; a chain is an article in reading order. Its score is

    start(first) + sum of link(i, j) over neighbours + end(last) + weight * cohesion(members)

where ``cohesion`` is each member's mean log-odds of belonging with the others. The links alone would be
an assignment problem; cohesion ties all members of an article together, so the optimum is sought by
steepest ascent from the best assignment, over two moves that between them reach every page: exchange
the tails of two chains (which also joins two chains and cuts one in two), and move a piece of a chain
anywhere, in its own chain or another. All moves of a kind are priced at once.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_GAIN = 1e-6
"""A move must gain more than rounding does."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of the objective for n fragments.

    ``link`` (n, n), ``start`` (n,) and ``end`` (n,) are log-probabilities; ``member`` (n, n) symmetric
    log-odds of standing in one article, diagonal 0; ``weight`` scales cohesion, ``mass`` (n,) says how much
    a fragment counts in it (a byline says nothing about its topic).
    """

    link: Floats
    start: Floats
    end: Floats
    member: Floats
    mass: Floats
    weight: float


def best_chains(terms: Terms, *, rounds: int = 400) -> list[list[int]]:
    """The chains of the best page found, each in reading order, sorted by their first fragment.

    ``rounds`` bounds the number of moves; every move raises the score, so the search ends anyway.
    """
    n = len(terms.start)
    if n == 0:
        return []
    page = _Page(terms, _from_assignment(terms))
    for _ in range(rounds):
        if not (page.exchange_tails() or page.move_piece()):
            break
    return sorted(chain for chain in page.chains if chain)


def page_score(terms: Terms, chains: list[list[int]]) -> float:
    """The score of a page, as defined above."""
    total = 0.0
    for chain in chains:
        if not chain:
            continue
        total += terms.start[chain[0]] + terms.end[chain[-1]]
        total += sum(terms.link[i, j] for i, j in itertools.pairwise(chain))
        mass = terms.mass[chain]
        weighted = terms.member[np.ix_(chain, chain)] * mass[:, None] * mass[None, :]
        total += terms.weight * float(_cohesion(np.asarray(weighted.sum() / 2), np.asarray(mass.sum())))
    return float(total)


def _cohesion(within: Floats, mass: Floats) -> Floats:
    """Sum over members of the mean log-odds to the others: ``2 * within / (mass - 1)``."""
    result: Floats = 2.0 * within / np.maximum(mass - 1.0, 1.0)
    return result


def _from_assignment(terms: Terms) -> list[list[int]]:
    """The best successors without cohesion; a cycle is cut where cutting costs least."""
    n = len(terms.start)
    big = 1e6
    cost = np.full((2 * n, 2 * n), big)
    cost[:n, :n] = -terms.link
    np.fill_diagonal(cost[:n, :n], big)
    cost[np.arange(n), n + np.arange(n)] = -terms.end
    cost[n + np.arange(n), np.arange(n)] = -terms.start
    cost[n:, n:] = 0.0
    rows, columns = linear_sum_assignment(cost)
    successor = {int(i): int(j) for i, j in zip(rows, columns, strict=True) if i < n and j < n}
    chains, seen = [], set()
    followed = set(successor.values())
    for first in range(n):
        if first in followed:
            continue
        chain = [first]
        while chain[-1] in successor:
            chain.append(successor[chain[-1]])
        chains.append(chain)
        seen.update(chain)
    for first in range(n):
        if first in seen:
            continue
        cycle = [first]
        while successor[cycle[-1]] != first:
            cycle.append(successor[cycle[-1]])
        seen.update(cycle)
        cuts = [
            terms.start[j] + terms.end[i] - terms.link[i, j]
            for i, j in zip(cycle[-1:] + cycle[:-1], cycle, strict=True)
        ]
        k = int(np.argmax(cuts))
        chains.append(cycle[k:] + cycle[:k])
    return chains


class _Page:
    """The current chains, with the sums that price all moves at once."""

    def __init__(self, terms: Terms, chains: list[list[int]]) -> None:
        self.terms = terms
        n = len(terms.start)
        # One more row and column stand for the border of a chain.
        self.step = np.zeros((n + 1, n + 1))
        self.step[:n, :n] = terms.link
        self.step[n, :n] = terms.start
        self.step[:n, n] = terms.end
        self.pull = terms.member * terms.mass[:, None] * terms.mass[None, :]
        self.border = n
        self.chains = chains
        self._measure()

    def _measure(self) -> None:
        """Lay the chains out in one row, an empty one last, and sum what the moves need."""
        self.chains = [*sorted(chain for chain in self.chains if chain), []]
        row = np.array([i for chain in self.chains for i in chain], dtype=np.intp)
        self.row = row
        # sums[a, b]: pull between the first a and the first b fragments of the row.
        self.sums = np.zeros((len(row) + 1, len(row) + 1))
        self.sums[1:, 1:] = self.pull[np.ix_(row, row)].cumsum(0).cumsum(1)
        self.masses = np.concatenate([[0.0], self.terms.mass[row].cumsum()])
        starts, offset = [], 0
        for chain in self.chains:
            starts.append(offset)
            offset += len(chain)
        self.start = np.array(starts, dtype=np.intp)
        self.stop = np.array([s + len(c) for s, c in zip(starts, self.chains, strict=True)], dtype=np.intp)

    def _between(self, a: Ints, b: Ints, c: Ints, d: Ints) -> Floats:
        """Pull between the ranges [a, b) and [c, d) of the row."""
        result: Floats = self.sums[b, d] - self.sums[a, d] - self.sums[b, c] + self.sums[a, c]
        return result

    def _within(self, a: Ints, b: Ints) -> Floats:
        return self._between(a, b, a, b) / 2.0

    def _value(self, within: Floats, mass: Floats) -> Floats:
        return self.terms.weight * _cohesion(within, mass)

    def _at(self, k: Ints, start: Ints, stop: Ints) -> Ints:
        """The fragment at place k of the row, or the border where k is outside [start, stop)."""
        inside = (k >= start) & (k < stop)
        padded = np.append(self.row, self.border)
        result: Ints = padded[np.where(inside, np.clip(k, 0, len(self.row)), len(self.row))]
        return result

    def exchange_tails(self) -> bool:
        """Cut two chains and give each the other's tail, where that gains most; False if nothing gains."""
        cut = [(c, k) for c in range(len(self.chains)) for k in range(self.start[c], self.stop[c] + 1)]
        chain = np.array([c for c, _ in cut], dtype=np.intp)
        place = np.array([k for _, k in cut], dtype=np.intp)
        left = self._at(place - 1, self.start[chain], self.stop[chain])
        right = self._at(place, self.start[chain], self.stop[chain])
        here = self.step[left, right]
        gain = self.step[left[:, None], right[None, :]] + self.step[left[None, :], right[:, None]]
        gain -= here[:, None] + here[None, :]
        low, high = self.start[chain], self.stop[chain]
        old = self._value(self._within(low, high), self.masses[high] - self.masses[low])
        head, tail = self._within(low, place), self._within(place, high)
        head_mass, tail_mass = self.masses[place] - self.masses[low], self.masses[high] - self.masses[place]
        cross = self._between(low[:, None], place[:, None], place[None, :], high[None, :])
        first = self._value(head[:, None] + tail[None, :] + cross, head_mass[:, None] + tail_mass[None, :])
        gain += first + first.T - old[:, None] - old[None, :]
        gain[chain[:, None] >= chain[None, :]] = -np.inf
        a, b = np.unravel_index(int(np.argmax(gain)), gain.shape)
        if gain[a, b] <= _GAIN:
            return False
        ca, cb = int(chain[a]), int(chain[b])
        ka, kb = int(place[a] - self.start[ca]), int(place[b] - self.start[cb])
        one, two = self.chains[ca], self.chains[cb]
        self.chains[ca], self.chains[cb] = one[:ka] + two[kb:], two[:kb] + one[ka:]
        self._measure()
        return True

    def move_piece(self) -> bool:
        """Take a piece out of a chain and set it where that gains most; False if nothing gains."""
        pieces = [
            (c, a, b)
            for c in range(len(self.chains))
            for a in range(self.start[c], self.stop[c])
            for b in range(a + 1, self.stop[c] + 1)
        ]
        spots = [(c, k) for c in range(len(self.chains)) for k in range(self.start[c], self.stop[c] + 1)]
        pc, pa, pb = (np.array(column, dtype=np.intp) for column in zip(*pieces, strict=True))
        sc, sk = (np.array(column, dtype=np.intp) for column in zip(*spots, strict=True))
        first, last = self.row[pa], self.row[pb - 1]
        before = self._at(pa - 1, self.start[pc], self.stop[pc])
        behind = self._at(pb, self.start[pc], self.stop[pc])
        taken = self.step[before, behind] - self.step[before, first] - self.step[last, behind]
        left = self._at(sk - 1, self.start[sc], self.stop[sc])
        right = self._at(sk, self.start[sc], self.stop[sc])
        gain = self.step[left[None, :], first[:, None]] + self.step[last[:, None], right[None, :]]
        gain += taken[:, None] - self.step[left, right][None, :]
        same = pc[:, None] == sc[None, :]
        inside = same & (sk[None, :] >= pa[:, None]) & (sk[None, :] <= pb[:, None])
        low, high = self.start[pc], self.stop[pc]
        own = self._within(pa, pb)
        mass = self.masses[pb] - self.masses[pa]
        rest = self._within(low, high) - own - (self._between(pa, pb, low, high) - 2 * own)
        rest_mass = self.masses[high] - self.masses[low] - mass
        lost = self._value(rest, rest_mass) - self._value(
            self._within(low, high), self.masses[high] - self.masses[low]
        )
        to_low, to_high = self.start[sc], self.stop[sc]
        host, host_mass = self._within(to_low, to_high), self.masses[to_high] - self.masses[to_low]
        cross = self._between(pa[:, None], pb[:, None], to_low[None, :], to_high[None, :])
        joined = self._value(own[:, None] + host[None, :] + cross, mass[:, None] + host_mass[None, :])
        gain += np.where(same, 0.0, lost[:, None] + joined - self._value(host, host_mass)[None, :])
        gain[inside] = -np.inf
        p, s = np.unravel_index(int(np.argmax(gain)), gain.shape)
        if gain[p, s] <= _GAIN:
            return False
        self._place(int(pc[p]), int(pa[p]), int(pb[p]), int(sc[s]), int(sk[s]))
        return True

    def _place(self, source: int, a: int, b: int, target: int, spot: int) -> None:
        a, b = a - int(self.start[source]), b - int(self.start[source])
        spot -= int(self.start[target])
        piece = self.chains[source][a:b]
        rest = self.chains[source][:a] + self.chains[source][b:]
        if source == target:
            spot -= len(piece) if spot >= b else 0
            self.chains[source] = rest[:spot] + piece + rest[spot:]
        else:
            self.chains[source] = rest
            host = self.chains[target]
            self.chains[target] = host[:spot] + piece + host[spot:]
        self._measure()
