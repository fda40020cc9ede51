"""Draws Connection Status windows as HTML tables in headless Chromium, with the truth beside each picture.

usage: render_status.py FOLDER [--only NAME]

Writes FOLDER/NAME.png (or .jpeg) and FOLDER/NAME.json: {"columns": [...], "rows": [[...], ...], "protocols": [...]}.
Exit code 77 where there is no Chromium.
"""

import argparse
import html
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77

# Column order of Outlook 2010 and later as Microsoft's pages list it, and of Outlook 2003.
MODERN = ["CID", "SMTP Address", "Display name", "Proxy Server", "Server name", "Status", "Protocol", "Authn",
          "Encrypt", "RPCPort", "Type", "Req/Fail", "Avg Resp", "Avg Proc", "Sess Type", "Interface", "Conn", "Notif",
          "Version"]
OFFICE365 = ["CID", "SMTP Address", "Display name", "Proxy Server", "Server name", "Status", "Protocol", "Authn",
             "Encrypt", "Type", "Req/Fail", "Avg Resp", "Avg Proc", "Sess Type", "Interface", "Version"]
OUTLOOK2010 = ["CID", "SMTP Address", "Proxy Server", "Protocol", "Authn", "Encrypt", "RPCPort", "Type", "Avg Resp",
               "Avg Proc", "Sess Type", "Interface", "Conn", "Notif", "RPC", "Version"]
OUTLOOK2003 = ["Server name", "Type", "Interface", "Conn", "Status", "Req/Fail", "Avg Resp", "Version"]


