"""Evaluates conditions with Python itself, for the differential test.

One JSON request a line on standard input, one JSON answer a line on standard output.

{"contexts": [{"context": {..}, "params": {..}, "settings": {..}}, ..], "items": [[text, [context, ..]], ..]}
    answers a list of lists: "=" and the value in canonical form, or "!" and the class of the exception.
{"contexts": [..], "checks": [[text, context, start, end], ..]}
    answers a list of {"flags": [..], "justified": bool}: which limits of the condition language an evaluation
    passes, and whether the part from byte start to byte end (or what directly contains it) never succeeds.

Maps are dicts whose keys are attributes too, records have attributes only. The rule functions are written in
the most obvious way.
"""

import ast
import copy
import json
import re
import resource
import signal
import struct
import sys
import warnings

warnings.simplefilter("ignore")
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
sys.setrecursionlimit(3000)
sys.stdin.reconfigure(encoding="utf-8")
sys.stdout.reconfigure(encoding="utf-8")

INT_MIN, INT_MAX = -(2**63), 2**63 - 1
TEXT_BYTES, LIST_ITEMS, MANY_STEPS = 1024 * 1024, 100_000, 20_000


class Map(dict):
    """A map: `m.key` means `m['key']`."""

    __slots__ = ()

    def __getattr__(self, name):
        return self[name]


class Record:
    """A record of the context; equal when its contents are."""

    __hash__ = None

    def __init__(self, kind, fields):
        self.__dict__ = dict(fields)

    def __eq__(self, other):
        if not isinstance(other, Record):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __repr__(self):
        return repr(self.__dict__)




class State:
    """The plugin's state."""

    def __init__(self, values):
        object.__setattr__(self, "values", values)

    def get(self, key, default=None):
        return self.values.get(key, default)

    def has(self, key):
        return key in self.values

    def keys(self):
        return list(self.values)


def text(value):
    if not isinstance(value, str):
        raise TypeError("text is needed")
    return value


def number(value):
    if not isinstance(value, (int, float)):
        raise TypeError("a number is needed")
    return value


def whole(value):
    if not isinstance(value, int):
        raise TypeError("a whole number is needed")
    return value


class Beyond(Exception):
    """A whole number so large that computing it takes too long."""


class Late(Exception):
    """The evaluation takes too long."""


def power(base, exponent):
    if isinstance(base, int) and isinstance(exponent, int) and abs(base) > 1 and exponent > 0:
        if base.bit_length() * exponent > 20_000:
            raise Beyond
    return base**exponent


def add_up(items, start=0):
    if isinstance(start, str):
        raise TypeError("sum() can't sum strings")
    total = start
    for item in items:
        total = total + item
        look(total)
    return total


FLAGS = set()
STEPS = [0]
WATCH = [False]


def look(value):
    """Notes what passes a limit; gives the value back."""
    if not WATCH[0]:
        return value
    STEPS[0] += 1
    if STEPS[0] > MANY_STEPS:
        FLAGS.add("fuel")
    kind = type(value)
    if kind is int:
        if not INT_MIN <= value <= INT_MAX:
            FLAGS.add("int")
    elif kind is float:
        if value != value:
            FLAGS.add("nan")
            # Another object each time: elements that are the same object are equal to Python even when they are NaN.
            return float("nan")
    elif kind is complex:
        FLAGS.add("complex")
    elif kind is str:
        if len(value) * 4 > TEXT_BYTES and len(value.encode("utf-8", "replace")) > TEXT_BYTES:
            FLAGS.add("text")
        STEPS[0] += len(value) // 64
    elif kind in (list, tuple):
        if len(value) > LIST_ITEMS:
            FLAGS.add("list")
        STEPS[0] += len(value) // 8
        for item in value[:1000]:
            if type(item) is int and not INT_MIN <= item <= INT_MAX:
                FLAGS.add("int")
            if type(item) is float and item != item:
                FLAGS.add("nan")
        if "nan" in FLAGS:
            return kind(float("nan") if type(item) is float and item != item else item for item in value)
    return value


