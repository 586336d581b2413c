#include "cli/version.hpp"

#include <ares.h>
#include <fmt/format.h>
#include <mosquitto.h>
#include <openssl/crypto.h>
#include <spdlog/version.h>
#include <sqlite3.h>

#include <CLI/Version.hpp>
#include <boost/version.hpp>
#include <pugixml.hpp>

#include "cli/commit.hpp"
#include "device/config/toml_file.hpp"

namespace attache::cli {

namespace {

std::string mosquitto_version() {
  int major = 0;
  int minor = 0;
  int revision = 0;
  mosquitto_lib_version(&major, &minor, &revision);
  return fmt::format("{}.{}.{}", major, minor, revision);
}

// Of a shared library the one that is loaded, of the others the one that was compiled in.
std::string libraries() {
  return fmt::format(
      "Boost {}.{}.{}, OpenSSL {}, c-ares {}, libmosquitto {}, SQLite {}, fmt {}.{}.{}, spdlog {}.{}.{}, "
      "toml++ {}.{}.{}, pugixml {}.{}, CLI11 {}",
      BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100,
      OpenSSL_version(OPENSSL_VERSION_STRING), ares_version(nullptr), mosquitto_version(),
      sqlite3_libversion(), FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100, SPDLOG_VER_MAJOR,
      SPDLOG_VER_MINOR, SPDLOG_VER_PATCH, TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH,
      PUGIXML_VERSION / 1000, PUGIXML_VERSION % 1000 / 10, CLI11_VERSION);
}

}  // namespace

std::string version_text() {
  return fmt::format("attache {}\ncommit:    {}\nlibraries: {}", version,
                     commit_date.empty() ? commit : fmt::format("{} of {}", commit, commit_date),
                     libraries());
}

std::string application_name() {
  return fmt::format("Attaché {}", version);
}

}  // namespace attache::cli
