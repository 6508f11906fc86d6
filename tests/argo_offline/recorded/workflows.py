"""Generates random workflows: DAGs, steps and what decides what they run.

Each container's arguments are an exit code, a number of tries and the number
of this try: it fails with the code until it has been tried that often.
"""

import json
import random
import sys
from functools import cache
from typing import Any

Json = dict[str, Any]

WORKFLOWS = 300
SEED = 37_18
NEVER = "99"
MAX_TASKS = 5
DEPTH = 2
ITEMS: list[Any] = [
    *([0, 1, 0], [0, 0], [1, 1], ["0", "3"], [0], [3, 0, 1, 0]),
    *([{"code": 0, "b": "x"}, {"code": 1}], ["1", 0, True]),
]
LISTS = ['["0", "1"]', "[]", "[0, 0, 0]", "[3]", '[{"code": 1}, {"code": 0}]']
CONDITIONS = [
    *("true", "1 == 1", "a == b", "'x' != 'y'", "2 > 3", "!(1 == 1) || true"),
]
STATUSES = ["Succeeded", "Failed", "Errored", "Skipped", "Omitted"]
FAN_OUT_STATUSES = ["AnySucceeded", "AllFailed"]
PODS = {
    "ok": ["0", NEVER, "0"],
    "bad": ["1", NEVER, "0"],
    "given": ["{{inputs.parameters.code}}", NEVER, "0"],
    "once": ["75", "1", "{{retries}}"],
    "twice": ["1", "2", "{{retries}}"],
    "never": ["3", NEVER, "{{retries}}"],
    "picky": ["75", "3", "{{retries}}"],
    "final": ["1", "1", "{{retries}}"],
}
RETRIES = {
    "once": {"limit": 1},
    "twice": {"limit": "3", "retryPolicy": "Always"},
    "never": {"limit": 2, "retryPolicy": "OnFailure"},
    "picky": {"limit": 5, "expression": "asInt(lastRetry.exitCode) == 75"},
    "final": {"limit": 2, "retryPolicy": "OnError"},
}


class Workflows:
    """Writes random workflows."""

    def __init__(self, chance: random.Random) -> None:
        """Takes the source of chance."""
        self._chance = chance
        self._templates: list[Json] = []

    def workflow(self, number: int) -> Json:
        """Writes a workflow.

        Args:
            number: Its number, from 0.

        Returns:
            The manifest.
        """
        self._templates = [_pod(name) for name in PODS]
        spec: Json = {"entrypoint": self._composite(DEPTH)}
        if self._often(0.3):
            spec["onExit"] = self._exit_handler()
        if self._often(0.2):
            spec["parallelism"] = self._chance.randint(1, 3)
        return {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Workflow",
            "metadata": {"name": f"random-{number}", "namespace": "default"},
            "spec": {**spec, "templates": self._templates},
        }

    def _exit_handler(self) -> str:
        """Names a template without inputs."""
        name = self._callee(1)
        return "ok" if name == "given" else name

    def _composite(self, depth: int) -> str:
        name = f"level{depth}-{len(self._templates)}"
        inner = self._dag(depth) if self._often(0.65) else self._steps(depth)
        template: Json = {"name": name, **inner}
        if self._often(0.15):
            template["parallelism"] = self._chance.randint(1, 2)
        if self._often(0.1):
            template["failFast"] = True
        if self._often(0.15):
            template["retryStrategy"] = {"limit": self._chance.randint(0, 1)}
        self._templates.append(template)
        return name

    def _callee(self, depth: int) -> str:
        if depth > 0 and self._often(0.25):
            return self._composite(depth - 1)
        return self._chance.choice([*PODS, "ok", "ok", "given", "given"])

    def _call(self, name: str, depth: int) -> Json:
        call: Json = {"name": name, "template": self._callee(depth)}
        code = self._chance.choice(["0", "0", "1"])
        if self._often(0.25):
            if self._often(0.6):
                call["withItems"] = self._chance.choice(ITEMS)
            else:
                call["withParam"] = self._chance.choice(LISTS)
            objects = "code" in json.dumps([*call.values()])
            code = "{{item.code}}" if objects else "{{item}}"
        if call["template"] == "given":
            value = {"name": "code", "value": code}
            call["arguments"] = {"parameters": [value]}
        if self._often(0.2):
            call["when"] = self._chance.choice(CONDITIONS)
        return call

    def _dag(self, depth: int) -> Json:
        style = self._chance.choice(["depends", "dependencies"])
        tasks: list[Json] = []
        for number in range(self._chance.randint(1, MAX_TASKS)):
            task = self._call(f"t{number}", depth)
            if tasks and self._often(0.75):
                task[style] = self._order(style, tasks)
            if style == "dependencies" and self._often(0.2):
                task["continueOn"] = self._continue_on()
            tasks.append(task)
        dag: Json = {"tasks": tasks}
        if self._often(0.25):
            dag["failFast"] = self._often(0.3)
        if self._often(0.1):
            dag["target"] = self._chance.choice(tasks)["name"]
        return {"dag": dag}

    def _order(self, style: str, tasks: list[Json]) -> str | list[str]:
        count = min(len(tasks), self._chance.randint(1, 2))
        before = self._chance.sample(tasks, count)
        if style == "dependencies":
            return [str(task["name"]) for task in before]
        terms = [self._term(task) for task in before]
        return self._chance.choice([" && ", " || "]).join(terms)

    def _term(self, task: Json) -> str:
        if self._often(0.4):
            return str(task["name"])
        fans_out = task.get("withItems") or task.get("withParam")
        extra = FAN_OUT_STATUSES * 2 if fans_out else []
        status = self._chance.choice([*STATUSES, "Succeeded", *extra])
        term = f"{task['name']}.{status}"
        if self._often(0.4):
            term = f"({term} || {task['name']}.Failed)"
        return f"!{term}" if self._often(0.1) else term

    def _steps(self, depth: int) -> Json:
        groups = []
        for number in range(self._chance.randint(1, 3)):
            group = [
                self._call(f"s{number}-{position}", depth)
                for position in range(self._chance.randint(1, 3))
            ]
            for step in group:
                if self._often(0.2):
                    step["continueOn"] = self._continue_on()
            groups.append(group)
        return {"steps": groups}

    def _continue_on(self) -> Json:
        return {self._chance.choice(["failed", "failed", "error"]): True}

    def _often(self, share: float) -> bool:
        return self._chance.random() < share


def _pod(name: str) -> Json:
    template: Json = {
        "name": name,
        "container": {"image": "steps", "command": ["x"], "args": PODS[name]},
    }
    if name in RETRIES:
        template["retryStrategy"] = RETRIES[name]
    if name == "given":
        template["inputs"] = {"parameters": [{"name": "code"}]}
    return template


@cache
def workflows() -> list[Json]:
    """Writes all workflows, the same ones each time."""
    writer = Workflows(random.Random(SEED))  # noqa: S311
    return [writer.workflow(number) for number in range(WORKFLOWS)]


def main() -> None:
    """Writes the workflows to the standard output, one a line."""
    for workflow in workflows():
        sys.stdout.write(json.dumps(workflow) + "\n")


if __name__ == "__main__":
    main()
