#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace attache::cellular::cbor {

// Data items of CBOR (RFC 8949) in their shortest form, as bytes to be joined.

/// Of either sign (major types 0 and 1).
std::string integer(std::int64_t value);
/// Of any length, with its head (major type 2).
std::string byte_string(std::string_view bytes);
/// Not checked for being UTF-8 (major type 3).
std::string text_string(std::string_view utf8);
/// The head of an array; its `count` items follow.
std::string array(std::size_t count);
/// The head of a map; its `count` pairs of key and value follow.
std::string map(std::size_t count);
/// A tag; the item it belongs to follows.
std::string tag(std::uint64_t number);
/// The simple value 22.
std::string null();

/// What says of the item after it that it is CBOR (RFC 8949, 3.4.6).
inline constexpr std::uint64_t self_described = 55799;

}  // namespace attache::cellular::cbor
