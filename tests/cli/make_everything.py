"""Adds to a simulated fleet of three computers what else technicians and network engineers collect.

usage: make_everything.py FOLDER LOST.jsonl

FOLDER holds PC001, PC002, PC003 and clients.csv as `dropscope simulate` makes them; LOST.jsonl are the
losses that Outlook logged. The balancer's clock is 37 seconds behind, that of the computers is right.
"""

import csv
import datetime
import json
import pathlib
import struct
import sys

BALANCER_BEHIND_S = 37
IDLE_S = 3600
SERVER = "10.30.0.9"


def write(path, text, encoding="utf-8"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))


def packet(seconds, source, target, flags, sequence, acknowledged, payload=b""):
    """One record of a pcap file of raw IPv4 packets (link type 101)."""
    (source_ip, source_port), (target_ip, target_port) = source, target
    tcp = struct.pack(">HHIIBBHHH", source_port, target_port, sequence, acknowledged, 5 << 4, flags, 8192, 0, 0)
    size = 20 + len(tcp) + len(payload)
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, size, 0, 0, 64, 6, 0,
                     bytes(map(int, source_ip.split("."))), bytes(map(int, target_ip.split("."))))
    whole = ip + tcp + payload
    return struct.pack("<IIII", int(seconds), int(seconds % 1 * 1e6), len(whole), len(whole)) + whole


def main():
    folder, lost_file = map(pathlib.Path, sys.argv[1:3])
    with open(folder / "clients.csv", encoding="utf-8-sig", newline="") as file:
        clients = {row["computer"]: row for row in csv.DictReader(file)}
    lost = []
    for line in lost_file.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        if "has been lost" in event["data"][0]["value"]:
            stamp = datetime.datetime.fromisoformat(event["time"][:26] + "+00:00")
            lost.append((stamp, clients[event["computer"].split(".")[0]]))
    lost.sort(key=lambda loss: loss[0])

    for name, client in clients.items():
        own = folder / name
        write(own / "connection-status.txt",
              "CID\tSMTP Address\tProxy Server\tServer name\tStatus\tProtocol\tAuthn\tType\tReq/Fail\tAvg Resp\t"
              "Avg Proc\tSess Type\tInterface\tConn\tVersion\n"
              f"8\t{client['user']}@corp.example\t\tex01.corp.example\tEstablished\tRPC\tNTLM\tDirectory\t256/0\t24\t"
              f"8\tCache\tRealtek PCIe GbE\tTCP/IP\t{client['version']}\n"
              f"9\t{client['user']}@corp.example\t\tex01.corp.example\tEstablished\tRPC\tNTLM\tMail\t51/4\t34\t"
              f"11\tCache\tRealtek PCIe GbE\tTCP/IP\t{client['version']}\n")
        write(own / "netstat.txt",
              "\nActive Connections\n\n  Proto  Local Address          Foreign Address        State           PID\n"
              f"  TCP    {client['address']}:50122        {SERVER}:443          ESTABLISHED     4711\n")
        write(own / "ipconfig.txt",
              f"\nWindows IP Configuration\n\n   Host Name . . . . . . . . . . . . : {name}\n"
              "   Primary Dns Suffix  . . . . . . . : corp.example\n\nEthernet adapter Ethernet:\n\n"
              "   Description . . . . . . . . . . . : Realtek PCIe GbE Family Controller\n"
              f"   IPv4 Address. . . . . . . . . . . : {client['address']}(Preferred)\n"
              "   Default Gateway . . . . . . . . . : 10.20.0.1\n")
        write(own / "outlook.reg",
              "Windows Registry Editor Version 5.00\n\n"
              "[HKEY_CURRENT_USER\\Software\\Microsoft\\Exchange]\n\"MapiHttpDisabled\"=dword:00000001\n\n"
              "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters]\n"
              f"\"Hostname\"=\"{name}\"\n\"KeepAliveTime\"=dword:006ddd00\n", "utf-16")

    write(folder / "networks.csv", "cidr,office,segment\n10.20.0.0/24,Berlin,Berlin-LAN1\n")
    write(folder / "servers.csv",
          f"server,address,pool,load_balancer,virtual_address\nEX01,10.40.0.1,exchange,lb1,{SERVER}\n")

    balancer, firewall, exchange, iis = [], [], [], []
    behind = datetime.timedelta(seconds=BALANCER_BEHIND_S)
    for number, (stamp, client) in enumerate(lost):
        port = 50200 + number
        closed = stamp - datetime.timedelta(seconds=1) - behind
        opened = closed - datetime.timedelta(seconds=IDLE_S)
        balancer.append(
            f"{closed:%b %d %H:%M:%S} lb1 haproxy[99]: {client['address']}:{port} "
            f"[{opened:%d/%b/%Y:%H:%M:%S}.{opened.microsecond // 1000:03}] exchange ex/ex01 1/0/{IDLE_S * 1000} 900 "
            "cD 3/3/2/1/0 0/0\n")
        ended = stamp - datetime.timedelta(seconds=1)
        firewall.append(
            f"{ended:%b %d %Y %H:%M:%S} fw1 : %ASA-6-302014: Teardown TCP connection {number} for "
            f"outside:{SERVER}/443 to inside:{client['address']}/{port} duration 1:00:00 bytes 900 TCP Reset-O\n")
        exchange.append(
            f"{ended:%Y-%m-%dT%H:%M:%S}.000Z,{number},0,/o=corp/cn=Recipients/cn={client['user']},,OUTLOOK.EXE,"
            f"{client['version']},Cached,{client['address']},10.40.0.1,ncacn_ip_tcp,,Connect,0,00:00:00.0100000,,\n")
        iis.append(
            f"{ended:%Y-%m-%d %H:%M:%S} 10.40.0.1 POST /EWS/Exchange.asmx - 443 corp\\{client['user']} "
            f"{client['address']} - 200 0 64 1000\n")
    write(folder / "haproxy.log", "".join(balancer))
    write(folder / "firewall.log", "".join(firewall))
    write(folder / "rca.log",
          "#Software: Microsoft Exchange Server\n#Version: 14.01.0218.012\n#Log-type: RCA Protocol Logs\n"
          "#Fields: date-time,session-id,seq-number,client-name,organization-info,client-software,"
          "client-software-version,client-mode,client-ip,server-ip,protocol,application-id,operation,rpc-status,"
          "processing-time,operation-specific,failures\n" + "".join(exchange))
    write(folder / "u_ex.log",
          "#Software: Microsoft Internet Information Services 8.5\n#Version: 1.0\n"
          "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) "
          "sc-status sc-substatus sc-win32-status time-taken\n" + "".join(iis))

    # The first connection as a capture on the computer would have it: silent for an hour, then reset.
    stamp, client = lost[0]
    end = stamp.timestamp() - 1
    near, far = (client["address"], 50200), (SERVER, 443)
    capture = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    begin = end - IDLE_S - 1
    capture += packet(begin, near, far, 0x02, 100, 0)
    capture += packet(begin + 0.01, far, near, 0x12, 500, 101)
    capture += packet(begin + 0.02, near, far, 0x10, 101, 501)
    capture += packet(begin + 0.9, near, far, 0x18, 101, 501, b"question")
    capture += packet(begin + 1, far, near, 0x18, 501, 109, b"answer")
    capture += packet(end, far, near, 0x14, 507, 109)
    (folder / "PC.pcap").write_bytes(capture)
    print(len(lost))


main()
