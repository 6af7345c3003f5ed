"""The pages before the staff page: the form for the password, and what stands where none is set."""

from __future__ import annotations

from assistant.pages.markup import escaped

_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="robots" content="noindex"><title>{title} · Learning City Assistant</title>'
    '<link rel="icon" href="/pages/icon.svg" type="image/svg+xml">'
    '<link rel="stylesheet" href="/pages/page.css">'
    '<link rel="stylesheet" href="/pages/staff.css"></head><body class="reading">'
    '<header class="masthead"><a class="brand" href="/">Learning City Assistant</a>'
    '<a class="masthead-link" href="/">Ask a question</a></header><main>{main}</main></body></html>'
)


def login_page(message: str = "") -> str:
    """Return the form for the password; `message` says what was wrong before."""
    told = f'<p class="failure" role="alert">{escaped(message)}</p>' if message else ""
    main = (
        f"<h1>For staff</h1>{told}"
        '<form class="login" method="post" action="/staff/login">'
        '<input class="sr-only" type="text" name="username" value="staff" autocomplete="username" '
        'tabindex="-1" aria-hidden="true" readonly>'
        '<label for="password">Password</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" '
        "required autofocus>"
        '<button type="submit">Log in</button></form>'
    )
    return _PAGE.format(title="For staff", main=main)


def nothing_here_page() -> str:
    """Return the page for an address that leads nowhere."""
    main = '<h1>There is nothing here</h1><p><a href="/">Ask a question or choose a story</a></p>'
    return _PAGE.format(title="Nothing here", main=main)
