"""No resource has an input that the SDK marks as deprecated.

The SDK warns only where its Args classes are used. In a dictionary such a name passes in silence, until the
provider prints a warning at every preview.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi_aws as aws
import pytest
from pulumi import _types

from tests.graph.graph import Graph


def args_class(token: str) -> type:
    """Return the Args class of a resource type: `aws.sqs.QueueArgs` for `aws:sqs/queue:Queue`."""
    _, module, name = token.split(":")
    package = module.split("/")[0]
    found: type = getattr(getattr(aws, {"lambda": "lambda_"}.get(package, package)), f"{name}Args")
    return found


def problems(args: type, inputs: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Return each input, nested ones too, that is deprecated or unknown in an Args class."""
    attributes = {camel: name for name, camel in _types.input_type_py_to_pulumi_names(args).items()}
    hints = _types.input_type_types(args)
    for name, value in inputs.items():
        at = f"{path}{name}"
        if name not in attributes:
            yield f"{at} is unknown"
        elif hasattr(getattr(args, attributes[name]).fget, "_pulumi_deprecated_callable"):
            yield f"{at} is deprecated"
        elif nested := nested_class(hints[name]):
            for part in value if isinstance(value, list) else [value]:
                # A policy may be a text in place of a document.
                yield from problems(nested, part, f"{at}.") if isinstance(part, Mapping) else ()


def nested_class(hint: Any) -> type | None:
    """Return the Args class inside a type hint such as `Sequence[Input[RuleArgs]]`, or None."""
    if isinstance(hint, type) and _types.is_input_type(hint):
        return hint
    return next((one for part in typing.get_args(hint) if (one := nested_class(part))), None)


def test_no_input_is_deprecated_or_unknown_to_the_sdk(graph: Graph) -> None:
    found = {one.name: list(problems(args_class(one.type), one.inputs)) for one in graph.all()}
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("args", "inputs", "expected"),
    [
        (aws.s3.BucketArgs, {"bucket": "b"}, []),
        (aws.s3.BucketArgs, {"acl": "private"}, ["acl is deprecated"]),
        (aws.s3.BucketArgs, {"buckett": "b"}, ["buckett is unknown"]),
        (
            aws.dynamodb.TableArgs,
            {"hashKey": "a", "globalSecondaryIndexes": [{"name": "i"}, {"hashKey": "a", "rangeKey": "b"}]},
            ["globalSecondaryIndexes.hashKey is deprecated", "globalSecondaryIndexes.rangeKey is deprecated"],
        ),
        (aws.dynamodb.TableArgs, {"ttl": {"enabledd": True}}, ["ttl.enabledd is unknown"]),
        (aws.dynamodb.TableArgs, {"tags": {"anything": "x"}}, []),
    ],
)
def test_names_are_found_at_every_depth(args: type, inputs: dict[str, Any], expected: Sequence[str]) -> None:
    assert list(problems(args, inputs)) == expected
