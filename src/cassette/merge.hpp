#pragma once

#include <cstddef>
#include <string>

#include "cassette/cassette.hpp"

namespace attache::cassette {

/// A cassette with what another recording of the same session has in addition.
struct Merged {
  std::string text;       ///< As a file has it.
  std::size_t added = 0;  ///< Entries of the host that are new.
};

/// Keeps all of `old` as it is, and puts each thing that the host says in `recent` alone, with what the modem
/// said to it, behind the exchange that it followed. Later entries move by as much time as that takes.
Merged merge(const Cassette& old, const Cassette& recent);

}  // namespace attache::cassette
