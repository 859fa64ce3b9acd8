"""An agent in plain Python over a model of OpenAI. A program of your own may look just like this."""

import json
import os
import sys
import urllib.request


def reply(request):
    talk = [{"role": "system", "content": request["instructions"]}]
    talk += [{"role": message["role"], "content": message["text"]} for message in request["messages"]]
    body = {"model": os.environ.get("OPENAI_MODEL", "gpt-5.4-mini"), "messages": talk}
    body |= {"stream": True, "stream_options": {"include_usage": True}}
    asked = urllib.request.Request(
        os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1") + "/chat/completions",
        json.dumps(body).encode(),
        {"content-type": "application/json", "authorization": "Bearer " + os.environ["OPENAI_API_KEY"]},
    )
    usage = None
    with urllib.request.urlopen(asked) as response:
        for line in response:
            if not line.startswith(b"data: {"):
                continue
            chunk = json.loads(line[6:])
            for choice in chunk["choices"]:
                if choice["delta"].get("content"):
                    yield {"type": "text", "text": choice["delta"]["content"]}
            used = chunk.get("usage")
            if used:
                usage = {"input_tokens": used["prompt_tokens"], "output_tokens": used["completion_tokens"]}
    yield {"type": "finished", "usage": usage}


if __name__ == "__main__":
    for event in reply(json.load(sys.stdin)):
        print(json.dumps(event), flush=True)
