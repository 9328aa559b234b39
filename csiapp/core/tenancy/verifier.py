"""Layer 6: read the SQL that is about to run, and insist on a scope predicate.

Every SELECT that names a scoped table must carry one of the reserved parameters of
`criteria` on that alias, or be tied by tenant equality to an alias that does. Each SQL
text is parsed once and remembered.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.scope import Scope as SqlScope
from sqlglot.optimizer.scope import traverse_scope

from csiapp.core.tenancy.criteria import BIND_PREFIX
from csiapp.core.tenancy.registry import names_scoped_table, scoped_classes

_EXPANDING = re.compile(r"\(__\[POSTCOMPILE_(\w+?)(?:~~[^\]]*)?\]\)")
_CAST = r"(?:::[\w\[\]]+(?: WITH(?:OUT)? TIME ZONE)?)?"
_PLACEHOLDER = re.compile(rf"%\(\w+\)s{_CAST}|%s{_CAST}|\?")
_GUARDED_COLUMNS = {"tenant_id", "network_id"}
_MARK = "SCOPE_GUARD"


@functools.lru_cache(maxsize=8192)
def unscoped_references(sql: str, dialect: str, flushing: bool = False) -> tuple[str, ...]:
    """The scoped tables ("table AS alias") that this SQL reads without a scope predicate.

    A flush writes by primary key, which holds the tenant, so its own UPDATE and DELETE
    need none; what they read does.
    """
    if not names_scoped_table(sql):
        return ()
    tree = sqlglot.parse_one(_neutral(sql), dialect="postgres" if dialect[0] == "p" else "sqlite")
    bad: list[str] = []
    if isinstance(tree, exp.Update | exp.Delete) and not flushing:
        bad += _unguarded_dml(tree)
    for root in _top_selects(tree):
        for sql_scope in traverse_scope(root):
            bad += _unguarded_select(sql_scope)
    return tuple(bad)


def _neutral(sql: str) -> str:
    """SQL without driver placeholders; expanding scope binds become a marker call."""
    sql = _EXPANDING.sub(
        lambda m: f"({_MARK}())" if m[1].startswith(BIND_PREFIX) else "(NULL)", sql
    )
    return _PLACEHOLDER.sub("NULL", sql)


def _top_selects(tree: exp.Expr) -> list[exp.Expr]:
    if isinstance(tree, exp.Select | exp.SetOperation):
        return [tree]
    return [s for s in tree.find_all(exp.Select) if s.find_ancestor(exp.Select) is None]


def _unguarded_dml(tree: exp.Update | exp.Delete) -> list[str]:
    table, where = tree.this, tree.args.get("where")
    if not isinstance(table, exp.Table) or table.name not in scoped_classes:
        return []
    guarded = _guarded([where.this] if where else [], {table.alias_or_name})
    return [] if table.alias_or_name in guarded else [table.name]


def _unguarded_select(sql_scope: SqlScope) -> list[str]:
    select = sql_scope.expression
    if not isinstance(select, exp.Select):
        return []
    where = select.args.get("where")
    conditions = [where.this] if where else []
    conditions += [j.args["on"] for j in sql_scope.find_all(exp.Join) if j.args.get("on")]
    guarded = _guarded(conditions, set(sql_scope.selected_sources))
    return [
        f"{source.name} AS {alias}"
        for alias, (_node, source) in sql_scope.selected_sources.items()
        if isinstance(source, exp.Table) and source.name in scoped_classes and alias not in guarded
    ]


def _conjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    node = node.unnest()
    if isinstance(node, exp.And):
        yield from _conjuncts(node.left)
        yield from _conjuncts(node.right)
    else:
        yield node


def _guarded(conditions: Iterable[exp.Expr], aliases: set[str]) -> set[str]:
    """Aliases with a marked predicate, and those tied to them by tenant_id = tenant_id."""
    only = next(iter(aliases)) if len(aliases) == 1 else ""
    marked: set[str] = set()
    ties: list[tuple[str, str]] = []
    for condition in conditions:
        for term in _conjuncts(condition):
            column = term.this if isinstance(term, exp.In | exp.EQ) else None
            if not isinstance(column, exp.Column) or column.name not in _GUARDED_COLUMNS:
                continue
            other = term.args.get("expression")
            if isinstance(term, exp.In) and _MARK in term.sql().upper():
                marked.add(column.table or only)
            elif isinstance(other, exp.Column) and other.name == column.name == "tenant_id":
                ties.append((column.table, other.table))
    for _ in ties:
        for left, right in ties:
            if left in marked or right in marked:
                marked |= {left, right}
    return marked
