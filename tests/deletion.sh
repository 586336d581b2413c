#!/bin/sh
# Takes the dialects of one product out of a copy of the last commit: what is below them, the other dialects and that
# of the tests must build and pass without. Removed are the folder, its lines in the registry, and the tests and
# examples of what names a dialect (devices, programs, transcripts).
#
# usage: tests/deletion.sh FOLDER WORK     FOLDER is one of src/dialects/, WORK is made anew
set -eu
folder=${1:?usage: tests/deletion.sh FOLDER WORK}
work=${2:?usage: tests/deletion.sh FOLDER WORK}
cd "$(dirname "$0")/.."
[ -f "src/dialects/$folder/edition.hpp" ] || { echo "tests/deletion.sh: src/dialects/$folder is no dialect's folder" >&2; exit 2; }

rm -rf "$work"
mkdir -p "$work"
git archive HEAD | tar -x -C "$work"
cd "$work"
rm -r "src/dialects/$folder"
sed -i "/\b$folder\b/d" src/dialects/dialects.cpp

rooms="base vocabulary at serial sms certificates net cellular radio services dialects"
for room in tests/*/CMakeLists.txt; do
  room=$(basename "$(dirname "$room")")
  case " $rooms " in *" $room "*) ;; *) rm "tests/$room/CMakeLists.txt" ;; esac
done
rm -rf tests/dialects/*_test.cpp "tests/dialects/$folder"
sed -i '/add_subdirectory(examples/d' CMakeLists.txt # They name a dialect.

cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_UNITY_BUILD=ON -DATTACHE_TESTS=ON -DATTACHE_BENCH=OFF >build.log
cmake --build build
ctest --test-dir build -j"$(nproc)" --output-on-failure
build/attache serve --help | grep -A9 -e '--dialect'
