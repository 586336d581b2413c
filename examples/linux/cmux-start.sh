#!/bin/sh
# cmux-start.sh LINE: starts CMUX on the modem at LINE and gives it to Linux's own multiplexer: /dev/gsmtty1 and up.
# As root; needs chat (package ppp), ldattach (util-linux) and a kernel with CONFIG_N_GSM.
set -eu
line=$1
here=$(dirname "$0")
modprobe n_gsm 2>/dev/null || true
if ! grep -q n_gsm /proc/tty/ldiscs; then
  echo "this kernel has no multiplexer (CONFIG_N_GSM)" >&2
  exit 1
fi
exec 3<>"$line" # Held open: between chat and ldattach nobody hangs up.
stty raw -echo clocal crtscts <&3
if ! chat -f "$here/cmux-probe.chat" <&3 >&3; then
  # A modem that is still in CMUX: flags, and a close-down on DLC 0.
  printf '\371\371\371\371\371\371\371\371\371\003\357\005\303\001\362\371' >&3
  sleep 2
  chat -f "$here/cmux-probe.chat" <&3 >&3
fi
chat -f "$here/cmux-start.chat" <&3 >&3
ldattach GSM0710 "$line"
sleep 1
ls /dev/gsmtty1 /dev/gsmtty2