def rule_functions(context):
    turn, history, session = context.turn, context.history, context.session
    now = context.event.timestamp if context.event is not None else session.started_at + session.duration_seconds

    def tool_completed(name):
        text(name)
        return any(t.name == name and t.success for t in history.tools)

    def failure_count(name):
        return history.failures.get(text(name), 0)

    def tool_failed(name):
        return failure_count(name) > 0

    def context_above_threshold(x):
        return turn.context_usage > number(x)

    def message_count_above(n):
        return len(history.messages) > number(n)

    def tool_count(name):
        text(name)
        return len([t for t in history.tools if t.name == name])

    def recent_tool_count(name, n):
        text(name)
        whole(n)
        recent = history.tools[-n:] if n > 0 else []
        return len([t for t in recent if t.name == name])

    def consecutive_failures(name):
        text(name)
        count = 0
        for t in reversed(history.tools):
            if t.name == name:
                if t.success:
                    break
                count += 1
        return count

    def time_since_last_tool(name):
        text(name)
        times = [t.timestamp for t in history.tools if t.name == name]
        return now - times[-1] if times else float("inf")

    def session_duration_minutes():
        return session.duration_seconds / 60

    return {key: value for key, value in locals().items() if callable(value)}


def matches(value, pattern):
    return re.search(pattern, text(value)) is not None


BUILTINS = dict(
    int=int, float=float, str=str, bool=bool, abs=abs, min=min, max=max, round=round, sum=add_up, len=len,
    any=any, all=all, sorted=sorted, reversed=reversed, matches=matches,
    true=True, false=False, none=None, null=None, _pow=power, _look=look,
)
# the loops of these are hidden in C: what they give is looked at, and they add nothing on the way

TURN = dict(number=1, token_usage=0.0, context_usage=0.0, iteration_count=0, iteration_limit=None)
HISTORY = dict(messages=(), tools=(), failures=(), total_tool_calls=0, total_failures=0)
OWNER = dict(settings=())
SESSION = dict(id="", started_at=0.0, duration_seconds=0.0)
TOOL = ("name", "arguments", "result", "success", "timestamp", "duration_ms", "turn")
EVENT = ("type", "source", "severity", "payload", "timestamp")
RESULT = ("tool_name", "success", "result", "error", "duration_ms", "count")
FLOATS = {"token_usage", "context_usage", "started_at", "duration_seconds", "timestamp", "duration_ms"}


def fill(kind, given, names, defaults=None):
    fields = {}
    for name in names:
        value = given.get(name, (defaults or {}).get(name))
        if name in FLOATS and value is not None:
            value = float(value)
        fields[name] = value
    return Record(kind, fields)


def bind(request):
    """The names that an expression sees."""
    given = request["context"]
    turn = fill("turn", given.get("turn", {}), TURN, TURN)
    history = fill("history", given.get("history", {}), HISTORY, HISTORY)
    history.messages = list(history.messages)
    history.failures = Map(history.failures)
    history.tools = [fill("tool call", tool, TOOL) for tool in history.tools]
    user = fill("user", given.get("user", {}), ("id", "settings"), dict(id="local", settings=Map()))
    project = fill("project", given.get("project", {}), ("id", "settings"), dict(id="default", settings=Map()))
    session = fill("session", given.get("session", {}), SESSION, SESSION)
    event, result = given.get("event"), given.get("result")
    event = event if event is None else fill("event", event, EVENT)
    result = result if result is None else fill("result", result, RESULT)
    state = State(given.get("state", Map()))
    parts = dict(turn=turn, history=history, user=user, project=project, session=session, event=event,
                 result=result, state=state)
    context = Record("context", parts)
    names = dict(BUILTINS)
    names.update(rule_functions(context))
    names.update(parts)
    names["context"] = context
    names["params"] = Record("params", request["params"])
    names["settings"] = Record("settings", request["settings"])
    names["_mod"] = remainder
    names["__builtins__"] = {}
    return names


