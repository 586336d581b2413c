#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace attache::cellular::cbor {

// Data items of CBOR (RFC 8949) in their shortest form, as bytes to be joined.

std::string integer(std::int64_t value);
std::string byte_string(std::string_view bytes);
std::string text_string(std::string_view utf8);
/// The head of an array; its `count` items follow.
std::string array(std::size_t count);
/// The head of a map; its `count` pairs of key and value follow.
std::string map(std::size_t count);
/// A tag; the item it belongs to follows.
std::string tag(std::uint64_t number);
std::string null();

/// What says of the item after it that it is CBOR (RFC 8949, 3.4.6).
inline constexpr std::uint64_t self_described = 55799;

}  // namespace attache::cellular::cbor
