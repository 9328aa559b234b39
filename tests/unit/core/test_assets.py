"""The asset pipeline on a small invented project: copy, flatten, hash, compress, serve."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import shutil
from pathlib import Path

import brotli
import pytest
from flask import Flask

from csiapp.core import assets
from csiapp.core.asset_build import (
    AssetFolders,
    build_static,
    copy_vendor_files,
    icon_sprite,
    read_manifest,
)

pytestmark = pytest.mark.unit

SPEC = """
[files]
"kit.css" = "kit/dist/kit.min.css"
"tool.js" = "@maker/tool/tool.min.js"
[bundles]
"js/all.js" = ["vendor/tool.js", "js/own.js"]
[fonts]
"Body.ttf" = "font/Body_400.ttf"
[icons]
from = "icons/svg"
names = ["star", "star-filled"]
"""
ICON = """<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24">
  <path stroke="none" d="M0 0h24v24H0z" fill="none"/>
  <path d="M1 1" />
</svg>"""


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture
def folders(tmp_path: Path) -> AssetFolders:
    write(tmp_path / "assets.toml", SPEC)
    modules = tmp_path / "node_modules"
    write(
        modules / "kit/dist/kit.min.css", '@charset "UTF-8";.kit{}\n/*# sourceMappingURL=k.map */'
    )
    write(modules / "@maker/tool/tool.min.js", "tool()\n//# sourceMappingURL=tool.map\n")
    write(modules / "font/Body_400.ttf", "glyphs")
    for style in ("outline", "filled"):
        write(modules / f"icons/svg/{style}/star.svg", ICON)
    for name in ("kit", "@maker/tool", "font", "icons"):
        write(modules / name / "package.json", json.dumps({"version": "1.2.3"}))
        write(modules / name / "LICENSE", f"terms of {name}")
    static = tmp_path / "static"
    write(
        static / "css/site.css",
        '@import "../vendor/kit.css" layer(kit);\n@import "parts/own.css";\n',
    )
    write(static / "css/parts/own.css", '.own { background: url("../../img/dot.svg"); }\n')
    write(static / "img/dot.svg", "<svg/>")
    write(static / "js/own.js", "own()")
    return AssetFolders(tmp_path)


@pytest.fixture
def built(folders: AssetFolders) -> AssetFolders:
    copy_vendor_files(folders)
    build_static(folders)
    return folders


def text_of(folders: AssetFolders, name: str) -> str:
    return (folders.output / read_manifest(folders)[name].path).read_text("utf-8")


def test_vendor_files_are_copied_without_their_source_map_comment(built: AssetFolders) -> None:
    assert (built.vendor / "tool.js").read_text("utf-8") == "tool()\n"
    assert "sourceMappingURL" not in (built.vendor / "kit.css").read_text("utf-8")


def test_every_copied_package_brings_its_licence_and_version(built: AssetFolders) -> None:
    text = (built.vendor / "LICENSES.txt").read_text("utf-8")
    for package in ("kit", "@maker/tool", "icons"):
        assert f"{package} 1.2.3" in text
        assert f"terms of {package}" in text
    assert "terms of font" in (built.fonts / "LICENSES.txt").read_text("utf-8")


def test_a_package_without_a_licence_stops_the_build(folders: AssetFolders) -> None:
    (folders.modules / "kit/LICENSE").unlink()
    with pytest.raises(ValueError, match="kit ships no licence"):
        copy_vendor_files(folders)


def test_fonts_for_pdf_reports_are_copied_under_their_own_name(built: AssetFolders) -> None:
    assert (built.fonts / "Body.ttf").read_text("utf-8") == "glyphs"


def test_the_sprite_holds_one_symbol_per_name_and_paints_filled_ones(built: AssetFolders) -> None:
    sprite = icon_sprite(built.modules / "icons/svg", ["star", "star-filled"])
    assert sprite.count("<symbol ") == 2
    assert '<symbol id="star" viewBox="0 0 24 24" fill="none" stroke="currentColor"' in sprite
    assert '<symbol id="star-filled" viewBox="0 0 24 24" fill="currentColor">' in sprite
    assert "M0 0h24v24H0z" not in sprite


def test_an_unknown_icon_stops_the_build(built: AssetFolders) -> None:
    with pytest.raises(FileNotFoundError):
        icon_sprite(built.modules / "icons/svg", ["no-such-icon"])


def test_imports_are_flattened_into_one_sheet_with_the_kit_in_its_layer(
    built: AssetFolders,
) -> None:
    text = text_of(built, "css/site.css")
    assert "@import" not in text
    assert "@charset" not in text
    assert text.startswith("@layer kit{.kit{}")
    assert text.index("@layer kit{") < text.index(".own")


def test_addresses_in_a_sheet_point_at_hashed_names_from_where_the_sheet_ends_up(
    built: AssetFolders,
) -> None:
    dot = read_manifest(built)["img/dot.svg"].path
    assert f'url("../{dot}")' in text_of(built, "css/site.css")
    assert f'url("../../{dot}")' in text_of(built, "css/parts/own.css")


def test_an_address_that_leads_nowhere_stops_the_build(built: AssetFolders) -> None:
    write(built.static / "css/site.css", 'a { background: url("../img/gone.svg"); }')
    with pytest.raises(ValueError, match=r"gone\.svg"):
        build_static(built)


def test_names_and_integrity_come_from_the_content(built: AssetFolders) -> None:
    before = read_manifest(built)
    asset = before["vendor/tool.js"]
    data = (built.output / asset.path).read_bytes()
    digest = base64.b64encode(hashlib.sha384(data).digest()).decode()
    assert asset.integrity == f"sha384-{digest}"

    build_static(built)
    assert read_manifest(built) == before
    write(built.static / "img/dot.svg", "<svg><g/></svg>")
    build_static(built)
    after = read_manifest(built)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"img/dot.svg", "css/site.css", "css/parts/own.css"}


def test_a_bundle_joins_its_scripts_in_order_even_when_one_lacks_its_semicolon(
    built: AssetFolders,
) -> None:
    assert text_of(built, "js/all.js") == "tool()\n\n;\nown()"


def test_a_bundle_is_one_file_once_built_and_its_scripts_until_then(built: AssetFolders) -> None:
    def files(app: Flask) -> list[str]:
        with app.test_request_context():
            return assets.asset_urls(["js/own.js", "js/all.js"])

    one = {name: f"/static/{asset.path}" for name, asset in read_manifest(built).items()}
    assert files(small_app(built, testing=False)) == [one["js/own.js"], one["js/all.js"]]
    shutil.rmtree(built.root / "package")
    plain = files(small_app(built, testing=True))
    assert plain == ["/static/js/own.js", "/static/vendor/tool.js"]


def test_text_files_lie_beside_their_compressed_copies(built: AssetFolders) -> None:
    path = built.output / read_manifest(built)["css/site.css"].path
    data = path.read_bytes()
    assert brotli.decompress(Path(f"{path}.br").read_bytes()) == data
    assert gzip.decompress(Path(f"{path}.gz").read_bytes()) == data


def small_app(folders: AssetFolders, *, testing: bool) -> Flask:
    (folders.root / "package").mkdir()
    app = Flask("small", root_path=str(folders.root / "package"), static_folder=str(folders.static))
    app.testing = testing
    assets.init_app(app)
    return app


def addresses(app: Flask) -> tuple[str, str]:
    with app.test_request_context():
        jinja = app.jinja_env.globals
        return jinja["asset"]("img/dot.svg"), jinja["sri"]("img/dot.svg")


def test_without_a_build_pages_name_the_plain_files(folders: AssetFolders) -> None:
    assert addresses(small_app(folders, testing=False)) == ("/static/img/dot.svg", "")


def test_tests_see_the_plain_files_even_after_a_build(built: AssetFolders) -> None:
    assert addresses(small_app(built, testing=True)) == ("/static/img/dot.svg", "")


def test_after_a_build_pages_name_hashed_files_with_their_integrity(built: AssetFolders) -> None:
    dot = read_manifest(built)["img/dot.svg"]
    found = addresses(small_app(built, testing=False))
    assert found == (f"/static/{dot.path}", dot.integrity)


def test_built_files_are_served_compressed_and_for_ever(built: AssetFolders) -> None:
    client = small_app(built, testing=False).test_client()
    path = read_manifest(built)["css/site.css"].path
    with client.get(f"/static/{path}", headers={"Accept-Encoding": "br"}) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Type"].startswith("text/css")


def test_a_misspelt_name_is_an_error_once_built(built: AssetFolders) -> None:
    app = small_app(built, testing=False)
    with app.test_request_context(), pytest.raises(KeyError):
        app.jinja_env.globals["asset"]("css/sight.css")


def test_building_before_installing_says_what_to_run(folders: AssetFolders) -> None:
    app = small_app(folders, testing=False)
    folders.modules.rename(folders.root / "elsewhere")
    result = app.test_cli_runner().invoke(args=["assets", "build"])
    assert result.exit_code == 1
    assert "flask assets install" in result.output


def test_the_build_command_writes_manifest_and_fonts(folders: AssetFolders) -> None:
    result = small_app(folders, testing=False).test_cli_runner().invoke(args=["assets", "build"])
    assert result.exit_code == 0, result.output
    assert set(read_manifest(folders)) >= {"css/site.css", "vendor/icons.svg", "vendor/tool.js"}
