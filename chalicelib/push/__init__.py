"""Push: a page is told over a WebSocket that its order has changed, and asks for its status then.

    202 ──push_url──▶ page ──connect──▶ API Gateway ──▶ connecting.py ──▶ table of connections
                       ▲                     ▲                                  │
                       └──{"changed": true}──┘◀── telling.py, of the worker ◀───┘

Only that there is news goes this way. Where it does not arrive, the page has been polling anyway.
"""
