"""An SSH server that lets everyone in and lets every command succeed without running it:
ssh_server.py FILE. Writes its port to FILE when it listens on all addresses.

Simulated machines have none. Packer waits for one before it makes an image.
"""

import logging
import os
import socket
import sys
import threading

import paramiko


class Anyone(paramiko.ServerInterface):
    def check_auth_publickey(self, username, key):
        return paramiko.AUTH_SUCCESSFUL

    def get_allowed_auths(self, username):
        return "publickey"

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED

    def check_channel_pty_request(self, *_):
        return True

    def check_channel_exec_request(self, channel, command):
        def answer():
            channel.send_exit_status(0)
            channel.close()

        threading.Timer(0.1, answer).start()
        return True


def main():
    # Whoever only looks whether the port is open is no news.
    logging.getLogger("paramiko").addHandler(logging.NullHandler())
    key = paramiko.ECDSAKey.generate()
    door = socket.create_server(("", 0))
    with open(sys.argv[1] + ".new", "w", encoding="ascii") as file:
        file.write(str(door.getsockname()[1]))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    kept = []
    while True:
        stream, _ = door.accept()
        transport = paramiko.Transport(stream)
        transport.add_server_key(key)
        try:
            transport.start_server(server=Anyone())
        except (paramiko.SSHException, EOFError):
            continue
        kept.append(transport)


main()
