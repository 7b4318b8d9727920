"""The tree of a case's tasks: who waits for whom, and what cannot begin yet. Pure.

A task waits for what it depends on, and a task with parts waits for its parts; both together must
lead nowhere in a circle.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from uuid import UUID


@dataclass(frozen=True)
class Node:
    """A task as far as the tree needs it."""

    id: UUID
    parent_id: UUID | None
    is_over: bool


@dataclass(frozen=True)
class Tree:
    """The tasks of one case, and the pairs (task, what it depends on)."""

    nodes: Mapping[UUID, Node]
    dependencies: tuple[tuple[UUID, UUID], ...]

    def children(self, task_id: UUID) -> list[UUID]:
        """The parts of a task."""
        return [node.id for node in self.nodes.values() if node.parent_id == task_id]

    def ancestors(self, task_id: UUID) -> list[UUID]:
        """The tasks that this one is a part of, the nearest first."""
        found: list[UUID] = []
        node = self.nodes.get(task_id)
        while node is not None and node.parent_id is not None and node.parent_id not in found:
            found.append(node.parent_id)
            node = self.nodes.get(node.parent_id)
        return found

    def descendants(self, task_id: UUID) -> list[UUID]:
        """The parts of a task, and theirs."""
        found: list[UUID] = []
        waiting = self.children(task_id)
        while waiting:
            part = waiting.pop()
            if part not in found:
                found.append(part)
                waiting += self.children(part)
        return found

    def depends_on(self, task_id: UUID) -> list[UUID]:
        """What a task depends on itself."""
        return [awaited for waiting, awaited in self.dependencies if waiting == task_id]

    def blockers(self, task_id: UUID) -> list[UUID]:
        """What must be over before this task can begin: what it and the tasks above depend on."""
        awaited = [
            one for each in (task_id, *self.ancestors(task_id)) for one in self.depends_on(each)
        ]
        open_ = (one for one in awaited if one in self.nodes and not self.nodes[one].is_over)
        return list(dict.fromkeys(open_))

    def open_parts(self, task_id: UUID) -> list[UUID]:
        """Parts of a task that are not over."""
        return [one for one in self.descendants(task_id) if not self.nodes[one].is_over]

    def with_parent(self, task_id: UUID, parent_id: UUID) -> "Tree":
        """The tree as it would be with the task as a part of another."""
        known = self.nodes.get(task_id)
        node = Node(task_id, parent_id, known.is_over if known else False)
        return replace(self, nodes={**self.nodes, task_id: node})

    def with_dependency(self, task_id: UUID, depends_on_id: UUID) -> "Tree":
        """The tree as it would be with the task waiting for another."""
        return replace(self, dependencies=(*self.dependencies, (task_id, depends_on_id)))

    def is_circular(self) -> bool:
        """Whether some task could never be over.

        A task is free once what it depends on is over and the task above is free; it is over once
        it is free and its parts are over. If that leads back to itself, it never is.
        """
        graph = TopologicalSorter[tuple[str, UUID]]()
        for node in self.nodes.values():
            free, over = ("free", node.id), ("over", node.id)
            graph.add(over, free)
            if node.parent_id is not None:
                graph.add(free, ("free", node.parent_id))
                graph.add(("over", node.parent_id), over)
        for waiting, awaited in self.dependencies:
            graph.add(("free", waiting), ("over", awaited))
        try:
            graph.prepare()
        except CycleError:
            return True
        return False


def tree_of(nodes: Iterable[Node], dependencies: Iterable[tuple[UUID, UUID]]) -> Tree:
    """The tree of these tasks."""
    return Tree({node.id: node for node in nodes}, tuple(dependencies))
