# Prints botocore's model of Amazon Connect, as JSON: its version, the route of
# every operation, and of those named as arguments a line a member.
import json
import sys

import botocore
import botocore.session

session = botocore.session.get_session()
model = session.get_service_model("connect")
pages = session.get_component("data_loader").load_service_model("connect", "paginators-1")["pagination"]


def lines(shape, path, within, place=""):
    bounds = {key: int(shape.metadata[key]) for key in ("min", "max") if key in shape.metadata}
    words = [path, shape.type_name, place]
    words += [f"{key}={bounds[key]}" for key in sorted(bounds)]
    words += ["|".join(shape.metadata.get("enum", []))]
    if path.startswith("out") and path.endswith("[]") and shape.type_name == "string":
        words += ["called " + shape.name]
    yield " ".join(word for word in words if word)
    if shape.type_name == "list":
        yield from lines(shape.member, path + "[]", within)
    elif shape.type_name == "map":
        yield from lines(shape.key, path + "{key}", within)
        yield from lines(shape.value, path + "{}", within)
    elif shape.type_name == "structure" and shape.name not in within:
        for name, member in shape.members.items():
            where = {"uri": "path", "querystring": "query=" + member.serialization.get("name", "")}
            words = [where.get(member.serialization.get("location"), "")]
            if name in shape.required_members:
                words.append("required")
            yield from lines(member, f"{path}.{name}", within | {shape.name}, " ".join(word for word in words if word))


def page(name):
    p = pages.get(name)
    if p is None:
        return "none"
    return " ".join([p["input_token"], p["limit_key"], p["output_token"], p["result_key"], *p.get("non_aggregate_keys", [])])


def describe(name):
    operation = model.operation_model(name)
    told = [
        "errors " + " ".join(error.name for error in operation.error_shapes),
        "pages " + page(name),
        *lines(operation.input_shape, "in", frozenset()),
    ]
    if operation.output_shape is not None:
        told += lines(operation.output_shape, "out", frozenset())
    return told


routes = [
    f"{name} {model.operation_model(name).http['method']} {model.operation_model(name).http['requestUri']}"
    for name in sorted(model.operation_names)
]
print(json.dumps({
    "version": [int(part) for part in botocore.__version__.split(".")[:3]],
    "routes": routes,
    "operations": {name: describe(name) for name in sys.argv[1:]},
}))
