"""Runs an agent that is a Python module: it says that it is ready, then
requests come in as lines of JSON, and events go out as lines of JSON.

    bridge.py python|ag2|crewai MODULE NAME

Needs Python 3.9 and nothing else. What the module prints goes to the error stream, and it has no standard input.
`shared/wire.ts` has the requests and the events.
"""

import asyncio
import importlib.util
import inspect
import json
import os
import sys
import traceback

# Packages whose modules have another name.
PACKAGES = {"autogen": "ag2"}

ENDS = ("finished", "interrupted", "failed")


def load(path, name):
    """What the module has under the name."""
    sys.path.insert(0, os.path.dirname(path))
    spec = importlib.util.spec_from_file_location("agent_of_the_team", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    if not hasattr(module, name):
        raise LookupError(f"it has no {name}; define it, or name another with `export`")
    return getattr(module, name)


def made(found):
    """The agent itself: a function is called once, and gives it."""
    return found() if inspect.isfunction(found) else found


def python_agent(found):
    if not callable(found):
        raise TypeError("the agent is no function; define `reply(request)`")
    return found


def ag2_agent(found):
    """Anything with the `a_generate_reply` of AG2's ConversableAgent."""
    agent = made(found)

    async def reply(request):
        said = await agent.a_generate_reply(messages=talk_of(request))
        return said.get("content") or "" if isinstance(said, dict) else str(said or "")

    return reply


def crewai_agent(found):
    """Anything with the `kickoff_async` of CrewAI: a Crew, whose tasks use {question}, or an Agent, which is given it."""
    agent = made(found)
    is_crew = hasattr(agent, "tasks")

    async def reply(request):
        text = "\n\n".join(message["content"] for message in talk_of(request))
        done = await (agent.kickoff_async(inputs={"question": text}) if is_crew else agent.kickoff_async(text))
        return {"type": "finished", "text": str(done.raw), "usage": crewai_usage(done, is_crew)}

    return reply


def crewai_usage(done, is_crew):
    used = getattr(done, "token_usage" if is_crew else "usage_metrics", None)
    if used is None:
        return None
    read = used.get if isinstance(used, dict) else lambda key: getattr(used, key, None)
    return {"input_tokens": read("prompt_tokens"), "output_tokens": read("completion_tokens")}


def talk_of(request):
    """The messages as chat models have them, with the instructions before the first."""
    talk = [{"role": message["role"], "content": message["text"]} for message in request["messages"]]
    talk[0]["content"] = request["instructions"] + "\n\n" + talk[0]["content"]
    return talk


KINDS = {"python": python_agent, "ag2": ag2_agent, "crewai": crewai_agent}


async def items_of(given):
    """Whatever an agent gives: a text, an event, or many of them, at once or one after the other."""
    if inspect.isawaitable(given):
        given = await given
    if hasattr(given, "__aiter__"):
        async for item in given:
            yield item
    elif given is None or isinstance(given, (str, dict)):
        yield given or ""
    else:
        for item in given:
            yield item


async def answer(reply, request, send):
    """Sends the events of one reply. The last one is an end."""
    try:
        async for item in items_of(reply(request)):
            event = item if isinstance(item, dict) else {"type": "text", "text": str(item)}
            send(event)
            if event.get("type") in ENDS:
                return
        send({"type": "finished"})
    except Exception as error:
        traceback.print_exc()
        send(failure(error))


def failure(error):
    """`status`: that of HTTP, which clients of models keep in one of these places."""
    statuses = [getattr(error, key, None) for key in ("status_code", "status", "code")]
    status = next((value for value in statuses if isinstance(value, int)), None)
    return {"type": "failed", "message": f"{type(error).__name__}: {error}", "status": status}


def cannot_load(path, error):
    traceback.print_exc()
    message = f"The module {os.path.basename(path)} cannot be loaded: {error}"
    if isinstance(error, ModuleNotFoundError) and error.name:
        name = PACKAGES.get(error.name, error.name)
        message += f"; install it for {os.path.basename(sys.executable)}, as with `pip install {name}`"
    return {"type": "failed", "message": message}


def main():
    # The folder of the module is its owner's.
    sys.dont_write_bytecode = True
    kind, path, name = sys.argv[1:4]
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)

    def send(event):
        events.write(json.dumps(event) + "\n")
        events.flush()

    try:
        reply = KINDS[kind](load(path, name))
    except Exception as error:
        send(cannot_load(path, error))
        return
    send({"type": "ready"})
    loop = asyncio.new_event_loop()
    for line in requests:
        loop.run_until_complete(answer(reply, json.loads(line), send))


if __name__ == "__main__":
    main()