def canonical(value):
    """The value as text: equal when type and value are, floats bit for bit except for the payload of a NaN."""
    kind = type(value)
    if value is None:
        return "N"
    if kind is bool:
        return "T" if value else "F"
    if kind is int:
        return f"i{value}" if value.bit_length() < 200 else "ibig"
    if kind is float:
        return "nan" if value != value else "f" + struct.pack(">d", value).hex()
    if kind is str:
        if len(value) > TEXT_BYTES:
            return "long"
        return f"s{len(value)}:" + value.encode("utf-8", "backslashreplace").decode()
    if kind is list:
        return "[" + ",".join(map(canonical, value)) + "]" if len(value) <= LIST_ITEMS else "long"
    if kind is tuple:
        return "(" + ",".join(map(canonical, value)) + ")"
    if isinstance(value, dict):
        return "{" + ",".join(canonical(k) + canonical(v) for k, v in value.items()) + "}"
    if kind is Record:
        return "<" + ",".join(canonical(v) for v in value.__dict__.values()) + ">"
    return "?" + kind.__name__


class Powers(ast.NodeTransformer):
    def visit_BinOp(self, node):
        self.generic_visit(node)
        if not isinstance(node.op, ast.Pow):
            return node
        call = ast.Call(ast.Name("_pow", ast.Load()), [node.left, node.right], [])
        return ast.copy_location(call, node)


def guarded(tree):
    return ast.fix_missing_locations(Powers().visit(tree))


def late(_signal, _frame):
    raise Late


signal.signal(signal.SIGALRM, late)


def attempt(code, names):
    signal.setitimer(signal.ITIMER_REAL, 2.0)
    try:
        return "=" + canonical(eval(code, names))
    except RecursionError:
        return "!RecursionError"
    except Exception as error:
        return "!" + type(error).__name__
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def compiled(source):
    wrapped = "(" + source + "\n)"
    if "**" in source:
        return compile(guarded(ast.parse(wrapped, mode="eval")), "<condition>", "eval")
    return compile(wrapped, "<condition>", "eval")


def evaluate(source, wanted, contexts):
    try:
        code = compiled(source)
    except Exception as error:
        return ["!" + type(error).__name__] * len(wanted)
    return [attempt(code, contexts[at]) for at in wanted]


def remainder(left, right):
    if isinstance(left, str):
        FLAGS.add("format")
    return left % right


