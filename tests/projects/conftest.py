"""The projects' own tests are run in copies of them, by the tests that use them."""

collect_ignore_glob = ["*/tests/*"]
