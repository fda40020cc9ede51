"""Checks a JSON file against a JSON schema.

usage: validate_json.py SCHEMA FILE
Exit code 0: it follows the schema; 1: it does not; 77: there is no validator here.
"""

import json
import sys

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
with open(sys.argv[2], encoding="utf-8") as file:
    document = json.load(file)
validator = jsonschema.validators.validator_for(schema)(schema)
problems = sorted(validator.iter_errors(document), key=lambda problem: list(problem.absolute_path))
for problem in problems[:5]:
    print("/".join(map(str, problem.absolute_path)) + ": " + problem.message[:300])
sys.exit(1 if problems else 0)
