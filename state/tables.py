"""Every table of the state."""

from peewee import Model

from state.happenings import Notice, Outage, Restoration, Server
from state.models import (
    Census,
    DeadLetter,
    Doubt,
    Entity,
    Field,
    ItemPath,
    Journal,
    Link,
    Mark,
    Missing,
    Outbox,
    Pass,
    Reference,
    Scan,
    Snapshot,
    Target,
    Waiting,
)

TABLES: tuple[type[Model], ...] = (
    Target,
    Missing,
    Scan,
    Snapshot,
    Census,
    Mark,
    Doubt,
    Entity,
    Reference,
    ItemPath,
    Link,
    Field,
    Outbox,
    Waiting,
    Journal,
    DeadLetter,
    Pass,
    Outage,
    Notice,
    Server,
    Restoration,
)
