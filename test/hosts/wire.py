"""A slow, lossy or cut wire between hosts, for kernels without sch_netem.

Runs in a network namespace that forwards every packet to the device `wire0`; a packet that is written back goes on to
its destination. Standard input says what happens between two addresses, one rule per line:

    set FROM TO DELAY_MS LOSS    LOSS is a share: 1 is a cut
    clear                        packets pass at once
"""

import fcntl
import heapq
import os
import random
import select
import socket
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN_WITHOUT_HEADER = 0x0001 | 0x1000

tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", b"wire0", IFF_TUN_WITHOUT_HEADER))
rules = {}
waiting = []
count = 0
text = b""
print("open", flush=True)


def obey(line):
    parts = line.split()
    if parts[:1] == ["clear"]:
        rules.clear()
    elif parts[:1] == ["set"]:
        _, source, target, delay_ms, loss = parts
        rules[(source, target)] = (float(delay_ms) / 1000, float(loss))
    print(line, flush=True)


def send(packet):
    try:
        os.write(tun, packet)
    except OSError:
        pass  # The device is full or down: the packet is lost, as on a wire.


while True:
    wait = max(0, waiting[0][0] - time.monotonic()) if waiting else None
    readable, _, _ = select.select([tun, 0], [], [], wait)
    if 0 in readable:
        read = os.read(0, 65536)
        if not read:
            sys.exit()
        text += read
        *lines, text = text.split(b"\n")
        for each in lines:
            obey(each.decode())
    if tun in readable:
        try:
            packet = os.read(tun, 65536)
        except BlockingIOError:
            packet = b""
        if len(packet) >= 20 and packet[0] >> 4 == 4:
            pair = (socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20]))
            delay, loss = rules.get(pair, (0, 0))
            if random.random() >= loss:
                if delay:
                    count += 1
                    heapq.heappush(waiting, (time.monotonic() + delay, count, packet))
                else:
                    send(packet)
    while waiting and waiting[0][0] <= time.monotonic():
        send(heapq.heappop(waiting)[2])
