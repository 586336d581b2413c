#!/bin/sh
# try.sh FOLDER ATTACHE DIALECT uart|cmux|modemmanager: boots the guest of make-guest.sh with a device at /dev/ttyS1, and
# shows what it says. Needs qemu-system-x86 and cpio; no rights, and no KVM (a try takes 1 to 2 minutes without).
set -eu
folder=$(realpath "$1")
attache=$(realpath "$2")
dialect=$3
try=$4
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'kill $pids 2>/dev/null || true; rm -rf "$work"' EXIT
pids=

mkdir -p "$work/added/linux" "$work/www"
cp "$here/init" "$work/added/init"
cp "$here"/../*.sh "$here"/../*.chat "$here"/../*.py "$here"/../ppp.options "$work/added/linux/"
(
  cat "$folder/guest.cpio.gz"
  cd "$work/added" && find . | cpio -o -H newc --quiet | gzip -1
) >"$work/initrd"

head -c 1000000 /dev/urandom >"$work/www/data"
md5sum <"$work/www/data"
python3 -u -m http.server --bind 127.0.0.1 --directory "$work/www" 0 >"$work/http" 2>&1 &
pids="$pids $!"
while ! grep -q port "$work/http"; do sleep 0.1; done
port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' "$work/http")
cat >"$work/modem.toml" <<END
[dialect]
name = "$dialect"
services = ["sms", "cmux", "ppp"]
termination = "cr"
[network]
ipv6 = true
[[route]]
from = "server.example:80"
to = "127.0.0.1:$port"
END
: >"$work/ready"
"$attache" serve --config "$work/modem.toml" --port "unix:$work/modem" 2>"$work/log" >"$work/ready" &
pids="$pids $!"
while ! grep -q ready "$work/ready"; do sleep 0.1; done

timeout 300 qemu-system-x86_64 -accel tcg -cpu qemu64 -m 1024 -nographic -nic none -monitor none -no-reboot \
  -kernel "$folder/vmlinuz" -initrd "$work/initrd" -append "console=ttyS0 quiet rdinit=/init try=$try panic=-1" \
  -serial stdio -chardev "socket,id=modem,path=$work/modem" -serial chardev:modem </dev/null
echo "== the log of attache"
cat "$work/log"
