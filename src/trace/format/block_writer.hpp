#pragma once

#include <string>

#include "trace/format/blocks.hpp"

namespace attache::trace {

/// The bytes of a block, in little-endian order; times of packets have nanoseconds, as the Interface block
/// that is written here says. Texts are cut at 65,535 bytes, at the end of a character.
std::string to_bytes(const Block& block);
/// The same without a copy of the packet.
std::string to_bytes(const block::Packet& packet);

}  // namespace attache::trace
