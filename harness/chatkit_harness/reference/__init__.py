"""The reference ChatKit server: a market assistant as a team would write it, and the probe server.

One unchanged source for openai-chatkit 0.0.2 to 1.6.5 and openai-agents from 0.3.2 on. Read `server.py`
first, then `tools.py`. It imports nothing of the harness: copy the folder and it runs.
"""
