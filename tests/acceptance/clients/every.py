"""Every type of object that can be made, through Stripe's own SDK for Python, unmodified, against
the sandbox whose address is the first argument. Prints what passed, as JSON; the second argument is
the folder of the project."""

import io
import json
import pathlib
import sys
import time
import tomllib
import uuid

import stripe

BASE, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
FACTS = ROOT / "src/catalog/facts"
SETUPS = json.loads((ROOT / "tests/support/setups.json").read_text())
LIFE = tomllib.loads((ROOT / "src/sandbox/lifecycle.toml").read_text())
OPERATIONS = ["Create", "Get", "List", "Update", "Search", "Delete"]

client = stripe.StripeClient(
    "sk_test_every", max_network_retries=0, base_addresses={"api": BASE, "files": BASE, "meter_events": BASE}
)


def entities():
    for path in sorted(FACTS.glob("*.json")):
        facts = json.loads(path.read_text())
        if facts.get("operations"):
            yield facts


def operation(facts, kind):
    return next((one for one in facts["operations"] if one["kind"] == kind), None)


FACTS_BY_KEY = {facts["key"]: facts for facts in entities()}


# What Stripe demands, by the facts.

def name_of(key):
    return key.rstrip("?").rstrip("!")


def demanded(params):
    return {name_of(key): value(name_of(key), kind) for key, kind in params.items() if "!" in key}


def value(name, kind):
    if name == "currency":
        return "usd"
    if name == "country":
        return "US"
    if isinstance(kind, list):
        return [value("", kind[0])]
    if isinstance(kind, dict):
        if "|" in kind:
            return value(name, kind["|"][0])
        if "?" in kind:
            return value(name, kind["?"])
        return {"name": value("", kind["*"])} if "*" in kind else demanded(kind)
    if kind.startswith("|"):
        return next(word for word in kind.split("|") if word)
    if kind.startswith("string"):
        return "https://example.com/here" if name.endswith("url") else "example"
    return {
        "integer": 100, "decimal": "1.5", "number": 1.5, "boolean": True, "time": tomorrow(), "range": tomorrow(),
        "datetime": "2030-01-01T00:00:00Z", "file": None,
    }[kind]


def tomorrow():
    return int(time.time()) + 86400


# What the table of setups adds.

made = {}


def told(given, last=None):
    if isinstance(given, dict):
        return {name: told(inner, last) for name, inner in given.items()}
    if isinstance(given, list):
        return [told(inner, last) for inner in given]
    if not isinstance(given, str) or "@" not in given:
        return given
    before, name = given.split("@", 1)
    if name in ["unique", "number"]:
        return before + (uuid.uuid4().hex if name == "unique" else str(uuid.uuid4().int)[:9])
    if before:
        return given
    return {"tomorrow": tomorrow, "last": lambda: last}.get(name, lambda: reference(name))()


def reference(name):
    """The id of an object that was made for references, once; behind `new:`, another one each time."""
    name, is_new = name.removeprefix("new:"), name.startswith("new:")
    if is_new or name not in made:
        if name in SETUPS["recipes"]:
            last = None
            for step in SETUPS["recipes"][name]:
                last = run(step, last)
            made[name] = last
        else:
            made[name] = create(FACTS_BY_KEY[name])["id"]
    return made[name]


def upload():
    note = io.BytesIO(b"hello")
    note.name = "note.txt"
    return note


def run(step, last):
    params = told(step["params"], last)
    if "upload" in step:
        answer = client.v1.files.create({"file": upload(), **params})
    else:
        answer = json.loads(client.raw_request("post", step["post"].replace("@last", last or ""), **params).body)
    return answer[step.get("field", "id")]


def params_of(facts):
    params = demanded(operation(facts, "Create").get("params", {}))
    params.update(SETUPS["params"].get(facts["key"], {}))
    return told(params)


def prepare(facts, answer):
    """What has to be done with a new object before it is listed or can be changed."""
    for step in SETUPS["after"].get(facts["key"], []):
        run(step, answer["id"])


def fund():
    """What has to be there before anything else: money to pay out."""
    for step in SETUPS["before"]:
        run(step, None)


# The SDK's own services: a path leads to them by its words.

def service(path):
    words = [word for word in path.strip("/").split("/") if not word.startswith("{")]
    here = client
    for word in SETUPS["sdk"]["services"].get(path, ".".join(words)).split("."):
        here = getattr(here, word)
    return here


def places(facts):
    return [told(place) for place in SETUPS["places"].get(facts["key"], [])]


def create(facts):
    path = operation(facts, "Create")["path"]
    params = params_of(facts)
    if facts["key"] == "file":
        params["file"] = upload()
    return service(path).create(*places(facts), params)


def method(facts, kind, word):
    path = operation(facts, kind)["path"]
    return getattr(service(path.removesuffix("/{id}").removesuffix("/search")), word)


def typed(facts, answer):
    """An answer has the SDK's own class, where the SDK has one for the object."""
    assert type(answer) is not stripe.StripeObject, f"{facts['key']} is not typed"
    assert answer["object"] in [facts["object"], *facts.get("others", [])], answer["object"]


