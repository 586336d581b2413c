# Every library the product uses; the Debian packages are listed in packaging/debian-packages.txt.
# Another project that has this one inside links against them through our libraries.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(cares REQUIRED IMPORTED_TARGET GLOBAL libcares)
pkg_check_modules(mosquitto REQUIRED IMPORTED_TARGET GLOBAL libmosquitto)
pkg_check_modules(coap REQUIRED IMPORTED_TARGET GLOBAL libcoap-3-notls)
pkg_check_modules(libedit REQUIRED IMPORTED_TARGET GLOBAL libedit)
pkg_check_modules(pugixml REQUIRED IMPORTED_TARGET GLOBAL pugixml)
find_package(tomlplusplus REQUIRED)
# Its pkg-config file asks for the headers of GLib, which its own header does not need.
find_path(SLIRP_INCLUDE_FOLDER slirp/libslirp.h REQUIRED)
find_library(SLIRP_LIBRARY slirp REQUIRED)
add_library(attache_slirp INTERFACE)
target_include_directories(attache_slirp SYSTEM INTERFACE ${SLIRP_INCLUDE_FOLDER})
target_link_libraries(attache_slirp INTERFACE ${SLIRP_LIBRARY})

# Asio, its TLS and Beast are compiled once, in src/base/boost.cpp, not in every file. What a library compiles to is
# decided here for every target, never for a single one: cmake/one_definition.cmake looks.
add_library(attache_boost INTERFACE)
target_link_libraries(attache_boost INTERFACE Boost::boost Threads::Threads)
target_compile_definitions(attache_boost INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION
  BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_BOOST_COROUTINE)