class Remainders(ast.NodeTransformer):
    """Notes where `%` formats text."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if not isinstance(node.op, ast.Mod):
            return node
        call = ast.Call(ast.Name("_mod", ast.Load()), [node.left, node.right], [])
        return ast.copy_location(call, node)


class Looks(ast.NodeTransformer):
    """Wraps whatever has a value in `_look(..)`."""

    def visit(self, node):
        func = node.func if isinstance(node, ast.Call) else None
        node = self.generic_visit(node)
        if func is not None and isinstance(node.func, ast.Call) and hasattr(node.func, "looked"):
            node.func = node.func.args[0]
        if not isinstance(node, ast.expr) or isinstance(node, (ast.Slice, ast.Starred)):
            return node
        if isinstance(getattr(node, "ctx", ast.Load()), ast.Store):
            return node
        call = ast.copy_location(ast.Call(ast.Name("_look", ast.Load()), [node], []), node)
        call.looked = True
        return call


class Links(ast.NodeTransformer):
    """`a < b < c` as `a < b and b < c`, so that each link can be probed."""

    def visit_Compare(self, node):
        self.generic_visit(node)
        if len(node.ops) == 1:
            return node
        sides = [node.left] + node.comparators
        links = [
            ast.copy_location(ast.Compare(copy.deepcopy(left), [op], [right]), node)
            for left, op, right in zip(sides, node.ops, sides[1:])
        ]
        return ast.copy_location(ast.BoolOp(ast.And(), links), node)


class Probes(ast.NodeTransformer):
    """Wraps chosen nodes in `_probe(k, lambda: ..)`."""

    def __init__(self, chosen):
        self.chosen = {id(node): at for at, node in enumerate(chosen)}

    def visit(self, node):
        at = self.chosen.get(id(node))
        node = self.generic_visit(node)
        if at is None:
            return node
        nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        thunk = ast.Lambda(nothing, node)
        return ast.copy_location(ast.Call(ast.Name("_probe", ast.Load()), [ast.Constant(at), thunk], []), node)


def flags_of(source, names):
    """Which limits an evaluation passes, and its answer where no NaN is the same object as another."""
    tree = Remainders().visit(guarded(ast.parse("(" + source + "\n)", mode="eval")))
    code = compile(ast.fix_missing_locations(Looks().visit(tree)), "<condition>", "eval")
    FLAGS.clear()
    STEPS[0], WATCH[0] = 0, True
    try:
        answer = attempt(code, names)
    finally:
        WATCH[0] = False
    if answer in ("!Beyond", "!OverflowError"):
        FLAGS.add("int")
    if answer in ("!MemoryError", "!Late"):
        FLAGS.update(("text", "list", "fuel"))
    return sorted(FLAGS), answer


def offsets(node, starts):
    return starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset


def path_to(node, start, end, starts):
    """The nodes that cover the bytes, outermost first: the longest such path."""
    best = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            first, last = offsets(child, starts)
            if not (first <= start and end <= last):
                continue
        elif not isinstance(child, (ast.comprehension, ast.keyword)):
            continue
        path = path_to(child, start, end, starts)
        usable = isinstance(child, ast.expr) and not isinstance(child, (ast.Slice, ast.Starred))
        if usable and isinstance(getattr(child, "ctx", ast.Load()), ast.Load):
            path = [child] + path
        if len(path) > len(best):
            best = path
    return best


def justified(source, names, start, end):
    wrapped = "(" + source + "\n)"
    starts = [0]
    for line in wrapped.encode().split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    try:
        tree = Links().visit(ast.parse(wrapped, mode="eval"))
    except Exception:
        return True
    chosen = path_to(tree, start + 1, end + 1, starts)[-3:] or [tree.body]
    for node in list(chosen):
        if isinstance(node, ast.BoolOp):
            chosen += [link for link in node.values if isinstance(link, ast.Compare) and link not in chosen]
    counts = [[0, 0] for _ in chosen]

    def probe(at, thunk):
        counts[at][0] += 1
        value = thunk()
        counts[at][1] += 1
        return value

    tree = ast.fix_missing_locations(guarded(Probes(chosen).visit(tree)))
    names = dict(names, _probe=probe)
    attempt(compile(tree, "<condition>", "eval"), names)
    return any(succeeded == 0 for _, succeeded in counts)


def check(request, contexts):
    source, at, start, end = request
    try:
        flags, answer = flags_of(source, contexts[at])
        return {"flags": flags, "answer": answer, "justified": justified(source, contexts[at], start, end)}
    except Exception as error:
        return {"flags": ["!" + type(error).__name__ + ": " + str(error)], "answer": "", "justified": False}


def whole_json(digits):
    value = int(digits)
    return value if INT_MIN <= value < 2**64 else float(value)


def main():
    for line in sys.stdin:
        request = json.loads(line, object_pairs_hook=Map, parse_int=whole_json)
        contexts = [bind(one) for one in request["contexts"]]
        if "checks" in request:
            answers = [check(one, contexts) for one in request["checks"]]
        else:
            answers = [evaluate(source, wanted, contexts) for source, wanted in request["items"]]
        sys.stdout.write(json.dumps(answers) + "\n")
        sys.stdout.flush()


main()
