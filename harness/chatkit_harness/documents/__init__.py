"""Files that people write: YAML read safely, with the line of each place, and JSON Schema told in words."""

from chatkit_harness.documents.schema import Problem, problems, require_valid
from chatkit_harness.documents.yaml_file import LocatedDocument, load_yaml, read_yaml

__all__ = ["LocatedDocument", "Problem", "load_yaml", "problems", "read_yaml", "require_valid"]
