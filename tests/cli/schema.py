#!/usr/bin/env python3
"""schema.py SCHEMA FILE...: is each file as the schema says?  And does the schema say anything?

Every required key of the file's top object is taken away in turn, a key is added, `format` is raised,
and a text takes the place of each number: a schema that any of these pass is none.  Exit 1 with a
line for each fault.
"""
import copy
import json
import sys

from jsonschema import Draft202012Validator as Validator


def spoilt(document):
    """Documents that must not pass."""
    top = document[0] if isinstance(document, list) else document
    if isinstance(document, list) and not document:
        return
    for key in top:
        broken = copy.deepcopy(document)
        (broken[0] if isinstance(broken, list) else broken).pop(key)
        yield f"without {key}", key, broken
    for words, key, value in [("a key more", "no_such_key", 1), ("format 2", "format", 2)]:
        broken = copy.deepcopy(document)
        (broken[0] if isinstance(broken, list) else broken)[key] = value
        yield words, key, broken
    for key, value in top.items():
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            broken = copy.deepcopy(document)
            (broken[0] if isinstance(broken, list) else broken)[key] = "1"
            yield f"{key} as text", key, broken


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    Validator.check_schema(schema)
    check = Validator(schema)
    faults = 0 if len(sys.argv) > 2 else 1
    optional = {"version", "commit", "sources", "machine"}
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        for error in check.iter_errors(document):
            print(f"{path}: {error.json_path}: {error.message[:200]}")
            for part in error.context or []:
                print(f"    {part.json_path}: {part.message[:200]}")
            faults += 1
        for words, key, broken in spoilt(document):
            if key not in optional and check.is_valid(broken):
                print(f"{path}: {words} passes {sys.argv[1]}")
                faults += 1
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
