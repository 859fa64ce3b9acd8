"""An agent of AG2. Needs: pip install "ag2[openai]" """

import os

from autogen import ConversableAgent

agent = ConversableAgent(
    name="researcher",
    llm_config={"api_type": "openai", "model": "gpt-5.4-mini", "api_key": os.environ["OPENAI_API_KEY"]},
    human_input_mode="NEVER",
)
