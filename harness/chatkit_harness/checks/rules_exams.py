"""The rules that exams put to the test: a breach has the name of the one that it breaks."""

from __future__ import annotations

CONTRACT = (
    *("answer", "attachment-deleted", "attachment-kept", "attachment-upsert", "concurrent"),
    *("concurrent-order", "copies", "crash", "crash-kept", "crash-whole", "crash-writable", "delete-item"),
    *("delete-nothing", "delete-others", "delete-thread", "delete-thread-attachments"),
    *("delete-thread-items", "durable", "hangs", "hung", "id-own", "id-unique", "item-kept"),
    *("long-text-kept", "newer-item", "newer-page", "not-found", "odd-text-kept", "order", "owner-add"),
    *("owner-attachment", "owner-attachment-delete", "owner-attachment-save", "owner-delete"),
    *("owner-delete-item", "owner-item", "owner-items", "owner-list", "owner-load", "owner-save"),
    *("owner-save-item", "page-cost", "paging", "paging-cursor", "paging-deleted", "paging-empty"),
    *("paging-end", "paging-size", "paging-under-inserts", "raised", "thread-bare", "thread-kept", "threads"),
    *("threads-current", "threads-deleted", "threads-end", "time-kept", "upsert", "upsert-thread"),
)
"""Of stores."""

CONFORMANCE = (
    *("another-thread", "awkward-stored", "awkward-words", "broken-after", "changed", "changes", "deleted"),
    *("feedback-refused", "hangs", "hung", "items-left", "items-lost", "items-missing", "leaks", "listed"),
    *("long-stored", "long-words", "lost", "made-anew", "made-up", "mixed", "mixed-store", "no-cursor"),
    *(
        "no-echo",
        "no-list",
        "no-page",
        "no-stream",
        "no-thread",
        "no-type",
        "not-deleted",
        "not-found",
        "not-listed",
    ),
    *("not-refused", "not-renamed", "order", "other-gone", "other-thread", "other-words", "page"),
    *("page-order", "same-id", "same-thread", "server-error", "silent-end", "still-listed", "still-there"),
    *("stuck", "taken", "thread-not-first", "threads-missing", "threads-order", "title-lost", "twice"),
    *("unreadable", "unreadable-event"),
)
"""Of servers."""
