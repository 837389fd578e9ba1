"""Writes and reads records of the measurement topic. Standard library only; any Kafka client carries the bytes."""
import json
import time

ROWS = "application/json"

def write_rows(entity, producer, points, time_ms=None):
    """Key, value and headers of a record. A point: {"name", "kind": "gauge" | "counter", "labels", "value"}."""
    now_ms = int(time.time() * 1000)
    body = {"v": 1, "producer": producer, "entity": entity, "time": time_ms or now_ms, "points": points}
    return entity.encode(), json.dumps(body, allow_nan=False).encode(), [("content-type", ROWS.encode())]

def read_record(value, content_type, dictionaries):
    """Yields (name, labels, time in ms, value). `dictionaries` is a dict that the caller keeps for all its records."""
    body = json.loads(value)
    if body.get("v") != 1:
        raise ValueError(f"version {body.get('v')} of the contract is not known here")
    if content_type == ROWS:
        for point in body["points"]:
            value = point["histogram"] if point["kind"] == "histogram" else point["value"]
            yield point["name"], point["labels"], point.get("time", body["time"]), value
    elif body["k"] == "dict":
        known = dictionaries.setdefault((body["p"], body["n"]), {})
        for index, (metric, values, *_) in enumerate(body["s"], body["from"]):
            name, kind, _unit, _help, labels, *bounds = body["m"][metric]
            known[index] = name, dict(zip(labels, values)), kind, bounds[0] if bounds else []
    elif body["k"] == "data":
        known, slots = dictionaries[body["p"], body["n"]], iter(body["x"])  # KeyError: start 60 s earlier
        for at, index in enumerate(body.get("i", range(body["d"]))):
            name, labels, kind, bounds = known[index]
            time_ms = body["t"] + (body["dt"][at] if "dt" in body else 0)
            if kind == "histogram":
                counts = [next(slots) for _ in range(len(bounds) + 1)]
                yield name, labels, time_ms, {"bounds": bounds, "counts": counts, "sum": next(slots)}
            elif kind != "exponential":
                yield name, labels, time_ms, next(slots)
        for index, *value in body.get("h", []):
            yield *known[index][:2], body["t"], dict(zip(("scale", "zero", "sum", "offset", "counts"), value))
