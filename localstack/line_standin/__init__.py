"""A loopback stand-in for LINE's platform: Messaging API, LINE Login, LIFF links, a chat view.

For local runs and tests. It takes what LINE takes and refuses what LINE refuses, as far as the
Messaging API and LINE Login references and line-bot-sdk's own models say; `rules.py` names each
rule. Start it with `python -m localstack.line_standin`.
"""
