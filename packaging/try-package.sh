#!/bin/sh
# Tries the package in a fresh Debian 12: installed, used as the README does, looked at, removed without a trace.
# As root, by hand (it takes a mirror and some minutes):
#   ./dev package && packaging/try-package.sh [DEB [ROOT]]
# ROOT is deleted and made anew: by debootstrap, the next time from ROOT.tar. DEBIAN_MIRROR names another mirror.
set -eu

deb=$(realpath "${1-build/package/attache.deb}")
root=${2-/var/tmp/attache-try}
mirror=${DEBIAN_MIRROR-http://deb.debian.org/debian}

# What is mounted here is for these processes alone.
if [ "${ATTACHE_TRY-}" != inside ]; then
  exec env ATTACHE_TRY=inside unshare --mount "$0" "$deb" "$root"
fi

say() { printf '\n== %s\n' "$*"; }

inside() {
  chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 TERM=dumb \
    DEBIAN_FRONTEND=noninteractive "$@"
}

fail() {
  printf 'try-package.sh: %s\n' "$*" >&2
  exit 1
}

# Boots systemd in the root, which runs a script of /root; that one ends with a power-off.
boot_and_run() {
  cat >"$root/etc/systemd/system/try-package.service" <<END
[Service]
Type=oneshot
ExecStart=/bin/bash /root/$1
StandardOutput=file:/root/$1.log
StandardError=inherit
[Install]
WantedBy=multi-user.target
END
  inside systemctl enable -q try-package.service
  umount "$root/dev/pts" "$root/proc"
  timeout 180 systemd-nspawn -q -D "$root" --boot --register=no --keep-unit </dev/null >"$root/root/boot.log" 2>&1 || true
  mount_kernel
  inside systemctl disable -q try-package.service
  rm "$root/etc/systemd/system/try-package.service"
}

mount_kernel() {
  mount -t proc proc "$root/proc"
  mount --bind /dev/pts "$root/dev/pts"
}

# All files but those that apt, dpkg and its triggers keep for themselves.
files() {
  find "$root" -xdev \( -path "$root/proc" -o -path "$root/run" -o -path "$root/tmp" -o -path "$root/var/tmp" \
    -o -path "$root/root" -o -path "$root/var/cache" \
    -o -path "$root/var/log" -o -path "$root/var/lib/apt" -o -path "$root/var/lib/dpkg" \
    -o -path "$root/var/lib/systemd" -o -path "$root/etc/ld.so.cache" \) -prune -o -print | sort
}

say "a fresh Debian 12 in $root"
rm -rf --one-file-system "$root"
mkdir -p "$root"
if [ ! -e "$root.tar" ]; then
  debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$mirror" >"$root.log"
  tar -C "$root" -c -f "$root.tar" .
else
  tar -C "$root" -x -f "$root.tar"
fi
mount_kernel
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
cp /etc/resolv.conf "$root/etc/resolv.conf"

say "what the trial itself needs, and the dependencies into apt's cache"
inside apt-get update -q >/dev/null
inside apt-get install -y -q --no-install-recommends man-db bash-completion systemd systemd-sysv dbus >/dev/null 2>&1
mkdir -p "$root/root/build/package"
cp "$deb" "$root/root/build/package/attache.deb"
echo 'APT::Get::Assume-Yes "true";' >"$root/etc/apt/apt.conf.d/99try-package"
inside sh -c 'cd /root && apt-get install -q --download-only ./build/package/attache.deb' | grep -E '^(The following|Need|Get:|  )' || true
echo 'systemctl poweroff' >"$root/root/poweroff.sh"
boot_and_run poweroff.sh
files >"$root.before"

cat >"$root/root/modem.toml" <<'END'
[[route]]
from = "google.com:443"
to = "127.0.0.1:8443"
END
cat >"$root/root/get.at" <<'END'
> AT+CFUN=4
< OK
> AT%CMNG=0,42,0,"@file:lab/ca.pem"
< OK
> AT+CEREG=1
< OK
> AT+CFUN=1
< OK
! +CEREG: 1
> AT#XHTTPCCON=1,"google.com",443,42
< #XHTTPCCON: 1
< OK
> AT#XHTTPCREQ="GET","/get",""
< OK
! #XHTTPCRSP:0,1
> AT#XHTTPCCON=0
< #XHTTPCCON: 0
< OK
END
cat >"$root/root/session.sh" <<'END'
set -eu
cd /root
attache lab --https 8443 --https-expired 8444 --folder lab >lab.log &
lab=$!
attache serve --config modem.toml --port pty:/tmp/modem >serve.log 2>&1 &
serve=$!
trap 'kill $lab $serve; wait' EXIT
until [ -s lab.log ] && grep -q ready serve.log; do sleep 0.05; done
attache run get.at --port pty:/tmp/modem
END

say "apt install, then the first HTTPS session"
cat >"$root/root/install.sh" <<'END'
cd /root
apt install ./build/package/attache.deb
END
begin=$(date +%s.%N)
inside sh /root/install.sh >"$root/root/apt.log" 2>&1 || { cat "$root/root/apt.log"; fail "not installed"; }
installed=$(date +%s.%N)
inside sh /root/session.sh
end=$(date +%s.%N)
echo "$begin $installed $end" | awk '{ printf "installed after %.1f s, first HTTPS answer after %.1f s\n", $2 - $1, $3 - $1 }'

say "attache --version"
inside attache --version

say "manual"
for page in '1 attache' '5 attache-run' '1 attache-serve'; do
  # shellcheck disable=SC2086  # Section and name.
  inside sh -c "MANWIDTH=100 man -P cat $page" | head -n 6
done

say "completion"
# shellcheck disable=SC2016  # They are expanded inside.
inside bash -c '
  . /usr/share/bash-completion/bash_completion
  _completion_loader attache
  complete -p attache
  COMP_WORDS=(attache serve --cl) COMP_CWORD=2
  _attache
  test "${COMPREPLY[*]}" = --clock && echo "attache serve --cl: ${COMPREPLY[*]}"'

say "unit"
inside systemd-analyze verify attache@example.service
inside systemd-analyze security --offline=yes --no-pager attache@example.service | tail -n 1

# As a service: systemd is booted in the root, runs this, and powers off.
cat >"$root/root/service.sh" <<'END'
set -eu
trap 'systemctl poweroff' EXIT
cp /etc/attache/example.toml /etc/attache/bench.toml
systemctl enable --now attache@bench
systemctl show -p ActiveState,SubState,Type attache@bench
attache ctl --device /var/lib/attache/bench state
exec 3<>/dev/tcp/127.0.0.1/4000
printf 'AT+CGSN\r\n' >&3
timeout 5 head -n 5 <&3 | tr -d '\r'
systemctl restart attache@bench
systemctl stop attache@bench
systemctl show -p ActiveState,Result attache@bench
journalctl -u attache@bench --no-pager -o cat
systemctl disable attache@bench
rm /etc/attache/bench.toml
echo 'the service went as it should'
END
say "service"
boot_and_run service.sh
cat "$root/root/service.sh.log"
grep -q 'the service went as it should' "$root/root/service.sh.log" || fail "the service did not go as it should"

say "removal"
inside apt-get purge -y -q attache >/dev/null
inside apt-get autoremove --purge -y -q >/dev/null
files >"$root.after"
# What is left of its dependencies is theirs.
diff "$root.before" "$root.after" || fail "removal leaves or takes files"
echo "nothing is left"
