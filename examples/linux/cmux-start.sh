#!/bin/sh
# cmux-start.sh LINE: starts CMUX on the modem at LINE and gives it to Linux's own multiplexer: /dev/gsmtty1 and up.
# As root; needs chat (package ppp), ldattach (util-linux-extra), a kernel with CONFIG_N_GSM, and python3 where that
# kernel refuses what ldattach says.
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
probe() { chat -f "$here/cmux-probe.chat" <&3 >&3; }
# Serial Modem, else SLM 2.x and 3.x.
start() { chat -f "$here/cmux-start.chat" <&3 >&3 || chat -f "$here/cmux-start-slm.chat" <&3 >&3; }
if probe; then
  start
else
  # A modem that is still in CMUX: flags, and a close-down on DLC 0.
  printf '\371\371\371\371\371\371\371\371\371\003\357\005\303\001\362\371' >&3
  sleep 2
  if probe; then
    start
  else
    echo "no answer to AT: taken for SLM, whose CMUX goes on until a reset" >&2
  fi
fi
ldattach GSM0710 "$line"
sleep 1
[ -e /dev/gsmtty1 ] || "$here/cmux-configure.py" "$line"
sleep 1
# A channel without clocal waits for carrier when it is opened. The modem's comes behind the answer that the kernel waits
# for, and nothing wakes it then: the opening would hang, now and then or always.
for channel in 1 2 3 4; do
  [ ! -e /dev/gsmtty$channel ] || stty -F /dev/gsmtty$channel raw -echo clocal 2>/dev/null || true
done
ls /dev/gsmtty1 /dev/gsmtty2
