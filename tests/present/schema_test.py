"""Checks the golden JSON documents against the published schema, and that the schema is strict.

Usage: schema_test.py SOURCE_DIR. Exit code 77 (skipped) when python3-jsonschema is not installed.
The golden files are what the program writes (golden_test.cc compares them byte for byte), so a document
that passes here is one that users get.
"""
import copy
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)


def every_object(schema, path="#"):
    """Each part of the schema that describes an object."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield path, schema
        for key, value in schema.items():
            yield from every_object(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for i, value in enumerate(schema):
            yield from every_object(value, f"{path}/{i}")


def main():
    root = pathlib.Path(sys.argv[1])
    schema = json.loads((root / "docs/schemas/diagnosis.schema.json").read_text(encoding="utf-8"))
    validator_class = jsonschema.validators.validator_for(schema)
    validator_class.check_schema(schema)
    validator = validator_class(schema)
    failures = 0

    for path, part in every_object(schema):
        if "additionalProperties" not in part:
            print(f"schema {path}: unknown members are not forbidden")
            failures += 1

    documents = sorted((root / "tests/golden").glob("*.json"))
    if len(documents) < 4:
        print(f"expected at least 4 golden documents, found {len(documents)}")
        failures += 1
    for document in documents:
        data = json.loads(document.read_text(encoding="utf-8"))
        for error in validator.iter_errors(data):
            where = "/".join(str(step) for step in error.absolute_path)
            print(f"{document.name}: {where}: {error.message[:200]}")
            failures += 1
        # The check itself must be able to fail.
        for spoil in (
            lambda d: d.pop("verdict"),
            lambda d: d.update(extra=1),
            lambda d: d["zone"].update(name=3),
            lambda d: d["verdict"].update(outcome="maybe"),
            lambda d: d["fleet"]["frequency"]["hour_of_week"].pop(),
        ):
            bad = copy.deepcopy(data)
            spoil(bad)
            if validator.is_valid(bad):
                print(f"{document.name}: a spoiled document passes")
                failures += 1
    print(f"{len(documents)} documents checked, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
