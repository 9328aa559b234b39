#!/usr/bin/python3
"""A window of WebKitGTK that keeps what it stores, for WebKitWebDriver to drive.

The driver's own browser forgets everything when it closes. Run by the system's Python, which has
the bindings of GTK; PROFILE names the folder of cookies, databases and caches.
"""

from __future__ import annotations

import os
from pathlib import Path

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402

NAME = "csiapp-webkit"


def keeping(profile: Path) -> WebKit2.WebContext:
    data = WebKit2.WebsiteDataManager(
        base_data_directory=str(profile / "data"), base_cache_directory=str(profile / "cache")
    )
    context = WebKit2.WebContext(website_data_manager=data)
    context.set_automation_allowed(True)
    data.get_cookie_manager().set_persistent_storage(
        str(profile / "cookies.sqlite"), WebKit2.CookiePersistentStorage.SQLITE
    )
    return context


def main() -> None:
    context = keeping(Path(os.environ["PROFILE"]))
    windows = []

    def new_view(_session: object) -> WebKit2.WebView:
        view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True)
        window = Gtk.Window()
        window.set_default_size(820, 1180)
        window.add(view)
        window.show_all()
        view.connect("close", lambda _view: window.destroy())
        windows.append(window)
        return view

    def begin(_context: object, session: WebKit2.AutomationSession) -> None:
        about = WebKit2.ApplicationInfo()
        about.set_name(NAME)
        about.set_version(1, 0, 0)
        session.set_application_info(about)
        session.connect("create-web-view", new_view)

    context.connect("automation-started", begin)
    Gtk.main()


main()
