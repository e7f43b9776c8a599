"""Fills in what Python says about the expressions of cases.txt: python3 expected.py > cases.new"""
import json
import pathlib

HERE = pathlib.Path(__file__).parent


class Record:
    """A record: attributes, no keys."""

    def __init__(self, fields):
        self.__dict__.update(fields)


class Keys(dict):
    """A map whose keys can be read as attributes, as in conditions."""

    def __getattr__(self, name):
        return self[name]


class State:
    def __init__(self, entries):
        self._entries = entries

    def get(self, key, default=None):
        return self._entries.get(key, default)

    def has(self, key):
        return key in self._entries

    def keys(self):
        return self._entries.keys()


def build():
    raw = json.loads((HERE / "context.json").read_text(), object_hook=Keys)
    for part in ("turn", "history", "user", "project", "session", "event", "result"):
        raw[part] = Record(raw[part])
    raw["history"].tools = [Record(tool) for tool in raw["history"].tools]
    raw["state"] = State(raw["state"])
    return raw


KINDS = {
    "TypeError": "type",
    "AttributeError": "attribute",
    "KeyError": "key",
    "IndexError": "index",
    "ZeroDivisionError": "zero_division",
    "OverflowError": "overflow",
    "ValueError": "value",
}


def main():
    context = build()
    names = dict(context, context=Record(context), params=Record({"limit": 5, "share": 0.5, "mode": "fast"}))
    for line in (HERE / "cases.txt").read_text().splitlines():
        expression = line.split(" => ")[0].rstrip()
        if not expression or expression.startswith("#"):
            print(expression)
            continue
        try:
            expected = repr(eval(expression, dict(names)))
        except Exception as error:
            none = "NoneType" in str(error)
            expected = "! " + ("none" if none else KINDS[type(error).__name__])
        print(f"{expression} => {expected}")


main()