def row365(cid, host, user, session, kind="Exchange Mail", fails=0, resp="45", adapter="Intel(R) Wi-Fi 6 AX201",
           version="16.0.17328.20162"):
    return {"CID": str(cid), "SMTP Address": f"{user}@{host.split('.', 1)[1]}", "Display name": user.replace(".", " ").title(),
            "Proxy Server": "", "Server name": f"https://{host}/mapi/emsmdb/", "Status": "Established", "Protocol": "HTTP",
            "Authn": "Bearer*", "Encrypt": "SSL", "RPCPort": "", "Type": kind, "Req/Fail": f"{cid * 17}/{fails}",
            "Avg Resp": resp, "Avg Proc": str(int(resp) // 3), "Sess Type": session, "Interface": adapter, "Conn": "HTTP",
            "Notif": "Async", "RPC": "Async", "Version": version}


def row2010(cid, proxy, user, session, protocol="RPC/HTTP", port="6001", kind="Mail", notif="Async", resp="147"):
    tunnel = protocol == "RPC/HTTP"
    return {"CID": str(cid), "SMTP Address": f"{user}@contoso.example", "Display name": user, "Proxy Server": proxy if tunnel else "",
            "Server name": proxy, "Status": "Established", "Protocol": protocol,
            "Authn": "Clear [Anonymous]" if tunnel else "Nego*", "Encrypt": "SSL [No]" if tunnel else "Yes", "RPCPort": port,
            "Type": kind, "Req/Fail": f"{cid * 3}/0", "Avg Resp": resp, "Avg Proc": "11", "Sess Type": session,
            "Interface": "Local Area Connection", "Conn": "HTTPS" if tunnel else "TCP/IP", "Notif": notif, "RPC": notif,
            "Version": "14.3.123.4002"}


def row2003(server, kind, conn="TCP/IP", status="Established", counts="46/0", resp="31"):
    return {"Server name": server, "Type": kind, "Interface": "Local Area Connection", "Conn": conn, "Status": status,
            "Req/Fail": counts, "Avg Resp": resp, "Version": "6.5.7638"}


def rows365(host, user, n):
    kinds = ["Exchange Mail", "Exchange Directory", "Exchange Mail", "Exchange Public Folders"]
    sessions = ["Foreground", "Background", "Cache", "Spooler"]
    return [row365(7 + 4 * i, host, user, sessions[i % 4], kinds[i % 4], i % 3, str(38 + 13 * i)) for i in range(n)]


# name: columns, rows, style
VARIANTS = {
    "office365_96": dict(columns=OFFICE365, rows=rows365("outlook.office365.com", "anna.berg", 4), selected=1),
    "office365_144": dict(columns=OFFICE365, rows=rows365("outlook.office365.com", "anna.berg", 4), selected=1, scale=1.5),
    "all_columns_144": dict(columns=MODERN, rows=rows365("mail.fabrikam.example", "jo.smith", 6), selected=0, scale=1.5,
                            font="Liberation Sans"),
    "outlook2010_96": dict(columns=OUTLOOK2010, selected=2, rows=[
        row2010(7, "outlook.office365.com", "pat.lee", "Foreground", kind="Directory", notif=""),
        row2010(15, "outlook.office365.com", "pat.lee", "Foreground"),
        row2010(18, "outlook.office365.com", "pat.lee", "Cache", resp="257")]),
    "outlook2010_tcp_144": dict(columns=OUTLOOK2010, selected=0, scale=1.5, rows=[
        row2010(3, "ex01.contoso.example", "pat.lee", "Foreground", "RPC/TCP", "6004", "Directory"),
        row2010(4, "ex01.contoso.example", "pat.lee", "Background", "RPC/TCP", "59533"),
        row2010(5, "ex02.contoso.example", "pat.lee", "Cache", "RPC/TCP", "59533", resp="9")]),
    "outlook2003_96": dict(columns=OUTLOOK2003, selected=1, theme="classic", font="Liberation Sans", size=11, rows=[
        row2003("EXBE01", "Mail"), row2003("EXBE01", "Mail", counts="50/2"), row2003("DC01", "Directory"),
        row2003("EXPF02", "Public Folders", counts="7/0", resp="118")]),
    "outlook2003_states_144": dict(columns=OUTLOOK2003, selected=0, theme="classic", scale=1.5, rows=[
        row2003("", "Directory", "---", "Disconnected", "", ""), row2003("exbe01.corp.example", "Mail", "HTTPS", counts="1204/31"),
        row2003("exbe01.corp.example", "Mail", "HTTPS", counts="388/0")]),
    "dark_96": dict(columns=OFFICE365, rows=rows365("owa.northwind.example", "kim.olsen", 8), selected=3, theme="dark",
                    font="Noto Sans"),
    "dejavu_96": dict(columns=OFFICE365, rows=rows365("webmail.litware.example", "li.wei", 2), selected=0, font="DejaVu Sans"),
    "open_sans_125": dict(columns=OFFICE365, rows=rows365("exch19.adatum.example", "eva.maria.kern", 5), selected=4,
                          scale=1.25, font="Open Sans"),
    "one_row_96": dict(columns=OFFICE365, rows=rows365("mail.tailspin.example", "bo.hansen", 1), selected=0),
    "twelve_rows_200": dict(columns=OFFICE365, rows=rows365("mail2.wingtip.example", "maria.rossi", 12), selected=5, scale=2),
    "other_order_96": dict(columns=["Protocol", "Status", "Conn", "Req/Fail", "Server name", "SMTP Address", "Type", "Avg Proc",
                                    "Avg Resp", "Sess Type", "Version", "Interface", "CID"],
                           rows=rows365("mx-3.proseware.example", "tom.yu", 3), selected=1, font="Liberation Sans"),
    "cut_cells_96": dict(columns=OFFICE365, rows=rows365("outlook.office365.com", "anna.berg", 3), selected=0, narrow=True),
    "jpeg_144": dict(columns=OFFICE365, rows=rows365("mail.relecloud.example", "ida.vik", 5), selected=2, scale=1.5, jpeg=True),
    "light_selection_96": dict(columns=OUTLOOK2010, selected=1, theme="light-blue", rows=[
        row2010(11, "cas.woodgrove.example", "ann.ray", "Foreground"), row2010(12, "cas.woodgrove.example", "ann.ray", "Cache"),
        row2010(13, "cas.woodgrove.example", "ann.ray", "Spooler", notif="Poll")]),
    "grid_centred_96": dict(columns=OUTLOOK2010, selected=1, theme="grid", rows=[
        row2010(21, "rpc.contoso.example", "lee.fox", "Foreground"), row2010(22, "rpc.contoso.example", "lee.fox", "Cache")]),
    # The dots of "lena.birch@ember.test" are two pixels high, and the second stands below the arm of the r.
    "small_dots_96": dict(columns=OFFICE365, rows=rows365("outlook.ember.test", "lena.birch", 5), selected=1, theme="grid",
                          font="Noto Sans", size=14),
    # As far apart as fonts without hints of Windows put words at odd sizes.
    "wide_words_96": dict(columns=OFFICE365, rows=rows365("webmail.litware.example", "li.wei", 2), selected=0,
                          font="DejaVu Sans", word_spacing=2),
    "window_on_desktop_96": dict(columns=OFFICE365, rows=rows365("mail.coho.example", "ben.day", 4), selected=2, desktop=True),
}

THEMES = {
    "modern": dict(page="#fff", text="#000", head="#fff", head_border="#e5e5e5", sel="#0078d7", sel_text="#fff"),
    "classic": dict(page="#fff", text="#000", head="#d4d0c8", head_border="#808080", sel="#0a246a", sel_text="#fff"),
    "dark": dict(page="#202020", text="#fff", head="#2b2b2b", head_border="#444", sel="#0078d7", sel_text="#fff"),
    "light-blue": dict(page="#fff", text="#000", head="#f0f0f0", head_border="#ccc", sel="#cce8ff", sel_text="#000"),
    "grid": dict(page="#fff", text="#000", head="#eee", head_border="#999", sel="#3399ff", sel_text="#fff"),
}


def page(v):
    theme = THEMES[v.get("theme", "modern")]
    font = v.get("font", "Open Sans")
    size = v.get("size", 12)
    cut = ("td{max-width:78px;overflow:hidden;text-overflow:ellipsis}" if v.get("narrow") else "")
    grid = "td,th{border:1px solid #bbb} th{text-align:center}" if v.get("theme") == "grid" else ""
    css = f"""body{{margin:0;background:{theme['page']};color:{theme['text']};font:{size}px '{font}'}}
table{{border-collapse:collapse;white-space:nowrap}}
th{{font-weight:normal;text-align:left;background:{theme['head']};border-right:1px solid {theme['head_border']};
border-bottom:1px solid {theme['head_border']};padding:4px 8px;word-spacing:{v.get('word_spacing', 0)}px}}
td{{padding:1px 8px}} tr.s td{{background:{theme['sel']};color:{theme['sel_text']}}} {cut} {grid}
.d{{background:#2a5a78;padding:60px 40px 90px;color:#fff}} .w{{background:{theme['page']};color:{theme['text']};border:1px solid #666}}
.t{{padding:6px 10px;border-bottom:1px solid #ddd}} .b{{padding:40px 10px 10px;text-align:right}} .b span{{border:1px solid #888;padding:3px 20px;margin:4px}}"""
    head = "".join(f"<th>{html.escape(c)}</th>" for c in v["columns"])
    body = "".join("<tr%s>%s</tr>" % (' class="s"' if i == v["selected"] else "",
                                       "".join(f"<td>{html.escape(r[c])}</td>" for c in v["columns"]))
                   for i, r in enumerate(v["rows"]))
    table = f"<table><tr>{head}</tr>{body}</table>"
    if v.get("desktop"):
        table = ("<div class=d>Inbox - Outlook &nbsp; File Home Send / Receive Folder View Help<p>Reply &nbsp; Forward<div class=w>"
                 "<div class=t>Outlook Connection Status</div><div class=t>General &nbsp;&nbsp; Local Mailbox</div>"
                 f"{table}<div class=b><span>Reconnect</span><span>Close</span></div></div><p>Connected to: Microsoft Exchange</div>")
    return f"<!DOCTYPE html><meta charset=utf-8><style>{css}</style>{table}"


def protocol(row):
    word = row.get("Protocol") or row.get("Conn", "")
    if row.get("Protocol") == "HTTP":
        return "MAPI/HTTP"
    return {"RPC/HTTP": "RPC/HTTP", "RPC/TCP": "RPC/TCP", "HTTPS": "RPC/HTTP", "HTTP": "RPC/HTTP", "TCP/IP": "RPC/TCP"}.get(word, "")


def draw(chromium, folder, name, v, width):
    source = folder / f"{name}.html"
    source.write_text(page(v), encoding="utf-8")
    kind = "jpeg" if v.get("jpeg") else "png"
    target = folder / f"{name}.{kind}"
    # Chromium's own bars take a part of the window's height from the page.
    height = 220 + 24 * (len(v["rows"]) + 1) + (360 if v.get("desktop") else 0)
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
             f"--user-data-dir={profile}", f"--force-device-scale-factor={v.get('scale', 1)}",
             f"--window-size={width},{height}", f"--screenshot={target}", source.as_uri()],
            capture_output=True, text=True, timeout=120)
    if not target.exists():
        sys.exit(f"Chromium made no picture of {name}: {done.stderr[-400:]}")
    source.unlink()
    shown = v["columns"]
    cells = [[r[c] for c in shown] for r in v["rows"]]
    truth = {"picture": target.name, "columns": shown, "rows": cells, "protocols": [protocol({c: r[c] for c in shown}) for r in v["rows"]],
             "cut": bool(v.get("narrow"))}
    (folder / f"{name}.json").write_text(json.dumps(truth, indent=1), encoding="utf-8")


def width_of(v):
    # A column is as wide as its longest text; seven pixels a character are more than any of the fonts take.
    size = v.get("size", 12)
    texts = [max([c] + [r[c] for r in v["rows"]], key=len) for c in v["columns"]]
    if v.get("narrow"):
        return 110 * len(texts)
    return int(sum(len(t) * size * 0.62 + 20 for t in texts)) + (120 if v.get("desktop") else 20)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", nargs="*")
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("skipped: there is no chromium")
        sys.exit(SKIPPED)
    arguments.folder = arguments.folder.absolute()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, variant in VARIANTS.items():
        if not arguments.only or name in arguments.only:
            draw(chromium, arguments.folder, name, variant, width_of(variant))


if __name__ == "__main__":
    main()
