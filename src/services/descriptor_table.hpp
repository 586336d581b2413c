#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "net/bearer.hpp"

namespace attache::services {

/// The socket descriptors of a device's application: one table, shared by all of its services (reference
/// slm-1.6/00-overview.md 6). Every service takes one descriptor for each socket that the firmware would have
/// open then, a listening one and each accepted one too, and holds it as long. One thread only; the table
/// must outlive its descriptors.
class DescriptorTable {
 public:
  enum class Transport : std::uint8_t { tcp, udp };

  /// A number that is in use until this is destroyed or released. Empty when moved from.
  class Descriptor {
   public:
    Descriptor() = default;
    Descriptor(Descriptor&& other) noexcept
        : table_(std::exchange(other.table_, nullptr)), number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
      std::swap(table_, other.table_);
      std::swap(number_, other.number_);
      return *this;
    }
    ~Descriptor() { release(); }

    /// As the host sees it; -1 when empty.
    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] explicit operator bool() const { return table_ != nullptr; }
    /// Makes `port` of the device this descriptor's own; false if another one has it.
    [[nodiscard]] bool claim(Transport transport, std::uint16_t port);
    /// Gives number and port back, for the next one that takes; nothing if it is empty.
    void release();

   private:
    friend class DescriptorTable;
    Descriptor(DescriptorTable& table, int number) : table_(&table), number_(number) {}

    DescriptorTable* table_ = nullptr;
    int number_ = -1;
  };

  static constexpr std::size_t most = 16;

  /// `size` is POSIX_MAX_FDS, at most `most`: `first` … size - 1 are given out. In 1.x 0 is the AT channel.
  explicit DescriptorTable(std::size_t size, std::size_t first = 1) : size_(size), first_(first) {}
  DescriptorTable(const DescriptorTable&) = delete;
  DescriptorTable& operator=(const DescriptorTable&) = delete;

  /// The lowest free number; EMFILE if there is none.
  [[nodiscard]] net::NetResult<Descriptor> take();
  /// How many are in use, the AT channel not counted.
  [[nodiscard]] std::size_t in_use() const;

 private:
  struct Entry {
    bool used = false;
    Transport transport = Transport::tcp;
    std::uint16_t port = 0;  // 0 = none claimed.
  };

  std::size_t size_;
  std::size_t first_;
  std::array<Entry, most> entries_{};
};

}  // namespace attache::services
