"""Holds JSON to the part of JSON Schema that the server's /openapi.json uses. A keyword that is not known here fails."""

import datetime
import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
NOTES = {"description"}


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def is_date_time(text):
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text):
        return False
    datetime.datetime.fromisoformat(text[:19])
    return True


def is_date(text):
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text)) and bool(datetime.date.fromisoformat(text))


class Schemas:
    """The schemas of an OpenAPI document. Objects are closed: an answer holds nothing that the document does not name."""

    def __init__(self, document):
        self.document = document

    def resolve(self, reference):
        found = self.document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        return found

    def faults(self, value, schema, path="$"):
        """What is wrong with the value, a line for each fault."""
        if "$ref" in schema:
            return self.faults(value, self.resolve(schema["$ref"]), path)
        if "oneOf" in schema:
            each = [self.faults(value, option, path) for option in schema["oneOf"]]
            fitting = sum(not faults for faults in each)
            return [] if fitting == 1 else [f"{path}: fits {fitting} of the alternatives"] + sum(each, [])
        if not schema.keys() - NOTES:
            return []  # any value
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(is_type(value, name) for name in names):
            return [f"{path}: {value!r} is not {' or '.join(names)}"]
        faults = []
        for keyword, limit in schema.items():
            if keyword not in NOTES:
                faults += getattr(self, "check_" + keyword)(value, limit, schema, path)
        return faults

    def check_type(self, value, limit, schema, path):
        return []

    def check_enum(self, value, limit, schema, path):
        return [] if value in limit else [f"{path}: {value!r} is none of {limit}"]

    def check_minimum(self, value, limit, schema, path):
        return [] if value >= limit else [f"{path}: {value} is less than {limit}"]

    def check_maximum(self, value, limit, schema, path):
        return [] if value <= limit else [f"{path}: {value} is more than {limit}"]

    def check_minLength(self, value, limit, schema, path):
        return [] if len(value) >= limit else [f"{path}: {value!r} is too short"]

    def check_maxLength(self, value, limit, schema, path):
        return [] if len(value) <= limit else [f"{path}: {value!r} is too long"]

    def check_maxItems(self, value, limit, schema, path):
        return [] if len(value) <= limit else [f"{path}: more than {limit}"]

    def check_maxProperties(self, value, limit, schema, path):
        return [] if len(value) <= limit else [f"{path}: more than {limit}"]

    def check_additionalProperties(self, value, limit, schema, path):
        return sum((self.faults(value[name], limit, f"{path}.{name}") for name in value), [])

    def check_format(self, value, limit, schema, path):
        good = value is None or {"date-time": is_date_time, "date": is_date}[limit](value)
        return [] if good else [f"{path}: {value!r} is no {limit}"]

    def check_items(self, value, limit, schema, path):
        items = value if isinstance(value, list) else []
        return sum((self.faults(item, limit, f"{path}[{i}]") for i, item in enumerate(items)), [])

    def check_required(self, value, limit, schema, path):
        return [f"{path}: {name} is missing" for name in limit if name not in value]

    def check_properties(self, value, limit, schema, path):
        if not limit:
            return []  # any object
        faults = [f"{path}: {name} is not in the document" for name in value if name not in limit]
        return faults + sum((self.faults(value[n], limit[n], f"{path}.{n}") for n in limit if n in value), [])
