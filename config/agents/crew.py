"""A crew of CrewAI. Needs: pip install crewai"""

from crewai import Agent, Crew, Task

writer = Agent(role="Writer", goal="Answer what is asked", backstory="You weigh every word.", llm="gpt-5.4-mini")
answer = Task(description="{question}", expected_output="What the question asks for, in its form.", agent=writer)
agent = Crew(agents=[writer], tasks=[answer])
