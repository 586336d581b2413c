#!/bin/bash
# build_peer.sh FOLDER: the host of tests/system/ppp_test.cpp as FOLDER/lwip_peer. Exit code 77: it cannot be had here.
set -e
here=$(dirname "$(realpath "$0")")
folder=$(realpath -m "$1")
mkdir -p "$folder"
exec 9> "$folder/lock" && flock 9
"$here/fetch_lwip.sh" "$folder" || exit 77
[ -e "$folder/lwip_peer" ] && [ -z "$(find "$here" -newer "$folder/lwip_peer" -type f)" ] && exit 0
source=$folder/lwip/src
objects=$folder/objects
[ "$here/include/lwipopts.h" -nt "$objects" ] && rm -rf "$objects"
mkdir -p "$objects"
flags=(-O2 -w -I"$here/include" -I"$source/include")
for file in "$source"/core/*.c "$source"/core/ipv4/*.c "$source"/core/ipv6/*.c "$source"/netif/ppp/*.c "$source"/netif/ppp/polarssl/*.c; do
  name=$(basename "$file" .c)
  [ -e "$objects/$name.o" ] || cc "${flags[@]}" -c "$file" -o "$objects/$name.o"
done
c++ -std=c++20 "${flags[@]}" "$here"/*.cpp "$objects"/*.o -o "$folder/lwip_peer"
