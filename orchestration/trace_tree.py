"""A trace on paper: one tree per thing, first what it came from, then what it became.

Belongs here: which branches are opened, where a long fan is cut.
Does not: the words of a thing (trace_words), or finding it (trace).
"""

from collections import defaultdict

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from orchestration.trace import Link, Trace
from orchestration.trace_words import Node

_MOST_SHOWN = 10
_UNBROKEN = 1000


def show(found: Trace, *, everything: bool = False) -> None:
    """Print both directions; fans are cut after some branches unless everything is asked for.

    A terminal wraps long lines below their branch; a file gets each thing on one line.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_UNBROKEN)
    most = None if everything else _MOST_SHOWN
    for node in found.nodes:
        tree = Tree(Text(found.things[node].words, style="bold"))
        for title, nothing, links in (
            ("came from", None, found.came_from),
            ("became", "nothing yet", found.became),
        ):
            fans = _Fans(found, links, most)
            if fans.of(node):
                fans.grow(tree.add(Text(title, style="italic")), node)
            elif nothing and node.kind != "erp_document":
                tree.add(Text(f"{title} {nothing}", style="italic"))
        console.print(tree)


class _Fans:
    """What each thing leads to, in one direction."""

    def __init__(self, found: Trace, links: list[Link], most: int | None) -> None:
        self._things = found.things
        self._most = most
        self._opened: set[Node] = set()
        self._children: dict[Node, list[Node]] = defaultdict(list)
        for link in links:
            self._children[link.parent].append(link.child)
        for children in self._children.values():
            children.sort(key=lambda child: (*self._things[child].position, child.key))

    def of(self, node: Node) -> list[Node]:
        return self._children.get(node, [])

    def grow(self, tree: Tree, node: Node) -> set[Node]:
        """Hang what a thing leads to under it, and return all of that.

        Each thing is opened once, and what an earlier branch already led to gets no branch of its
        own: a contract's invoice is not repeated beside its payment.
        """
        self._opened.add(node)
        shown: set[Node] = set()
        branches = 0
        left = 0
        for child in self.of(node):
            if child in shown:
                continue
            if branches == self._most:
                left += 1
                continue
            branches += 1
            shown.add(child)
            if child in self._opened:
                tree.add(Text(f"{self._things[child].name} (above)", style="dim"))
            else:
                shown |= self.grow(tree.add(Text(self._things[child].words)), child)
        if left:
            tree.add(Text(f"... and {left} more; --all shows them", style="dim"))
        return shown