def check_get(facts, answer):
    if "{id}" not in operation(facts, "Get")["path"]:
        return
    read = method(facts, "Get", "retrieve")(*places(facts), answer["id"])
    typed(facts, read)
    assert read["id"] == answer["id"]


def check_list(facts, answer):
    """All pages, two at a time."""
    for one in [answer, create(facts), create(facts)]:
        prepare(facts, one)
    params = {"limit": 2, **listed_by(facts, answer)}
    found = []
    for one in method(facts, "List", "list")(*places(facts), params).auto_paging_iter():
        found.append(one["id"])
        if len(found) > 300:
            break
    assert len(set(found)) == len(found) >= SETUPS["sdk"]["listed"].get(facts["key"], 3), found


def listed_by(facts, answer):
    """The params that a list demands, as the object has them."""
    params = operation(facts, "List").get("params", {})
    return {name_of(key): answer[name_of(key)] for key in params if "!" in key}


def check_update(facts, answer):
    params = {name_of(key) for key in operation(facts, "Update").get("params", {})}
    change = {"metadata": {"team": "a"}} if "metadata" in params else SETUPS["sdk"]["changes"].get(facts["key"], {})
    prepare(facts, answer)
    changed = method(facts, "Update", "update")(*places(facts), answer["id"], change)
    typed(facts, changed)
    if "metadata" in change:
        assert changed["metadata"]["team"] == "a", changed


def check_search(facts, answer):
    found = method(facts, "Search", "search")({"query": f"created>0 AND created<={answer['created']}", "limit": 1})
    ids = [one["id"] for one in found.auto_paging_iter()]
    assert answer["id"] in ids, ids


def check_delete(facts, answer):
    gone = method(facts, "Delete", "delete")(*places(facts), answer["id"])
    assert gone["id"] == answer["id"]
    try:
        method(facts, "Delete", "delete")(*places(facts), answer["id"])
    except stripe.InvalidRequestError as error:
        assert error.http_status == 404 and error.request_id, error
        return
    raise AssertionError("it was deleted twice")


def check_refused(facts):
    """A param that Stripe does not have is refused as the SDK's own exception."""
    call = service(operation(facts, "Create")["path"]).create
    try:
        call(*places(facts), {"no_such_param": "x"})
    except stripe.InvalidRequestError as error:
        assert error.http_status == 400 and "no_such_param" in str(error), error
        return
    raise AssertionError("an unknown param was taken")


CHECKS = {"Get": check_get, "List": check_list, "Update": check_update, "Search": check_search, "Delete": check_delete}


def missing(key, kind):
    return LIFE["missing"].get(key, {}).get(kind)


def passed(facts):
    """For each operation: `yes`, why it is not tried, or what went wrong."""
    row = {}
    answer = None
    for kind in OPERATIONS:
        if not operation(facts, kind):
            continue
        row[kind] = missing(facts["key"], kind)
        if row[kind]:
            continue
        try:
            if kind == "Create":
                answer = create(facts)
                typed(facts, answer)
                check_refused(facts)
            else:
                CHECKS[kind](facts, answer)
            row[kind] = "yes"
        except Exception as error:
            row[kind] = f"failed: {type(error).__name__}: {error}"
    return row


# What nobody makes: it is there, or it is listed as far as there is any.


def standing(facts):
    row = {}
    found = None
    for kind in ["List", "Get", "Update"]:
        if not operation(facts, kind):
            continue
        row[kind] = missing(facts["key"], kind)
        if row[kind]:
            continue
        try:
            if kind == "List":
                found = first(facts)
                row[kind] = "yes" if found else "none"
            else:
                row[kind] = one(facts, kind, found)
        except Exception as error:
            row[kind] = f"failed: {type(error).__name__}: {error}"
    return row


def first(facts):
    params = demanded(operation(facts, "List").get("params", {}))
    params.update(SETUPS["params"].get(facts["key"], {}))
    page = method(facts, "List", "list")(*places(facts), told(params))
    for answer in page.data:
        typed(facts, answer)
    return page.data[0] if page.data else None


def one(facts, kind, found):
    call = method(facts, kind, "retrieve" if kind == "Get" else "update")
    params = demanded(operation(facts, kind).get("params", {}))
    known = {name_of(key) for key in operation(facts, kind).get("params", {})}
    setup = SETUPS["params"].get(facts["key"], {})
    params.update({name: given for name, given in setup.items() if name in known})
    params = told(params)
    if not operation(facts, kind)["path"].endswith("/{id}"):
        typed(facts, call(*places(facts), params))
        return "yes"
    if found is not None:
        assert call(*places(facts), found["id"], params)["id"] == found["id"]
        return "yes"
    try:
        call(*places(facts), "none", params)
    except stripe.InvalidRequestError as error:
        assert error.http_status == 404, error
        return "none"
    raise AssertionError("it found what is not there")


def row(facts):
    return passed(facts) if operation(facts, "Create") else standing(facts)


fund()
print(json.dumps({facts["key"]: row(facts) for facts in FACTS_BY_KEY.values()}))
