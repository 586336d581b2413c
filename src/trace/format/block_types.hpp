#pragma once

#include <cstddef>
#include <cstdint>

namespace attache::trace {

/// Numbers of pcapng that writer and reader share.
namespace block_type {
inline constexpr std::uint32_t section = 0x0a0d0d0a;
inline constexpr std::uint32_t interface = 1;
inline constexpr std::uint32_t obsolete_packet = 2;
inline constexpr std::uint32_t simple_packet = 3;
inline constexpr std::uint32_t names = 4;
inline constexpr std::uint32_t statistics = 5;
inline constexpr std::uint32_t packet = 6;
inline constexpr std::uint32_t secrets = 10;
inline constexpr std::uint32_t custom = 0x00000bad;
inline constexpr std::uint32_t custom_not_copied = 0x40000bad;
}  // namespace block_type

namespace option_code {
inline constexpr std::uint16_t end = 0;
inline constexpr std::uint16_t comment = 1;
inline constexpr std::uint16_t section_hardware = 2;
inline constexpr std::uint16_t section_system = 3;
inline constexpr std::uint16_t section_application = 4;
inline constexpr std::uint16_t interface_name = 2;
inline constexpr std::uint16_t interface_description = 3;
inline constexpr std::uint16_t interface_resolution = 9;
inline constexpr std::uint16_t interface_time_offset = 14;
inline constexpr std::uint16_t packet_flags = 2;
inline constexpr std::uint16_t packet_drop_count = 4;
inline constexpr std::uint16_t statistics_received = 4;
inline constexpr std::uint16_t statistics_dropped = 5;
}  // namespace option_code

namespace name_record {
inline constexpr std::uint16_t end = 0;
inline constexpr std::uint16_t ipv4 = 1;
inline constexpr std::uint16_t ipv6 = 2;
}  // namespace name_record

inline constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
inline constexpr std::size_t block_overhead = 12;  ///< Type and both lengths.
/// The largest block that is written or read: above it a length is taken for a fault of the file.
inline constexpr std::size_t largest_block = 16UL * 1024 * 1024;

}  // namespace attache::trace
